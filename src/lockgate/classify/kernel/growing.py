"""Compiled growth of a product automaton that is made as it is met: states and transitions are added by walking cells.

Only what an earlier cell has asked for is in the table; everything else is 0, which is no state. A reader that runs
beside a growing table sees at worst a 0, never a wrong state, because nothing that is written ever changes again.

Source: R. Cox, Regular Expression Matching in the Wild, 2010 (deterministic states made while matching).
"""
# Loops over bytes are written out, because a call or a list inside them would cost more than the work itself.
# ruff: noqa: C901

from typing import Any

import numpy as np

from lockgate.classify.kernel.compiling import compiled

STATES, ROWS = 0, 1
"""Places in the array of counts: states used, rows used."""


@compiled
def grow_product(cells: Any, groups: Any, states: Any, rows: Any, counts: Any, found: Any) -> None:
    """Write the row of every cell, and add the states and rows that are missing, as long as there is room.

    Args:
        cells: Numbers of the cells, offsets, bytes.
        groups: Tables of the groups, classes of bytes of each, accept numbers of each.
        states: `table` of the product, `parts` (state of each group, by state), `slots` (of the hash), `row_of` each.
        rows: `accepts` (accept number of each group, by row) and their `slots`; with room for every cell.
        counts: States and rows used; changed.
        found: Row of every cell of the block.
    """
    numbers, offsets, data = cells
    tables, class_of, accept = groups
    table, parts, slots, row_of = states
    accepts, row_slots = rows
    width = parts.shape[1]
    now, after = np.zeros(width, np.uint16), np.zeros(width, np.uint16)
    for turn in range(len(numbers)):
        cell = numbers[turn]
        state = np.int64(1)
        for place in range(offsets[cell], offsets[cell + 1]):
            byte = np.int64(data[place])
            if state:
                step = np.int64(table[(state << 8) | byte])
                if step:
                    state = step
                    continue
                now[:] = parts[state]
            for group in range(width):
                after[group] = tables[group][now[group], class_of[group, byte]]
            step = _enter(after, parts, slots, counts, STATES)
            if step and state:
                if not row_of[step]:
                    row_of[step] = _row(after, accept, accepts, row_slots, counts)
                table[(state << 8) | byte] = step
            state = step
            now[:] = after
        if state:
            found[cell] = row_of[state]
        else:
            found[cell] = _row(now, accept, accepts, row_slots, counts)


@compiled
def start_product(first: Any, accept: Any, states: Any, rows: Any, counts: Any) -> None:
    """Write the first state and its row."""
    _, parts, slots, row_of = states
    accepts, row_slots = rows
    _enter(first, parts, slots, counts, STATES)
    row_of[1] = _row(first, accept, accepts, row_slots, counts)


@compiled
def fill_slots(keys: Any, used: int, slots: Any) -> None:
    """Write the slots of the keys 1 to `used` into empty ones."""
    for number in range(1, used + 1):
        slots[_slot(keys[number], keys, slots)] = number


@compiled
def _row(now: Any, accept: Any, accepts: Any, slots: Any, counts: Any) -> Any:
    key = np.empty(len(now), np.uint16)
    for group in range(len(now)):
        key[group] = accept[group][now[group]]
    return _enter(key, accepts, slots, counts, ROWS)


@compiled
def _enter(key: Any, keys: Any, slots: Any, counts: Any, which: int) -> Any:
    """Return the number of a key, a new one if it has none; 0 if there is no room."""
    slot = _slot(key, keys, slots)
    number = np.int64(slots[slot])
    if number:
        return number
    number = counts[which] + 1
    if number >= len(keys):
        return np.int64(0)
    keys[number] = key
    slots[slot] = number
    counts[which] = number
    return number


@compiled
def _slot(key: Any, keys: Any, slots: Any) -> Any:
    """Return the slot that has a key, or the empty one where it belongs."""
    mixed = np.uint64(len(key))
    for item in key:
        mixed = (mixed ^ np.uint64(item)) * np.uint64(0xD6E8FEB86659FD93)
        mixed ^= mixed >> np.uint64(32)
    last = len(slots) - 1
    slot = np.int64(mixed & np.uint64(last))
    while slots[slot]:
        number = slots[slot]
        same = True
        for place in range(len(key)):
            if keys[number, place] != key[place]:
                same = False
                break
        if same:
            break
        slot = (slot + 1) & last
    return slot
