"""Fixed grids for numbers and days."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.protect.generalisation import generalise
from lockgate.protect.readings import number_of, number_step, round_number, write_number
from lockgate.terms.label import Range, parse_label


def generalised(value: str | None, width: int) -> str | None:
    return generalise(pa.array([value], type=pa.string()), width).to_pylist()[0]


@pytest.mark.parametrize(
    ("value", "width", "label"),
    [
        ("25", 10, "[20,29]"),
        ("20", 10, "[20,29]"),
        ("29", 10, "[20,29]"),
        ("-1", 10, "[-10,-1]"),
        ("25", 1, "[25,25]"),
        ("7.25", 5, "[5,10]"),
        ("-0.5", 5, "[-5,0]"),
        ("1e3", 1000, "[1000,1999]"),
        ("25", 0, "*"),
        ("1990-02-17", 0, "[1990-02-01,1990-02-28]"),
        ("2000-02-17", 0, "[2000-02-01,2000-02-29]"),
        ("1990-12-31T23:59:59Z", 1, "[1990-01-01,1990-12-31]"),
        ("1999-12-31", 10, "[1990-01-01,1999-12-31]"),
        ("9999-12-31", 10, "[9990-01-01,9999-12-31]"),
        ("1990-02-30", 10, "*"),
        ("unknown", 10, "*"),
        ("02139", 10, "*"),
        ("", 10, "*"),
        (None, 10, None),
    ],
)
def test_a_value_lies_in_its_interval(value: str | None, width: int, label: str | None) -> None:
    assert generalised(value, width) == label


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=3), st.integers(1, 10**6))
def test_an_interval_holds_its_number_and_starts_on_the_grid(value: object, width: int) -> None:
    number = number_of(write_number(value))
    assert number is not None
    label = parse_label(generalised(write_number(number), width) or "")
    assert isinstance(label, Range)
    low, high = number_of(label.low), number_of(label.high)
    assert low is not None
    assert high is not None
    assert low <= number <= high
    assert low % width == 0


@given(st.dates(), st.integers(0, 200))
def test_an_interval_holds_its_day(day: date, years: int) -> None:
    label = parse_label(generalised(day.isoformat(), years) or "")
    assert isinstance(label, Range)
    assert date.fromisoformat(label.low) <= day <= date.fromisoformat(label.high)


numbers = st.decimals(-(10**12), 10**12, allow_nan=False, places=4)


@given(st.lists(numbers, min_size=2))
def test_a_rounded_bound_lies_outside_by_less_than_a_step(values: list) -> None:
    step = number_step(values)
    for value in values:
        low, high = round_number(value, step)
        assert value - step < low <= value <= high < value + step


@given(numbers)
def test_a_written_number_reads_as_itself(value) -> None:
    assert number_of(write_number(value)) == value
