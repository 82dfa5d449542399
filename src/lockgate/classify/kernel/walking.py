"""Compiled second walk of cells in which a match ends before their end: it notes where each began and ended.

Compiled, with the interpreter's lock released, as everything beside it.
"""
# Loops over bytes are written out, because a call or a list inside them would cost more than the work itself.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

from typing import Any

import numpy as np

from lockgate.classify.kernel.claiming import group_start, write_hits
from lockgate.classify.kernel.codes import INNER, LOOSE
from lockgate.classify.kernel.compiling import compiled, inlined
from lockgate.classify.kernel.growing_search import MOST_INTS, note
from lockgate.classify.kernel.words import borrow


@compiled
def walk_cells(cells: Any, walk: Any, small: Any, items: Any, hits: Any, room: Any, rest: Any) -> Any:
    """Write the hits of cells in which matches end; return how many, how many cells were done, and how many were not.

    Args:
        cells: Numbers of the cells, offsets, bytes.
        walk: `table` of the automaton of matches, its keys, the first of each state's, whether anything has matched in
            a state; `table`, `out_at_end`, `rows`, `row_branch`, `row_delay` of the product of branches.
        small: As for `machine.search_cells`.
        items: As for `machine.search_cells`.
        hits: As for `machine.search_cells`.
        room: Room for the hits of one cell, for its matches (start, branch, end), and the end of the last hit of each
            recogniser.
        rest: Room for the cells in which too much is under way.
    """
    numbers, offsets, own_data = cells
    own_lazy, own_keys, key_at, has_matched, own_table, out_at_end, rows, row_branch, row_delay = walk
    item_of, before, group, own_codes = items
    own_places, own_matches, free = room
    data, lazy, keys, table = borrow(own_data), borrow(own_lazy), borrow(own_keys), borrow(own_table)
    codes, places, matches = borrow(own_codes), borrow(own_places), borrow(own_matches)
    small, hits = (borrow(small[0]), borrow(small[1]), borrow(small[2])), borrow(hits)
    delays = (borrow(rows), borrow(row_branch), borrow(row_delay))
    key = np.zeros(MOST_INTS, np.int32)
    written = left = 0
    for turn in range(len(numbers)):
        cell = numbers[turn]
        start, end = offsets[cell], offsets[cell + 1]
        if written + len(places) > len(hits):
            return written, turn, left
        state = np.int64(1)
        count = 0
        for place in range(start, end):
            step = np.int64(lazy[(state << 8) | np.int64(data[place])])
            if has_matched[state] or step <= INNER:
                if step in (0, INNER) or count + MOST_INTS > len(matches):
                    count = -1
                    break
                at = key_at[state]
                last = at + np.int64(keys[at - 1])
                spot = at + 1
                while spot < last:
                    noted = np.int64(keys[spot + 2])
                    if noted and not table[(np.int64(keys[spot]) << 8) | np.int64(data[place])]:
                        count = _keep(keys, spot, place, matches, count)
                    spot += 3 + 2 * noted
            state = step
        if count < 0 or count + MOST_INTS * MOST_INTS > len(matches):
            rest[left] = cell
            left += 1
            continue
        at = key_at[state]
        last = at + np.int64(keys[at - 1])
        spot = at + 1
        while spot < last:
            size = 3 + 2 * np.int64(keys[spot + 2])
            for entry in range(size):
                key[entry] = keys[spot + entry]
            if note(key, 0, size, out_at_end[key[0]], delays) < 0:
                count = -1
                break
            count = _keep(key, 0, end, matches, count)
            spot += size
        if count < 0:
            rest[left] = cell
            left += 1
            continue
        found = 0
        is_unsure = False
        for spot in range(count):
            place, branch, stop = matches[spot, 0], matches[spot, 1], matches[spot, 2]
            item = item_of[branch]
            if place < free[item]:
                continue
            begin = place
            if group[branch]:
                begin = group_start(data, place, stop, end, small, before[branch], group[branch])
            if begin < 0 or found == len(places) or codes[item] == LOOSE:
                is_unsure = True
                continue
            free[item] = stop
            places[found, 0], places[found, 1], places[found, 2] = begin, stop, item
            found += 1
        for spot in range(found):
            free[places[spot, 2]] = 0
        if is_unsure:
            hits[written, 0], hits[written, 3] = cell, -1
            written += 1
        elif found:
            written = write_hits(cell, start, data, places, found, codes, hits, written)
    return written, len(numbers), left


@inlined
def _keep(key: Any, at: Any, place: Any, matches: Any, count: Any) -> Any:
    """Note all that has matched since one start, in order of start and branch; return how many are noted."""
    begin = place - key[at + 1]
    for entry in range(key[at + 2]):
        branch, stop = key[at + 3 + 2 * entry], place - key[at + 4 + 2 * entry]
        spot = count
        while spot > 0 and (
            matches[spot - 1, 0] > begin or (matches[spot - 1, 0] == begin and matches[spot - 1, 1] > branch)
        ):
            matches[spot, 0], matches[spot, 1] = matches[spot - 1, 0], matches[spot - 1, 1]
            matches[spot, 2] = matches[spot - 1, 2]
            spot -= 1
        matches[spot, 0], matches[spot, 1], matches[spot, 2] = begin, branch, stop
        count += 1
    return count
