"""Days moved by person: intervals kept, never by nothing, and nothing passed on unmoved."""

from datetime import date, timedelta
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect.date_shift import Shift, shift_days
from lockgate.protect.unfit import Unfit
from lockgate.terms.errors import InputError

KEY = bytes(range(32))


def persons(names):
    hashes = b"".join(sha256(str(name).encode()).digest()[:16] for name in names)
    return np.frombuffer(hashes, dtype="<u8").astype(np.uint64).reshape(-1, 2)


def shifted(values, names, shift=None, unfit=Unfit.REFUSE, domain="acme", key=KEY):
    offsets = (shift or Shift(365)).offsets(persons(names), domain, key)
    return shift_days(pa.array(values, type=pa.string()), offsets, unfit).cells.to_pylist()


days = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), days), min_size=1, max_size=30), st.integers(1, 5000), st.booleans())
def test_intervals_within_a_person_are_kept_and_every_day_moves(rows, most, in_weeks):
    shift = Shift(max(most, 7), in_weeks=in_weeks)
    moved = shifted([day.isoformat() for _, day in rows], [name for name, _ in rows], shift)
    offsets = {}
    for (name, day), text in zip(rows, moved, strict=True):
        offset = (date.fromisoformat(text) - day).days
        assert offset == offsets.setdefault(name, offset)
        assert 0 < abs(offset) <= shift.most
        assert not in_weeks or offset % 7 == 0


def test_times_and_zones_stay_as_written():
    values = ["2024-02-28", "2024-02-28T23:59:59.5+09:00", "2024-02-28 08:00", None, "2024-02-28T23:59Z"]
    moved = shifted(values, ["a"] * 5)
    assert {text[:10] for text in moved if text} == {moved[0]}
    assert [text and text[10:] for text in moved] == ["", "T23:59:59.5+09:00", " 08:00", None, "T23:59Z"]


def test_offsets_take_every_value_and_never_nought():
    offsets = Shift(3).offsets(persons(range(6000)), "d", KEY)
    numbers, counts = np.unique(offsets, return_counts=True)
    assert numbers.tolist() == [-3, -2, -1, 1, 2, 3]
    assert counts.min() > 850  # a thousand each; five standard deviations are 145
    assert set(Shift(20, in_weeks=True).offsets(persons(range(200)), "d", KEY).tolist()) == {-14, -7, 7, 14}


def test_key_and_domain_set_offsets_apart_and_one_domain_does_not():
    many = persons(range(50))
    one = Shift(365).offsets(many, "acme", KEY).tolist()
    assert one == Shift(365).offsets(many, "acme", KEY).tolist()
    assert one != Shift(365).offsets(many, "other", KEY).tolist()
    assert one != Shift(365).offsets(many, "acme", bytes(32)).tolist()


@pytest.mark.parametrize(
    "value",
    ["", "2023-02-29", "2023-13-01", "2023-00-10", "2023-01-00", "0000-01-01", "20230101", "2023-1-1", "17.05.1990",
     "2023-01-01x", "2023-01-01\n", "２０２３-01-01", "2023-04-31"],
)  # fmt: skip
def test_what_is_no_day_is_emptied_or_refused_never_passed_on(value):
    assert shifted([value, "2023-01-01"], ["a", "a"], unfit=Unfit.EMPTY)[0] is None
    with pytest.raises(InputError, match="1 of 2 cells"):
        shifted([value, "2023-01-01"], ["a", "a"])


@given(st.dates(), st.integers(-36_500, 36_500))
def test_every_day_of_the_calendar_moves_as_the_calendar_says(day, offset):
    treated = shift_days(pa.array([day.isoformat()]), np.array([offset]), Unfit.EMPTY)
    try:
        expected = (day + timedelta(days=offset)).isoformat()
    except OverflowError:
        expected = None
    assert treated.cells.to_pylist() == [expected]
    assert treated.unfit == (expected is None)


def test_the_years_one_to_nine_thousand_nine_hundred_and_ninety_nine_are_not_left():
    cells = pa.array(["0001-01-01", "9999-12-31", "0001-01-02"])
    assert shift_days(cells, np.array([-1, 1, -1]), Unfit.EMPTY).cells.to_pylist() == [None, None, "0001-01-01"]


@pytest.mark.parametrize("wrong", [{"most": 0}, {"most": 6, "in_weeks": True}, {"most": 36_501}])
def test_a_bound_that_moves_nothing_or_anywhere_is_refused(wrong):
    with pytest.raises(InputError):
        Shift(**wrong)
