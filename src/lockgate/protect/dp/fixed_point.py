"""Columns as whole numbers: clamped to declared bounds and counted in units of 10^-decimals.

What is done to a cell depends on the cell alone, so it costs nothing. A missing value, a null or a value that is not
a number (NaN) is missing and counts nowhere; an infinity is clamped like any other large value. Rounding is to the
nearest unit, halves to even.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Texts
from lockgate.protect.dp.coins import Flags, Integers
from lockgate.protect.dp.plan import Bounds
from lockgate.terms.errors import InputError

Floats = npt.NDArray[np.float64]

_WIDE = 76
"""Digits of Arrow's widest decimal."""


def to_units(column: Texts, name: str, bounds: Bounds) -> tuple[Integers, Flags]:
    """Return the clamped values of a column in units, and which of its cells hold a value; others are 0.

    Args:
        column: Numbers, decimals, truth values, or texts that write numbers.
        name: Of the column, for messages.
        bounds: Clamping bounds.

    Raises:
        InputError: If the column holds no numbers.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = pc.cast(column, kind.value_type), kind.value_type
    if pa.types.is_boolean(kind):
        column, kind = pc.cast(column, pa.int8()), pa.int8()
    if pa.types.is_integer(kind):
        units, valid = _of_integers(column, bounds)
    elif pa.types.is_decimal(kind):
        units, valid = _of_decimals(column, bounds)
    else:
        units, valid = _of_floats(_as_floats(column, name), bounds)
    return np.where(valid, units, 0) if not valid.all() else units, valid


def _of_integers(column: Texts, bounds: Bounds) -> tuple[Integers, Flags]:
    """Clamp before multiplying, so that nothing overflows, and after, to the exact bounds."""
    valid = _valid(column)
    numbers = (column.fill_null(0) if column.null_count else column).to_numpy(zero_copy_only=False)
    if numbers.dtype == np.uint64:
        numbers = np.minimum(numbers, np.uint64(np.iinfo(np.int64).max))
    unit = 10**bounds.decimals
    clamped = np.clip(numbers.astype(np.int64, copy=False), bounds.low // unit, -(-bounds.high // unit))
    return (np.clip(clamped * unit, bounds.low, bounds.high) if unit > 1 else clamped), valid


def _of_decimals(column: Texts, bounds: Bounds) -> tuple[Integers, Flags]:
    valid = _valid(column)
    wide = pa.decimal256(_WIDE, max(column.type.scale, bounds.decimals, 0))
    try:
        exact = pc.cast(column, wide)
    except pa.ArrowInvalid:  # more digits than the widest decimal holds: far beyond any bounds
        return _of_floats(pc.cast(column, pa.float64()), bounds)
    rounded = pc.round(exact, bounds.decimals, round_mode="half_to_even")
    low, high = (_scalar(bound, bounds.decimals, wide) for bound in (bounds.low, bounds.high))
    clamped: Any = pc.min_element_wise(pc.max_element_wise(rounded, low, skip_nulls=False), high, skip_nulls=False)
    narrow: Texts = pc.cast(clamped, pa.decimal128(38, bounds.decimals))
    return _raw(narrow), valid


def _scalar(units: int, decimals: int, kind: pa.DataType) -> "pa.Scalar[pa.DataType]":
    small = pa.array([units], pa.int64()).cast(pa.decimal128(38, 0))
    scaled = pa.Array.from_buffers(pa.decimal128(38, decimals), 1, [None, small.buffers()[1]])
    found: pa.Scalar[pa.DataType] = scaled.cast(kind)[0]
    return found


def _raw(decimals: Texts) -> Integers:
    """Return the units of decimals that fit in 64 bits; what stands in place of a null is anything."""
    buffer = decimals.buffers()[1]
    if buffer is None or not len(decimals):
        return np.zeros(len(decimals), np.int64)
    words = np.frombuffer(memoryview(buffer), "<i8")[2 * decimals.offset : 2 * (decimals.offset + len(decimals))]
    units: Integers = words[::2].copy()
    return units


def _of_floats(column: Texts, bounds: Bounds) -> tuple[Integers, Flags]:
    filled = column.fill_null(float("nan")) if column.null_count else column
    numbers: Floats = filled.to_numpy(zero_copy_only=False)
    valid = ~np.isnan(numbers)
    scaled = np.where(valid, numbers, 0.0) if not valid.all() else numbers.copy()
    with np.errstate(over="ignore"):
        np.multiply(scaled, float(10**bounds.decimals), out=scaled)
    np.clip(scaled, float(bounds.low), float(bounds.high), out=scaled)
    np.rint(scaled, out=scaled)
    return scaled.astype(np.int64), valid


def _as_floats(column: Texts, name: str) -> Texts:
    try:
        found: Texts = pc.cast(column, pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(
            f"column `{name}` of type {column.type} holds a cell that is no number",
            "Name a column of numbers, or leave the statistic out.",
        ) from error
    return found


def _valid(column: Texts) -> Flags:
    if not column.null_count:
        return np.ones(len(column), np.bool_)
    found: Flags = column.is_valid().to_numpy(zero_copy_only=False)
    return found
