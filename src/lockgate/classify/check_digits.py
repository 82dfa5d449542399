"""Check digits and calendars that several identifiers share; each function says whether a run of digits holds."""

from calendar import monthrange
from collections.abc import Sequence

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_FIRST_YEAR, _LAST_YEAR = 1, 9999
_MONTHS = 12

_VERHOEFF_PRODUCT = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_PERMUTATION = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def digits_of(value: str) -> str:
    """Return the ASCII digits of a value.

    >>> digits_of("943 476-5919")
    '9434765919'
    """
    return "".join(character for character in value if "0" <= character <= "9")


def weighted_sum(digits: str, weights: Sequence[int]) -> int:
    """Return the sum of digits times weights, over as many as the shorter has."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def luhn_holds(digits: str) -> bool:
    """Return whether the modulus 10 double-add-double check holds.

    Source: ISO/IEC 7812-1, annex B.

    >>> luhn_holds("79927398713")
    True
    """
    numbers = [int(digit) for digit in reversed(digits)]
    return (sum(numbers[::2]) + sum(_DOUBLED[number] for number in numbers[1::2])) % 10 == 0


def mod_11_10_holds(digits: str) -> bool:
    """Return whether the hybrid check MOD 11,10 holds.

    Source: ISO/IEC 7064, clause 8.

    >>> mod_11_10_holds("07945")
    True
    """
    product = 10
    for digit in digits[:-1]:
        product = (product + int(digit)) % 10 or 10
        product = product * 2 % 11
    return (product + int(digits[-1])) % 10 == 1


def verhoeff_holds(digits: str) -> bool:
    """Return whether Verhoeff's check over the dihedral group of order ten holds.

    Source: J. Verhoeff, Error detecting decimal codes, Mathematical Centre Tracts 29, 1969.

    >>> verhoeff_holds("2363"), verhoeff_holds("2364")
    (True, False)
    """
    state = 0
    for place, digit in enumerate(reversed(digits)):
        state = int(_VERHOEFF_PRODUCT[state][int(_VERHOEFF_PERMUTATION[place % 8][int(digit)])])
    return state == 0


def is_day(year: int, month: int, day: int) -> bool:
    """Return whether the calendar has a day.

    >>> is_day(2000, 2, 29), is_day(1900, 2, 29)
    (True, False)
    """
    return _FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= _MONTHS and 1 <= day <= monthrange(year, month)[1]


def is_day_of_some_century(year: int, month: int, day: int) -> bool:
    """Return whether a day exists in a year of which two digits are known: leap years count as if they were."""
    return is_day(2000 + year % 4, month, day)
