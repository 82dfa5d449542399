"""Distances between the values of a class and those of the whole table, by entries: (class, value) pairs that occur.

None of them lays out classes times values: the work grows with the entries, so a column of as many values as rows is
no harm. Source: Li, Li, Venkatasubramanian, "t-closeness", 2007, sections 4.1 to 4.3.
"""

from collections.abc import Sequence

import numpy as np

from lockgate.verify.classes import Floats, Ints


def equal_distance(owner: Ints, value: Ints, q: Floats, p: Floats, classes: int) -> float:
    """Return the greatest half sum of |q - p| of a class: what q has too much, as both sum up to 1.

    Args:
        owner: Class of each entry.
        value: Value of each entry.
        q: Share of each entry in its class.
        p: Share of each value in the table.
        classes: Number of classes.
    """
    return float(np.bincount(owner, np.maximum(q - p[value], 0.0), minlength=classes).max(initial=0.0))


def ordered_distance(owner: Ints, value: Ints, q: Floats, p: Floats, start: Ints) -> float:
    """Return the greatest sum of |cumulated q - cumulated p| / (values - 1) of a class; 0 for a single value.

    Between two entries of a class its cumulated share stays the same while that of the table rises, so that the sum
    over such a stretch splits at the one place where they cross.

    Args:
        owner: Class of each entry, rising.
        value: Place of each entry's value in the order, rising within a class.
        q: Share of each entry in its class.
        p: Share of each value in the table, in order.
        start: First entry of each class.
    """
    if len(p) <= 1:  # two values have a distance
        return 0.0
    above = np.cumsum(p)
    area = np.concatenate([[0.0], np.cumsum(above)])
    running = np.cumsum(q)
    before = np.concatenate([[0.0], running])[start]
    reached = running - before[owner]
    ends = np.append(value[1:], len(p))
    last = np.append(start[1:], len(owner)) - 1
    ends[last] = len(p)
    cross = np.clip(np.searchsorted(above, reached), value, ends)
    cost = reached * (cross - value) - (area[cross] - area[value])
    cost += (area[ends] - area[cross]) - reached * (ends - cross)
    ahead = area[value[start]]  # values before the first of the class, of which it has none
    total = np.add.reduceat(cost, start) + ahead
    return max(float(total.max()), 0.0) / (len(p) - 1)  # a class like the table may come to -1e-17


def hierarchical_distance(owner: Ints, value: Ints, q: Floats, p: Floats, paths: Sequence[tuple[str, ...]]) -> float:
    """Return the greatest cost of moving q to p in a tree.

    A node moves what its children have too much to those that have too little, at its height over the height of the
    tree; only a child that occurs in the class can have too much, so that nodes without an entry cost nothing.

    Args:
        owner: Class of each entry.
        value: Value of each entry.
        q: Share of each entry in its class.
        p: Share of each value in the table.
        paths: For each value its labels up to the root, all of the same length.
    """
    height = len(paths[0]) - 1
    classes = int(owner.max(initial=-1)) + 1
    total = np.zeros(classes)
    who, here, names = owner, value, [str(path[0]) for path in paths]
    mass: Floats = q
    whole: Floats = p
    for level in range(1, height + 1):
        parents = [path[level] for path in _one_path_a_name(names, paths, level - 1)]
        order = {name: number for number, name in enumerate(dict.fromkeys(parents))}
        up = np.array([order[name] for name in parents], dtype=np.int64)
        keys, place = np.unique(who * len(order) + up[here], return_inverse=True)
        surplus = np.bincount(place, np.maximum(mass - whole[here], 0.0))
        mass = np.bincount(place, mass).astype(np.float64)
        whole = np.bincount(up, whole).astype(np.float64)
        who, here = np.divmod(keys, len(order))
        moved = np.minimum(surplus, surplus - mass + whole[here])
        total += np.bincount(who, moved, minlength=classes) * (level / height)
        names = list(order)
    return float(total.max(initial=0.0))


def _one_path_a_name(names: Sequence[str], paths: Sequence[tuple[str, ...]], level: int) -> list[tuple[str, ...]]:
    found = {path[level]: path for path in paths}
    return [found[name] for name in names]
