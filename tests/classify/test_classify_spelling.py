"""Values that Arrow spells are spelled as Python spells them, letter by letter."""

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.classify.cells import as_text
from lockgate.classify.spelling import spell

FIRST_S, END_S = -62_135_596_800, 253_402_300_800
"""Seconds of Python's calendar, the last of them outside."""

UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def spelled_by_python(value: Any) -> str | None:
    """Spell one cell as `as_text` promises."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return None if value is None else str(value)


@st.composite
def instants(draw: st.DrawFn) -> "pa.Array[Any]":
    """Draw instants near a midnight and far from it, with nulls, in and out of UTC."""
    unit, zone = draw(st.sampled_from(sorted(UNITS))), draw(st.sampled_from([None, "UTC"]))
    least = max(FIRST_S * UNITS[unit], -(2**63))
    most = min(END_S * UNITS[unit], 2**63) - 1
    day = 86_400 * UNITS[unit]
    near = st.builds(lambda days, rest: days * day + rest, st.integers(-40_000, 40_000), st.integers(-2, 2))
    numbers = draw(st.lists(st.one_of(st.none(), st.integers(least, most), near)))
    return pa.array(numbers, pa.int64()).cast(pa.timestamp(unit, zone))


@given(instants(), st.integers(0, 3))
def test_instants_are_spelled_as_python_does(column: "pa.Array[Any]", start: int) -> None:
    in_microseconds = column.cast(pa.timestamp("us", column.type.tz), safe=False).to_pylist()
    assert spell(column) is not None
    assert as_text(column).to_pylist() == [spelled_by_python(value) for value in in_microseconds]
    assert as_text(column.slice(start)).to_pylist() == as_text(column).to_pylist()[start:]


@given(st.lists(st.one_of(st.none(), st.dates())))
def test_days_are_spelled_as_python_does(days: list[Any]) -> None:
    assert as_text(pa.array(days, pa.date32())).to_pylist() == [spelled_by_python(day) for day in days]


@given(st.data(), st.integers(1, 38), st.integers(-6, 38))
def test_decimals_are_spelled_as_python_does(data: st.DataObject, digits: int, scale: int) -> None:
    most = 10**digits - 1
    numbers = data.draw(st.lists(st.one_of(st.none(), st.integers(-most, most)), max_size=20))
    raw = b"".join((number or 0).to_bytes(16, "little", signed=True) for number in numbers)
    buffers = [None, pa.py_buffer(raw)]
    column: Any = pa.Array.from_buffers(pa.decimal128(digits, scale), len(numbers), buffers)
    assert as_text(column).to_pylist() == [spelled_by_python(value) for value in column.to_pylist()]


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([3_000_000], pa.int32()).cast(pa.date32()), ["3000000"]),
        (pa.array([END_S], pa.timestamp("s")), [str(END_S)]),
        (pa.array([0], pa.timestamp("s", "Asia/Seoul")), ["1970-01-01 09:00:00+09:00"]),
    ],
)
def test_other_zones_and_years_beyond_the_calendar_are_left_to_python(column: Any, texts: list[str]) -> None:
    assert spell(column) is None
    assert as_text(column).to_pylist() == texts
