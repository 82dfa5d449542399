"""A problem of `lockgate.protect.problem` as a lattice, and the search of it that puts all classes at the same levels.

Loss is that of the domains' labels. A level that says no more than the
one below it is left out, so that the lattice has no node twice.
"""

from dataclasses import dataclass

import numpy as np

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Domain as Labels
from lockgate.protect.domains import TreeDomain
from lockgate.protect.lattice import Attribute, Items, Lattice, Node, make_lattice
from lockgate.protect.lattice_case import make_demand
from lockgate.protect.lattice_groups import Demand, Entries, Grouper
from lockgate.protect.lattice_metric import Metric, MetricKind
from lockgate.protect.lattice_search import LOOPS, search
from lockgate.protect.lattice_yardstick import make_yardstick
from lockgate.protect.problem import Partition, Problem
from lockgate.protect.problem_models import require
from lockgate.terms.compiled_code import load_code

METRIC = Metric(MetricKind.LOSS)


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """A problem as a lattice.

    Attributes:
        lattice: Its nodes.
        items: The combinations.
        demand: What the models ask of groups.
        of_domain: By attribute and level of the lattice, the level of the domain.
    """

    lattice: Lattice
    items: Items
    demand: Demand
    of_domain: tuple[Codes, ...]

    def in_domains(self, node: Node) -> Codes:
        """Return the levels of the domains that a node means."""
        return np.array([own[level] for own, level in zip(self.of_domain, node, strict=True)], dtype=np.int64)


def make_levels(problem: Problem) -> Levels:
    """Return a problem as a lattice.

    Args:
        problem: Its persons are enough for one class.
    """
    requirement, entries = require(problem)
    # where a person has several rows, the histogram of a union is no sum
    repeats = int(problem.persons.sum()) < int(problem.rows.sum())
    own = None
    if requirement.slots:
        item = np.repeat(np.arange(len(problem.rows)), np.diff(entries.start))
        own = Entries(item, entries.slot, entries.persons, requirement.slots)
    least = problem.k if repeats else max(problem.k, requirement.least_persons)
    pairs = [_attribute(f"{at}", domain, problem.codes[at]) for at, domain in enumerate(problem.domains)]
    items = Items(problem.codes.T.astype(np.int32).copy(), problem.rows, problem.persons, problem.population)
    return Levels(
        make_lattice([attribute for attribute, _ in pairs]),
        items,
        make_demand(requirement, own, least=least, persons_repeat=repeats),
        tuple(levels for _, levels in pairs),
    )


def search_lattice(problem: Problem) -> Partition:
    """Return the classes of the best node; combinations of classes that fail the models are suppressed.

    All are suppressed where no node that was met satisfies the models within the limit.

    Args:
        problem: Its persons are enough for one class.
    """
    levels = make_levels(problem)
    suppresses = problem.suppression_limit * levels.items.total >= 1
    yardstick = make_yardstick(METRIC, levels.lattice, levels.items, suppresses=suppresses)
    grouper = Grouper(levels.lattice, levels.items, levels.demand, problem.suppression_limit, load_code(LOOPS))
    found = search(levels.lattice, grouper, yardstick, None, problem.should_stop)
    if found.tally is None:
        return Partition(np.full(len(problem.rows), -1), moves=found.visited)
    groups = grouper.groups(found.tally.node)
    holds, _ = grouper.holds(groups)
    kept = holds & (groups.rows > 0)
    number = np.where(kept, np.cumsum(kept) - 1, -1)
    classes = number[grouper.group_of_item(found.tally.node)]
    at = np.repeat(levels.in_domains(found.tally.node)[:, np.newaxis], int(kept.sum()), axis=1)
    return Partition(classes, at, found.visited)


def _attribute(name: str, domain: Labels, codes: Codes) -> tuple[Attribute, Codes]:
    """Return a column as an attribute, and which level of the domain each of its levels is."""
    width = int(codes.max(initial=0)) + 1
    if isinstance(domain, TreeDomain):
        rows, losses = domain.groups, domain.costs
        width = rows.shape[1]
    else:
        rows = np.stack([np.arange(width), np.zeros(width, dtype=np.int64)])
        losses = (np.zeros(width), np.ones(1))
    costs = [own[group] for own, group in zip(losses, rows, strict=True)]
    kept = [0]
    for level in range(1, len(rows)):
        below = kept[-1]
        if len(np.unique(rows[level])) < len(np.unique(rows[below])) or (costs[level] != costs[below]).any():
            kept.append(level)
    labels = tuple(tuple(f"{label}" for label in range(int(rows[level].max(initial=0)) + 1)) for level in kept)
    leaves = tuple(np.bincount(rows[level], minlength=1) for level in kept)
    attribute = Attribute(
        name,
        tuple(f"{code}" for code in range(width)),
        rows[kept],
        labels,
        leaves,
        width,
        tuple(losses[level] for level in kept),
    )
    return attribute, np.array(kept, dtype=np.int64)
