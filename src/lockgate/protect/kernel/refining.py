"""Moves of combinations between classes, compiled; `lockgate.protect.refinement` says when."""
# Loops are written out, because arrays inside them would cost more than the work itself.
# ruff: noqa: PLR0913, PLR0917

from typing import Any

import numpy as np

from lockgate.protect.kernel.borrowing import borrow
from lockgate.protect.kernel.class_state import holds_models, move
from lockgate.protect.kernel.compiling import compiled, inlined
from lockgate.protect.kernel.losses import group_loss
from lockgate.protect.loss_tables import AT, AT_BIT, KIND, PAIRS, SET, WIDTH

_LEAST = 1e-9
"""A move has to gain more than this: less may be a matter of rounding, and would never end."""


@compiled
def improve(queue: Any, order: Any, loose: Any, own: Any, limits: Any) -> tuple[int, float]:
    """Try to move some combinations; return how many were moved and what it gained.

    Args:
        queue: Combinations to try, in this order.
        order: Columns, the one first in which classes differ most.
        loose: Combinations that other classes may be offered.
        own: Items, tables, state and models.
        limits: k, and whether any class has to satisfy a model.
    """
    items, tables, state, models = _borrowed(own)
    moved, gained = 0, 0.0
    for item in queue:
        gain = _shift(item, order, loose, items, tables, state, models, limits)
        moved += gain > 0
        gained += gain
    return moved, gained


@compiled
def dissolve(queue: Any, order: Any, own: Any, limits: Any) -> tuple[int, float]:
    """Try to give the members of some classes to others; return how many classes were dissolved and what it gained."""
    items, tables, state, models = _borrowed(own)
    dissolved, gained = 0, 0.0
    mates = np.empty(len(state[0]), np.int64)
    for number in queue:
        loss = state[3][number, 1] * state[5][number, -1]
        count = _members(number, state, mates) if loss > 0 else 0
        spent, placed, holds = 0.0, 0, True
        while placed < count and holds:
            item = mates[placed]
            target, cost = _target(item, number, loss - spent - _LEAST, -1, order, items, tables, state)
            holds = target >= 0
            if holds:
                move(item, target, items, tables, state)
                spent += cost
                placed += 1
                holds = holds_models(target, state, models, limits)
        if count and holds:
            dissolved += 1
            gained += loss - spent
            continue
        for place in range(placed):
            move(mates[place], number, items, tables, state)
    return dissolved, gained


@compiled
def _members(number: int, state: Any, mates: Any) -> int:
    """Write the members of a class; return how many there are."""
    following, head = state[1], state[2]
    count, item = 0, head[number]
    while item >= 0:
        mates[count] = item
        count += 1
        item = following[item]
    return count


@compiled
def _borrowed(own: Any) -> Any:
    (codes, rows, persons, known), (facts, figures, groups), state, models = own
    of, following, head, sums, boxes, costs, bits, drops, seen, changed, tried = state
    (rules, steps, shares), start, slot, number, slots = models
    return (
        (borrow(codes), borrow(rows), borrow(persons), borrow(known)),
        (borrow(facts), borrow(figures), borrow(groups)),
        (
            borrow(of),
            borrow(following),
            borrow(head),
            borrow(sums),
            borrow(boxes),
            borrow(costs),
            borrow(bits),
            borrow(drops),
            borrow(seen),
            borrow(changed),
            borrow(tried),
        ),
        ((borrow(rules), borrow(steps), borrow(shares)), borrow(start), borrow(slot), borrow(number), slots),
    )


@compiled
def _shift(item: int, order: Any, loose: Any, items: Any, tables: Any, state: Any, models: Any, limits: Any) -> Any:
    """Move a combination where it costs less, and another one into its class if that is too small; return the gain."""
    of, sums, drops = state[0], state[3], state[7]
    source, drop = of[item], drops[item]
    if source < 0 or drop <= _LEAST or sums[source, 0] == 1:
        return 0.0
    changed, tried = state[9], state[10]
    changed[-1] += 1
    # what cost too much before costs too much now, unless that class or this one has changed
    since = tried[item] if changed[source] <= tried[item] else -1
    target, cost = _target(item, source, drop - _LEAST, since, order, items, tables, state)
    if target < 0:
        tried[item] = changed[-1]
        return 0.0
    tried[item] = -1
    gain = drop - cost
    move(item, target, items, tables, state)
    if holds_models(source, state, models, limits) and holds_models(target, state, models, limits):
        return gain
    other, more = _replacement(item, source, target, gain, order, loose, items, tables, state, limits)
    if other >= 0:
        giver = of[other]
        move(other, source, items, tables, state)
        holds = holds_models(source, state, models, limits) and holds_models(target, state, models, limits)
        if holds and holds_models(giver, state, models, limits):
            return gain + more
        move(other, giver, items, tables, state)
    move(item, source, items, tables, state)
    return 0.0


@compiled
def _target(item: int, source: int, bound: float, since: int, order: Any, items: Any, tables: Any, state: Any) -> Any:
    """Return the class that a combination costs least, and how much; -1 where all that changed cost the bound."""
    codes, rows, _, _ = items
    facts, figures, groups = tables
    _, _, _, sums, boxes, costs, bits, _, _, changed, _ = state
    own, weight, rest = codes[item], rows[item], costs.shape[1] - 1
    found, best = -1, bound
    for number in range(len(sums)):
        cost = weight * costs[number, rest]
        if changed[number] < since or cost >= best or sums[number, 0] == 0 or number == source:
            continue
        total = sums[number, 1] + weight
        cost = _cost(cost, total, own, order, facts, figures, groups, number, boxes, costs, bits, best)
        if cost < best:
            found, best = number, cost
    return found, best


@inlined
def _cost(
    cost: float,
    total: int,
    own: Any,
    order: Any,
    facts: Any,
    figures: Any,
    groups: Any,
    number: int,
    boxes: Any,
    costs: Any,
    bits: Any,
    bound: float,
) -> float:
    """Return how much more loss a class has with a combination; the bound or more where it is as much or more.

    Args:
        cost: What the combination's rows lose in the class as it is.
        total: Rows of both.
        own: Codes of the combination.
        order: Columns, in which to look.
        facts: Of a `LossTables`.
        figures: Likewise.
        groups: Likewise.
        number: The class.
        boxes: As in `State`.
        costs: Likewise.
        bits: Likewise.
        bound: From which the cost does not matter.
    """
    for column in order:
        code = own[column]
        first, last, count = boxes[number, column, 0], boxes[number, column, 1], boxes[number, column, 2]
        is_inside = first <= code <= last
        if facts[column, KIND] == SET:
            bit = facts[column, AT_BIT] + code
            is_inside = bits[number, bit >> 6] >> (bit & 63) & 1 == 1
            count += 1
        if not is_inside:
            first, last = min(first, code), max(last, code)
            if facts[column, KIND] == PAIRS:
                wider = figures[facts[column, AT] + first * facts[column, WIDTH] + last]
            else:
                wider = group_loss(facts, figures, groups, column, first, last, count)
            cost += total * (wider - costs[number, column])
            if cost >= bound:
                break
    return cost


@compiled
def _replacement(
    item: int,
    source: int,
    target: int,
    gain: float,
    order: Any,
    loose: Any,
    items: Any,
    tables: Any,
    state: Any,
    limits: Any,
) -> Any:
    """Return the combination that a class too small takes best, and what that gains; -1 for none worth the whole."""
    codes, rows, persons, _ = items
    facts, figures, groups = tables
    of, following, head, sums, boxes, costs, bits, drops, _, _, _ = state
    loss = costs[source, costs.shape[1] - 1]
    found, best = -1, _LEAST - gain
    missing = limits[0] - sums[source, 2]
    turn, other = 0, head[target]
    while other >= 0 or turn < len(loose):
        if other >= 0:
            candidate, other = other, following[other]
        else:
            candidate = loose[turn]
            turn += 1
            if of[candidate] == target:
                continue
        giver = of[candidate]
        if candidate == item or giver == source or drops[candidate] <= best:
            continue
        if persons[candidate] < missing or sums[giver, 2] - persons[candidate] < limits[0]:
            continue
        bound = drops[candidate] - best
        weight, own = rows[candidate], codes[candidate]
        total = sums[source, 1] + weight
        cost = _cost(weight * loss, total, own, order, facts, figures, groups, source, boxes, costs, bits, bound)
        if cost < bound:
            found, best = candidate, drops[candidate] - cost
    return found, best
