"""Groups of k records that lie close together: MDAV, maximum distance to average vector.

While at least 3k records are left: take the mean of what is left; r is the record farthest from it, s the record
farthest from r; the k - 1 records nearest to r go with r, then the k - 1 nearest to s of what is left go with s.
When 2k to 3k - 1 are left, r and its k - 1 nearest are a group, and the rest is one. When k to 2k - 1 are left, they
are one group. The lower number wins where distances are equal; should s have gone with r, which takes equal distances
all around, the farthest of the others stands for it.

Source: Domingo-Ferrer, Mateo-Sanz, "Practical data-oriented microaggregation for statistical disclosure control", 2002;
Domingo-Ferrer, Torra, "Ordinal, continuous and heterogeneous k-anonymity through microaggregation", 2005, algorithm
MDAV-generic.

With compiled code a tree finds the records, without it all that are left are looked at; the groups are the same.
"""

from types import ModuleType

import numpy as np
import numpy.typing as npt

from lockgate.protect.mdav_sums import Floats, sum_exactly, take_off

Numbers = npt.NDArray[np.int64]


def group_records(points: Floats, k: int, loops: ModuleType | None) -> Numbers:
    """Return the number of each record's group, from 0 in the order in which the groups are made.

    Args:
        points: Finite, standardised records, shape (records, columns), at least k of them.
        k: Least size of a group, at least 1; all but the last two groups have exactly this size.
        loops: `lockgate.protect.mdav_loops`; None looks at all records each time.
    """
    high, low = sum_exactly(points)
    if loops is not None:
        groups: Numbers = loops.group_records(points, k, high, low, _runs(points))
        return groups
    group = np.full(len(points), -1, dtype=np.int64)
    numbers, rest = np.arange(len(points)), np.ascontiguousarray(points.T)
    number = 0
    while len(numbers) >= 2 * k:
        centre = high / len(numbers)
        seed = rest[:, int(np.argmax(distances(rest, centre)))]
        opposite = seed
        for turn in range(2 if len(numbers) >= 3 * k else 1):
            if turn:
                seed = rest[:, int(np.argmax(distances(rest, opposite)))]
            chosen = _nearest(distances(rest, seed), k)
            group[numbers[chosen]] = number
            take_off(high, low, rest[:, chosen].T)
            kept = np.ones(len(numbers), dtype=bool)
            kept[chosen] = False
            numbers, rest = numbers[kept], np.ascontiguousarray(rest[:, kept])
            number += 1
    group[numbers] = number
    return group


def nearest_centres(points: Floats, centres: Floats, wanted: int, loops: ModuleType | None) -> Numbers:
    """Return for each record the nearest centres in order of distance, then number, shape (records, wanted).

    Args:
        points: Records, shape (records, columns).
        centres: Shape (centres, columns), at least `wanted` of them.
        wanted: How many for each record.
        loops: `lockgate.protect.mdav_loops`; None looks at all centres each time.
    """
    if loops is not None:
        found: Numbers = loops.nearest_centres(points, centres, wanted)
        return found
    columns = np.ascontiguousarray(centres.T)
    return np.array([_nearest(distances(columns, point), wanted) for point in points]).reshape(-1, wanted)


def distances(columns: Floats, centre: Floats) -> Floats:
    """Return the squared distance of each record from a centre, added up in the order of the columns.

    Args:
        columns: Shape (columns, records).
        centre: Shape (columns,).
    """
    total = np.zeros(columns.shape[1])
    for values, middle in zip(columns, centre, strict=True):
        difference = values - middle
        total += difference * difference
    return total


def _runs(points: Floats) -> tuple[Numbers, Numbers]:
    """Return the records with equal ones beside each other by rising number, and where each run starts, and the end."""
    order = np.lexsort(points.T)
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (points[order[1:]] != points[order[:-1]]).any(axis=1)
    return order, np.append(np.flatnonzero(fresh), len(order))


def _nearest(distance: Floats, wanted: int) -> Numbers:
    """Return the places of the least distances in order of distance, then place."""
    bound = np.partition(distance, wanted - 1)[wanted - 1]
    near = np.flatnonzero(distance <= bound)
    return near[np.argsort(distance[near], kind="stable")[:wanted]]
