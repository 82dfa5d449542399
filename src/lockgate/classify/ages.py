"""Ages told by birth dates, resident numbers and age columns: the youngest, and which rows are about children."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.catalogue import CATALOGUE
from lockgate.classify.cells import encode
from lockgate.classify.normal import Text, normalise
from lockgate.classify.recognisers.date_of_birth import parse_day
from lockgate.classify.recognition import match
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import Verdict

_OLDEST = 130
_LONG_ID = 18


@dataclass(frozen=True, slots=True)
class AgeColumn:
    """A column that tells ages.

    Attributes:
        name: Column name.
        type: Recognised type.
    """

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Ages:
    """Ages in one batch.

    Attributes:
        youngest: In whole years; None if no row tells one.
        is_child: Of each row, whether a column tells an age under that of `ages.toml`.
    """

    youngest: int | None
    is_child: npt.NDArray[np.bool_]


def age_columns(verdicts: Iterable[ColumnVerdict]) -> tuple[AgeColumn, ...]:
    """Return the columns that tell ages: confirmed resident numbers, dates of birth and ages."""
    telling = ("cn-resident-id", "kr-resident-number", "kr-foreigner-number", "date-of-birth", "age")
    return tuple(
        AgeColumn(item.name, item.type)
        for item in verdicts
        if item.verdict is Verdict.CONFIRMED and item.type in telling
    )


def fold(batch: pa.RecordBatch, columns: tuple[AgeColumn, ...], as_of: date) -> Ages:
    """Return the ages that a batch tells on a day.

    Several columns may disagree (a person and their child in one row): the youngest counts. A birth ahead of the day
    or more than 130 years ago tells nothing. A lone year of birth counts as its last day.

    Args:
        batch: Rows of a source.
        columns: From `age_columns`.
        as_of: The day.
    """
    youngest: int | None = None
    is_child = np.zeros(batch.num_rows, np.bool_)
    for column in columns:
        values, codes = encode(batch.column(column.name))
        ages = _ages(normalise(values), column.type, as_of)
        known = [age for age in ages if age is not None]
        youngest = min([*known, *([] if youngest is None else [youngest])], default=None)
        below = [age is not None and age < child_below() for age in ages]
        is_child |= np.array([*below, False])[codes]
    return Ages(youngest, is_child)


def merge_youngest(a: int | None, b: int | None) -> int | None:
    """Return the lesser of two ages of which either may be unknown."""
    return min((age for age in (a, b) if age is not None), default=None)


@cache
def child_below() -> int:
    """Return the age in whole years under which a person counts as a child, from `ages.toml`."""
    data = tomllib.loads((files("lockgate.classify") / "ages.toml").read_text(encoding="utf-8"))
    return int(data["child_below"])


def _ages(values: Text, type_: str, as_of: date) -> list[int | None]:
    passed = match(CATALOGUE[type_], values).passed
    return [
        _age(type_, value, as_of) if fits else None
        for value, fits in zip(values.to_pylist(), passed.tolist(), strict=True)
    ]


def _age(type_: str, value: str, as_of: date) -> int | None:
    if type_ == "age":
        return _written_age(value)
    day = _birthday(type_, value)
    if day is None:
        return None
    age = as_of.year - day[0] - ((as_of.month, as_of.day) < day[1:])
    return age if 0 <= age <= _OLDEST else None


def _written_age(value: str) -> int | None:
    """Return the least age that a cell such as `34`, `0.42` or `20-29` may mean."""
    digits = ""
    for character in value:
        if not character.isdigit():
            break
        digits += character
    return int(digits) if digits else 0 if value.startswith("<") else None


def _birthday(type_: str, value: str) -> tuple[int, int, int] | None:
    born = CATALOGUE[type_].born
    if type_ == "date-of-birth" or born is None:
        return parse_day(value)
    month = born(value)
    if month is None:
        return None
    if type_ == "cn-resident-id":
        return month // 12, month % 12 + 1, int(value[12:14] if len(value) == _LONG_ID else value[10:12])
    return month // 12, month % 12 + 1, int(value[4:6])
