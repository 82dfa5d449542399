"""Names of persons in Han and Hangul as compiled code; the rule is that of `recognisers.person_name`.

Names in other letters are asked of the recogniser. The dictionaries are laid out by code point: what each character may
be, and a set of the few words of two or three. They are part of the compiled code, so whoever changes a dictionary and
keeps compiled code elsewhere than the door does has to have it made anew.
"""

# Plain numbers are lengths of names, and bytes and code points of UTF-8 (RFC 3629).
# ruff: noqa: C901, PLR0911, PLR2004
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from lockgate.classify.dictionaries import chinese, japanese, korean
from lockgate.classify.kernel.compiling import compiled

_SURNAME, _NOT_GIVEN, _GIVEN, _FREQUENT, _BEGINS, _NOT_LAST = 1, 2, 4, 8, 16, 32
_COMPOUND, _NO_NAME, _JAPANESE = 1, 2, 3
_FIRST_HAN, _LAST_HAN, _FIRST_HANGUL, _LAST_HANGUL = 0x3400, 0x9FFF, 0xAC00, 0xD7A3
_ITERATION, _NUMBER_ZERO = 0x3005, 0x3007
"""Han, but outside the block, and nothing that a name begins with."""
_SLOTS = 1 << 12
_SPREAD = 0x9E3779B1
_LONGEST, _MOST_BYTES = 8, 60
_SPACE = 32


def _signs() -> npt.NDArray[np.uint8]:
    """Return what each character may be; Han and Hangul share the marks, as they share no character."""
    signs = np.zeros(_LAST_HANGUL + 1, np.uint8)
    words = chinese.COMPOUND_SURNAMES | chinese.NOT_NAMES | korean.COMPOUND_SURNAMES | korean.NOT_NAMES
    marked: tuple[tuple[int, Iterable[str]], ...] = (
        (_SURNAME, chinese.SURNAMES | korean.SURNAMES),
        (_NOT_GIVEN, chinese.NOT_GIVEN),
        (_GIVEN, chinese.GIVEN | korean.GIVEN),
        (_FREQUENT, chinese.FREQUENT),
        (_NOT_LAST, japanese.LAST_NOT_GIVEN | korean.LAST_NOT_GIVEN),
        (_BEGINS, {word[0] for word in words | japanese.SURNAMES}),
    )
    for mark, characters in marked:
        signs[sorted(map(ord, characters))] |= np.uint8(mark)
    return signs


def _words() -> npt.NDArray[np.int64]:
    """Return the words of two and three characters in slots, each by its kind."""
    slots = np.zeros(_SLOTS, np.int64)
    kinds = (
        (_COMPOUND, chinese.COMPOUND_SURNAMES | korean.COMPOUND_SURNAMES),
        (_NO_NAME, chinese.NOT_NAMES | korean.NOT_NAMES),
        (_JAPANESE, japanese.SURNAMES),
    )
    for kind, words in kinds:
        for word in sorted(words):
            points = [*map(ord, word), 0, 0]
            key = kind << 48 | points[0] << 32 | points[1] << 16 | points[2]
            slot = key * _SPREAD >> 40 & (_SLOTS - 1)
            while slots[slot]:
                slot = (slot + 1) & (_SLOTS - 1)
            slots[slot] = key
    return slots


_SIGNS, _WORDS = _signs(), _words()


@compiled
def name_holds(data: Any, start: int, end: int) -> int:
    """Return 0 for a name, -1 for none, -2 where only the recogniser can tell."""
    if end - start > _MOST_BYTES:
        return -2
    points = np.zeros(_LONGEST, np.int64)
    count, place, last = 0, start, np.int64(0)
    while place < end:
        byte = np.int64(data[place])
        if byte == _SPACE:
            place += 1
            continue
        if byte & 0xF0 != 0xE0 or place + 3 > end:
            return -2
        last = (byte & 15) << 12 | (np.int64(data[place + 1]) & 63) << 6 | (np.int64(data[place + 2]) & 63)
        place += 3
        is_han = _FIRST_HAN <= last <= _LAST_HAN or (count > 0 and last in (_ITERATION, _NUMBER_ZERO))
        if not is_han and not _FIRST_HANGUL <= last <= _LAST_HANGUL:
            return -2
        if count and is_han != (points[0] <= _LAST_HAN):
            return -2
        if count < _LONGEST:
            points[count] = last
        count += 1
    if not count:
        return -2
    if count == 1 or count >= _LONGEST:
        return -1
    if points[0] <= _LAST_HAN:
        return 0 if _is_chinese(points, count) or _is_japanese(points, count) else -1
    return 0 if _is_korean(points, count) else -1


@compiled
def _is_word(kind: int, points: Any, count: int) -> bool:
    if not _SIGNS[points[0]] & _BEGINS:
        return False
    key = np.int64(kind) << 48 | points[0] << 32 | points[1] << 16 | (points[2] if count > 2 else 0)
    slot = key * _SPREAD >> 40 & (_SLOTS - 1)
    while _WORDS[slot] != 0:
        if _WORDS[slot] == key:
            return True
        slot = (slot + 1) & (_SLOTS - 1)
    return False


@compiled
def _is_chinese(points: Any, count: int) -> bool:
    head = 2 if _is_word(_COMPOUND, points, 2) else 1
    given = count - head
    if given < 1 or given > 2 or (head == 1 and not _SIGNS[points[0]] & _SURNAME):
        return False
    if count < 4 and _is_word(_NO_NAME, points, count):
        return False
    unknown = 0
    for place in range(head, count):
        if _SIGNS[points[place]] & _NOT_GIVEN:
            return False
        if not _SIGNS[points[place]] & _GIVEN:
            unknown += 1
    return unknown <= given - 1 or head == 2 or _SIGNS[points[0]] & _FREQUENT != 0


@compiled
def _is_japanese(points: Any, count: int) -> bool:
    head = 0
    if count > 2 and _is_word(_JAPANESE, points, 3):
        head = 3
    elif _is_word(_JAPANESE, points, 2):
        head = 2
    given = count - head
    return head > 0 and 1 <= given <= 4 and not _SIGNS[points[count - 1]] & _NOT_LAST


@compiled
def _is_korean(points: Any, count: int) -> bool:
    head = 2 if _is_word(_COMPOUND, points, 2) else 1
    given = count - head
    if given < 3 - head or given > 2 or (head == 1 and not _SIGNS[points[0]] & _SURNAME):
        return False
    if (count < 4 and _is_word(_NO_NAME, points, count)) or _SIGNS[points[count - 1]] & _NOT_LAST:
        return False
    known = np.uint8(_GIVEN)
    for place in range(head, count):
        known &= _SIGNS[points[place]]
    return bool(known)
