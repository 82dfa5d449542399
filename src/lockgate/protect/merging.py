"""Small groups of combinations merged into classes of at least k persons, each with the neighbour that loses least.

1. *Cut* all groups in two, in the order of one column, where that gains most over all columns; and each part again,
   until it holds few enough groups to try all pairs. No part is left with fewer than k persons.
2. *Merge*, part by part: of all groups that hold too few persons, take the one whose union with another adds the
   least loss; repeat until every group holds enough.

Greedy: no merge is taken back, and groups of two parts never meet. Source: Byun, Kamra, Bertino, Li, "Efficient
k-anonymization using clustering techniques", DASFAA 2007, with groups in place of records.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Domain, Reals, SetDomain

_MANY = 512
"""The most groups of a part, unless no cut gains."""

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
        cost: Mean loss of a row of each group, summed over the columns.
    """

    domains: Sequence[Domain]
    first: Codes
    last: Codes
    sets: list[npt.NDArray[np.uint64] | None]
    rows: Codes
    persons: Codes
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
            self.cost[chosen],
        )

    def union_cost(self, one: int) -> Reals:
        """Return the loss of a row of the union of one group with each of all groups."""
        total = np.zeros(len(self.rows))
        for column, domain in enumerate(self.domains):
            first = np.minimum(self.first[column], self.first[column, one])
            last = np.maximum(self.last[column], self.last[column, one])
            bits = self.sets[column]
            count = last - first + 1 if bits is None else _count(bits | bits[one])
            total += domain.cost(first, last, count)
        return total

    def absorb(self, one: int, other: int, cost: float) -> None:
        """Make one group the union of itself and another."""
        self.first[:, one] = np.minimum(self.first[:, one], self.first[:, other])
        self.last[:, one] = np.maximum(self.last[:, one], self.last[:, other])
        for bits in self.sets:
            if bits is not None:
                bits[one] |= bits[other]
        self.rows[one] += self.rows[other]
        self.persons[one] += self.persons[other]
        self.cost[one] = cost


def make_groups(domains: Sequence[Domain], codes: Codes, group: Codes, rows: Codes, persons: Codes) -> Groups:
    """Return groups of combinations.

    Args:
        domains: One for each quasi-identifier.
        codes: Shape (columns, combinations).
        group: Number of the group of each combination, from 0 without gaps.
        rows: Rows of each combination.
        persons: Persons of each group.
    """
    count = len(persons)
    order = np.argsort(group, kind="stable")
    start = np.flatnonzero(np.diff(group[order], prepend=-1))
    first = np.minimum.reduceat(codes[:, order], start, axis=1)
    last = np.maximum.reduceat(codes[:, order], start, axis=1)
    sets: list[npt.NDArray[np.uint64] | None] = []
    cost = np.zeros(count)
    for column, domain in enumerate(domains):
        bits = _bits(codes[column], group, count, domain)
        sets.append(bits)
        distinct = last[column] - first[column] + 1 if bits is None else _count(bits)
        cost += domain.cost(first[column], last[column], distinct)
    of_group = np.bincount(group, rows, minlength=count).astype(np.int64)
    return Groups(domains, first, last, sets, of_group, persons, cost)


def merge(groups: Groups, k: int) -> Codes:
    """Return the class of each group, so that every class holds k persons; all groups together must hold as many."""
    classes = np.zeros(len(groups.rows), dtype=np.int64)
    closed = 0
    waiting = [np.arange(len(groups.rows))]
    while waiting:
        part = waiting.pop()
        halves = _cut(groups.take(part), k) if len(part) > _MANY else None
        if halves is not None:
            waiting += [part[half] for half in halves]
            continue
        merged = _merge_part(groups.take(part), k)
        classes[part] = closed + merged
        closed += int(merged.max(initial=-1)) + 1
    return classes


def _cut(groups: Groups, k: int) -> tuple[Codes, Codes] | None:
    """Return the groups of both sides of the best cut; None where no cut leaves k persons on each and gains."""
    count = len(groups.rows)
    orders = np.argsort(groups.first + groups.last, axis=1, kind="stable")
    persons = np.cumsum(groups.persons[orders], axis=1)[:, :-1]
    enough = (persons >= k) & (int(groups.persons.sum()) - persons >= k)
    if count < 2 or not enough.any():  # noqa: PLR2004 - a cut parts two
        return None
    rows = np.cumsum(groups.rows[orders], axis=1)
    total = int(groups.rows.sum())
    before = _hull_costs(groups, orders)
    after = _hull_costs(groups, orders[:, ::-1])[:, ::-1]
    lost = rows[:, :-1] * before[:, :-1] + (total - rows[:, :-1]) * after[:, 1:]
    lost = np.where(enough, lost, np.inf)
    best = int(np.argmin(lost))
    if lost.flat[best] >= total * before[0, -1]:
        return None
    order, cut = orders[best // (count - 1)], best % (count - 1) + 1
    return order[:cut], order[cut:]


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


def _merge_part(groups: Groups, k: int) -> Codes:
    count = len(groups.rows)
    into = np.arange(count)
    alive = np.ones(count, dtype=bool)
    partner, added, cost = np.zeros(count, dtype=np.int64), np.full(count, np.inf), np.zeros(count)

    def look(one: int) -> None:
        union = groups.union_cost(one)
        loss = (groups.rows + groups.rows[one]) * union - groups.rows * groups.cost
        loss[one], loss[~alive] = np.inf, np.inf
        best = int(np.argmin(loss))
        partner[one], cost[one] = best, union[best]
        added[one] = loss[best] - groups.rows[one] * groups.cost[one]

    small = groups.persons < k
    for one in np.flatnonzero(small).tolist():
        look(one)
    while small.any() and np.count_nonzero(alive) > 1:
        one = int(np.argmin(np.where(small, added, np.inf)))
        other = int(partner[one])
        groups.absorb(one, other, float(cost[one]))
        into[into == other] = one
        alive[other], small[other], added[other] = False, False, np.inf
        small[one] = groups.persons[one] < k
        for stale in np.flatnonzero(small & ((partner == other) | (partner == one))).tolist():
            look(stale)
        if small[one]:
            look(one)
    return np.unique(into, return_inverse=True)[1]


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
