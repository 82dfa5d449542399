"""Greedy top-down partition of weighted combinations into classes of at least k persons, with little loss.

All classes of one depth are looked at together, as arrays:

1. For each column, count rows and persons by (class, value): *runs*, in the order of the column's domain.
2. Score candidates: for numbers and days every cut between two values; for a hierarchy every node against the rest;
   for other values every cut in the order of falling frequency within the class. A candidate is a stretch of runs.
3. For each class take the candidate with the greatest gain, rows times loss before minus the same sum after, among
   those that leave k persons on both sides. The first column, then the first stretch, wins a tie.
4. Split; classes without a candidate that gains are final.

Greedy: no split is ever taken back, and a row does not move to another class. Loss of columns other than the one
that is cut is not looked at. Source: LeFevre, DeWitt, Ramakrishnan, "Mondrian multidimensional k-anonymity", ICDE
2006, with the gain in place of the median.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Domain, Reals, SetDomain, TreeDomain
from lockgate.protect.problem import Partition, Problem

_DENSE = 8
"""Runs are counted in a table of all (class, value) pairs while it has at most this many cells per combination."""


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


def split(problem: Problem, within: Codes | None = None) -> Partition:
    """Return the classes, numbered from 0 in the order of their first combinations; nothing is suppressed.

    Args:
        problem: What is to be put into classes.
        within: Number of the group of each combination, from 0 without gaps, each group of k persons at least; no
            class reaches over two groups. None for one group.
    """
    rows = problem.rows
    final = np.zeros(len(rows), dtype=np.int64)
    items = np.arange(len(rows))
    node = np.zeros(len(rows), dtype=np.int64) if within is None else within
    closed = 0
    while len(items):
        left = _split(problem, items, node)
        split_up = np.bincount(node[left], minlength=int(node.max()) + 1) > 0
        done = ~split_up[node]
        final[items[done]] = closed + np.unique(node[done], return_inverse=True)[1]
        closed += int(np.count_nonzero(~split_up))
        node = np.unique((2 * node + left)[~done], return_inverse=True)[1]
        items = items[~done]
    return Partition(_numbered(final))


def _split(problem: Problem, items: Codes, node: Codes) -> npt.NDArray[np.bool_]:
    """Return which combinations go to the first part of their class; none where the class stays whole."""
    weights = (problem.persons[items], problem.rows[items])
    best = np.zeros(int(node.max()) + 1)
    left = np.zeros(len(node), dtype=bool)
    for domain, code in zip(problem.domains, problem.codes, strict=True):
        runs = _runs(domain, code[items], node, weights)
        gain, a, b = _best(domain, runs, problem.k)
        better = gain > best
        best = np.where(better, gain, best)
        chosen = better[node]
        inside = (a[node] <= runs.of_item) & (runs.of_item <= b[node])
        left = np.where(chosen, inside, left)
    return left


def _runs(domain: Domain, code: Codes, node: Codes, weights: tuple[Codes, Codes]) -> Runs:
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


def _best(domain: Domain, runs: Runs, k: int) -> tuple[Reals, Codes, Codes]:
    """Return for each class its greatest gain in one column and the stretch that brings it; 0 where there is none."""
    gain = np.zeros(len(runs.start))
    a, b = np.zeros((2, len(gain)), dtype=np.int64)
    if len(runs.node) == len(gain):  # one value in each class
        return gain, a, b
    for candidates in _candidates(domain, runs):
        found = _feasible(runs, candidates, k)
        if not len(found.a):
            continue
        gains = _gains(domain, runs, found)
        node = runs.node[found.a]
        first = np.flatnonzero(np.diff(node, prepend=-1))
        top = np.maximum.reduceat(gains, first)
        segment = np.cumsum(np.diff(node, prepend=-1) != 0) - 1
        hits = np.flatnonzero(gains == top[segment])
        hits = hits[np.unique(segment[hits], return_index=True)[1]]
        where = node[hits]
        better = top > gain[where]
        where, hits = where[better], hits[better]
        gain[where], a[where], b[where] = gains[hits], found.a[hits], found.b[hits]
    return gain, a, b


def _candidates(domain: Domain, runs: Runs) -> list[Stretches]:
    """Return the candidates of a column, classes in rising order within each member."""
    if not isinstance(domain, TreeDomain):
        b = np.delete(np.arange(len(runs.node)), runs.end)
        return [Stretches(runs.start[runs.node[b]], b)]
    found = []
    for groups in domain.groups[:-1]:
        group = groups[runs.code]
        a = np.flatnonzero((np.diff(runs.node, prepend=-1) != 0) | (np.diff(group, prepend=-1) != 0))
        b = np.append(a[1:], len(group)) - 1
        part = (a != runs.start[runs.node[a]]) | (b != runs.end[runs.node[a]])
        found.append(Stretches(a[part], b[part]))
    return found


def _feasible(runs: Runs, candidates: Stretches, k: int) -> Stretches:
    """Return the candidates that leave at least k persons on both sides."""
    node = runs.node[candidates.a]
    inside = _sums(runs.persons, candidates.a, candidates.b)
    outside = _sums(runs.persons, runs.start, runs.end)[node] - inside
    kept = (inside >= k) & (outside >= k)
    return Stretches(candidates.a[kept], candidates.b[kept])


def _gains(domain: Domain, runs: Runs, candidates: Stretches) -> Reals:
    a, b = candidates.a, candidates.b
    node = runs.node[a]
    start, end, code = runs.start[node], runs.end[node], runs.code
    inside = _sums(runs.rows, a, b)
    whole = _sums(runs.rows, runs.start, runs.end)[node]
    rest_first = np.where(a == start, code[np.minimum(b + 1, end)], code[start])
    rest_last = np.where(b == end, code[np.maximum(a - 1, start)], code[end])
    before = domain.cost(code[start], code[end], end - start + 1)
    taken = domain.cost(code[a], code[b], b - a + 1)
    rest = domain.cost(rest_first, rest_last, end - start - b + a)
    gains: Reals = whole * before - inside * taken - (whole - inside) * rest
    return gains


def _sums(weights: Codes, a: Codes, b: Codes) -> Codes:
    total = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(weights)))
    sums: Codes = total[b + 1] - total[a]
    return sums


def _numbered(final: Codes) -> Codes:
    """Return the same classes, numbered in the order of their first combinations."""
    _, first, number = np.unique(final, return_index=True, return_inverse=True)
    rank = np.empty_like(first)
    rank[np.argsort(first)] = np.arange(len(first))
    numbered: Codes = rank[number]
    return numbered
