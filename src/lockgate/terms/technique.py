"""Parameters of the measures that a holder may take on a column: the closed list that a flow file is read against.

Which techniques there are is `protect`'s; that a flow file, a statement and a technique call a parameter alike is
held here. Values are text in a `Measure`: decimals as written, flags as `true` or `false`, lists with commas.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from lockgate.terms.measure import MeasureKind


class ParameterType(StrEnum):
    """Type of a parameter's value in a flow file."""

    COUNT = "count"
    DECIMAL = "decimal"
    TEXT = "text"
    FLAG = "flag"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a technique.

    Attributes:
        type: Of its value.
        meaning: For people.
        otherwise: The value where it is left out, as text; None where it must be given.
        options: The closed list of texts, if there is one.
    """

    type: ParameterType
    meaning: str
    otherwise: str | None = None
    options: tuple[str, ...] = ()


ALPHABETS = ("digits", "lower", "upper", "hexadecimal", "lower-alphanumeric", "upper-alphanumeric", "alphanumeric")
"""Alphabets of format-preserving encryption, by name."""

CHECKS = (
    "luhn",
    "cn-resident-id",
    "cn-uscc",
    "mod-11-10",
    "verhoeff",
    "kr-resident-number",
    "kr-business-number",
    "jp-my-number",
    "uk-nhs-number",
    "nl-bsn",
    "pl-pesel",
    "br-cpf",
)
"""Check characters that format-preserving encryption computes anew, by name."""

_COUNT, _DECIMAL, _TEXT, _FLAG = ParameterType.COUNT, ParameterType.DECIMAL, ParameterType.TEXT, ParameterType.FLAG

_KEEP = {
    "keep_first": Parameter(_COUNT, "characters that stay at the start", "0"),
    "keep_last": Parameter(_COUNT, "characters that stay at the end", "0"),
    "separators": Parameter(_TEXT, "characters that stay wherever they stand", ""),
}
_UNFIT = {
    "unfit": Parameter(_TEXT, "cells that cannot be treated: an error, or emptied", "refuse", ("refuse", "empty")),
}

_PLACE = {
    "longitude": Parameter(_TEXT, "the column of longitudes beside that of latitudes"),
    "system": Parameter(_TEXT, "of the coordinates", "wgs-84", ("wgs-84", "gcj-02", "bd-09")),
}

_TIMED = {"time": Parameter(_TEXT, "the column of times beside the place"), **_PLACE}

PARAMETERS: Mapping[MeasureKind, Mapping[str, Parameter]] = MappingProxyType(
    {
        MeasureKind.DROP: {},
        MeasureKind.REDACT: {},
        MeasureKind.PSEUDONYMISE: {},
        MeasureKind.TOKENISE: {},
        MeasureKind.COARSEN_PLACE: {
            "zoom": Parameter(_COUNT, "level of the squares of the map, 0 to 22; each halves the side", "12"),
            **_PLACE,
        },
        MeasureKind.MOVE_PLACE: {
            "metres": Parameter(_DECIMAL, "mean displacement"),
            "square": Parameter(_DECIMAL, "side of the squares that count as one place, in metres", "200"),
            **_PLACE,
        },
        MeasureKind.HIDE_STAYS: {
            "metres": Parameter(_DECIMAL, "radius of the disc around a home or place of work, 200 to 50,000"),
            "utc_offset": Parameter(_DECIMAL, "hours that local time is ahead of the times given", "0"),
            **_TIMED,
        },
        MeasureKind.THIN_TRACK: {
            "every": Parameter(_COUNT, "seconds in which one point of a person is kept"),
            **_TIMED,
        },
        MeasureKind.CROWD_PLACE: {
            "k": Parameter(_COUNT, "least number of persons in a square and hour, 2 at least"),
            "zoom": Parameter(_COUNT, "level of the smallest squares", "16"),
            "coarsest": Parameter(
                _COUNT, "level of the largest squares; what has fewer persons there is left out", "10"
            ),
            "seconds": Parameter(_COUNT, "time that is shown as one", "3600"),
            **_TIMED,
        },
        MeasureKind.SWAP: {"share": Parameter(_DECIMAL, "share of all ranks that a value moves at most, above 0 to 1")},
        MeasureKind.MICROAGGREGATE: {
            "k": Parameter(_COUNT, "least number of persons of a group"),
            "grouping": Parameter(_TEXT, "as published, or made tighter", "refined", ("mdav", "refined")),
            "together": Parameter(_TEXT, "name of the columns that are grouped together", ""),
        },
        MeasureKind.GENERALISE: {"width": Parameter(_COUNT, "width of the intervals; days for dates")},
        MeasureKind.MASK: {
            **_KEEP,
            "character": Parameter(_TEXT, "covers each other character", "*"),
            "length": Parameter(_COUNT, "covering characters whatever the cell's length; 0 for as many as it has", "0"),
        },
        MeasureKind.ENCRYPT: {
            **_KEEP,
            "alphabet": Parameter(_TEXT, "characters that are replaced", "digits", ALPHABETS),
            "prefix": Parameter(_TEXT, "text that stays at the start", ""),
            "check": Parameter(_TEXT, "check characters that are computed anew", "", ("", *CHECKS)),
            **_UNFIT,
        },
        MeasureKind.SHIFT_DATES: {
            "most": Parameter(_COUNT, "days to either side at most"),
            "in_weeks": Parameter(_FLAG, "whether days move by whole weeks", "false"),
            **_UNFIT,
        },
        MeasureKind.ROUND: {
            "step": Parameter(_DECIMAL, "numbers become multiples of it", ""),
            "precision": Parameter(_TEXT, "what is left of days", "", ("", "day", "month", "year")),
            **_UNFIT,
        },
        MeasureKind.BUCKET: {"edges": Parameter(ParameterType.LIST, "numbers or days between buckets"), **_UNFIT},
        MeasureKind.ADD_NOISE: {
            "scale": Parameter(_DECIMAL, "of the noise, in units"),
            "unit": Parameter(_DECIMAL, "what is added comes in multiples of it", "1"),
            "low": Parameter(_DECIMAL, "least number that is released", ""),
            "high": Parameter(_DECIMAL, "greatest number that is released", ""),
            **_UNFIT,
        },
    }
)
"""Techniques that may stand under `[protect.columns.NAME]`, each with its parameters by name."""
