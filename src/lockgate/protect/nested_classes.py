"""Classes made of parts of units, so that every class holds, of every unit, nobody or enough persons.

1. *Cells*: what lies in the same unit of every family. A cell of too few persons joins the largest cell of its unit,
   in every family.
2. *Split* cells that hold several times as many persons as are needed: into parts within every model where the cell
   is, and what is not into parts of enough persons. Any union of parts keeps to the units.
3. *Merge* parts into classes within every model (`lockgate.protect.merging`).
4. *Refine*, if moves are wanted: whole parts go to other classes (`lockgate.protect.nested_refinement`), and inside a
   cell single combinations do (`lockgate.protect.refinement`).

A search for classes that are all at the same levels looks for the best node of the lattice at which every group keeps
to the units and to the models (`lockgate.protect.nested_lattice`); nobody is left out for it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lockgate.protect.codes import Codes
from lockgate.protect.domains import TreeDomain
from lockgate.protect.lattice_peel import least_levels
from lockgate.protect.merging import make_parts, merge
from lockgate.protect.models import Requirement
from lockgate.protect.nested_items import Bools, Family, Items
from lockgate.protect.nested_lattice import find_node
from lockgate.protect.nested_refinement import refine_parts
from lockgate.protect.problem import Partition, Problem
from lockgate.protect.problem_models import Entries, require
from lockgate.protect.refinement import refine
from lockgate.protect.search import Search
from lockgate.protect.splitting import split

_TWO = 2

_APART = 1e6
"""What a row would lose in a class that reaches over two cells: more than any move can gain."""


def find_classes(items: Items, shown: Bools, families: Sequence[Family], search: Search) -> Partition:
    """Return the classes; those that do not hold after all are left to be found.

    Args:
        items: The combinations with their units.
        shown: Which of them can be shown.
        families: The units of each group of recipients.
        search: How classes are searched for.
    """
    if search is Search.GLOBAL:
        return find_node(items, shown, families)
    problem = items.problem
    least = max(family.least for family in families)
    requirement, entries = require(problem)
    atom, is_cell = _atoms(items, shown, least)
    part = _split_up(problem, (requirement, entries), atom, is_cell, least)
    count = int(part.max()) + 1
    parts = make_parts(problem, part, items.count(part, count, part >= 0), (requirement, entries))
    classes, moves = refine_parts(parts, merge(parts), problem)
    found = np.append(classes, -1)[part]
    found, more = _refine_inside(problem, found, np.where(np.append(is_cell, False)[atom], atom, -1), least, moves)
    levels = least_levels(problem, found) if search is Search.STRICT and not problem.moves else None
    return Partition(found, levels, moves + more)


def _split_up(problem: Problem, means: tuple[Requirement, Entries], atom: Codes, is_cell: Bools, least: int) -> Codes:
    """Return the part of each combination; -1 for none."""
    whole = replace(problem, k=max(problem.k, least))
    part = _split_some(whole, atom, is_cell)
    requirement, entries = means
    persons = np.bincount(part[part >= 0], problem.persons[part >= 0]).astype(np.int64)
    holds = requirement.holds(persons, entries.histograms(part, requirement.slots))
    failing = ~holds
    failing[part[np.append(~is_cell, True)[atom] & (part >= 0)]] = False
    return _split_some(replace(problem, k=least, models=(), secrets=()), part, failing)


def _split_some(problem: Problem, group: Codes, chosen: Bools) -> Codes:
    """Return the groups, the chosen ones split where that can be.

    Args:
        problem: Says what every part has to satisfy.
        group: Group of each combination, from 0 without gaps; -1 for none.
        chosen: Which groups may be split.
    """
    persons = np.bincount(group[group >= 0], problem.persons[group >= 0], minlength=len(chosen))
    wanted = np.append(chosen & (persons >= 2 * problem.k), False)[group]
    if not wanted.any():
        return group
    # what models compare with is the whole table, so it stays whole where there are any
    taken = np.ones(len(group), dtype=bool) if problem.models else wanted
    within = np.unique(np.where(wanted, group, -1)[taken], return_inverse=True)[1]
    parts = np.zeros(len(group), dtype=np.int64)
    parts[taken] = split(_of_items(problem, taken), within).classes
    found = np.where(wanted, len(chosen) + parts, group)
    found[group >= 0] = np.unique(found[group >= 0], return_inverse=True)[1]
    return found


def _of_items(problem: Problem, taken: Bools) -> Problem:
    """Return the problem of some of its combinations; it has models only if all are taken."""
    if taken.all():
        return problem
    return replace(
        problem, codes=problem.codes[:, taken], rows=problem.rows[taken], persons=problem.persons[taken], secrets=()
    )


def _refine_inside(problem: Problem, classes: Codes, cell: Codes, least: int, spent: int) -> tuple[Codes, int]:
    """Return the classes after moves of combinations between those of one cell, and the moves.

    Args:
        problem: The combinations.
        classes: Class of each; -1 for none.
        cell: The cell of each; -1 where it may not be taken from its class.
        least: The fewest persons of a cell that a class may hold.
        spent: Moves that were made before.
    """
    kept = classes >= 0
    count = int(classes.max(initial=-1)) + 1
    low, high = np.full(count, len(cell)), np.full(count, -1)
    np.minimum.at(low, classes[kept], cell[kept])
    np.maximum.at(high, classes[kept], cell[kept])
    # a class that reaches over cells stays as it is, and so does one that has a cell for itself
    alone = np.bincount(low[(low == high) & (low >= 0)], minlength=int(cell.max(initial=-1)) + 1) < _TWO
    fixed = (low != high) | (low < 0)
    fixed[~fixed] = alone[low[~fixed]]
    moving = np.append(~fixed, False)[classes]
    if problem.moves <= spent or not moving.any():
        return classes, 0
    names, inside = np.unique(cell[moving], return_inverse=True)
    apart = TreeDomain(
        groups=np.stack([np.arange(len(names)), np.zeros(len(names), dtype=np.int64)]),
        labels=((None,) * len(names), (None,)),
        costs=(np.zeros(len(names)), np.full(1, _APART)),
    )
    code = np.zeros(len(classes), dtype=np.int64)
    code[moving] = inside
    own = replace(
        problem,
        domains=(*problem.domains, apart),
        codes=np.vstack([problem.codes, code]),
        k=max(problem.k, least),
        moves=problem.moves - spent,
    )
    start = np.full(len(classes), -1)
    start[moving] = np.unique(classes[moving], return_inverse=True)[1]
    refined = refine(own, Partition(start))
    found = np.where(moving, count + refined.classes, classes)
    found[kept] = np.unique(found[kept], return_inverse=True)[1]
    return found, refined.moves


def _atoms(items: Items, shown: Bools, least: int) -> tuple[Codes, Bools]:
    """Return the group of each item that stays together, -1 for none, and which groups are one cell each."""
    kept = np.flatnonzero(shown)
    units = items.units[:, kept]
    cell = np.zeros(len(kept), dtype=np.int64)
    for unit in units:
        cell = np.unique(cell * (int(unit.max()) + 2) + unit + 1, return_inverse=True)[1]
    first = np.unique(cell, return_index=True)[1]
    found = np.full(len(shown), -1)
    found[kept] = cell
    root = np.arange(len(first))
    if len(units) > 1:
        persons = items.count(found, len(first), shown)
        for unit in units[:, first]:
            _join_small(root, unit, persons, least)
    atom = np.unique(_flat(root), return_inverse=True)[1]
    found[kept] = atom[cell]
    return found, np.bincount(atom) == 1


def _join_small(root: Codes, unit: Codes, persons: Codes, least: int) -> None:
    """Join each cell of too few persons to the largest cell of its unit."""
    order = np.lexsort((-persons, unit))
    start = np.flatnonzero(np.diff(unit[order], prepend=unit.min() - 1))
    largest = order[np.repeat(start, np.diff(np.append(start, len(order))))]
    for cell, other in zip(order.tolist(), largest.tolist(), strict=True):
        if persons[cell] < least:
            one, two = _root(root, cell), _root(root, other)
            root[max(one, two)] = min(one, two)


def _root(root: Codes, place: int) -> int:
    while root[place] != place:
        place = int(root[place])
    return place


def _flat(root: Codes) -> Codes:
    while True:
        above = root[root]
        if np.array_equal(above, root):
            return root
        root = above
