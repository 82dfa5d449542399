"""Check digits: known examples, and that every single wrong digit is found."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.classify.check_digits import is_day_of_some_century, luhn_holds, mod_11_10_holds, verhoeff_holds

DIGITS = st.text("0123456789", min_size=4, max_size=18)


def completed(body: str, holds: object) -> str:
    return next(body + digit for digit in "0123456789" if holds(body + digit))


def changed(value: str, place: int, by: int) -> str:
    place %= len(value)
    return value[:place] + str((int(value[place]) + by) % 10) + value[place + 1 :]


@given(DIGITS, st.integers(0, 99), st.integers(1, 9))
def test_each_check_finds_any_one_wrong_digit(body: str, place: int, by: int) -> None:
    for holds in (luhn_holds, verhoeff_holds, mod_11_10_holds):
        right = completed(body, holds)
        assert holds(right)
        assert not holds(changed(right, place, by))


@given(DIGITS, st.integers(0, 99))
def test_verhoeffs_check_finds_any_two_neighbours_that_changed_places(body: str, place: int) -> None:
    right = completed(body, verhoeff_holds)
    place %= len(right) - 1
    swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    assert swapped == right or not verhoeff_holds(swapped)


def test_a_leap_day_counts_in_a_year_of_two_digits_that_may_be_one() -> None:
    assert is_day_of_some_century(0, 2, 29)
    assert is_day_of_some_century(96, 2, 29)
    assert not is_day_of_some_century(95, 2, 29)
    assert not is_day_of_some_century(95, 13, 1)
