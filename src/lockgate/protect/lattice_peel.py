"""Local recoding in the vocabulary of the hierarchies alone: the lattice is peeled from the node of least loss upwards.

1. Nodes come by rising loss, as if the whole table were labelled there.
2. At each node the combinations that are left are grouped by their labels; every group that satisfies the models
   becomes a class and is taken away.
3. Each class is labelled by the least node of every hierarchy that covers it, which is never above the node. 4.
Combinations that are left at the end are suppressed where the limit allows it. Else each joins the class that it makes
least dear of those that still satisfy the models with it.

If some can join nowhere and the limit does not allow to suppress them, the classes are those of
`lockgate.protect.splitting`, which puts everybody somewhere; where even all together fail the models, everybody is
suppressed. A lattice with too many nodes for step 1 is peeled along one chain from the bottom to the top, each step
the one that adds least loss.

Where privacy models look at more than sizes, they are asked of each class when it is made and when somebody joins.
"""

import numpy as np

from lockgate.protect.codes import Codes
from lockgate.protect.domains import TreeDomain
from lockgate.protect.lattice import Lattice
from lockgate.protect.lattice_groups import Grouper
from lockgate.protect.lattice_joining import join
from lockgate.protect.lattice_problem import METRIC, make_levels
from lockgate.protect.lattice_search import LOOPS
from lockgate.protect.lattice_yardstick import ColumnYardstick
from lockgate.protect.problem import Partition, Problem
from lockgate.protect.splitting import split
from lockgate.terms.compiled_code import load_code

LARGEST_PEELED = 1 << 20
"""The most nodes of a lattice that is peeled whole."""


def peel(problem: Problem) -> Partition:
    """Return classes at one level of every hierarchy each.

    Args:
        problem: Its persons are enough for one class.
    """
    levels = make_levels(problem)
    grouper = Grouper(levels.lattice, levels.items, levels.demand, 0.0, load_code(LOOPS))
    yardstick = ColumnYardstick(METRIC, levels.lattice, levels.items, suppresses=False)
    classes, moves = grouper.peel(nodes_by_loss(levels.lattice, yardstick))
    classes = join(problem, levels, grouper, classes)
    lost = int(problem.rows[classes < 0].sum())
    if lost > problem.suppression_limit * levels.items.total:
        everybody = grouper.is_class(np.arange(len(classes)))
        return split(problem) if everybody else Partition(np.full(len(classes), -1), moves=moves)
    classes = _numbered(classes)
    return Partition(classes, least_levels(problem, classes), moves)


def nodes_by_loss(lattice: Lattice, yardstick: ColumnYardstick) -> Codes:
    """Return nodes by rising loss, shape (nodes, attributes)."""
    if lattice.nodes <= LARGEST_PEELED:
        flat = np.argsort(np.ascontiguousarray(yardstick.bounds(lattice)).ravel(), kind="stable")
        return np.stack(np.unravel_index(flat, lattice.shape), axis=1).astype(np.int64)
    node = list(lattice.lowest)
    chain = [tuple(node)]
    while tuple(node) != lattice.highest:
        steps = [
            (yardstick.bound((*node[:at], level + 1, *node[at + 1 :])), at)
            for at, level in enumerate(node)
            if level < lattice.highest[at]
        ]
        node[min(steps)[1]] += 1
        chain.append(tuple(node))
    return np.array(chain, dtype=np.int64)


def _numbered(classes: Codes) -> Codes:
    """Return the same classes, numbered in the order of their first combinations."""
    kept = np.flatnonzero(classes >= 0)
    _, first, number = np.unique(classes[kept], return_index=True, return_inverse=True)
    rank = np.empty_like(first)
    rank[np.argsort(first)] = np.arange(len(first))
    found = np.full(len(classes), -1)
    found[kept] = rank[number]
    return found


def least_levels(problem: Problem, classes: Codes) -> Codes:
    """Return for each column and class the least level whose label covers the class."""
    count = int(classes.max(initial=-1)) + 1
    kept = np.flatnonzero(classes >= 0)
    levels = np.zeros((len(problem.domains), count), dtype=np.int64)
    for at, domain in enumerate(problem.domains):
        first, last = _ends(classes[kept], problem.codes[at][kept], count)
        if isinstance(domain, TreeDomain):
            for groups in domain.groups[:-1]:
                levels[at] += groups[first] != groups[last]
        else:
            levels[at] = first != last
    return levels


def _ends(classes: Codes, code: Codes, count: int) -> tuple[Codes, Codes]:
    first, last = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
    np.minimum.at(first, classes, code)
    np.maximum.at(last, classes, code)
    return first, last
