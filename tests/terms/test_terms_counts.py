"""Counts between bounds, numbers of law with their boundary word, and truth in three values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.laws.threshold import Threshold
from lockgate.terms.interval import Interval, exactly
from lockgate.terms.truth import Truth, truth_of

COUNTS = st.integers(min_value=0, max_value=10**9)


@st.composite
def intervals_with_a_count(draw):
    """Draw an interval and a count that lies in it."""
    low, count, above = sorted(draw(st.tuples(COUNTS, COUNTS, COUNTS)))
    return Interval(low, draw(st.sampled_from([above, None]))), count


def holds(interval, count):
    """Say whether a count lies in an interval."""
    return interval.low <= count and (interval.high is None or count <= interval.high)


@given(intervals_with_a_count(), intervals_with_a_count())
def test_the_sum_of_two_counts_lies_in_the_sum_of_their_intervals(one, other):
    assert holds(one[0] + other[0], one[1] + other[1])


@given(COUNTS, COUNTS)
def test_exact_counts_add_up_exactly(one, other):
    assert exactly(one) + exactly(other) == exactly(one + other)
    assert (exactly(one) + exactly(other)).is_exact


@given(COUNTS)
def test_what_is_open_above_stays_open_above(count):
    assert (Interval(5) + exactly(count)).high is None
    assert not (Interval(5) + exactly(count)).is_exact


@given(intervals_with_a_count(), intervals_with_a_count())
def test_sums_do_not_depend_on_the_order(one, other):
    assert one[0] + other[0] == other[0] + one[0]


def test_a_count_left_out_is_anything():
    assert Interval() == Interval(0, None)


@pytest.mark.parametrize(
    ("boundary", "least"),
    [(">=", 10_000_000), (">", 10_000_001)],
)
def test_a_number_of_law_is_reached_as_its_boundary_word_says(boundary, least):
    # network data regulations 28 (达到) and compliance audit measures 4 (超过) differ by one person
    assert Threshold(10_000_000, boundary, "persons").least == least


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=-2, max_value=2))
def test_inclusive_and_exclusive_numbers_differ_in_exactly_one_count(value, step):
    count = value + step
    inclusive = count >= Threshold(value, ">=", "persons").least
    exclusive = count >= Threshold(value, ">", "persons").least
    assert inclusive == (count >= value)
    assert exclusive == (count > value)
    assert (inclusive != exclusive) == (count == value)


def test_a_fact_left_out_is_neither_yes_nor_no():
    assert [truth_of(True), truth_of(False), truth_of(None)] == [Truth.YES, Truth.NO, Truth.UNKNOWN]
