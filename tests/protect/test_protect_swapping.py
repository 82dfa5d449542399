"""Swapping: a column keeps its values, two columns tell less, and the matrix of PRAM is the one that was used."""

from fractions import Fraction
from hashlib import shake_256

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.protect.swapping import post_randomise, swap_ranks


def drawn(name: str):
    """Return a source of bytes that look random and are the same each time."""
    return lambda count: shake_256(name.encode()).digest(count)


@given(st.lists(st.one_of(st.none(), st.integers(-50, 50)), max_size=60), st.fractions("1/100", 1))
def test_swapping_keeps_the_values_of_a_column_and_moves_none_too_far(values, share: Fraction):
    column = pa.array(values, pa.int64())
    swapped = swap_ranks(column, share, drawn("swap")).to_pylist()
    assert [value is None for value in swapped] == [value is None for value in values]
    known = sorted(value for value in values if value is not None)
    assert sorted(value for value in swapped if value is not None) == known
    reach = max(1, int(len(known) * share))
    for before, after in zip(values, swapped, strict=True):
        if before is not None:
            first, last = known.index(before), len(known) - 1 - known[::-1].index(before)
            assert after in known[max(0, first - reach) : last + reach + 1]


def test_a_larger_share_blurs_what_two_columns_tell_together():
    words = np.frombuffer(drawn("pairs")(16_000), "<u4").astype(np.float64)
    one = words[:2_000]
    other = pa.array(one + 0.2 * words[2_000:])
    shares = [Fraction(1, 100), Fraction(1, 10), Fraction(1, 2)]
    left = [np.corrcoef(one, np.asarray(swap_ranks(other, share, drawn("s"))))[0, 1] for share in shares]
    assert left[0] > 0.95
    assert left[0] > left[1] > left[2]
    moved = np.asarray(swap_ranks(other, shares[0], drawn("s"))) != np.asarray(other)
    assert moved.mean() > 0.9


def test_another_draw_swaps_other_rows():
    column = pa.array(range(100))
    assert swap_ranks(column, Fraction(1, 10), drawn("a")) != swap_ranks(column, Fraction(1, 10), drawn("b"))


def test_pram_keeps_as_many_as_its_matrix_says_and_counts_in_expectation():
    values = ["a"] * 6_000 + ["b"] * 3_000 + ["c"] * 1_000
    after, matrix = post_randomise(pa.array([*values, None]), Fraction(7, 10), drawn("pram"))
    assert after[10_000].as_py() is None
    changed = after.to_pylist()[:10_000]
    assert np.allclose(matrix.sum(axis=1), 1)
    assert np.allclose(np.array([0.6, 0.3, 0.1]) @ matrix, [0.6, 0.3, 0.1])
    for row, value in enumerate("abc"):
        own = [new for old, new in zip(values, changed, strict=True) if old == value]
        for place, new in enumerate("abc"):
            assert own.count(new) / len(own) == pytest.approx(matrix[row, place], abs=0.04)
        assert changed.count(value) == pytest.approx(values.count(value), rel=0.08)


@pytest.mark.parametrize("share", [Fraction(0), Fraction(-1, 2), Fraction(3, 2)])
def test_a_share_that_is_none_is_refused(share: Fraction):
    with pytest.raises(Exception, match="share of ranks"):
        swap_ranks(pa.array([1, 2]), share, drawn("x"))


@pytest.mark.parametrize("keep", [Fraction(1), Fraction(-1, 9)])
def test_a_probability_that_changes_nothing_is_refused(keep: Fraction):
    with pytest.raises(Exception, match="probability"):
        post_randomise(pa.array(["a"]), keep, drawn("x"))


def test_texts_have_no_ranks_and_nothing_is_nothing():
    with pytest.raises(Exception, match="numbers or days"):
        swap_ranks(pa.array(["a"]), Fraction(1, 2), drawn("x"))
    assert swap_ranks(pa.array([], pa.int64()), Fraction(1, 2), drawn("x")).to_pylist() == []
    assert post_randomise(pa.array([None], pa.string()), Fraction(1, 2), drawn("x"))[0].to_pylist() == [None]
