"""Ages told by birth dates, resident numbers and age columns: the youngest, and which rows are about children."""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.catalogue import CATALOGUE
from lockgate.classify.kernel.reading import reading_of
from lockgate.classify.normal import Text
from lockgate.classify.recogniser import Recogniser
from lockgate.classify.recognisers.date_of_birth import parse_day
from lockgate.classify.recognition import match
from lockgate.classify.tidy import tidy_cells
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import Verdict

_OLDEST = 130
_UNKNOWN = -1
_LONG_ID = 18

Numbers = npt.NDArray[np.int64]


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
        cells = tidy_cells(batch.column(column.name))
        ages = _ages(cells.values, column.type, as_of)
        known = ages[ages >= 0]
        youngest = merge_youngest(youngest, int(known.min()) if len(known) else None)
        below = (ages >= 0) & (ages < child_below())
        is_child |= np.append(below, [False])[cells.codes]
    return Ages(youngest, is_child)


def merge_youngest(a: int | None, b: int | None) -> int | None:
    """Return the lesser of two ages of which either may be unknown."""
    return min((age for age in (a, b) if age is not None), default=None)


@cache
def child_below() -> int:
    """Return the age in whole years under which a person counts as a child, from `ages.toml`."""
    data = tomllib.loads((files("lockgate.classify") / "ages.toml").read_text(encoding="utf-8"))
    return int(data["child_below"])


def _ages(values: Text, type_: str, as_of: date) -> Numbers:
    """Return the age of each cell, -1 where it tells none.

    A birth is told by its month. The day is looked at only where the month is that of `as_of` and the day decides: who
    is youngest, who is a child, who is born or alive at all. Elsewhere such a cell may be a year too old.
    """
    recogniser = CATALOGUE[type_]
    fits, months = _months(recogniser, values)
    ages = np.full(len(values), _UNKNOWN, np.int64)
    if recogniser.born is None:
        ages[fits] = _each(values.take(pa.array(fits)), _written_age)
        return ages
    passed = (as_of.year * 12 + as_of.month - 1) - months
    years, is_open = passed // 12, passed % 12 == 0
    years[(months <= 0) | (years < 0) | (years > _OLDEST + 1)] = _UNKNOWN
    sure = years[~is_open & (years >= 0) & (years <= _OLDEST)]
    bound = int(sure.min()) if len(sure) else _OLDEST
    asked = is_open & (years >= 0) & ((years <= bound) | (years == child_below()) | (years > _OLDEST))
    days = _each(values.take(pa.array(fits[asked])), lambda value: _day(type_, value))
    years[asked] -= days > as_of.day
    ages[fits] = np.where(years > _OLDEST, _UNKNOWN, years)
    return ages


def _months(recogniser: Recogniser, values: Text) -> tuple[Numbers, Numbers]:
    """Return the places of cells that pass, and their months of birth as `year * 12 + month - 1`, or 0."""
    reading = reading_of(values)
    if reading is not None:
        form = reading.masks(recogniser)[0]
        said = reading.said(recogniser, form)
        return np.flatnonzero(form)[said >= 0], said[said >= 0]
    fits = np.flatnonzero(match(recogniser, values).passed)
    born = recogniser.born
    return fits, _each(values.take(pa.array(fits)), lambda value: born(value) if born else None, 0)


def _each(values: Text, tell: Callable[[str], int | None], unknown: int = _UNKNOWN) -> Numbers:
    """Return what each cell tells, each distinct one asked once."""
    encoded = values.dictionary_encode()
    told = [unknown if said is None else said for said in map(tell, encoded.dictionary.to_pylist())]
    answers: Numbers = np.array(told, np.int64)[encoded.indices.to_numpy()]
    return answers


def _written_age(value: str) -> int | None:
    """Return the least age that a cell such as `34`, `0.42` or `20-29` may mean."""
    digits = ""
    for character in value:
        if not character.isdigit():
            break
        digits += character
    return int(digits) if digits else 0 if value.startswith("<") else None


def _day(type_: str, value: str) -> int:
    """Return the day of the month of a birth that passes its check."""
    if type_ == "cn-resident-id":
        return int(value[12:14] if len(value) == _LONG_ID else value[10:12])
    if type_ != "date-of-birth":
        return int(value[4:6])
    day = parse_day(value)
    return day[2] if day else 0
