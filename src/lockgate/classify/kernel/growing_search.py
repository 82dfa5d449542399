"""Compiled growth of the automaton of matches inside text: its states and transitions are added by walking cells.

A state is the context before the next byte and all matches under way, the earliest first: for each the state of the
product of branches, the bytes since it began, and of each branch that has ended in it, the bytes since its end. So the
last state of a cell says every match that was under way at its end, and where it stands. Where a match has ended for
good before that, all later states say so (`_ENDED`), and the cell is walked again to note where. A cell in which too
much is under way goes to state `INNER`, and is searched from place to place.

As in `growing`, 0 is no state, and nothing that is written ever changes.
"""
# Loops over bytes are written out, because a call or a list inside them would cost more than the work itself.
# ruff: noqa: C901
# Plain numbers are bytes of UTF-8 (RFC 3629).
# ruff: noqa: PLR2004, PLR0911

from typing import Any

import numpy as np

from lockgate.classify.kernel.codes import INNER, NOTHING
from lockgate.classify.kernel.compiling import compiled

STATES, INTS, HITS = 0, 1, 2
"""Places in the array of counts: states, numbers of their keys, hits at their ends."""

MOST_INTS = 96
_MOST_DISTANCE = 200
_MOST_HITS = MOST_INTS * MOST_INTS
_BLOCK, _PART, _ENDED = 1 << 8, 1 << 20, 1 << 30


@compiled
def grow_search(cells: Any, search: Any, states: Any, ends: Any, counts: Any, found: Any) -> None:
    """Write what the last state of every cell says, adding states as long as there is room; 0 where there is not.

    Args:
        cells: Numbers of the cells, offsets, bytes.
        search: `first` (context and byte to state), context of an ASCII character, class of a block of 64 characters,
            contexts by class of block, `table`, `out`, `out_at_end`, `rows`, `row_branch`, `row_delay` (see
            `machine.search_cells`), the recogniser of each branch, and whether a match of it is a hit as it is.
        states: `table` of this automaton; `keys`, one after the other; the first of each state's; `slots`; `said`; and
            whether anything has matched in a state.
        ends: First row of the hits of each state, their number, and the rows (see `claiming.tell_ends`).
        counts: States, numbers of keys, and rows used; changed.
        found: By cell of the block.
    """
    numbers, offsets, data = cells
    table, keys, key_at, _, said, _ = states
    key = np.zeros(MOST_INTS, np.int32)
    for turn in range(len(numbers)):
        cell = numbers[turn]
        state = np.int64(1)
        for place in range(offsets[cell], offsets[cell + 1]):
            spot = (state << 8) | np.int64(data[place])
            step = np.int64(table[spot])
            if not step:
                size = _step(keys, key_at[state], np.int64(data[place]), search, key)
                step = np.int64(INNER) if size < 0 else _enter(key, size, search, states, ends, counts)
                table[spot] = step
            state = step
            if state in (0, INNER):
                break
        found[cell] = said[state]


@compiled
def start_search(context: int, search: Any, states: Any, ends: Any, counts: Any) -> None:
    """Write the first state, and the one of cells that have to be searched from place to place."""
    table, _, _, _, said, _ = states
    key = np.zeros(MOST_INTS, np.int32)
    key[0] = context
    _enter(key, 1, search, states, ends, counts)
    key[0] = -1
    _enter(key, 1, search, states, ends, counts)
    said[INNER] = INNER
    for byte in range(256):
        table[(INNER << 8) | byte] = INNER


@compiled
def _step(keys: Any, at: Any, byte: Any, search: Any, key: Any) -> Any:
    """Write the key of the state after a byte; return its length, -1 for `INNER`."""
    first, ascii_context, block_of, block_contexts, table, out, _, rows, row_branch, row_delay, _, _ = search
    context, last = np.int64(keys[at]) & ~_ENDED, at + np.int64(keys[at - 1])
    ended = np.int64(keys[at]) & _ENDED
    size = np.int64(1)
    place = at + 1
    while place < last:
        noted = np.int64(keys[place + 2])
        state = np.int64(table[(np.int64(keys[place]) << 8) | byte])
        if not state and noted:
            ended = np.int64(_ENDED)
        if state:
            if size + 3 + 2 * noted > MOST_INTS or keys[place + 1] >= _MOST_DISTANCE:
                return -1
            here = size
            key[here], key[here + 1], key[here + 2] = state, keys[place + 1] + 1, noted
            size += 3
            for entry in range(noted):
                key[size] = keys[place + 3 + 2 * entry]
                key[size + 1] = keys[place + 4 + 2 * entry] + 1
                size += 2
            size = note(key, here, size, out[state], (rows, row_branch, row_delay))
            if size < 0:
                return -1
        place += 3 + 2 * noted
    state = np.int64(first[context, byte]) if context < len(first) else np.int64(0)
    if state:
        if size + 3 > MOST_INTS:
            return -1
        here = size
        key[here], key[here + 1], key[here + 2] = state, 1, 0
        size = note(key, here, size + 3, out[state], (rows, row_branch, row_delay))
    key[0] = _context_after(context, byte, ascii_context, block_of, block_contexts) | ended
    return size


@compiled
def note(key: Any, here: Any, size: Any, row: Any, delays: Any) -> Any:
    """Note the branches that end on entering a state, in order; return the length of the key, -1 if too long."""
    rows, row_branch, row_delay = delays
    for entry in range(rows[row], rows[row + 1]):
        branch = row_branch[entry]
        place = here + 3
        while place < size and key[place] < branch:
            place += 2
        if place == size or key[place] != branch:
            if size + 2 > MOST_INTS:
                return -1
            for spot in range(size - 1, place - 1, -1):
                key[spot + 2] = key[spot]
            key[place] = branch
            key[here + 2] += 1
            size += 2
        key[place + 1] = row_delay[entry]
    return size


@compiled
def _context_after(context: Any, byte: Any, ascii_context: Any, block_of: Any, block_contexts: Any) -> Any:
    """Return the context after a byte; inside a character, what is known of it."""
    if byte < 0x80:
        return np.int64(ascii_context[byte])
    if byte >= 0xF0:
        return np.int64(_PART + (3 << 16) + (byte & 0x07))
    if byte >= 0xE0:
        return np.int64(_PART + (2 << 16) + (byte & 0x0F))
    if byte >= 0xC0:
        return np.int64(_BLOCK + block_of[byte & 0x1F])
    if context >= _PART:
        left = ((context - _PART) >> 16) - 1
        known = ((context & 0xFFFF) << 6) | (byte & 0x3F)
        if left > 1:
            return np.int64(_PART + (left << 16) + known)
        return np.int64(_BLOCK + block_of[min(known, len(block_of) - 1)])
    if context >= _BLOCK:
        return np.int64(block_contexts[context - _BLOCK, byte & 0x3F])
    return np.int64(0)


@compiled
def _enter(key: Any, size: int, search: Any, states: Any, ends: Any, counts: Any) -> Any:
    """Return the state of a key, a new one if it has none; 0 if there is no room."""
    _, keys, key_at, slots, said, has_matched = states
    slot = _slot(key, size, keys, key_at, slots)
    state = np.int64(slots[slot])
    if state:
        return state
    state = counts[STATES] + 1
    at = counts[INTS] + 1
    if state >= len(key_at) or at + MOST_INTS >= len(keys) or counts[HITS] + _MOST_HITS >= len(ends[2]):
        return np.int64(0)
    keys[at - 1] = size
    keys[at : at + size] = key[:size]
    key_at[state] = at
    counts[STATES], counts[INTS] = state, at + size
    hits = _write_ends(key, size, state, search, ends, counts)
    said[state] = INNER if hits < 0 or key[0] & _ENDED else state if hits else NOTHING
    place = 1
    while place < size:
        has_matched[state] |= key[place + 2] > 0
        place += 3 + 2 * key[place + 2]
    slots[slot] = state
    return state


@compiled
def _write_ends(key: Any, size: int, state: int, search: Any, ends: Any, counts: Any) -> Any:
    """Write the hits of a cell that ends in a state, the more telling type first; return how many, -1 for `INNER`."""
    _, _, _, _, _, _, out_at_end, rows, row_branch, row_delay, item_of, is_plain = search
    first_row, row_count, hits = ends
    room = np.zeros(MOST_INTS, np.int32)
    begin = last = counts[HITS]
    place = 1
    while place < size:
        length = 3 + 2 * key[place + 2]
        room[:length] = key[place : place + length]
        length = note(room, 0, length, out_at_end[room[0]], (rows, row_branch, row_delay))
        if length < 0:
            return -1
        for entry in range(room[2]):
            branch = room[3 + 2 * entry]
            if not is_plain[branch]:
                return -1
            last = _add_hit(item_of[branch], room[1], room[4 + 2 * entry], hits, begin, last)
        place += 3 + 2 * key[place + 2]
    counts[HITS] = last
    first_row[state], row_count[state] = begin, last - begin
    return row_count[state]


@compiled
def _add_hit(item: int, back: int, rest: int, hits: Any, begin: int, last: int) -> Any:
    """Add a hit in order of recognisers, unless it begins before the one before it of its recogniser ends."""
    place = last
    while place > begin and hits[place - 1, 0] > item:
        place -= 1
    if place > begin and hits[place - 1, 0] == item and back > hits[place - 1, 2]:
        return last
    for spot in range(last - 1, place - 1, -1):
        hits[spot + 1] = hits[spot]
    hits[place, 0], hits[place, 1], hits[place, 2] = item, back, rest
    return last + 1


@compiled
def _slot(key: Any, size: int, keys: Any, key_at: Any, slots: Any) -> Any:
    """Return the slot that has a key, or the empty one where it belongs."""
    mixed = np.uint64(size)
    for place in range(size):
        mixed = (mixed ^ np.uint64(np.uint32(key[place]))) * np.uint64(0xD6E8FEB86659FD93)
        mixed ^= mixed >> np.uint64(32)
    last = len(slots) - 1
    slot = np.int64(mixed & np.uint64(last))
    while slots[slot]:
        at = key_at[slots[slot]]
        same = keys[at - 1] == size
        place = 0
        while same and place < size:
            same = keys[at + place] == key[place]
            place += 1
        if same:
            break
        slot = (slot + 1) & last
    return slot
