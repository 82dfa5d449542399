"""Loops that give equal cells one code, and count rows by codes, as plain Python that `compiled_encoding` compiles.

Codes are given in the order in which cells first come by. Cells are found by a hash and then compared whole, so two
that share a hash stay apart. The first two loops end with -1 where more than half of the slots would be used.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

EMPTY = -1

_MIX = np.uint64(0x9FB21C651E98DF25)

Words = npt.NDArray[np.uint64]
Slots = npt.NDArray[np.int32]


def encode_texts(  # noqa: C901, PLR0912, PLR0915 - one loop, compiled as a whole
    words: Words, offsets: Any, valid: npt.NDArray[np.uint8], masks: Words, slots: Slots, found: tuple[Any, Any, Any]
) -> int:
    """Return how many different cells a column of text has, null as one of them.

    Args:
        words: The eight bytes from each byte of the data on, as one number, as far as there are eight.
        offsets: Where each cell begins, and the end of the last.
        valid: 0 for null; of no element where there is none.
        masks: Numbers whose lowest 0 to 8 bytes are all ones.
        slots: Code of each slot; a power of two of them, all `EMPTY`.
        found: Are filled: the code of each cell; the first cell of each code; and its first two words, its length and
            where it begins.
    """
    codes, firsts, heads = found
    last = np.uint64(len(slots) - 1)
    top = len(words) - 1
    most = len(slots) // 2
    count = 0
    null = EMPTY
    for cell in range(len(offsets) - 1):
        begin, end = offsets[cell], offsets[cell + 1]
        if len(valid) and not valid[cell]:
            if null == EMPTY:
                null = count
                firsts[count] = cell
                count += 1
            codes[cell] = null
            continue
        size = np.uint64(end - begin)
        low = masks[min(end - begin, 8)]
        high = masks[min(max(end - begin - 8, 0), 8)]
        if begin + 8 <= top:
            low &= words[begin]
            high &= words[begin + 8]
        else:  # the last bytes of all, of which the last word is moved down
            low &= words[min(begin, top)] >> np.uint64(8 * min(max(begin - top, 0), 7))
            high &= words[top] >> np.uint64(8 * min(begin + 8 - top, 7))
        mixed = (low ^ (size << np.uint64(56))) * _MIX
        mixed = (mixed ^ (mixed >> np.uint64(32)) ^ high) * np.uint64(0xD6E8FEB86659FD93)
        place = begin + 16
        while place < end:
            word = (words[min(place, top)] >> np.uint64(8 * max(place - top, 0))) & masks[min(end - place, 8)]
            mixed = (mixed ^ (mixed >> np.uint64(32)) ^ word) * _MIX
            place += 8
        slot = (mixed ^ (mixed >> np.uint64(32))) & last
        while slots[slot] != EMPTY:
            code = slots[slot]
            if heads[code, 0] == low and heads[code, 1] == high and heads[code, 2] == size:
                apart = np.int64(heads[code, 3]) - begin
                place = begin + 16
                while place < end:
                    word = words[min(place, top)] >> np.uint64(8 * max(place - top, 0))
                    if (word ^ words[place + apart]) & masks[min(end - place, 8)]:
                        break
                    place += 8
                if place >= end:
                    break
            slot = (slot + np.uint64(1)) & last
        if slots[slot] == EMPTY:
            if count >= most:
                return -1
            slots[slot] = count
            firsts[count] = cell
            heads[count, 0] = low
            heads[count, 1] = high
            heads[count, 2] = size
            heads[count, 3] = np.uint64(begin)
            count += 1
        codes[cell] = slots[slot]
    return count


def encode_numbers(numbers: Words, slots: Slots, found: tuple[Any, Any, Any]) -> int:
    """Return how many different numbers a column has; arguments as in `encode_texts`."""
    codes, firsts, _ = found
    last = np.uint64(len(slots) - 1)
    most = len(slots) // 2
    count = 0
    for cell in range(len(numbers)):
        mixed = numbers[cell] * np.uint64(0x9E3779B97F4A7C15)
        slot = (mixed ^ (mixed >> np.uint64(32))) & last
        while slots[slot] != EMPTY and numbers[firsts[slots[slot]]] != numbers[cell]:
            slot = (slot + np.uint64(1)) & last
        if slots[slot] == EMPTY:
            if count >= most:
                return -1
            slots[slot] = count
            firsts[count] = cell
            count += 1
        codes[cell] = slots[slot]
    return count


def number_keys(keys: Any, places: Any, found: tuple[Any, Any, Any]) -> int:
    """Return how many different keys there are; they are numbered in rising order.

    Args:
        keys: One a row, less than there are places.
        places: Zeros, one for each possible key.
        found: Are filled: the number of each row; the rows of each number, zeros before; and the first row of each.
    """
    numbers, rows, first = found
    for row in range(len(keys)):
        places[keys[row]] = 1
    count = 0
    for key in range(len(places)):
        if places[key]:
            places[key] = count
            count += 1
    for row in range(len(keys)):
        number = places[keys[row]]
        numbers[row] = number
        if not rows[number]:
            first[number] = row
        rows[number] += 1
    return count


def count_pairs(numbers: Any, codes: Any, ranks: Any, counts: Any) -> None:
    """Count the rows of each pair of a number and a code.

    Args:
        numbers: One a row.
        codes: One a row.
        ranks: Place of each code in its order.
        counts: Zeros; at number times codes plus rank the rows of a pair.
    """
    width = len(ranks)
    for row in range(len(numbers)):
        counts[numbers[row] * width + ranks[codes[row]]] += 1
