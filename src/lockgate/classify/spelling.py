"""Numbers with a fixed point, days and instants of a column as text, spelled as Python spells them.

Arrow spells them, many times as fast, wherever it spells alike; elsewhere nothing is returned, and Python spells them.
"""

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

Column: TypeAlias = Any
"""A column of a batch, of any Arrow type."""

_UTC = (None, "UTC")
_DAY_S = 86_400
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
"""0001-01-01 and 9999-12-31: Python's calendar."""

_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}
_DATE_LENGTH = 10

_join: Any = pc.binary_join_element_wise
"""The stubs know no mixture of columns and constants."""


def spell(column: Column) -> Column | None:
    """Return a column of decimals, days or instants as text; null stays null.

    Days are in ISO form, and so are instants, with a blank between day and time, microseconds where there are any and
    the offset of those in UTC; an instant without a zone at midnight is a day.

    Args:
        column: Of any type.

    Returns:
        None where Arrow does not spell as Python does: other types, zones, and years beyond Python's calendar.

    >>> spell(pa.array([0, 1_500_000], pa.timestamp("us"))).to_pylist()
    ['1970-01-01', '1970-01-01 00:00:01.500000']
    """
    if pt.is_decimal(column.type):
        return column.cast(pa.string())
    if pt.is_date32(column.type):
        return column.cast(pa.string()) if _is_within(column.cast(pa.int32()), 1) else None
    if not pt.is_timestamp(column.type) or column.type.tz not in _UTC:
        return None
    if column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    numbers = column.cast(pa.int64())
    return _spell_instants(column, numbers) if _is_within(numbers, _SECOND[column.type.unit] * _DAY_S) else None


def _is_within(numbers: Column, day: int) -> bool:
    """Whether all numbers, of which so many are a day, are in Python's calendar."""
    ends = pc.min_max(numbers)
    least, greatest = ends["min"].as_py(), ends["max"].as_py()
    return least is None or (least >= _FIRST_DAY * day and greatest < (_LAST_DAY + 1) * day)


def _spell_instants(column: Column, numbers: Column) -> Column:
    second = _SECOND[column.type.unit]
    counted = np.asarray(numbers.fill_null(0))
    seconds, rest = np.divmod(counted, second) if second > 1 else (counted, np.zeros_like(counted))
    missing = np.asarray(column.is_null()) if column.null_count else None
    text = pa.array(seconds, pa.timestamp("s"), mask=missing).cast(pa.string())
    if rest.any():
        exact = pa.array(counted * (_SECOND["us"] // second), pa.timestamp("us"), mask=missing).cast(pa.string())
        text = pc.if_else(pa.array(rest == 0), text, exact)
    if column.type.tz:
        return _join(text, pa.scalar("+00:00"), "")
    midnight = (seconds % _DAY_S == 0) & (rest == 0)
    if midnight.any():
        text = pc.if_else(pa.array(midnight), pc.utf8_slice_codeunits(text, 0, _DATE_LENGTH), text)
    return text
