"""What stands in `[protect]` beyond plain keys: privacy models, and the technique for a column."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from lockgate.flow.schema import WrongValueError, read_count, read_flag, read_text
from lockgate.protect.cells import CELL_TECHNIQUES, CellMeans, treat
from lockgate.protect.codes import Texts
from lockgate.protect.together import TOGETHER, check_parameters
from lockgate.terms.measure import Measure, MeasureKind
from lockgate.terms.privacy_model import PrivacyModel, parse_model
from lockgate.terms.technique import PARAMETERS, Parameter, ParameterType

MEASURES = tuple(kind.value for kind in PARAMETERS)
"""Measures that a column may be given."""

_WIDTH = "width"
_LONGITUDE, _TIME = "longitude", "time"

_SILENT = frozenset(
    {
        MeasureKind.DROP,
        MeasureKind.REDACT,
        MeasureKind.PSEUDONYMISE,
        MeasureKind.ENCRYPT,
        MeasureKind.TOKENISE,
    }
)
"""Measures that leave no trait to make classes of."""


def read_model(value: object) -> PrivacyModel:
    """Return one privacy model.

    Raises:
        WrongValueError: If it is no table, or not well said.
    """
    if not isinstance(value, dict):
        raise WrongValueError("tables, each headed [[protect.models]]", value)
    try:
        return parse_model(value)
    except ValueError as error:
        raise WrongValueError(f"a privacy model ({error})", value) from error


def read_measure_kind(value: object) -> MeasureKind:
    """Return the measure that a column is given."""
    word = read_text(value)
    if word not in MEASURES:
        raise WrongValueError("a measure for a column", word, MEASURES)
    return MeasureKind(word)


def read_parameter(parameter: Parameter, value: object) -> str:
    """Return a parameter's value as text.

    Raises:
        WrongValueError: If it has the wrong type or is outside the closed list.
    """
    match parameter.type:
        case ParameterType.COUNT:
            return str(read_count(value))
        case ParameterType.DECIMAL:
            return _decimal(value)
        case ParameterType.FLAG:
            return str(read_flag(value)).lower()
        case ParameterType.LIST:
            if not isinstance(value, list) or not value:
                found = "an empty list" if value == [] else value
                raise WrongValueError("a list of one number or day at least, in brackets", found)
            return ",".join(item.isoformat() if type(item) is date else _decimal(item) for item in value)
        case ParameterType.TEXT:
            text = read_text(value)
            if parameter.options and text not in parameter.options:
                raise WrongValueError("one of the listed words", text, parameter.options)
            return text


def make_measure(column: str, kind: MeasureKind, parameters: Mapping[str, str]) -> Measure:
    """Return the step that does a measure to one column.

    Args:
        column: Its name.
        kind: The measure.
        parameters: Values by name; those left out get what stands in the list.

    Raises:
        WrongValueError: If a parameter is missing that must be given.
    """
    known = PARAMETERS[kind]
    missing = [name for name, item in known.items() if item.otherwise is None and name not in parameters]
    if missing:
        raise WrongValueError(f"`{missing[0]}` beside the measure `{kind.value}`", "nothing")
    filled = {name: parameters.get(name, item.otherwise or "") for name, item in known.items()}
    if _LONGITUDE in filled:
        columns = (column, *(filled.pop(name) for name in (_LONGITUDE, _TIME) if name in filled))
        return Measure(kind, columns, parameters=tuple(sorted(filled.items())))
    if kind is MeasureKind.GENERALISE:
        return Measure(kind, (column,), int(filled[_WIDTH]))
    return Measure(kind, (column,), parameters=tuple(sorted(filled.items())))


def read_beside_each_other(steps: Sequence[Measure]) -> Sequence[Measure]:
    """Return the steps of one column, if they may stand beside each other: those of a track, each kind once.

    Raises:
        WrongValueError: If they may not.
    """
    kinds = [step.kind for step in steps]
    if len(kinds) > 1 and (len(set(kinds)) < len(kinds) or not {*kinds} <= _OF_TRACKS):
        allowed = ", ".join(sorted(_OF_TRACKS))
        raise WrongValueError(f"one measure, or several of a track, each once ({allowed})", "several")
    if len({step.columns for step in steps}) > 1:
        raise WrongValueError("the same columns in all measures of a track", "others")
    return steps


_OF_TRACKS = frozenset({MeasureKind.HIDE_STAYS, MeasureKind.THIN_TRACK, MeasureKind.CROWD_PLACE})


def check_measure(step: Measure) -> None:
    """Carry a measure out on no cell, so that parameters that do not fit are known before the data are read.

    Raises:
        InputError: If they do not fit.
    """
    nothing: Texts = pa.array([], type=pa.string())
    if step.kind in CELL_TECHNIQUES:
        nobody = np.zeros((0, 2), dtype=np.uint64)
        treat(nothing, step, CellMeans(bytes(32), 1, "", lambda _: [], nobody, lambda _, values: [*values]))
    elif step.kind in TOGETHER:
        check_parameters(step)


def join_measures(steps: Sequence[Measure]) -> tuple[Measure, ...]:
    """Return steps with those of microaggregation joined that are the same in every parameter: groups are made of all.

    Args:
        steps: One for each column.
    """
    joined: dict[object, Measure] = {}
    for step in steps:
        key = (step.kind, step.parameters) if step.kind is MeasureKind.MICROAGGREGATE else step
        before = joined.get(key)
        joined[key] = step if before is None else replace(before, columns=(*before.columns, *step.columns))
    return tuple(joined.values())


def find_conflict(wishes: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Return a column with two wishes that exclude each other, and the keys that hold them; None if there is none.

    Dropped, replaced, redacted and measured by itself exclude each other; classes are made of any column that says
    something still.

    Args:
        wishes: What `[protect]` holds, by key.
    """
    cells = {name: step.kind for step in wishes.get("cells", ()) for name in step.columns}
    named = {key: set(wishes.get(key, ())) for key in ("quasi_identifiers", "drop", "pseudonymise", "redact")}
    silent = {name for name, kind in cells.items() if kind in _SILENT}
    for one, other in combinations((*named, "columns"), 2):
        second = named[other] if other in named else silent if one == "quasi_identifiers" else set(cells)
        both = named[one] & second
        if both:
            return min(both), one, other
    return None


def _decimal(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not Decimal(value).is_finite():
        raise WrongValueError("a number", value)
    return format(Decimal(str(value)), "f")
