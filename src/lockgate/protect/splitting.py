"""Greedy top-down partition of weighted combinations into classes within every model, with little loss.

All classes of one depth are looked at together, as arrays:

1. For each column, count rows and persons by (class, value): *runs*, in the order of the column's domain.
2. Score candidates: for numbers and days every cut between two values; for a hierarchy every node against the rest;
   for other values every cut in the order of falling frequency within the class. A candidate is a stretch of runs.
3. For each class and column take the candidate with the greatest gain, rows times loss of the column before minus the
   same sum after, among those that leave both parts within every model. The first stretch wins a tie.
4. Among the columns that gain most take the one whose two parts have the least loss in all columns; in a large class,
   where that says little, the one that gains most. The first column wins a tie.
5. Split; classes without a candidate that gains are final.

Where compiled code is at hand, `lockgate.protect.kernel.splitting` does the same class by class, on several cores where
this process may use them: large classes first, then the groups that they have left, each by itself.

Greedy: no split is ever taken back, and a row does not move to another class; `lockgate.protect.refinement` mends
that. Source: LeFevre, DeWitt, Ramakrishnan, "Mondrian multidimensional k-anonymity", ICDE 2006, with the gain in
place of the median.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pyarrow as pa

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Domain, Reals, SetDomain, TreeDomain
from lockgate.protect.problem import Partition, Problem
from lockgate.protect.problem_arrays import ProblemArrays, as_arrays
from lockgate.protect.runs import Bools, Judge, Runs, Stretches, make_runs, sums
from lockgate.terms.compiled_code import load_code

_FINALISTS = 3
"""Columns whose best candidates are compared in all columns' loss: more hardly change the outcome."""

_COMPARED = 4_096
"""Combinations of a class up to which they are compared: the first cuts are followed by many anyway."""

_MANY = 20_000
"""Combinations from which on they are split on several cores."""

_MOST_THREADS = 8
_SHARES = 4
"""Groups for each core at least, so that none waits long for another."""

_KERNEL = "lockgate.protect.kernel.splitting"


def split(problem: Problem, within: Codes | None = None) -> Partition:
    """Return the classes, numbered from 0 in the order of their first combinations; nothing is suppressed.

    Args:
        problem: What is to be put into classes.
        within: Number of the group of each combination, from 0 without gaps, each group of k persons at least; no
            class reaches over two groups. None for one group.
    """
    groups = np.zeros(len(problem.rows), dtype=np.int64) if within is None else within
    kernel = load_code(_KERNEL)
    if kernel is None:
        return Partition(numbered(_by_depth(problem, groups)))
    return Partition(numbered(_compiled(kernel.split_all, problem, groups)))


def _compiled(split_all: Callable[..., int], problem: Problem, groups: Codes) -> Codes:
    """Return the classes in any order, by compiled code; on several cores where there are some and it is worth it."""
    given = as_arrays(problem)
    workers = min(pa.cpu_count(), _MOST_THREADS)
    if workers == 1 or len(groups) < _MANY or given.is_asked:
        return _split_groups(split_all, given, groups, np.arange(int(groups.max()) + 1), (problem.k, 0))
    share = len(groups) // (_SHARES * workers)
    groups = _split_groups(split_all, given, groups, np.arange(int(groups.max()) + 1), (problem.k, share))
    # no class depends on another, so that what comes out does not depend on how many threads there are
    by_size = np.argsort(-np.bincount(groups), kind="stable")
    final = np.zeros_like(groups)
    workers = min(workers, len(by_size))
    with ThreadPoolExecutor(workers, "splitting") as pool:
        chosen = [by_size[first::workers] for first in range(workers)]
        found = pool.map(partial(_split_groups, split_all, given, groups, limits=(problem.k, 0)), chosen)
        for first, (some, classes) in enumerate(zip(chosen, found, strict=True)):
            here = np.isin(groups, some)
            final[here] = classes[here] * workers + first
    return final


def _split_groups(
    split_all: Callable[..., int], given: ProblemArrays, groups: Codes, chosen: Codes, limits: tuple[int, int]
) -> Codes:
    """Return the classes of the combinations of some groups in any order, and anything for those of others.

    Args:
        split_all: Compiled.
        given: The problem.
        groups: Group of each combination.
        chosen: Groups that are split.
        limits: k, and the combinations up to which a class is left as it is.
    """
    items = given.items[0]
    final, widest = np.empty(len(groups), dtype=np.int64), int(items.max()) + 1
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(int(groups.max()) + 2))
    order = np.concatenate([order[starts[group] : starts[group + 1]] for group in chosen])
    counts = np.diff(starts)[chosen]
    space = (
        final,
        np.empty_like(final),
        np.zeros((4, widest), np.int64),
        np.zeros((items.shape[1], widest), np.bool_),
    )
    within = (limits[0], _FINALISTS, _COMPARED, given.is_asked, limits[1])
    split_all(given.items, (order, np.append(0, np.cumsum(counts))), given.tables, within, given.models, space)
    return final


def _by_depth(problem: Problem, groups: Codes) -> Codes:
    """Return the classes in any order."""
    final = np.zeros(len(groups), dtype=np.int64)
    items, node, closed = np.arange(len(groups)), groups, 0
    judge = Judge(problem)
    while len(items):
        left = _split(problem, judge, items, node)
        split_up = np.bincount(node[left], minlength=int(node.max()) + 1) > 0
        done = ~split_up[node]
        final[items[done]] = closed + np.unique(node[done], return_inverse=True)[1]
        closed += int(np.count_nonzero(~split_up))
        node = np.unique((2 * node + left)[~done], return_inverse=True)[1]
        items = items[~done]
    return final


def _split(problem: Problem, judge: Judge, items: Codes, node: Codes) -> Bools:
    """Return which combinations go to the first part of their class; none where the class stays whole."""
    weights = (problem.persons[items], problem.rows[items])
    gains = np.zeros((len(problem.domains), int(node.max()) + 1))
    inside = np.zeros((len(problem.domains), len(items)), dtype=bool)
    for column, (domain, code) in enumerate(zip(problem.domains, problem.codes, strict=True)):
        runs = make_runs(domain, code[items], node, weights)
        gains[column], a, b = _best(domain, runs, items, judge)
        inside[column] = (gains[column] > 0)[node] & (a[node] <= runs.of_item) & (runs.of_item <= b[node])
    chosen = np.argmax(gains, axis=0)
    compared = (np.count_nonzero(gains > 0, axis=0) > 1) & (np.bincount(node) <= _COMPARED)
    if compared.any():
        chosen = np.where(compared, _least(problem, items, node, gains, inside), chosen)
    left: Bools = inside[chosen[node], np.arange(len(items))]
    return left


def _least(problem: Problem, items: Codes, node: Codes, gains: Reals, inside: Bools) -> Codes:
    """Return for each class the column whose best candidate leaves the least loss in all columns."""
    order = np.argsort(-gains, axis=0, kind="stable")[:_FINALISTS]
    chosen: Codes = order[0]
    least = np.full(gains.shape[1], np.inf)
    for finalist in order:
        left = inside[finalist[node], np.arange(len(items))]
        loss = _part_loss(problem, items, 2 * node + left)
        gained = gains[finalist, np.arange(len(finalist))] > 0
        better = gained & ((loss < least) | ((loss == least) & (finalist < chosen)))
        chosen, least = np.where(better, finalist, chosen), np.where(better, loss, least)
    return chosen


def _part_loss(problem: Problem, items: Codes, part: Codes) -> Reals:
    """Return for each class the loss of its two parts in all columns; the parts of class i are 2 i + 1 and 2 i."""
    count = int(part.max()) // 2 + 1
    order = np.argsort(part, kind="stable")
    starts = np.flatnonzero(np.diff(part[order], prepend=-1))
    there = part[order[starts]]
    sums = np.zeros(len(starts))
    for domain, code in zip(problem.domains, problem.codes[:, items[order]], strict=True):
        first, last = np.minimum.reduceat(code, starts), np.maximum.reduceat(code, starts)
        sums += domain.cost(
            first, last, _distinct(part[order], code, starts) if isinstance(domain, SetDomain) else first
        )
    loss = np.zeros(2 * count)
    loss[there] = np.add.reduceat(problem.rows[items[order]], starts) * sums
    both: Reals = loss[1::2] + loss[::2]
    return both


def _distinct(part: Codes, code: Codes, starts: Codes) -> Codes:
    """Return the number of distinct codes of each part, which stand one behind the other."""
    width = int(code.max()) + 1
    pairs = np.unique(part * width + code) // width
    distinct: Codes = np.bincount(pairs)[part[starts]]
    return distinct


def _best(domain: Domain, runs: Runs, items: Codes, judge: Judge) -> tuple[Reals, Codes, Codes]:
    """Return for each class its greatest gain in one column and the stretch that brings it; 0 where there is none."""
    gain = np.zeros(len(runs.start))
    a, b = np.zeros((2, len(gain)), dtype=np.int64)
    if len(runs.node) == len(gain):  # one value in each class
        return gain, a, b
    for candidates in _candidates(domain, runs):
        found = judge.allowed(runs, items, candidates)
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


def _gains(domain: Domain, runs: Runs, candidates: Stretches) -> Reals:
    a, b = candidates.a, candidates.b
    node = runs.node[a]
    start, end, code = runs.start[node], runs.end[node], runs.code
    inside = sums(runs.rows, a, b)
    whole = sums(runs.rows, runs.start, runs.end)[node]
    rest_first = np.where(a == start, code[np.minimum(b + 1, end)], code[start])
    rest_last = np.where(b == end, code[np.maximum(a - 1, start)], code[end])
    before = domain.cost(code[start], code[end], end - start + 1)
    taken = domain.cost(code[a], code[b], b - a + 1)
    rest = domain.cost(rest_first, rest_last, end - start - b + a)
    gains: Reals = whole * before - inside * taken - (whole - inside) * rest
    return gains


def numbered(classes: Codes) -> Codes:
    """Return the same classes, numbered in the order of their first combinations; -1 stays."""
    found: Codes = np.full(len(classes), -1, dtype=np.int64)
    kept = np.flatnonzero(classes >= 0)
    _, first, number = np.unique(classes[kept], return_index=True, return_inverse=True)
    rank = np.empty_like(first)
    rank[np.argsort(first)] = np.arange(len(first))
    found[kept] = rank[number]
    return found
