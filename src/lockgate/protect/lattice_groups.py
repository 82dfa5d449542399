"""Items grouped by their labels at a node of the lattice, and what of it a metric and the models need to know.

Groups of a node are unions of groups of every node below it. So the groups of some nodes are kept, and a node is
grouped from the smallest of those below it (roll-up). Everything counted is a whole number: the same with compiled
loops and without.

Source of roll-up: LeFevre, DeWitt, Ramakrishnan, "Incognito", SIGMOD 2005, section 3.
"""

from dataclasses import dataclass
from math import prod
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from lockgate.protect.codes import Codes
from lockgate.protect.lattice import Items, Lattice, Node
from lockgate.protect.models import Requirement

Truths = npt.NDArray[np.bool_]

_WORD = 1 << 62
_KEPT, _KEPT_ITEMS = 128, 30_000_000
_CELLS = 2_000_000
"""Cells of the histograms that are looked at together."""


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Sensitive values of items.

    Attributes:
        item: Item of each entry.
        slot: Value of each entry, as a place in a histogram.
        rows: Rows of each entry.
        slots: Length of a histogram.
    """

    item: Codes
    slot: Codes
    rows: Codes
    slots: int


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """What a group has to satisfy, beside sizes.

    Attributes:
        persons: The least number of persons of a group that holds any, at least 1.
        population: The least number of persons of the population that such a group matches; 0 where none is asked.
        requirement: All models; None where sizes say all.
        entries: What the histograms are made of; None where nobody asks for one.
        is_closed: Whether a group that holds always holds when it is united with any other.
        forbids_absence: Whether a group of the population that holds nobody of the table may fail.
    """

    persons: int = 1
    population: int = 0
    requirement: Requirement | None = None
    entries: Entries | None = None
    is_closed: bool = True
    forbids_absence: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The groups of a node.

    Attributes:
        node: The node; its levels are those of the hierarchies.
        first: An item of each group.
        rows: Rows of each group.
        persons: Persons of each group.
        population: Persons of the population that each group matches; None where nothing is known of one.
        of_item: Group of each item; None where nobody asks.
    """

    node: Node
    first: Codes
    rows: Codes
    persons: Codes
    population: Codes | None
    of_item: Codes | None


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What is counted of a node.

    Attributes:
        node: The node.
        groups: Groups that hold rows.
        squares: Sum of the squared rows of those groups.
        kept: Groups of them that satisfy the models.
        kept_squares: Sum of the squared rows of those.
        lost: Rows of the groups that fail, which are suppressed.
        lost_by_label: For each attribute, one after the other, those rows by label of the node; None where not asked.
        is_anonymous: Whether no more rows are suppressed than may be.
        closes_below: Whether no node below is anonymous.
    """

    node: Node
    groups: int
    squares: int
    kept: int
    kept_squares: int
    lost: int
    lost_by_label: Codes | None
    is_anonymous: bool
    closes_below: bool


class Grouper:
    """Groups and tallies of nodes, over the same items.

    Attributes:
        items: The items.
        visited: Nodes grouped so far.
    """

    def __init__(self, lattice: Lattice, items: Items, demand: Demand, limit: float, loops: ModuleType | None) -> None:
        """Keep what is asked of groups.

        Args:
            lattice: Whose nodes are asked for.
            items: At least one.
            demand: What a group has to satisfy.
            limit: Share of rows that may be suppressed, 0 to 1.
            loops: `lockgate.protect.lattice_loops`; None to do without compiled code.
        """
        self.items, self.visited = items, 0
        self._demand, self._loops = demand, loops
        self._limit = limit * items.total
        # without suppression every model is kept when groups that satisfy it are united (`lockgate.protect.models`)
        self._is_monotone = demand.is_closed or self._limit < 1
        self._table = np.concatenate([attribute.maps.ravel() for attribute in lattice.attributes]).astype(np.int32)
        starts = np.cumsum([0] + [attribute.maps.size for attribute in lattice.attributes])
        self._start = starts[:-1].astype(np.int64)
        self._width = np.array([len(attribute.values) for attribute in lattice.attributes], dtype=np.int64)
        self._sizes = [[len(labels) for labels in attribute.labels] for attribute in lattice.attributes]
        every = np.arange(len(items.codes))
        node = (0,) * len(lattice.attributes)
        bottom = Groups(node, every, items.rows, items.persons, items.population, every if demand.entries else None)
        room = max(4, min(_KEPT, _KEPT_ITEMS // max(len(every), 1)))
        self._kept: list[Groups] = [bottom]
        self._levels = np.full((room, len(node)), np.iinfo(np.int16).max, dtype=np.int16)
        self._levels[0] = 0
        self._size = np.full(room, len(every))
        self._next = 1

    @property
    def may_close(self) -> bool:
        """Whether a node that is not anonymous, if there is one, says the same of all below it."""
        return self._is_monotone and self._limit < self.items.total

    def tally(self, node: Node, *, by_label: bool) -> Tally:
        """Return what is counted of a node.

        Args:
            node: Levels of the hierarchies.
            by_label: Whether suppressed rows are to be counted by label.
        """
        groups = self.groups(node)
        basic = self._basic(groups)
        lost = int(groups.rows[~basic].sum())
        if lost > self._limit and self._demand.requirement is not None:
            size = int(np.count_nonzero(groups.rows))
            squares = int((groups.rows * groups.rows).sum())
            return Tally(node, size, squares, 0, 0, lost, None, is_anonymous=False, closes_below=True)
        holds, absent = self.holds(groups, basic)
        counted = self._sizes_of(groups.rows, holds)
        anonymous = not absent and counted[-1] <= self._limit
        labels = self._lost_by_label(groups, holds) if by_label and anonymous else None
        closes = not anonymous and self._is_monotone
        return Tally(node, *counted, labels, is_anonymous=anonymous, closes_below=closes)

    def groups(self, node: Node) -> Groups:
        """Return the groups of a node, in an order that does not depend on what was asked before.

        Args:
            node: Levels of the hierarchies.
        """
        self.visited += 1
        below = np.flatnonzero((self._levels <= np.array(node)).all(axis=1))
        source = self._kept[int(below[np.argmin(self._size[below])])]
        if source.node == node:
            return source
        of, first = self._group(node, source.first)
        count = len(first)
        population = None if source.population is None else self._sums(of, source.population, count)
        of_item = None if source.of_item is None else of[source.of_item]
        rows, persons = (self._sums(of, weights, count) for weights in (source.rows, source.persons))
        found = Groups(node, source.first[first], rows, persons, population, of_item)
        if 4 * count < 3 * len(source.first):
            self._keep(found)
        return found

    def group_of_item(self, node: Node) -> Codes:
        """Return the group of each item, numbered as `groups` does."""
        return self._group(node, np.arange(len(self.items.codes)))[0]

    def peel(self, nodes: Codes) -> tuple[Codes, int]:
        """Return classes of items, each a group of the first node at which it satisfies the models; and nodes grouped.

        Args:
            nodes: Shape (nodes, attributes), in their order. Items of earlier classes are out of later groups.

        Returns:
            Class of each item, -1 where it is in none.
        """
        classes = np.full(len(self.items.codes), -1)
        sizes = np.stack([np.array(own)[nodes[:, at]] for at, own in enumerate(self._sizes)], axis=1)
        fits = prod(max(own) for own in self._sizes) <= _WORD
        if self._loops is not None and self._demand.requirement is None and fits and self.items.population is None:
            start = self._start + self._width * nodes
            items = self.items
            done = self._loops.peel(
                items.codes, items.persons, self._table, start, sizes, self._demand.persons, classes
            )
            return classes, int(done)
        left, made = np.arange(len(classes)), 0
        for turn, node in enumerate(nodes.tolist()):
            if self.items.persons[left].sum() < self._demand.persons:
                return classes, turn
            of, good = self._good(tuple(node), left)
            if good.any():
                classes[left] = np.where(good, made + np.cumsum(good) - 1, -1)[of]
                made += int(good.sum())
                left = left[~good[of]]
        return classes, len(nodes)

    @property
    def is_of_sizes(self) -> bool:
        """Whether a class that satisfies the models does so with anybody more."""
        return self._demand.requirement is None

    def is_class(self, members: Codes) -> bool:
        """Whether some items together satisfy the models."""
        top = tuple(len(own) - 1 for own in self._sizes)
        of = np.zeros(len(members), dtype=np.int64)
        return bool(self._judged(top, members, of, members[:1])[0])

    def _good(self, node: Node, left: Codes) -> tuple[Codes, Truths]:
        """Return the group of each item that is left, and whether each group holds rows and satisfies the models."""
        of, first = self._group(node, left)
        return of, self._judged(node, left, of, first)

    def _judged(self, node: Node, left: Codes, of: Codes, first: Codes) -> Truths:
        """Return whether each group of some items holds rows and satisfies the models."""
        items, count = self.items, len(first)
        rows, persons = (self._sums(of, weights[left], count) for weights in (items.rows, items.persons))
        population = None if items.population is None else self._sums(of, items.population[left], count)
        of_item = None
        if self._demand.entries is not None:
            # who is not left is in one more group, which is empty
            of_item = np.full(len(items.codes), count)
            of_item[left] = of
            first, rows, persons = np.append(first, 0), np.append(rows, 0), np.append(persons, 0)
            population = None if population is None else np.append(population, 0)
        holds, _ = self.holds(Groups(node, first, rows, persons, population, of_item))
        good: Truths = (holds & (rows > 0))[:count]
        return good

    def holds(self, groups: Groups, basic: Truths | None = None) -> tuple[Truths, bool]:
        """Return whether each group satisfies the models, and whether one fails that holds nobody of the table.

        Args:
            groups: Of a node.
            basic: Whether each group is large enough; None to find out.
        """
        basic = self._basic(groups) if basic is None else basic
        demand = self._demand
        if demand.requirement is None:
            return basic, False
        asked = np.flatnonzero(basic & ((groups.rows > 0) | demand.forbids_absence))
        holds = basic.copy()
        step = _CELLS // max(demand.entries.slots if demand.entries else 1, 1) + 1
        for begin in range(0, len(asked), step):
            part = asked[begin : begin + step]
            population = None if groups.population is None else groups.population[part]
            holds[part] = self._satisfies(
                demand.requirement, groups.persons[part], self._histograms(groups, part), population
            )
        return holds, bool((~holds & (groups.rows == 0)).any())

    def _satisfies(
        self, requirement: Requirement, persons: Codes, histograms: Codes, population: Codes | None
    ) -> Truths:
        if self._loops is None or (population is None and requirement.needs_population):
            return requirement.holds(persons, histograms, population)
        answers = np.empty(len(persons), dtype=bool)
        people = np.zeros_like(persons) if population is None else population
        self._loops.check(requirement.arrays, persons, people, histograms, answers)
        return answers

    def _basic(self, groups: Groups) -> Truths:
        enough = groups.persons >= self._demand.persons
        if self._demand.population and groups.population is not None:
            enough &= groups.population >= self._demand.population
        basic: Truths = enough | (groups.persons == 0)
        return basic

    def _histograms(self, groups: Groups, part: Codes) -> Codes:
        entries = self._demand.entries
        if entries is None or groups.of_item is None:
            return np.zeros((len(part), 0), dtype=np.int64)
        histograms = np.zeros((len(part), entries.slots), dtype=np.int64)
        row_of = np.full(len(groups.first), -1)
        row_of[part] = np.arange(len(part))
        row = row_of[groups.of_item[entries.item]]
        if self._loops is not None:
            self._loops.fill(row, entries.slot, entries.rows, histograms)
            return histograms
        inside = row >= 0
        cell = row[inside] * entries.slots + entries.slot[inside]
        counted = np.bincount(cell, entries.rows[inside], minlength=histograms.size)
        return counted.astype(np.int64).reshape(histograms.shape)

    def _starts(self, node: Node) -> Codes:
        starts: Codes = self._start + self._width * np.array(node)
        return starts

    def _group(self, node: Node, picked: Codes) -> tuple[Codes, Codes]:
        """Return the group of each picked item, and the position of the first item of each group."""
        sizes = [(at, own[level]) for at, (own, level) in enumerate(zip(self._sizes, node, strict=True))]
        several = [(at, size) for at, size in sizes if size > 1]
        if not several:
            return np.zeros(len(picked), dtype=np.int64), np.zeros(1, dtype=np.int64)
        if self._loops is None:
            return self._group_plainly(several, self._starts(node), picked)
        plan, span = [], _WORD + 1
        for at, size in several:
            span *= size
            plan.append((at, size, span > _WORD))
            span = size if span > _WORD else span
        words = sum(fresh for _, _, fresh in plan)
        of, first = np.empty(len(picked), dtype=np.int64), np.empty(len(picked), dtype=np.int64)
        own = np.array(plan, dtype=np.int64).T.copy()
        count = self._loops.group(self.items.codes, picked, self._table, self._starts(node), own, words, of, first)
        return of, first[:count]

    def _group_plainly(self, several: list[tuple[int, int]], starts: Codes, picked: Codes) -> tuple[Codes, Codes]:
        key, span = np.zeros(len(picked), dtype=np.int64), 1
        for at, size in several:
            if span * size > _WORD:
                distinct, key = np.unique(key, return_inverse=True)
                span = len(distinct)
            key = key * size + self._table[starts[at] + self.items.codes[picked, at]]
            span *= size
        _, first, sorted_of = np.unique(key, return_index=True, return_inverse=True)
        rank = np.empty_like(first)
        rank[np.argsort(first)] = np.arange(len(first))
        return rank[sorted_of], np.sort(first)

    def _sums(self, of: Codes, weights: Codes, count: int) -> Codes:
        if self._loops is None:
            return np.bincount(of, weights, minlength=count).astype(np.int64)
        sums = np.zeros(count, dtype=np.int64)
        self._loops.add(of, weights, sums)
        return sums

    def _sizes_of(self, rows: Codes, holds: Truths) -> tuple[int, int, int, int, int]:
        if self._loops is not None:
            counted: Any = self._loops.sizes(rows, holds)
            return counted  # type: ignore[no-any-return] # a tuple of five, says the loop
        real = rows > 0
        kept = rows[real & holds]
        groups, squares = int(np.count_nonzero(real)), int((rows * rows).sum())
        return groups, squares, len(kept), int((kept * kept).sum()), int(rows.sum() - kept.sum())

    def _lost_by_label(self, groups: Groups, holds: Truths) -> Codes:
        sizes = [own[level] for own, level in zip(self._sizes, groups.node, strict=True)]
        place = np.cumsum([0, *sizes]).astype(np.int64)
        lost = np.zeros(place[-1], dtype=np.int64)
        starts = self._starts(groups.node)
        if self._loops is not None:
            self._loops.lose(self.items.codes, groups.first, groups.rows, holds, self._table, starts, place[:-1], lost)
            return lost
        failing = np.flatnonzero(~holds)
        for at, start in enumerate(starts):
            label = self._table[start + self.items.codes[groups.first[failing], at]]
            lost[place[at] : place[at + 1]] = np.bincount(label, groups.rows[failing], minlength=sizes[at])
        return lost

    def _keep(self, groups: Groups) -> None:
        """Keep groups in the place of those kept longest ago; those of the items themselves stay."""
        if self._next == len(self._levels):
            self._next = 1
        if self._next == len(self._kept):
            self._kept.append(groups)
        else:
            self._kept[self._next] = groups
        self._levels[self._next] = groups.node
        self._size[self._next] = len(groups.first)
        self._next += 1
