"""Parts of combinations merged into classes within every model, each with the neighbour that loses least.

1. *Cut* all parts in two, in the order of one column, where that gains most over all columns and leaves two sides
   within every model; and each side again, until it holds few enough parts to try all pairs.
2. *Merge*, side by side: of all groups that are not within the models, take the one whose union with another adds the
   least loss, a union that is within them before one that is not unless it costs several times as much; repeat until
   every group is, or one is left.

Greedy: no merge is taken back, and parts of two sides never meet. Parts are never parted. Source: Byun, Kamra, Bertino,
Li, "Efficient k-anonymization using clustering techniques", DASFAA 2007, with groups in place of records.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Domain, Reals, SetDomain
from lockgate.protect.models import Requirement
from lockgate.protect.problem import Problem
from lockgate.protect.problem_models import Entries

Bools = npt.NDArray[np.bool_]

_MANY = 512
"""The most parts of a side, unless no cut gains."""

_TRIED = 32
"""Cuts that are held against the models, the best first."""

_WORTH = 3.0
"""How many times as much a union within the models may cost as the cheapest one."""

_CELLS = 1 << 24
"""The most cells of histograms that are held at once; a side that needs more is one class."""

_WORD = 64


@dataclass(slots=True, eq=False)
class Groups:
    """Groups of combinations, as far as their labels depend on them.

    Attributes:
        domains: One for each quasi-identifier.
        first: Shape (columns, groups): the lowest code of each group.
        last: The highest code.
        sets: By column the codes of each group as bits, shape (groups, words); None where the column has an order.
        rows: Rows of each group.
        persons: Persons of each group, at least.
        once: Persons of each group, each counted in one group only, so that sums count nobody twice.
        cost: Mean loss of a row of each group, summed over the columns.
    """

    domains: Sequence[Domain]
    first: Codes
    last: Codes
    sets: list[npt.NDArray[np.uint64] | None]
    rows: Codes
    persons: Codes
    once: Codes
    cost: Reals

    def take(self, chosen: Codes) -> "Groups":
        """Return some of the groups."""
        sets = [None if bits is None else bits[chosen] for bits in self.sets]
        return Groups(
            self.domains,
            self.first[:, chosen],
            self.last[:, chosen],
            sets,
            self.rows[chosen],
            self.persons[chosen],
            self.once[chosen],
            self.cost[chosen],
        )

    def union_cost(self, one: int, others: "Groups | None" = None) -> Reals:
        """Return the loss of a row of the union of one group, or of one of others, with each of these groups."""
        own = others or self
        total = np.zeros(len(self.rows))
        for column, domain in enumerate(self.domains):
            first = np.minimum(self.first[column], own.first[column, one])
            last = np.maximum(self.last[column], own.last[column, one])
            bits, more = self.sets[column], own.sets[column]
            count = last - first + 1 if bits is None or more is None else _count(bits | more[one])
            total += domain.cost(first, last, count)
        return total

    def put(self, number: int, one: "Groups") -> None:
        """Put a group in the place of another."""
        self.first[:, number], self.last[:, number] = one.first[:, 0], one.last[:, 0]
        for bits, more in zip(self.sets, one.sets, strict=True):
            if bits is not None and more is not None:
                bits[number] = more[0]
        for mine, theirs in ((self.rows, one.rows), (self.persons, one.persons), (self.once, one.once)):
            mine[number] = theirs[0]
        self.cost[number] = one.cost[0]

    def absorb(self, one: int, other: int, cost: float) -> None:
        """Make one group the union of itself and another."""
        self.first[:, one] = np.minimum(self.first[:, one], self.first[:, other])
        self.last[:, one] = np.maximum(self.last[:, one], self.last[:, other])
        for bits in self.sets:
            if bits is not None:
                bits[one] |= bits[other]
        self.rows[one] += self.rows[other]
        self.once[one] += self.once[other]
        self.persons[one] = max(self.once[one], self.persons[one], self.persons[other])
        self.cost[one] = cost


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Parts that stay together, and what every class of them has to satisfy.

    Attributes:
        groups: The parts.
        requirement: All models, k among them.
        cells: Persons by part and slot.
    """

    groups: Groups
    requirement: Requirement
    cells: Entries

    def take(self, chosen: Codes) -> "Parts":
        """Return some of the parts."""
        length = np.diff(self.cells.start)[chosen]
        start = np.append(0, np.cumsum(length))
        of_entry = np.repeat(self.cells.start[chosen] - start[:-1], length) + np.arange(start[-1])
        cells = Entries(start, self.cells.slot[of_entry], self.cells.persons[of_entry])
        return Parts(self.groups.take(chosen), self.requirement, cells)

    def histograms(self, group: Codes) -> Codes:
        """Return the histogram of each group of parts; -1 for parts of none."""
        found = np.zeros((int(group.max(initial=-1)) + 1, self.requirement.slots), dtype=np.int64)
        return found if not found.size else self.cells.histograms(group, self.requirement.slots)

    @property
    def is_modelled(self) -> bool:
        """Whether more is asked than persons."""
        return len(self.requirement.models) > 1

    @property
    def k(self) -> int:
        """Return a number of persons below which no class holds."""
        return max(int(self.requirement.rules[0, 3]), 1)


def union_of(groups: Groups, number: Codes) -> Groups:
    """Return unions of groups.

    Args:
        groups: The groups.
        number: Number of the union of each, from 0 without gaps.
    """
    order = np.argsort(number, kind="stable")
    start = np.flatnonzero(np.diff(number[order], prepend=-1))
    first = np.minimum.reduceat(groups.first[:, order], start, axis=1)
    last = np.maximum.reduceat(groups.last[:, order], start, axis=1)
    sets = [None if bits is None else np.bitwise_or.reduceat(bits[order], start, axis=0) for bits in groups.sets]
    rows, once = (np.add.reduceat(own[order], start) for own in (groups.rows, groups.once))
    persons = np.maximum(once, np.maximum.reduceat(groups.persons[order], start))
    cost = np.zeros(len(start))
    for column, domain in enumerate(groups.domains):
        bits = sets[column]
        count = last[column] - first[column] + 1 if bits is None else _count(bits)
        cost += domain.cost(first[column], last[column], count)
    return Groups(groups.domains, first, last, sets, rows, persons, once, cost)


def make_parts(problem: Problem, part: Codes, persons: Codes, means: tuple[Requirement, Entries]) -> Parts:
    """Return parts of the combinations of a problem.

    Args:
        problem: The combinations.
        part: Part of each combination, from 0 without gaps; -1 for none.
        persons: Distinct persons of each part.
        means: The requirement of the problem, k the first of its models, and what its combinations bring.
    """
    requirement, entries = means
    count = len(persons)
    kept = np.flatnonzero(part >= 0)
    codes, group = problem.codes[:, kept], part[kept]
    order = np.argsort(group, kind="stable")
    start = np.flatnonzero(np.diff(group[order], prepend=-1))
    first = np.minimum.reduceat(codes[:, order], start, axis=1)
    last = np.maximum.reduceat(codes[:, order], start, axis=1)
    sets: list[npt.NDArray[np.uint64] | None] = []
    cost = np.zeros(count)
    for column, domain in enumerate(problem.domains):
        bits = _bits(codes[column], group, count, domain)
        sets.append(bits)
        distinct = last[column] - first[column] + 1 if bits is None else _count(bits)
        cost += domain.cost(first[column], last[column], distinct)
    rows, once = (np.bincount(group, own[kept], minlength=count) for own in (problem.rows, problem.persons))
    groups = Groups(problem.domains, first, last, sets, rows.astype(np.int64), persons, once.astype(np.int64), cost)
    return Parts(groups, requirement, _by_part(entries, part, count, max(requirement.slots, 1)))


def merge(parts: Parts) -> Codes:
    """Return the class of each part; classes are within every model where all parts together are."""
    classes = np.zeros(len(parts.groups.rows), dtype=np.int64)
    closed = 0
    waiting = [np.arange(len(classes))]
    while waiting:
        chosen = waiting.pop()
        own = parts if len(chosen) == len(classes) else parts.take(chosen)
        halves = best_cut(own) if len(chosen) > _MANY else None
        if halves is not None:
            waiting += [chosen[half] for half in halves]
            continue
        is_large = len(chosen) * max(own.requirement.slots, 1) > _CELLS
        merged = np.zeros(len(chosen), dtype=np.int64) if is_large else _merge_part(own)
        classes[chosen] = closed + merged
        closed += int(merged.max(initial=-1)) + 1
    return classes


def best_cut(parts: Parts) -> tuple[Codes, Codes] | None:
    """Return the parts of both sides of the best cut; None where no cut leaves enough on each and gains."""
    groups, k = parts.groups, parts.k
    count = len(groups.rows)
    orders = np.argsort(groups.first + groups.last, axis=1, kind="stable")
    persons = np.cumsum(groups.once[orders], axis=1)[:, :-1]
    enough = (persons >= k) & (int(groups.once.sum()) - persons >= k)
    if count <= 1 or not enough.any():  # a cut parts two
        return None
    rows = np.cumsum(groups.rows[orders], axis=1)
    total = int(groups.rows.sum())
    before = _hull_costs(groups, orders)
    after = _hull_costs(groups, orders[:, ::-1])[:, ::-1]
    lost = rows[:, :-1] * before[:, :-1] + (total - rows[:, :-1]) * after[:, 1:]
    lost = np.where(enough, lost, np.inf)
    for best in _tried(parts, lost):
        if lost.flat[best] >= total * before[0, -1]:
            continue
        order, cut = orders[best // (count - 1)], best % (count - 1) + 1
        if not parts.is_modelled or _both_hold(parts, order[:cut]):
            return order[:cut], order[cut:]
    return None


def _tried(parts: Parts, lost: Reals) -> list[int]:
    """Return the cuts to try: the best one; where models are asked, some more, and those in the middle of a column."""
    if not parts.is_modelled:
        return [int(np.argmin(lost))]
    best = np.argsort(lost, axis=None, kind="stable")[:_TRIED].tolist()
    width = lost.shape[1]
    return [*best, *(column * width + width // 2 for column in range(len(lost)))]


def _both_hold(parts: Parts, side: Codes) -> bool:
    group = np.ones(len(parts.groups.rows), dtype=np.int64)
    group[side] = 0
    persons = np.bincount(group, parts.groups.once).astype(np.int64)
    return bool(parts.requirement.holds(persons, parts.histograms(group)).all())


def _hull_costs(groups: Groups, orders: Codes) -> Reals:
    """Return for each order the loss of a row of the union of the first groups, the first two, and so on."""
    total = np.zeros(orders.size)
    for column, domain in enumerate(groups.domains):
        first = np.minimum.accumulate(groups.first[column][orders], axis=1).ravel()
        last = np.maximum.accumulate(groups.last[column][orders], axis=1).ravel()
        bits, count = groups.sets[column], last - first + 1
        if bits is not None:
            held = np.bitwise_or.accumulate(bits[orders], axis=1)
            count = _count(held.reshape(-1, held.shape[-1]))
        total += domain.cost(first, last, count)
    return total.reshape(orders.shape)


def _merge_part(parts: Parts) -> Codes:
    groups = parts.groups.take(np.arange(len(parts.groups.rows)))
    requirement = parts.requirement
    count = len(groups.rows)
    into = np.arange(count)
    cells = parts.histograms(into)
    alive = np.ones(count, dtype=bool)
    partner, added, cost = np.zeros(count, dtype=np.int64), np.full(count, np.inf), np.zeros(count)

    def look(one: int) -> None:
        union = groups.union_cost(one)
        loss = (groups.rows + groups.rows[one]) * union - groups.rows * groups.cost
        loss[one], loss[~alive] = np.inf, np.inf
        best = int(np.argmin(loss))
        own = groups.rows[one] * groups.cost[one]
        if parts.is_modelled and np.isfinite(loss[best]):
            persons = np.maximum(groups.once + groups.once[one], np.maximum(groups.persons, groups.persons[one]))
            holding = np.where(requirement.holds(persons, cells + cells[one]), loss, np.inf)
            other = int(np.argmin(holding))
            best = other if holding[other] - own <= _WORTH * (loss[best] - own) else best
        partner[one], cost[one], added[one] = best, union[best], loss[best] - own

    small = ~requirement.holds(groups.persons, cells)
    for one in np.flatnonzero(small).tolist():
        look(one)
    while small.any() and np.count_nonzero(alive) > 1:
        one = int(np.argmin(np.where(small, added, np.inf)))
        other = int(partner[one])
        groups.absorb(one, other, float(cost[one]))
        cells[one] += cells[other]
        into[into == other] = one
        alive[other], small[other], added[other] = False, False, np.inf
        small[one] = not requirement.holds(groups.persons[one : one + 1], cells[one : one + 1])[0]
        for stale in np.flatnonzero(small & ((partner == other) | (partner == one))).tolist():
            look(stale)
        if small[one]:
            look(one)
    return np.unique(into, return_inverse=True)[1]


def _by_part(entries: Entries, part: Codes, count: int, slots: int) -> Entries:
    """Return persons by part and slot."""
    of_entry = np.repeat(part, np.diff(entries.start))
    kept = of_entry >= 0
    keys, place = np.unique(of_entry[kept] * slots + entries.slot[kept], return_inverse=True)
    persons = np.bincount(place, entries.persons[kept], minlength=len(keys)).astype(np.int64)
    start = np.append(0, np.cumsum(np.bincount(keys // slots, minlength=count)))
    return Entries(start.astype(np.int64), keys % slots, persons)


def _bits(code: Codes, group: Codes, count: int, domain: Domain) -> npt.NDArray[np.uint64] | None:
    if not isinstance(domain, SetDomain):
        return None
    words = len(domain.values) // _WORD + 1
    bits = np.zeros((count, words), dtype=np.uint64)
    np.bitwise_or.at(bits, (group, code // _WORD), np.uint64(1) << (code % _WORD).astype(np.uint64))
    return bits


def _count(bits: npt.NDArray[np.uint64]) -> Codes:
    counted: Codes = np.bitwise_count(bits).sum(axis=1).astype(np.int64)
    return counted
