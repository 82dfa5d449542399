"""Groups made tighter by grouping small neighbourhoods anew.

Moves of single records end where no single move helps. So a group and those nearest to it are taken together, grouped
by MDAV as if they were a table of their own, made tighter by moves, and kept if their sum of squares falls. The groups
of the largest sums come first, since most of the loss is theirs.
"""

from types import ModuleType

import numpy as np

from lockgate.protect.mdav import Numbers, distances, group_records
from lockgate.protect.mdav_sums import Floats
from lockgate.protect.regrouping import LEAST_GAIN, regroup

_NEAR = 10
"""Groups of a neighbourhood."""

_SWEEPS = 3
"""Times that every group is looked at."""

_MOVES_EACH = 1_000
"""Moves inside one neighbourhood; far fewer are made."""


def regroup_nearby(points: Floats, group: Numbers, k: int, most: int, loops: ModuleType | None) -> tuple[Numbers, int]:
    """Return groups whose sum of squares is no more than that of the given ones, and the neighbourhoods changed.

    Args:
        points: Finite, standardised records, shape (records, columns).
        group: Number of each record's group, from 0 without gaps; each has k to 2k - 1 records.
        k: Least size of a group, at least 2.
        most: Neighbourhoods after which to stop, changed or not.
        loops: See `lockgate.protect.mdav.group_records`.
    """
    order = np.argsort(group, kind="stable")
    held = dict(enumerate(np.split(order, np.cumsum(np.bincount(group))[:-1])))
    centres = np.array([points[records].mean(axis=0) for records in held.values()]).T.copy()
    least = LEAST_GAIN * sum(_spread(points[records]) for records in held.values())
    changed = 0
    for _ in range(_SWEEPS):
        before = changed
        spreads = {number: _spread(points[records]) for number, records in held.items()}
        for number in sorted(held, key=lambda number: (-spreads[number], number)):
            if most and number in held and spreads[number] > least:
                most -= 1
                near = _nearest(centres, number)
                parts = _group_anew(points, [held[other] for other in near], (k, least), loops)
                if parts:
                    changed += 1
                    centres = _put(points, held, centres, near, parts)
        if changed == before or not most:
            break
    found = np.empty(len(points), dtype=np.int64)
    for number, records in enumerate(held.values()):
        found[records] = number
    return found, changed


def _nearest(centres: Floats, number: int) -> list[int]:
    """Return the numbers of the groups nearest to a group, its own first; those that are gone are infinitely far."""
    near: list[int] = np.argsort(distances(centres, centres[:, number]), kind="stable")[:_NEAR].tolist()
    return [other for other in near if np.isfinite(centres[0, other])]


def _group_anew(
    points: Floats, parts: list[Numbers], bounds: tuple[int, float], loops: ModuleType | None
) -> list[Numbers]:
    """Return better groups of the records of some groups; none where nothing better was found."""
    k, least = bounds
    records = np.sort(np.concatenate(parts))
    here = np.ascontiguousarray(points[records])
    group, _ = regroup(here, group_records(here, k, loops), k, _MOVES_EACH, loops, least)
    order = np.argsort(group, kind="stable")
    found = np.split(records[order], np.cumsum(np.bincount(group))[:-1])
    gain = sum(_spread(points[part]) for part in parts) - sum(_spread(points[part]) for part in found)
    return found if gain > least else []


def _put(points: Floats, held: dict[int, Numbers], centres: Floats, near: list[int], parts: list[Numbers]) -> Floats:
    """Put groups in the place of others; return the means of all, with columns for new ones."""
    for number in near:
        del held[number]
        centres[:, number] = np.inf
    new = max(0, len(parts) - len(near))
    numbers = [*near, *range(centres.shape[1], centres.shape[1] + new)]
    centres = np.hstack((centres, np.full((len(centres), new), np.inf)))
    for number, records in zip(numbers, parts, strict=False):  # fewer groups than before leave numbers free
        held[number] = records
        centres[:, number] = points[records].mean(axis=0)
    return centres


def _spread(points: Floats) -> float:
    apart = points - points.mean(axis=0)
    return float((apart * apart).sum())
