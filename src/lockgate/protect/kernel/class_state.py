"""The classes of a refinement as they are: a combination moved, a class computed anew, held against the models.

Every class keeps its box (first and last code, number of codes, loss by column) and every combination its *drop*: how
much less loss its class has without it. A change of a class computes both anew from its members.
"""
# Loops are written out, because arrays inside them would cost more than the work itself.
# ruff: noqa: C901, PLR0912, PLR0915

from typing import Any

import numpy as np

from lockgate.protect.compiled_models import class_holds
from lockgate.protect.kernel.compiling import compiled
from lockgate.protect.kernel.losses import group_loss
from lockgate.protect.loss_tables import AT_BIT, KIND, SET
from lockgate.protect.refinement_state import State


@compiled
def fill_all(items: Any, tables: Any, state: State) -> float:
    """Compute every class anew from its members; return the loss of all classes."""
    total = 0.0
    for number in range(len(state[2])):
        fill(number, items, tables, state)
        total += state[3][number, 1] * state[5][number, -1]
    return total


@compiled
def move(item: int, target: int, items: Any, tables: Any, state: State) -> None:
    """Put a combination into another class."""
    of, following, head = state[0], state[1], state[2]
    source = of[item]
    before = -1
    place = head[source]
    while place != item:
        before, place = place, following[place]
    if before < 0:
        head[source] = following[item]
    else:
        following[before] = following[item]
    # members stand in their order, so that sums do not depend on the moves before
    before, place = -1, head[target]
    while 0 <= place < item:
        before, place = place, following[place]
    following[item] = place
    if before < 0:
        head[target] = item
    else:
        following[before] = item
    of[item] = target
    fill(source, items, tables, state)
    fill(target, items, tables, state)


@compiled
def fill(number: int, items: Any, tables: Any, state: State) -> None:
    """Compute a class anew: sums, box, costs, and the drops of its members."""
    codes, rows, persons, known = items
    facts, figures, groups = tables
    _, following, head, sums, boxes, costs, bits, drops, seen, changed, _ = state
    changed[number] = changed[-1]
    sums[number, :] = 0
    bits[number, :] = 0
    costs[number, -1] = 0.0
    item = head[number]
    while item >= 0:
        sums[number, 0] += 1
        sums[number, 1] += rows[item]
        sums[number, 2] += persons[item]
        sums[number, 3] += known[item]
        drops[item] = 0.0
        item = following[item]
    if sums[number, 0] == 0:
        return
    for column in range(codes.shape[1]):
        is_set = facts[column, KIND] == SET
        first = second = 1 << 60
        last = before = -1
        count = 0
        item = head[number]
        while item >= 0:
            code = codes[item, column]
            if code < first:
                first, second = code, first
            elif code < second:
                second = code
            if code > last:
                last, before = code, last
            elif code > before:
                before = code
            if is_set:
                count += not seen[code]
                seen[code] += 1
            item = following[item]
        boxes[number, column, 0], boxes[number, column, 1], boxes[number, column, 2] = first, last, count
        cost = group_loss(facts, figures, groups, column, first, last, count)
        costs[number, column] = cost
        costs[number, -1] += cost
        item = head[number]
        while item >= 0 and first < last:
            code = codes[item, column]
            if is_set or not first < code < last:
                low, high = (second if code == first else first), (before if code == last else last)
                fewer = count - (is_set and seen[code] == 1)
                drops[item] += cost - group_loss(facts, figures, groups, column, low, high, fewer)
            item = following[item]
        item = head[number] if is_set else -1
        while item >= 0:
            code = codes[item, column]
            bit = facts[column, AT_BIT] + code
            bits[number, bit >> 6] |= 1 << (bit & 63)
            seen[code] = 0
            item = following[item]
    item = head[number]
    while item >= 0:
        # with the rest: rows * loss - (rows - own) * (loss - less)
        less = drops[item]
        drops[item] = rows[item] * costs[number, -1] + (sums[number, 1] - rows[item]) * less
        item = following[item]


@compiled
def holds_models(number: int, state: State, models: Any, limits: Any) -> Any:
    """Return whether a class is within every model."""
    following, head, sums = state[1], state[2], state[3]
    if sums[number, 2] < limits[0]:
        return sums[number, 0] == 0
    if not limits[1]:
        return True
    arrays, start, slot, persons, slots = models
    histogram = np.zeros(slots, np.int64)
    item = head[number]
    while item >= 0:
        for entry in range(start[item], start[item + 1]):
            histogram[slot[entry]] += persons[entry]
        item = following[item]
    return class_holds(arrays, sums[number, 2], sums[number, 3], histogram)
