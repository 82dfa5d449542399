"""Moves of combinations between classes without compiled code: the answers of `lockgate.protect.kernel.refining`.

One combination is held against all classes at once, as arrays; sums are taken in the same order, so that they are the
same to the last bit. Slower, but there is nothing to wait for while code is compiled elsewhere.
"""

from typing import Any

import numpy as np

from lockgate.protect.class_checks import OF_SIZES, is_large, is_well_spread
from lockgate.protect.codes import Codes
from lockgate.protect.domains import Reals
from lockgate.protect.loss_tables import (
    AT,
    AT_BIT,
    GROUPS_AT,
    HAS_NULL,
    KIND,
    LEVELS,
    LINE,
    ORDERED,
    PAIRS,
    SET,
    WIDTH,
    LossTables,
)
from lockgate.protect.refinement_state import State

LEAST = 1e-9
"""A move has to gain more than this: less may be a matter of rounding, and would never end."""

_WORD = 64


def fill_all(items: Any, tables: LossTables, state: State) -> float:
    """Compute every class anew from its members; return the loss of all classes."""
    total = 0.0
    for number in range(len(state.head)):
        _fill(number, items, tables, state)
        total += float(state.sums[number, 1] * state.costs[number, -1])
    return total


def improve(queue: Codes, order: Codes, loose: Codes, own: Any, limits: Any) -> tuple[int, float]:
    """Try to move some combinations; return how many were moved and what it gained.

    Args:
        queue: Combinations to try, in this order.
        order: Columns, the one first in which classes differ most.
        loose: Combinations that other classes may be offered.
        own: Items, tables, state and models.
        limits: k, and whether any class has to satisfy a model.
    """
    moving = _Moving(own, order, limits)
    moved, gained = 0, 0.0
    for item in queue.tolist():
        gain = moving.shift(item, loose)
        moved += gain > 0
        gained += gain
    return moved, gained


def dissolve(queue: Codes, order: Codes, own: Any, limits: Any) -> tuple[int, float]:
    """Try to give the members of some classes to others; return how many classes were dissolved and what it gained."""
    moving = _Moving(own, order, limits)
    dissolved, gained = 0, 0.0
    for number in queue.tolist():
        gain = moving.dissolve(number)
        dissolved += gain is not None
        gained += gain or 0.0
    return dissolved, gained


class _Moving:
    """Trials on one state."""

    def __init__(self, own: Any, order: Codes, limits: Any) -> None:
        self._items, self._tables, self._state, self._models = own
        self._order, self._limits = order, limits

    def shift(self, item: int, loose: Codes) -> float:
        """Move a combination where it costs less, and another one in if its class is too small; return the gain."""
        state = self._state
        source, drop = int(state.of[item]), float(state.drops[item])
        if source < 0 or drop <= LEAST or state.sums[source, 0] == 1:
            return 0.0
        state.changed[-1] += 1
        since = int(state.tried[item]) if state.changed[source] <= state.tried[item] else -1
        target, cost = self._target(item, source, drop - LEAST, since)
        if target < 0:
            state.tried[item] = state.changed[-1]
            return 0.0
        state.tried[item] = -1
        gain = drop - cost
        self._move(item, target)
        if self._holds(source) and self._holds(target):
            return gain
        other, more = self._replacement(item, (source, target), gain, loose)
        if other >= 0:
            giver = int(state.of[other])
            self._move(other, source)
            if self._holds(source) and self._holds(target) and self._holds(giver):
                return gain + more
            self._move(other, giver)
        self._move(item, source)
        return 0.0

    def dissolve(self, number: int) -> float | None:
        """Give the members of a class to others; return the gain, None where that was taken back."""
        state = self._state
        loss = float(state.sums[number, 1] * state.costs[number, -1])
        mates = _members(number, state) if loss > 0 else []
        spent, placed = 0.0, 0
        for item in mates:
            target, cost = self._target(item, number, loss - spent - LEAST, -1)
            if target < 0:
                break
            self._move(item, target)
            spent += cost
            placed += 1
            if not self._holds(target):
                break
        else:
            return loss - spent if mates else None
        for item in mates[:placed]:
            self._move(item, number)
        return None

    def _target(self, item: int, source: int, bound: float, since: int) -> tuple[int, float]:
        """Return the class that a combination costs least, and how much; -1 where all that changed cost the bound."""
        state, weight = self._state, int(self._items[1][item])
        cost = weight * state.costs[:, -1]
        kept = (state.changed[:-1] >= since) & (cost < bound) & (state.sums[:, 0] > 0)
        kept[source] = False
        classes = np.flatnonzero(kept)
        classes, cost = self._added(cost[classes], classes, np.full(len(classes), item), bound)
        if not len(classes):
            return -1, bound
        best = int(np.argmin(cost))
        return int(classes[best]), float(cost[best])

    def _added(self, cost: Reals, classes: Codes, chosen: Codes, bound: float) -> tuple[Codes, Reals]:
        """Return the classes that lose less than the bound more with a combination each, and how much more."""
        state, (codes, rows, _, _) = self._state, self._items
        for column in self._order:
            total = state.sums[classes, 1] + rows[chosen]
            code = codes[chosen, column].astype(np.int64)
            first, last, count = state.boxes[classes, column].T
            is_inside = (first <= code) & (code <= last)
            if self._tables.facts[column, KIND] == SET:
                bit = self._tables.facts[column, AT_BIT] + code
                is_inside = (state.bits[classes, bit >> 6] >> (bit & 63)) & 1 == 1
                count = count + 1
            wider = _losses(self._tables, column, np.minimum(first, code), np.maximum(last, code), count)
            cost = np.where(is_inside, cost, cost + total * (wider - state.costs[classes, column]))
            kept = cost < bound
            classes, chosen, cost = classes[kept], chosen[kept], cost[kept]
        return classes, cost

    def _replacement(self, item: int, between: tuple[int, int], gain: float, loose: Codes) -> tuple[int, float]:
        """Return the combination that a class too small takes best, and what that gains; -1 for none worth it."""
        source, target = between
        state, (_, rows, persons, _) = self._state, self._items
        loss = state.costs[source, -1]
        found, best = -1, LEAST - gain
        missing = self._limits[0] - state.sums[source, 2]
        chosen = np.array([*_members(target, state), *loose[state.of[loose] != target]], dtype=np.int64)
        giver = state.of[chosen]
        fits = (chosen != item) & (giver != source) & (state.drops[chosen] > best) & (persons[chosen] >= missing)
        fits &= state.sums[giver, 2] - persons[chosen] >= self._limits[0]
        chosen = chosen[fits]
        for candidate, cost in zip(chosen.tolist(), self._costs_in(source, rows[chosen] * loss, chosen), strict=True):
            drop = float(state.drops[candidate])
            if drop > best and cost < drop - best:
                found, best = candidate, drop - cost
        return found, best

    def _costs_in(self, number: int, cost: Reals, chosen: Codes) -> list[float]:
        """Return how much more loss a class has with each of some combinations."""
        classes = np.full(len(chosen), number)
        costs: list[float] = self._added(cost, classes, chosen, np.inf)[1].tolist()
        return costs

    def _move(self, item: int, target: int) -> None:
        """Put a combination into another class."""
        state = self._state
        source = int(state.of[item])
        _link([mate for mate in _members(source, state) if mate != item], source, state)
        _link(sorted([*_members(target, state), item]), target, state)
        state.of[item] = target
        _fill(source, self._items, self._tables, state)
        _fill(target, self._items, self._tables, state)

    def _holds(self, number: int) -> bool:
        """Whether a class is within every model."""
        state = self._state
        if state.sums[number, 2] < self._limits[0]:
            return bool(state.sums[number, 0] == 0)
        if not self._limits[1]:
            return True
        (rules, steps, shares), start, slot, persons, slots = self._models
        histogram = np.zeros((1, slots), dtype=np.int64)
        for item in _members(number, state):
            np.add.at(histogram[0], slot[start[item] : start[item + 1]], persons[start[item] : start[item + 1]])
        size, known = state.sums[number : number + 1, 2], state.sums[number : number + 1, 3]
        for rule in rules:
            low, high = int(rule[1]), int(rule[2])
            own = rule[0] in OF_SIZES
            holds = (
                is_large(rule, size, known)
                if own
                else is_well_spread(rule, histogram[:, low:high], shares[low:high], steps)
            )
            if not holds[0]:
                return False
        return True


def _members(number: int, state: State) -> list[int]:
    """Return the members of a class in their order."""
    found, item = [], int(state.head[number])
    while item >= 0:
        found.append(item)
        item = int(state.following[item])
    return found


def _link(members: list[int], number: int, state: State) -> None:
    """Make some combinations the members of a class."""
    state.head[number] = members[0] if members else -1
    for item, following in zip(members, [*members[1:], -1], strict=False):
        state.following[item] = following


def _fill(number: int, items: Any, tables: LossTables, state: State) -> None:
    """Compute a class anew: sums, box, costs, and the drops of its members."""
    codes, rows, persons, known = items
    members = np.array(_members(number, state), dtype=np.int64)
    state.changed[number] = state.changed[-1]
    state.sums[number] = len(members), rows[members].sum(), persons[members].sum(), known[members].sum()
    state.bits[number] = 0
    state.costs[number, -1] = 0.0
    if not len(members):
        return
    drops = np.zeros(len(members))
    for column in range(codes.shape[1]):
        code = codes[members, column].astype(np.int64)
        in_order = np.sort(code)
        first, last, count = int(in_order[0]), int(in_order[-1]), 0
        alone = np.zeros(len(members), dtype=np.int64)
        if tables.facts[column, KIND] == SET:
            values, place, often = np.unique(code, return_inverse=True, return_counts=True)
            count, alone = len(values), (often[place] == 1).astype(np.int64)
            for bit in (tables.facts[column, AT_BIT] + values).tolist():
                state.bits[number, bit // _WORD] |= np.uint64(1 << (bit % _WORD)).astype(np.int64)
        state.boxes[number, column] = first, last, count
        ends = np.array([first]), np.array([last]), np.array([count])
        cost = _losses(tables, column, *ends)[0]
        state.costs[number, column] = cost
        state.costs[number, -1] += cost
        if first < last:
            low = np.where(code == first, in_order[1], first)
            high = np.where(code == last, in_order[-2], last)
            drops += cost - _losses(tables, column, low, high, count - alone)
    own = rows[members]
    state.drops[members] = own * state.costs[number, -1] + (state.sums[number, 1] - own) * drops


def _losses(tables: LossTables, column: int, first: Codes, last: Codes, count: Codes) -> Reals:
    """Return the loss of groups, as `lockgate.protect.kernel.losses.group_loss` does of one."""
    facts, figures = tables.facts[column], tables.figures
    kind, width, at = facts[KIND], facts[WIDTH], facts[AT]
    found: Reals
    if kind == PAIRS:
        found = figures[at + first * width + last]
        return found
    if kind == SET:
        found = np.where(facts[HAS_NULL] & (last == width - 1), 1.0, figures[at + np.minimum(count, width)])
    elif kind == LINE:
        ordered = facts[ORDERED]
        top = max(ordered - 1, 0)
        span = figures[at + 2 * ordered]
        spread = figures[at + ordered + np.minimum(last, top)] - figures[at + np.minimum(first, top)]
        found = np.where(last >= ordered, 1.0, spread / span if span else 0.0)
    else:
        level, start = np.zeros(len(first), dtype=np.int64), facts[GROUPS_AT]
        for above in range(facts[LEVELS]):
            nodes = tables.groups[start + above * width :]
            level += nodes[first] != nodes[last]
        found = figures[at + level * width + first]
    return np.where(first == last, 0.0, found)
