"""The techniques that this room has: one for each measure that a route may ask for."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.protect import aggregation, drop, generalisation, kanonymity, pseudonym, redaction, sampling
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
    }
)
"""What each measure does to its columns; a measure that is not here changes no cell."""
