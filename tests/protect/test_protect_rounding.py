"""Rounding: exact decimals, half to even, days cut, and nothing passed on that is no number or day."""

from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.protect.rounding import Precision, nearest, round_days, round_numbers
from lockgate.protect.unfit import Unfit
from lockgate.terms.errors import InputError

decimals = st.decimals(-(10**25), 10**25, allow_nan=False, places=4)
steps = st.sampled_from([Decimal(step) for step in ("10", "1", "0.5", "0.01", "25", "1000", "0.3")])


def rounded(values, step, unfit=Unfit.REFUSE):
    return round_numbers(pa.array(values, type=pa.string()), Decimal(step), unfit).cells.to_pylist()


def cut(values, precision, unfit=Unfit.REFUSE):
    return round_days(pa.array(values, type=pa.string()), Precision(precision), unfit).cells.to_pylist()


def test_numbers_go_to_the_nearest_multiple_and_half_ways_to_the_even_one():
    assert rounded(["14", "15", "25", "-15", "-25", "-5", "0.1", None], "10") == [
        "10", "20", "20", "-20", "-20", "0", "0", None,
    ]  # fmt: skip
    assert rounded(["0.15", "2.675", "1e3"], "0.01") == ["0.15", "2.68", "1000"]
    assert rounded(["123456789012345678901234567890.5"], "1") == ["123456789012345678901234567890"]


@given(decimals, steps)
def test_the_multiple_is_the_nearest_one_in_fractions(number, step):
    quotient = Fraction(number) / Fraction(step)
    assert nearest(number, step) == round(quotient)  # Python rounds fractions half to even


@given(st.lists(decimals, max_size=5), steps)
def test_rounding_twice_changes_nothing(numbers, step):
    once = rounded([format(number, "f").replace("-0.0000", "0.0000") for number in numbers], step)
    assert rounded(once, step) == once


def test_days_are_cut_and_a_time_goes():
    values = ["1990-05-17", "2024-02-29T08:30:00Z", "2024-02-29 08:30", None]
    assert cut(values, "month") == ["1990-05", "2024-02", "2024-02", None]
    assert cut(values, "year") == ["1990", "2024", "2024", None]
    assert cut(values, "day") == ["1990-05-17", "2024-02-29", "2024-02-29", None]
    assert cut(["1990-05", "1990-05-17"], "month") == ["1990-05", "1990-05"]
    assert cut(["1990", "1990-05"], "year") == ["1990", "1990"]


@pytest.mark.parametrize("value", ["", "abc", "2023-02-29", "1990-13", "17.05.1990", "1990-05-17x", "1990"])
def test_what_is_no_day_is_emptied_or_refused(value):
    assert cut([value], "month", Unfit.EMPTY) == [None]
    with pytest.raises(InputError, match="1 of 1 cells"):
        cut([value], "month")


@pytest.mark.parametrize("value", ["", "abc", "02139", "+5", "1,5", "NaN", "Infinity", "٣"])
def test_what_is_no_number_is_emptied_or_refused(value):
    assert rounded([value, "1"], "1", Unfit.EMPTY) == [None, "1"]
    with pytest.raises(InputError):
        rounded([value, "1"], "1")


def test_a_step_is_above_nought():
    for step in ("0", "-1", "NaN"):
        with pytest.raises(InputError, match="above 0"):
            rounded(["1"], step)
