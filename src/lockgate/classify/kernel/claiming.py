"""What becomes of matches inside text: which part of each is wanted, which check holds, which claims its place.

Compiled, with the interpreter's lock released, as everything beside it.
"""
# Functions of compiled code take what they need one by one: a tuple made for a call would cost more than the call.
# ruff: noqa: C901, PLR0913, PLR0917
# Plain numbers are bytes of ASCII.
# ruff: noqa: PLR2004

from typing import Any

import numpy as np

from lockgate.classify.kernel.checks import check_value
from lockgate.classify.kernel.codes import INNER, NOTHING, PERSON_NAME, UNCHECKED, UNCLAIMED
from lockgate.classify.kernel.compiling import compiled
from lockgate.classify.kernel.words import borrow


@compiled
def tell_ends(cells: Any, found: Any, said: Any, codes: Any, hits: Any, inner: Any) -> Any:
    """Write the hits of cells whose last state says all matches, and the cells that have to be searched.

    Returns how many hits, how many cells were done, and how many of them have to be searched.

    Args:
        cells: Numbers of the cells, offsets, bytes.
        found: Last state of each cell of the block.
        said: First row of the matches of each state, their number, and the rows: recogniser, bytes from the end of the
            cell back to the start of the match, and to its end; the more telling type first.
        codes: Check of each recogniser.
        hits: As for `machine.search_cells`.
        inner: Room for the cells in which a match stands before the end, or of which nothing is known.
    """
    numbers, offsets, owned = cells
    data = borrow(owned)
    first_row, row_count, rows = said
    written = left = 0
    for turn in range(len(numbers)):
        cell = numbers[turn]
        if found[cell] == NOTHING:
            continue
        if found[cell] <= INNER:
            inner[left] = cell
            left += 1
            continue
        start, end = offsets[cell], offsets[cell + 1]
        row = first_row[found[cell]]
        last = row + row_count[found[cell]]
        base = written
        if base + last - row > len(hits):
            return written, turn, left
        for spot in range(row, last):
            begin = end - rows[spot, 1]
            is_free = True
            for other in range(base, written):
                is_free &= not hits[other, 1] <= begin - start < hits[other, 2]
            if not is_free:
                continue
            stop = end - rows[spot, 2]
            code = codes[rows[spot, 0]]
            if code != UNCHECKED:
                stop = _checked_end(code, data, begin, stop)
            if stop == -2:
                written = base + _write_unclaimed(cell, end - start, rows, row, last, hits, base)
                break
            if stop < 0:
                continue
            for other in range(base, written):
                is_free &= not (hits[other, 1] < stop - start and begin - start < hits[other, 2])
            if is_free:
                hits[written, 0], hits[written, 1] = cell, begin - start
                hits[written, 2], hits[written, 3] = stop - start, rows[spot, 0]
                written += 1
    return written, len(numbers), left


@compiled
def _write_unclaimed(cell: int, length: int, rows: Any, row: int, last: int, hits: Any, base: int) -> Any:
    """Write all matches at the end of a cell as hits whose check has to be asked."""
    for spot in range(row, last):
        place = base + spot - row
        hits[place, 0] = cell
        hits[place, 1], hits[place, 2] = length - rows[spot, 1], length - rows[spot, 2]
        hits[place, 3] = rows[spot, 0] + UNCLAIMED
    return last - row


@compiled
def write_hits(cell: int, start: int, data: Any, places: Any, found: int, codes: Any, hits: Any, written: int) -> Any:
    """Write the hits of a cell that claim their places, or all of them if only Python can tell."""
    is_told = _claim(data, places, found, codes) >= 0
    for spot in range(found):
        stop = places[spot, 3] if is_told else places[spot, 1]
        if stop > 0:
            hits[written, 0] = cell
            hits[written, 1] = places[spot, 0] - start
            hits[written, 2] = stop - start
            hits[written, 3] = places[spot, 2] + (0 if is_told else UNCLAIMED)
            written += 1
    return written


@compiled
def group_start(data: Any, place: int, stop: int, end: int, small: Any, before: int, group: int) -> Any:
    """Return where the wanted group of a match starts: after the longest beginning that leaves the group as found."""
    table, _, out_at_end = small
    best = -1
    state, spot = np.int64(before), place
    while state:
        if out_at_end[state] >= 0 and _group_end(data, spot, end, small, group) == stop:
            best = spot
        if spot == stop:
            break
        state = np.int64(table[state, data[spot]])
        spot += 1
    return best


@compiled
def _group_end(data: Any, place: int, end: int, small: Any, group: int) -> Any:
    table, out, out_at_end = small
    state, spot, found = np.int64(group), place, -1
    while state:
        if out[state] >= 0:
            found = spot - out[state]
        if spot == end:
            if out_at_end[state] >= 0:
                found = spot - out_at_end[state]
            break
        state = np.int64(table[state, data[spot]])
        spot += 1
    return found


@compiled
def _claim(data: Any, places: Any, found: int, codes: Any) -> Any:
    """Let the hits of a cell claim their places, the more telling type first; return -1 if only Python can tell.

    The end of a hit that holds is written in the last column, 0 for one that does not.
    """
    for spot in range(1, found):
        begin, stop, item = places[spot, 0], places[spot, 1], places[spot, 2]
        other = spot
        while other > 0 and places[other - 1, 2] > item:
            places[other, 0], places[other, 1] = places[other - 1, 0], places[other - 1, 1]
            places[other, 2] = places[other - 1, 2]
            other -= 1
        places[other, 0], places[other, 1], places[other, 2] = begin, stop, item
    for spot in range(found):
        places[spot, 3] = 0
        stop = _checked_end(codes[places[spot, 2]], data, places[spot, 0], places[spot, 1])
        if stop == -2:
            return -1
        if stop < 0:
            continue
        is_free = True
        for other in range(spot):
            if places[other, 3] > places[spot, 0] and places[other, 0] < stop:
                is_free = False
        if is_free:
            places[spot, 3] = stop
    return 0


@compiled
def _checked_end(code: int, data: Any, start: int, end: int) -> Any:
    """Return the end of the longest part that passes the check: all of it, or up to the last space or hyphen."""
    said = check_value(code, data, start, end)
    if said != -1:
        return end if said >= 0 else -2
    cut = start
    for place in range(start, end):
        if data[place] >= 128:
            return _shorter_end(code, data, start, end)
        if data[place] in (32, 45):
            cut = place
    if cut - start < 2:
        return -1
    said = check_value(code, data, start, cut)
    return cut if said >= 0 else said


@compiled
def _shorter_end(code: int, data: Any, start: int, end: int) -> int:
    """Return the end of a name without its last character, -1 if that is none, -2 if Python can tell."""
    if code != PERSON_NAME:
        return -2
    cut = end - 1
    while data[cut] & 0xC0 == 0x80:
        cut -= 1
    characters = 0
    for place in range(start, cut):
        if data[place] & 0xC0 != 0x80:
            characters += 1
    if characters < 2:
        return -1
    said = check_value(code, data, start, cut)
    return cut if said >= 0 else said
