"""Noise on numbers: the stated distribution, whole units, bounds, and one draw for a person and a value."""

import math
from decimal import Decimal
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pytest

from lockgate.protect.noise import Noise, add_noise, fresh_draws, units_of
from lockgate.protect.person_draws import draw_by_person, draw_by_person_and_value
from lockgate.protect.unfit import Unfit
from lockgate.terms.errors import InputError

KEY = bytes(range(32))
ONE = Decimal(1)


def stream(count):
    """Return bytes that look drawn, the same in every run."""
    return b"".join(sha256(number.to_bytes(8, "big")).digest() for number in range(-(-count // 32)))[:count]


def persons(count):
    return np.arange(2 * count, dtype=np.uint64).reshape(count, 2)


def noisy(values, noise, draws=None, unfit=Unfit.REFUSE):
    column = pa.array(values, type=pa.string())
    return add_noise(
        column, noise, fresh_draws(len(values), stream) if draws is None else draws, unfit
    ).cells.to_pylist()


@pytest.mark.parametrize("scale", ["0.5", "3", "20"])
def test_a_hundred_thousand_draws_have_the_stated_distribution(scale):
    units = units_of(fresh_draws(100_000, stream), Decimal(scale))
    ratio = math.exp(-1 / float(scale))
    for size in range(-5, 6):
        expected = (1 - ratio) / (1 + ratio) * ratio ** abs(size) * 100_000
        assert abs((units == size).sum() - expected) < 5 * math.sqrt(expected) + 5
    spread = math.sqrt(2 * ratio) / (1 - ratio)
    assert abs(units.mean()) < 5 * spread / math.sqrt(100_000)
    assert abs(units.std() / spread - 1) < 0.02


def test_the_ends_of_a_word_are_the_ends_of_the_distribution():
    ends = np.array([0, 1, 2**64 - 2, 2**64 - 1], dtype=np.uint64)
    small, small_too, large, least = units_of(ends, ONE).tolist()
    assert (small, small_too) == (0, 0)
    assert large == -least
    assert 42 <= large <= 45  # ln(2^63) is 43.7


def test_numbers_come_in_whole_units_and_no_digit_below_is_left():
    cells = noisy(["12.345", "12.34", None, "-3"], Noise(Decimal("0.5"), Decimal(2)))
    assert cells[2] is None
    assert all(Decimal(cell) % Decimal("0.5") == 0 for cell in cells if cell)


def test_bounds_hold():
    cells = noisy(["0", "1", "99", "100"] * 200, Noise(ONE, Decimal(10), Decimal(0), Decimal(100)))
    assert min(map(int, cells)) == 0
    assert max(map(int, cells)) == 100
    assert min(map(int, noisy(["0"] * 100, Noise(Decimal(5), ONE, low=Decimal("0.5"))))) == 5


def test_a_person_and_value_has_one_draw_so_that_asking_again_averages_nothing_away():
    column = pa.array(["1", "2", "1", None])
    same = np.repeat(persons(1), 4, axis=0)
    draws = draw_by_person_and_value(same, column, b"noise", "acme", KEY)
    assert draws[0] == draws[2] != draws[1]
    assert (draws == draw_by_person_and_value(same, column, b"noise", "acme", KEY)).all()
    for use, domain, key in ((b"other", "acme", KEY), (b"noise", "b", KEY), (b"noise", "acme", bytes(32))):
        assert (draws != draw_by_person_and_value(same, column, use, domain, key)).all()
    ones = pa.array(["1"] * 1000)
    assert len(np.unique(draw_by_person_and_value(persons(1000), ones, b"noise", "acme", KEY))) == 1000
    assert len(np.unique(draw_by_person(persons(1000), b"noise", "acme", KEY))) == 1000


def test_draws_by_person_are_spread_evenly():
    draws = draw_by_person(persons(16_000), b"x", "d", KEY)
    for shift in (0, 30, 60):
        counts = np.bincount(
            (draws >> np.uint64(shift)).astype(np.int64) & 15 if shift else (draws & np.uint64(15)).astype(np.int64),
            minlength=16,
        )
        assert counts.min() > 840  # a thousand each; five standard deviations are 153


def test_what_is_no_number_is_emptied_or_refused():
    assert noisy(["x", "02139", "1"], Noise(ONE, ONE), unfit=Unfit.EMPTY)[:2] == [None, None]
    with pytest.raises(InputError, match="2 of 3 cells"):
        noisy(["x", "02139", "1"], Noise(ONE, ONE))


@pytest.mark.parametrize(
    "wrong",
    [("0", "1"), ("-1", "1"), ("1", "0"), ("1", "10001"), ("1", "NaN"), ("1", "1", "2", "1"), ("1", "1", "0.5", "0.7")],
)
def test_noise_that_is_none_or_has_no_room_is_refused(wrong):
    with pytest.raises(InputError):
        Noise(*map(Decimal, wrong))
