"""Check digits of national numbers as compiled code.

Each function takes the digits of a value and returns whether the value holds; from `codes.FIRST_PART` on, whether it
may hold: a necessary part of the check, which spares the interpreter nine numbers in ten or more, as what passes is
asked of the recogniser. Tests hold each to the recogniser's check.
"""

from typing import Any

import numpy as np

from lockgate.classify.kernel.codes import FIRST_PART
from lockgate.classify.kernel.compiling import compiled

# Plain numbers are digits, weights and moduli of the standards that the recognisers name.
# ruff: noqa: PLR2004, PLR0911
_MOST = 64
_NORWAY = np.array([3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0])
_NORWAY_LAST = np.array([5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1])
_CORPORATE = np.array([1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1])
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_DIVISIONS = np.zeros(100, np.bool_)
_DIVISIONS[
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 10]
] = True
_BUSINESS = np.array([1, 3, 7, 1, 3, 7, 1, 3, 5])
_ROUTING = np.array([3, 7, 1, 3, 7, 1, 3, 7, 1])
_SIGNS = np.full(256, -1)
_SIGNS[np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", np.uint8)] = np.arange(31)
_SIGNS[np.frombuffer(b"abcdefghjklmnpqrtuwxy", np.uint8)] = np.arange(10, 31)
_POWERS = np.array([pow(3, place, 31) for place in range(17)])
_LETTERS = np.full(256, -1)
_LETTERS[48:58], _LETTERS[65:91], _LETTERS[97:123] = np.arange(10), np.arange(10, 36), np.arange(10, 36)


@compiled
def may_hold(code: int, data: Any, start: int, end: int) -> bool:
    """Return whether a value passes or may pass the check of a type; numbers of types are those of `codes.COMPILED`."""
    if end - start > _MOST:
        return code >= FIRST_PART
    if code == 10:
        return bool(_credit_code(data, start, end))
    if code == 16:
        return bool(_bank_account(data, start, end))
    digits = np.empty(_MOST, np.int64)
    count = 0
    for place in range(start, end):
        if 48 <= data[place] <= 57:
            digits[count] = np.int64(data[place]) - 48
            count += 1
    return bool(_digits_hold(code, digits, count) if code < FIRST_PART else _digits_may_hold(code, digits, count))


@compiled
def _digits_hold(code: int, digits: Any, count: int) -> Any:
    if code == 14:
        return count == 10 and (_weighted(digits, _BUSINESS) + digits[8] * 5 // 10 + digits[9]) % 10 == 0
    if code == 15:
        return count == 13 and _weighted(digits, _CORPORATE) % 10 == 0
    if count != 11:
        return False
    if code == 11:
        is_first = _sum(digits, 0, 9, 10, -1) * 10 % 11 % 10 == digits[9]
        return is_first and _sum(digits, 0, 10, 11, -1) * 10 % 11 % 10 == digits[10]
    if code == 12:
        if _weighted(digits, _NORWAY) % 11 != 0 or _weighted(digits, _NORWAY_LAST) % 11 != 0:
            return False
        day, month, year = _value(digits, 0, 2) % 40, _value(digits, 2, 4), _value(digits, 4, 6)
        is_leap = month == 2 and year % 4 == 0
        return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] + (1 if is_leap else 0)
    number, rest = _value(digits, 0, 9), _value(digits, 9, 11)
    return 97 - number % 97 == rest or 97 - (2_000_000_000 + number) % 97 == rest


@compiled
def _digits_may_hold(code: int, digits: Any, count: int) -> Any:
    if code == 17:
        return count != 9 or _weighted(digits, _ROUTING) % 10 == 0
    if code == 18:
        return _luhn_rest(digits, max(0, count - 10), count) == 0
    return code != 19 or count < 15 or _luhn_rest(digits, 0, 15) == 0


@compiled
def _luhn_rest(digits: Any, first: int, last: int) -> Any:
    total = 0
    for place in range(first, last):
        doubled = digits[place] * (2 if (last - place) % 2 == 0 else 1)
        total += doubled - (9 if doubled > 9 else 0)
    return total % 10


@compiled
def _weighted(digits: Any, weights: Any) -> Any:
    total = 0
    for place in range(len(weights)):
        total += digits[place] * weights[place]
    return total


@compiled
def _sum(digits: Any, first: int, last: int, weight: int, step: int) -> Any:
    total = 0
    for place in range(first, last):
        total += digits[place] * (weight + step * (place - first))
    return total


@compiled
def _value(digits: Any, first: int, last: int) -> Any:
    value = 0
    for place in range(first, last):
        value = value * 10 + digits[place]
    return value


@compiled
def _credit_code(data: Any, start: int, end: int) -> bool:
    if end - start != 18 or not _DIVISIONS[(np.int64(data[start + 2]) - 48) * 10 + np.int64(data[start + 3]) - 48]:
        return False
    total = 0
    for place in range(17):
        total += _SIGNS[data[start + place]] * _POWERS[place]
    return bool((total + _SIGNS[data[end - 1]]) % 31 == 0)


@compiled
def _bank_account(data: Any, start: int, end: int) -> bool:
    rest, seen = 0, 0
    for turn in range(2):
        seen = 0
        for place in range(start, end):
            sign = _LETTERS[data[place]]
            if sign < 0:
                continue
            seen += 1
            if (seen > 4) == (turn == 0):
                rest = (rest * (10 if sign < 10 else 100) + sign) % 97
    return bool(rest == 1)
