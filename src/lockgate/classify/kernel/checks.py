"""Check digits, calendars and issuer ranges as compiled code, for the types whose cells are many.

The rule of each type is the check of its recogniser; these are the same rule over bytes, and tests hold them to it.
Each takes the bytes of a value that has the type's form and returns `FAILS`, `ASK` where only the recogniser can tell,
`HOLDS`, or a month of birth as `year * 12 + month - 1`.
"""
# Loops over bytes are written out, because a call or a list inside them would cost more than the work itself.
# ruff: noqa: C901, PLR0911, PLR0912
# NumPy's whole numbers are assigned to plain ones, which are the same once compiled.
# mypy: disable-error-code="assignment"
# Plain numbers are bytes, digits, lengths and ranges of the standards that the docstrings name.
# ruff: noqa: PLR2004

from typing import Any

import numpy as np

from lockgate.classify.kernel.codes import FIRST_NUMBER, FIRST_PART, PERSON_NAME
from lockgate.classify.kernel.compiling import compiled
from lockgate.classify.kernel.filters import may_hold
from lockgate.classify.kernel.names import name_holds

FAILS, HOLDS, ASK = -1, 0, -2

_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_PROVINCES = np.zeros(100, np.bool_)
_PROVINCES[
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83, 91]
] = True
_POWERS = np.array([pow(2, 17 - place, 11) for place in range(18)])
_ZERO, _NINE, _DASH, _SPACE, _STOP, _COLON, _SLASH = 48, 57, 45, 32, 46, 58, 47
_NOT_DIGITS = 1 << 20
_LUHN = np.full((2, 256), _NOT_DIGITS)
"""What a digit adds to the sum of Luhn, by whether it is doubled (an even place from the end) or not."""
_LUHN[1, 48:58], _LUHN[0, 48:58] = np.arange(10), (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_LETTERS, _T, _Z, _OTHER_SCRIPT = 65, 84, 90, 128


@compiled
def check_value(code: int, data: Any, start: int, end: int) -> Any:
    """Return what a check says of a value."""
    if code == 1:
        return _resident_id(data, start, end)
    if code == 2:
        return _registration_number(data, start)
    if code == 3:
        return _bank_card(data, start, end)
    if code == 4:
        return _day(data, start, end)
    if code == 5:
        return _address(data, start, end)
    if code == 6:
        return _social_security(data, start, end)
    if code == PERSON_NAME:
        return name_holds(data, start, end)
    if code >= FIRST_NUMBER:
        if not may_hold(code, data, start, end):
            return FAILS
        return ASK if code >= FIRST_PART else HOLDS
    return ASK if code < 0 else HOLDS


@compiled
def check_cells(code: int, offsets: Any, data: Any, cells: Any, said: Any) -> None:
    """Write what a check says of some cells."""
    for place in range(len(cells)):
        cell = cells[place]
        said[place] = check_value(code, data, offsets[cell], offsets[cell + 1])


@compiled
def _number(data: Any, start: int, end: int) -> Any:
    value = 0
    for place in range(start, end):
        value = value * 10 + np.int64(data[place]) - _ZERO
    return value


@compiled
def _month(year: int, month: int, day: int) -> Any:
    """Return the month of a day that the calendar has."""
    if month < 1 or month > 12 or day < 1:
        return FAILS
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > _DAYS[month - 1] + (1 if month == 2 and is_leap else 0):
        return FAILS
    return year * 12 + month - 1


@compiled
def _resident_id(data: Any, start: int, end: int) -> Any:
    if not _PROVINCES[_number(data, start, start + 2)]:
        return FAILS
    if end - start == 15:
        return _month(
            1900 + _number(data, start + 6, start + 8),
            _number(data, start + 8, start + 10),
            _number(data, start + 10, start + 12),
        )
    if end - start != 18:
        return ASK
    total = 0
    for place in range(17):
        total += (np.int64(data[start + place]) - _ZERO) * _POWERS[place]
    last = np.int64(data[start + 17])
    total += 10 if last in (88, 120) else last - _ZERO
    if total % 11 != 1:
        return FAILS
    return _month(
        _number(data, start + 6, start + 10),
        _number(data, start + 10, start + 12),
        _number(data, start + 12, start + 14),
    )


@compiled
def _registration_number(data: Any, start: int) -> Any:
    sign = start + 6
    while data[sign] in (_DASH, _SPACE):
        sign += 1
    digit = np.int64(data[sign]) - _ZERO
    century = 18 if digit in (9, 0) else 19 if digit in (1, 2, 5, 6) else 20
    year = century * 100 + _number(data, start, start + 2)
    return _month(year, _number(data, start + 2, start + 4), _number(data, start + 4, start + 6))


@compiled
def _bank_card(data: Any, start: int, end: int) -> Any:
    total = np.int64(0)
    for place in range(start, end):
        total += _LUHN[(end - place) & 1, data[place]]
    if total < _NOT_DIGITS and end - start >= 12:
        if total % 10 != 0:
            return FAILS
        return HOLDS if _is_issued(_number(data, start, start + 4), end - start) else FAILS
    digits, head, total, total_shifted = 0, 0, 0, 0
    for place in range(start, end):
        byte = np.int64(data[place])
        if byte < _ZERO or byte > _NINE:
            continue
        digit = byte - _ZERO
        doubled = digit * 2 - (9 if digit > 4 else 0)
        # Which digits are doubled is known at the last one only: both sums are kept and change places.
        total, total_shifted = total_shifted + digit, total + doubled
        if digits < 4:
            head = head * 10 + digit
        digits += 1
    if total % 10 != 0 or digits < 12:
        return FAILS
    return HOLDS if _is_issued(head, digits) else FAILS


@compiled
def _is_issued(head: int, digits: int) -> bool:
    two = head // 100
    if head // 1000 == 4:
        return digits in (13, 16, 19)
    if 51 <= two <= 55 or 2221 <= head <= 2720:
        return digits == 16
    if two in (34, 37):
        return digits == 15
    if two in (62, 81) or 3528 <= head <= 3589:
        return 16 <= digits <= 19
    if 300 <= head // 10 <= 305 or two in (36, 38, 39):
        return 14 <= digits <= 19
    if head == 6011 or 6440 <= head <= 6499 or two == 65:
        return 16 <= digits <= 19
    if two in (50, 56, 57, 58) or head in (6304, 6759):
        return 12 <= digits <= 19
    return False


@compiled
def _has_words(data: Any, start: int, end: int) -> bool:
    """Whether a month is a word or a year is of an era; the T and Z of ISO 8601 are no words."""
    if data[start] >= _OTHER_SCRIPT:
        return True
    for place in range(start, end):
        byte = np.int64(data[place])
        if _LETTERS <= byte < _OTHER_SCRIPT and byte not in (_T, _Z):
            return True
    return False


@compiled
def _day(data: Any, start: int, end: int) -> Any:
    """Return the month of a written day; numbers are read from the first eleven characters, as the recogniser does."""
    if end - start == 4:
        return _number(data, start, end) * 12 + 11
    first, second, third, count, size, characters = 0, 0, 0, 0, 0, 0
    is_number, has_stop = False, False
    if _has_words(data, start, end):
        return ASK
    for place in range(start, end):
        byte = np.int64(data[place])
        has_stop |= byte == _STOP
        if byte & 0xC0 != 0x80:
            characters += 1
        if characters > 11:
            continue
        if byte < _ZERO or byte > _NINE:
            is_number = False
            continue
        count += 0 if is_number else 1
        is_number = True
        if count == 1:
            first, size = first * 10 + byte - _ZERO, size + 1
        elif count == 2:
            second = second * 10 + byte - _ZERO
        elif count == 3:
            third = third * 10 + byte - _ZERO
    if count == 1:
        return _month(first // 10000, first // 100 % 100, first % 100) if size == 8 else ASK
    if count < 3:
        return ASK
    if size > 2:
        return _month(first, second, third)
    if third < 100:
        third += 2000 if third <= 30 else 1900
    if first > 12 or has_stop:
        return _month(third, second, first)
    return _month(third, first, second)


@compiled
def _address(data: Any, start: int, end: int) -> Any:
    octet, largest = 0, 0
    for place in range(start, end):
        byte = np.int64(data[place])
        if byte in (_COLON, _SLASH):
            return ASK
        octet = 0 if byte == _STOP else octet * 10 + byte - _ZERO
        largest = max(largest, octet)
    return HOLDS if largest > 31 else FAILS


@compiled
def _social_security(data: Any, start: int, end: int) -> Any:
    number, digits = 0, 0
    for place in range(start, end):
        byte = np.int64(data[place])
        if _ZERO <= byte <= _NINE:
            number, digits = number * 10 + byte - _ZERO, digits + 1
    if digits != 9:
        return ASK
    area = number // 1_000_000
    if area in (0, 666) or area >= 900 or number // 10_000 % 100 == 0 or number % 10_000 == 0:
        return FAILS
    return FAILS if number in (78051120, 219099999) else HOLDS
