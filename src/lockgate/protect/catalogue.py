"""The techniques that this room has: one for each measure that a route may ask for."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.protect import (
    aggregation,
    bucketing,
    date_shift,
    drop,
    format_preserving,
    generalisation,
    kanonymity,
    masking,
    microaggregation,
    noise,
    place_noise,
    places,
    pseudonym,
    redaction,
    rounding,
    sampling,
    stay_zones,
    swapping,
    token_vault,
    tracks,
)
from lockgate.protect.dp import release_table
from lockgate.protect.dp.synthesis import SYNTHESIS_VERSION
from lockgate.terms.column import Treatment
from lockgate.terms.measure import MeasureKind

TECHNIQUES: Mapping[MeasureKind, str] = MappingProxyType(
    {
        MeasureKind.DROP: drop.VERSION,
        MeasureKind.PSEUDONYMISE: pseudonym.VERSION,
        MeasureKind.REDACT: redaction.VERSION,
        MeasureKind.GENERALISE: generalisation.VERSION,
        MeasureKind.K_ANONYMISE: kanonymity.VERSION,
        MeasureKind.AGGREGATE: aggregation.VERSION,
        MeasureKind.FEWER_PERSONS: sampling.VERSION,
        MeasureKind.ENCRYPT: format_preserving.VERSION,
        MeasureKind.MASK: masking.VERSION,
        MeasureKind.SHIFT_DATES: date_shift.VERSION,
        MeasureKind.ROUND: rounding.VERSION,
        MeasureKind.BUCKET: bucketing.VERSION,
        MeasureKind.ADD_NOISE: noise.VERSION,
        MeasureKind.STATISTICS: release_table.VERSION,
        MeasureKind.SYNTHESISE: SYNTHESIS_VERSION,
        MeasureKind.TOKENISE: token_vault.VERSION,
        MeasureKind.COARSEN_PLACE: places.VERSION,
        MeasureKind.MOVE_PLACE: place_noise.VERSION,
        MeasureKind.MICROAGGREGATE: microaggregation.VERSION,
        MeasureKind.HIDE_STAYS: stay_zones.VERSION,
        MeasureKind.THIN_TRACK: tracks.VERSION,
        MeasureKind.CROWD_PLACE: tracks.VERSION,
        MeasureKind.SWAP: swapping.VERSION,
    }
)
"""Version of the technique that carries out each measure; it changes when the same input would give other bytes."""

TREATMENTS: Mapping[MeasureKind, Treatment] = MappingProxyType(
    {
        MeasureKind.PSEUDONYMISE: Treatment.PSEUDONYMISED,
        MeasureKind.REDACT: Treatment.REDACTED,
        MeasureKind.GENERALISE: Treatment.GENERALISED,
        MeasureKind.K_ANONYMISE: Treatment.GENERALISED,
        MeasureKind.AGGREGATE: Treatment.AGGREGATED,
        MeasureKind.ENCRYPT: Treatment.PSEUDONYMISED,
        MeasureKind.MASK: Treatment.GENERALISED,
        MeasureKind.SHIFT_DATES: Treatment.GENERALISED,
        MeasureKind.ROUND: Treatment.GENERALISED,
        MeasureKind.BUCKET: Treatment.GENERALISED,
        MeasureKind.ADD_NOISE: Treatment.GENERALISED,
        MeasureKind.STATISTICS: Treatment.AGGREGATED,
        MeasureKind.SYNTHESISE: Treatment.GENERALISED,
        MeasureKind.TOKENISE: Treatment.PSEUDONYMISED,
        MeasureKind.COARSEN_PLACE: Treatment.GENERALISED,
        MeasureKind.MOVE_PLACE: Treatment.GENERALISED,
        MeasureKind.MICROAGGREGATE: Treatment.GENERALISED,
        MeasureKind.CROWD_PLACE: Treatment.GENERALISED,
        MeasureKind.SWAP: Treatment.GENERALISED,
    }
)
"""What each measure does to its columns; a measure that is not here changes no cell."""
