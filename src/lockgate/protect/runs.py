"""Rows and persons by class and value, and stretches of values as candidates for a cut, judged by the models."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Domain, SetDomain
from lockgate.protect.models import Requirement
from lockgate.protect.problem import Problem
from lockgate.protect.problem_models import Entries, require

_DENSE = 8
"""Runs are counted in a table of all (class, value) pairs while it has at most this many cells per combination."""

_CELLS = 4_000_000
"""Cells of histograms that are held at once."""

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Rows and persons by (class, value), class by class.

    Attributes:
        node: Class of each run, rising.
        code: Value of each run.
        rows: Rows of the run.
        persons: Persons of the run.
        start: By class, its first run.
        end: By class, its last run.
        of_item: Run of each combination.
    """

    node: Codes
    code: Codes
    rows: Codes
    persons: Codes
    start: Codes
    end: Codes
    of_item: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Candidates of one column: the runs from `a` to `b` against the other runs of the class."""

    a: Codes
    b: Codes

    def where(self, kept: Bools) -> "Stretches":
        """Return some of the candidates."""
        return Stretches(self.a[kept], self.b[kept])


def make_runs(domain: Domain, code: Codes, node: Codes, weights: tuple[Codes, Codes]) -> Runs:
    """Return the runs of one column.

    Args:
        domain: Of the column; says the order of runs within a class.
        code: Code of each combination.
        node: Class of each combination, from 0 without gaps.
        weights: Persons and rows of each combination.
    """
    width, count = int(code.max()) + 1, int(node.max()) + 1
    key = node * width + code
    if width * count <= _DENSE * len(key):
        present = np.bincount(key, minlength=width * count) > 0
        ids, of_item = np.flatnonzero(present), (np.cumsum(present) - 1)[key]
    else:
        ids, of_item = np.unique(key, return_inverse=True)
    persons, rows = (np.bincount(of_item, weight).astype(np.int64) for weight in weights)
    of_run, value = ids // width, ids % width
    if isinstance(domain, SetDomain):
        is_null = (value == len(domain.values) - 1) & domain.has_null
        order = np.lexsort((value, -rows, is_null, of_run))
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        value, rows, persons, of_item = value[order], rows[order], persons[order], place[of_item]
    start = np.flatnonzero(np.diff(of_run, prepend=-1))
    end = np.append(start[1:], len(of_run)) - 1
    return Runs(of_run, value, rows, persons, start, end, of_item)


def sums(weights: Codes, a: Codes, b: Codes) -> Codes:
    """Return the sum of the weights of each stretch of runs."""
    total = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(weights)))
    summed: Codes = total[b + 1] - total[a]
    return summed


class Judge:
    """Says which candidates leave both parts of their class within every model.

    Args:
        problem: Its models, and what its combinations bring to them.
    """

    def __init__(self, problem: Problem) -> None:
        self._k = problem.k
        self._requirement: Requirement
        self._entries: Entries
        self._requirement, self._entries = require(problem)
        self._population = problem.population

    def allowed(self, runs: Runs, items: Codes, candidates: Stretches) -> Stretches:
        """Return the candidates that are allowed.

        Args:
            runs: Of one column.
            items: The combinations that are in classes, in the order of `runs.of_item`.
            candidates: Classes in rising order.
        """
        node = runs.node[candidates.a]
        inside = sums(runs.persons, candidates.a, candidates.b)
        outside = sums(runs.persons, runs.start, runs.end)[node] - inside
        found = candidates.where((inside >= self._k) & (outside >= self._k))
        if len(self._requirement.models) == 1 or not len(found.a):
            return found
        kept = np.zeros(len(found.a), dtype=bool)
        piece = runs.start[runs.node[found.a]] // max(_CELLS // max(self._requirement.slots, 1), 1)
        for number in np.unique(piece):
            here = np.flatnonzero(piece == number)
            kept[here] = self._holds(runs, items, Stretches(found.a[here], found.b[here]))
        return found.where(kept)

    def _holds(self, runs: Runs, items: Codes, candidates: Stretches) -> Bools:
        node = runs.node[candidates.a]
        low, high = int(runs.start[node[0]]), int(runs.end[node[-1]])
        run_of = np.full(len(self._entries.start) - 1, -1)
        near = (runs.of_item >= low) & (runs.of_item <= high)
        run_of[items[near]] = runs.of_item[near] - low
        slots = self._requirement.slots
        cells = np.zeros((high - low + 2, slots), dtype=np.int64)
        found = self._entries.histograms(run_of, slots)
        cells[1 : len(found) + 1] = found
        passed = np.cumsum(cells, axis=0)
        inside = passed[candidates.b + 1 - low] - passed[candidates.a - low]
        whole = passed[runs.end[node] + 1 - low] - passed[runs.start[node] - low]
        people = sums(runs.persons, candidates.a, candidates.b)
        all_people = sums(runs.persons, runs.start, runs.end)[node]
        known, all_known = self._known(runs, items, candidates)
        holds = self._requirement.holds(people, inside, known)
        return holds & self._requirement.holds(all_people - people, whole - inside, all_known - known)

    def _known(self, runs: Runs, items: Codes, candidates: Stretches) -> tuple[Codes, Codes]:
        """Return the persons of the population inside the candidates and in their classes."""
        node = runs.node[candidates.a]
        if self._population is None:
            nobody = np.zeros(len(node), dtype=np.int64)
            return nobody, nobody
        by_run = np.bincount(runs.of_item, self._population[items]).astype(np.int64)
        return sums(by_run, candidates.a, candidates.b), sums(by_run, runs.start, runs.end)[node]
