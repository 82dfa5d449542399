"""Cells of a column as text: distinct values in normal form, each with its number of cells."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from lockgate.classify.normal import Text, is_missing, normalise
from lockgate.classify.spelling import spell

Column: TypeAlias = Any
"""A column of a batch, of any Arrow type."""

_FIRST_CELLS, _FEW_VALUES = 4096, 512
"""Text is counted before it is read where its first cells hold no more distinct values than this."""


class Kind(StrEnum):
    """How a source holds a column, as far as recognisers tell the difference."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DAY = "day"
    FLAG = "flag"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class DistinctCells:
    """The values of a column.

    Attributes:
        kind: How the source holds them.
        values: Distinct cells in normal form; a string array without nulls. Two cells of the source that differ in
            form only stay apart here.
        counts: Number of cells of each value; int64.
        missing: Cells that say nothing.
    """

    kind: Kind
    values: Text
    counts: npt.NDArray[np.int64]
    missing: int


def kind_of(arrow_type: pa.DataType) -> Kind:
    """Return how a source holds a column of an Arrow type.

    >>> kind_of(pa.dictionary(pa.int32(), pa.string()))
    <Kind.TEXT: 'text'>
    """
    if pt.is_dictionary(arrow_type):
        return kind_of(arrow_type.value_type)
    kinds = (
        (Kind.TEXT, pt.is_string(arrow_type) or pt.is_large_string(arrow_type) or pt.is_string_view(arrow_type)),
        (Kind.INTEGER, pt.is_integer(arrow_type)),
        (Kind.DECIMAL, pt.is_floating(arrow_type) or pt.is_decimal(arrow_type)),
        (Kind.DAY, pt.is_date(arrow_type) or pt.is_timestamp(arrow_type)),
        (Kind.FLAG, pt.is_boolean(arrow_type)),
    )
    return next((kind for kind, holds in kinds if holds), Kind.OTHER)


def as_text(column: Column) -> Text:
    """Return the cells as a string array of the same length, so that every format of a source gives the same text.

    Whole numbers have no fraction, days are in ISO form and a time at midnight is a day; a nested value is written
    out as Python does.
    """
    if pt.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = kind_of(column.type)
    if kind in (Kind.TEXT, Kind.INTEGER, Kind.FLAG):
        return column.cast(pa.string())
    spelled = spell(column)
    return spelled if spelled is not None else pa.array([_write(value) for value in _values(column)], pa.string())


def distinct_cells(column: Column, normal: Callable[[Text], Text] = normalise) -> DistinctCells:
    """Return the distinct cells of one column of a batch with their counts.

    Args:
        column: Of any type.
        normal: Gives cells without nulls their normal form.
    """
    kind = kind_of(column.type)
    if pt.is_dictionary(column.type) and not pt.is_string(column.type.value_type):
        column = column.cast(column.type.value_type)
    if kind is Kind.OTHER:
        column = as_text(column)
    elif pt.is_string_view(column.type):
        column = column.cast(pa.string())
    present = column.drop_null()
    counted = pc.value_counts(present)
    text = normal(as_text(counted.field("values")))
    counts = counted.field("counts").to_numpy()
    missing = is_missing(text).to_numpy(zero_copy_only=False)
    return DistinctCells(
        kind=kind,
        values=text.filter(pa.array(~missing)),
        counts=counts[~missing],
        missing=int(counts[missing].sum()) + len(column) - len(present),
    )


def weighted_cells(column: Column) -> tuple[Text, npt.NDArray[np.int64]]:
    """Return cells of one column as text, not yet in normal form, without nulls, and the number of rows of each.

    Values are counted first where that is cheap: where the source has them encoded, where writing them as text costs
    more, and text whose first cells are few distinct ones. Other text is not, because that costs more than reading it.
    """
    if pt.is_string(column.type) and _says_little(column):
        column = pc.dictionary_encode(column)
    if pt.is_dictionary(column.type) and kind_of(column.type) is Kind.TEXT:
        rows = np.bincount(pc.drop_null(column.indices).to_numpy(), minlength=len(column.dictionary))
        return _without_nulls(as_text(column.dictionary), rows.astype(np.int64))
    kind = kind_of(column.type)
    if kind in (Kind.TEXT, Kind.INTEGER):
        values = _present(column if kind is Kind.TEXT else as_text(column))
        values = values.cast(pa.large_string()) if pt.is_string_view(values.type) else values
        return values, np.ones(len(values), np.int64)
    if pt.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    counted = pc.value_counts(as_text(column) if kind is Kind.OTHER else column)
    return _without_nulls(as_text(counted.field("values")), counted.field("counts").to_numpy())


def _says_little(column: Column) -> bool:
    """Whether the first cells of a column of text, or of whole numbers, are few distinct ones."""
    if len(column) < _FIRST_CELLS:
        return False
    return int(pc.count_distinct(column.slice(0, _FIRST_CELLS)).as_py()) <= _FEW_VALUES


def _present(values: Text) -> Text:
    """Return the values that are not null; Arrow would copy them even if all are there."""
    return pc.drop_null(values) if values.null_count else values


def _without_nulls(values: Text, rows: npt.NDArray[np.int64]) -> tuple[Text, npt.NDArray[np.int64]]:
    used = values.is_valid().to_numpy(zero_copy_only=False) & (rows > 0)
    return values.filter(pa.array(used)), rows[used]


def encode(column: Column) -> tuple[Text, npt.NDArray[np.int64]]:
    """Return the distinct cells of a column as text, and of each row the place among them; null is one past the end.

    Two cells that differ in the source but not as text (0.0 and -0.0) stay apart.

    Args:
        column: Of any type; cells are text but not yet in normal form.
    """
    if pt.is_dictionary(column.type) and not pt.is_string(column.type.value_type):
        column = column.cast(column.type.value_type)
    # Values are written as text once each where Arrow can encode them; it does not encode nested ones.
    if isinstance(column, pa.DictionaryArray) and pt.is_string(column.type.value_type):
        return _used_values(column)
    encoded = (as_text(column) if kind_of(column.type) is Kind.OTHER else column).dictionary_encode()
    values = as_text(encoded.dictionary)
    return values, pc.fill_null(encoded.indices, len(values)).to_numpy(zero_copy_only=False).astype(np.int64)


def _used_values(column: Any) -> tuple[Text, npt.NDArray[np.int64]]:
    """Return an encoded column as `encode` does; among its values may be nulls, and some that no row has."""
    values = column.dictionary
    codes = np.asarray(pc.fill_null(column.indices, len(values))).astype(np.int64)
    used = np.bincount(codes, minlength=len(values) + 1)[: len(values)] > 0
    used &= values.is_valid().to_numpy(zero_copy_only=False)
    if used.all():
        return values, codes
    places = np.append(np.where(used, np.cumsum(used) - 1, int(used.sum())), int(used.sum()))
    return values.filter(pa.array(used)), places[codes]


def placed_cells(column: Column) -> tuple[Text, npt.NDArray[np.int64]]:
    """Return the cells of a column as text without nulls, and of each row the place of its cell (see `encode`).

    Text is not encoded, because that costs more than reading it, nor are numbers that hardly repeat themselves: a value
    may stand more than once.
    """
    if pt.is_integer(column.type) and not _says_little(column):
        column = as_text(column)
    if pt.is_dictionary(column.type) or kind_of(column.type) is not Kind.TEXT:
        return encode(column)
    if not column.null_count:
        return column, np.arange(len(column))
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    values = column.drop_null()
    return values, np.where(valid, np.cumsum(valid) - 1, len(values))


def _values(column: Column) -> list[object]:
    """Return the cells as Python has them; times to the microsecond, and the bare number of one beyond its calendar."""
    if pt.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    elif pt.is_time64(column.type):
        column = column.cast(pa.time64("us"), safe=False)
    try:
        listed: list[object] = column.to_pylist()
    except (OverflowError, ValueError):
        listed = column.cast(pa.int32() if pt.is_date32(column.type) else pa.int64()).to_pylist()
    return listed


def _write(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return str(value)
