"""Classes of parts made better by small moves of whole parts, each of which lowers the loss and keeps every model.

The moves, tried again and again until none gains or as many as allowed have been tried:

1. A part goes to the class that it costs least; where its own class does not hold without it, a part of that class
   comes in its place.
2. A class is dissolved: each part goes where it costs least.
3. A class is cut in two.

A trial, of one part or of one class, is a move, whether it gains or not.
"""

import numpy as np

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Reals
from lockgate.protect.merging import Groups, Parts, best_cut, union_of
from lockgate.protect.problem import Problem

_LEAST = 1e-9
"""A move has to gain more than this: less may be a matter of rounding, and would never end."""

_LEAST_SHARE = 1e-6
"""Once a round gains no larger share of the loss than this, it was the last one."""

_TARGETS = 4
"""Classes that a part is offered to, the one that it costs least first."""


def refine_parts(parts: Parts, classes: Codes, problem: Problem) -> tuple[Codes, int]:
    """Return classes with no more loss, of the same parts, and the moves tried.

    Args:
        parts: The parts, and what classes have to satisfy.
        classes: Class of each part, from 0 without gaps.
        problem: Says how many moves may be tried, and when to stop.
    """
    if not problem.moves or len(classes) <= 1:  # nothing to move
        return classes, 0
    moving = _Moving(parts, classes)
    tried, least = 0, _LEAST_SHARE * moving.loss
    while tried < problem.moves and not problem.should_stop():
        before = moving.loss
        allowed = problem.moves - tried
        tried += moving.try_all(moving.shift, np.arange(len(classes)), allowed)
        for move in (moving.dissolve, moving.part_class):
            allowed = problem.moves - tried
            tried += moving.try_all(move, np.flatnonzero(moving.rows), allowed)
        if before - moving.loss <= least:
            break
    return np.unique(moving.of, return_inverse=True)[1], tried


class _Moving:
    """The classes as they are."""

    def __init__(self, parts: Parts, classes: Codes) -> None:
        self._parts = parts
        self.of = classes.copy()
        order = np.argsort(classes, kind="stable")
        self._members = [own.tolist() for own in np.split(order, np.cumsum(np.bincount(classes))[:-1])]
        whole = union_of(parts.groups, classes)
        self._classes = whole
        self._lost: Reals = whole.rows * whole.cost

    @property
    def loss(self) -> float:
        """Return the loss of all classes."""
        return float(self._lost.sum())

    @property
    def rows(self) -> Codes:
        """Return the rows of each class."""
        return self._classes.rows

    def try_all(self, move: object, numbers: Codes, allowed: int) -> int:
        """Try a move on some parts or classes, and return how many were tried."""
        assert callable(move)
        chosen = numbers[:allowed].tolist()
        for number in chosen:
            move(number)
        return len(chosen)

    def shift(self, part: int) -> None:
        """Try to put a part into another class."""
        source = int(self.of[part])
        rest = [item for item in self._members[source] if item != part]
        if not rest or self._lost[source] <= _LEAST:
            return
        drop = float(self._lost[source]) - self._loss_of(rest)
        costs = self._costs(part)
        costs[source] = np.inf
        near = np.argpartition(costs, min(_TARGETS, len(costs) - 1))[:_TARGETS]
        near = near[np.argsort(costs[near], kind="stable")]
        near = near[costs[near] < drop - _LEAST]
        is_spare = len(near) > 0 and self._holds([rest])
        for target in near.tolist():
            with_it = [*self._members[target], part]
            if is_spare and self._holds([with_it]):
                self._put({source: rest, target: with_it})
                return
            if not is_spare and self._swap((part, source, rest), target, drop - float(costs[target])):
                return

    def dissolve(self, number: int) -> None:
        """Try to give all parts of a class to other classes."""
        left, changed = float(self._lost[number]) - _LEAST, {number: list[int]()}
        for part in self._members[number] if left > 0 else ():
            costs = self._costs(part)
            costs[list(changed)] = np.inf  # a class that takes one of them takes no other
            target = int(np.argmin(costs))
            left -= float(costs[target])
            if left <= 0 or not np.isfinite(costs[target]):
                return
            changed[target] = [*self._members[target], part]
        if len(changed) > 1 and self._holds([own for own in changed.values() if own]):
            self._put(changed)

    def part_class(self, number: int) -> None:
        """Try to cut a class in two."""
        members = np.array(sorted(self._members[number]), dtype=np.int64)
        cut = best_cut(self._parts.take(members)) if len(members) > 1 else None
        if cut is not None:
            self._put({number: members[cut[0]].tolist(), self._new_class(): members[cut[1]].tolist()})

    def _swap(self, leaving: tuple[int, int, list[int]], target: int, gain: float) -> bool:
        """Have a part of the target come in the place of the one that leaves, if that is worth it."""
        part, source, rest = leaving
        best = None
        before = float(self._lost[source] + self._lost[target])
        for other in self._members[target] if gain > 0 else ():
            one = [*rest, other]
            two = [part, *(item for item in self._members[target] if item != other)]
            after = self._loss_of(one) + self._loss_of(two)
            if after < before - _LEAST and self._holds([one, two]):
                before, best = after, (one, two)
        if best is None:
            return False
        self._put({source: best[0], target: best[1]})
        return True

    def _costs(self, part: int) -> Reals:
        """Return how much more loss each class has with a part."""
        own, groups = self._classes, self._parts.groups
        joined = (own.rows + groups.rows[part]) * own.union_cost(part, groups)
        costs: Reals = joined - self._lost
        costs[own.rows == 0] = np.inf
        return costs

    def _loss_of(self, members: list[int]) -> float:
        whole = self._union(members)
        return float(whole.rows[0] * whole.cost[0])

    def _union(self, members: list[int]) -> Groups:
        own = self._parts.groups.take(np.array(members))
        return union_of(own, np.zeros(len(members), dtype=np.int64))

    def _holds(self, groups: list[list[int]]) -> bool:
        """Whether classes are within every model."""
        members = np.array([item for own in groups for item in own])
        number = np.repeat(np.arange(len(groups)), [len(own) for own in groups])
        own = self._parts.take(members)
        persons = union_of(own.groups, number).persons
        return bool(own.requirement.holds(persons, own.histograms(number)).all())

    def _put(self, changed: dict[int, list[int]]) -> None:
        """Change the members of some classes."""
        for number, members in changed.items():
            self._members[number] = sorted(members)
            self.of[members] = number
            if members:
                self._classes.put(number, self._union(self._members[number]))
            else:
                self._classes.rows[number] = 0
            self._lost[number] = self._classes.rows[number] * self._classes.cost[number]

    def _new_class(self) -> int:
        """Return the number of a class without members."""
        empty = np.flatnonzero(self._classes.rows == 0)
        if len(empty):
            return int(empty[0])
        self._classes = self._classes.take(np.append(np.arange(len(self._members)), 0))
        self._classes.rows[-1] = 0
        self._lost = np.append(self._lost, 0.0)
        self._members.append([])
        return len(self._members) - 1
