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
    DECIMALS = "decimals"


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


_COUNT, _DECIMAL, _TEXT, _FLAG = ParameterType.COUNT, ParameterType.DECIMAL, ParameterType.TEXT, ParameterType.FLAG

PARAMETERS: Mapping[MeasureKind, Mapping[str, Parameter]] = MappingProxyType(
    {
        MeasureKind.DROP: {},
        MeasureKind.REDACT: {},
        MeasureKind.PSEUDONYMISE: {},
        MeasureKind.GENERALISE: {"width": Parameter(_COUNT, "width of the intervals; days for dates")},
    }
)
"""Techniques that may stand under `[protect.columns.NAME]`, each with its parameters by name."""
