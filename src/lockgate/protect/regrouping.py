"""Groups made tighter after the fact: records are swapped, moved and groups dissolved as long as their spread falls.

In each round every record is held against the groups whose means are nearest to it. Three moves are weighed, each with
what it takes off the sum of squares (the formulas of Ward for a mean that loses or gains a record):

1. a record changes places with a record of another group;
2. a record leaves a group of more than k for another group;
3. a group is dissolved, each of its records going to a group of fewer than 2k - 1.

The best moves are carried out, no group taking part in two, so that what they take off adds up. Whatever round is the
last, no group has fewer than k records and the sum of squares is no more than before.

Source: Ward, "Hierarchical grouping to optimize an objective function", 1963 (the formulas); the moves are our own.
"""

from dataclasses import dataclass
from types import ModuleType

import numpy as np
import numpy.typing as npt

from lockgate.protect.mdav import Numbers, nearest_centres
from lockgate.protect.mdav_sums import Floats

Flags = npt.NDArray[np.bool_]

_CANDIDATES = 8
"""Groups that a record is held against."""

LEAST_GAIN = 1e-12
"""Share of the whole sum of squares below which a move is not worth its rounding."""

_PAIRS = 1 << 18
"""Pairs of a record and a group that are weighed at once."""


@dataclass(slots=True, eq=False)
class _Groups:
    """Groups as they are changed.

    Attributes:
        points: Standardised records, shape (records, columns).
        group: Group of each record.
        members: Records of each group, filled up with -1, shape (groups, most members).
        size: Members of each group; 0 for one that is dissolved.
        centre: Mean of each group.
        spread: Sum of squares of each group.
    """

    points: Floats
    group: Numbers
    members: Numbers
    size: Numbers
    centre: Floats
    spread: Floats

    def measure(self, groups: Numbers) -> None:
        """Take mean and sum of squares of some groups anew."""
        members = self.members[groups]
        held = (members >= 0)[:, :, None]
        points = np.where(held, self.points[members], 0.0)
        size = np.maximum(self.size[groups], 1)[:, None]
        self.centre[groups] = points.sum(axis=1) / size
        apart = np.where(held, points - self.centre[groups][:, None, :], 0.0)
        self.spread[groups] = (apart * apart).sum(axis=(1, 2))

    def move(self, record: int, target: int) -> None:
        """Put a record into another group; means are taken anew later."""
        source = int(self.group[record])
        place = int(np.flatnonzero(self.members[source] == record)[0])
        last = int(self.size[source]) - 1
        self.members[source, place] = self.members[source, last]
        self.members[source, last] = -1
        self.members[target, self.size[target]] = record
        self.size[source] -= 1
        self.size[target] += 1
        self.group[record] = target


def regroup(
    points: Floats, group: Numbers, k: int, most_moves: int, loops: ModuleType | None, least: float | None = None
) -> tuple[Numbers, int]:
    """Return groups whose sum of squares is no more than that of the given ones, and the moves made.

    Args:
        points: Finite, standardised records, shape (records, columns).
        group: Number of each record's group, from 0 without gaps; each has k to 2k - 1 records.
        k: Least size of a group, at least 2.
        most_moves: Moves after which to stop.
        loops: See `lockgate.protect.mdav.nearest_centres`.
        least: What a move must take off the sum of squares; None stands for a share of it.
    """
    groups = _groups_of(points, group, k)
    if least is None:
        least = LEAST_GAIN * float(groups.spread.sum())
    made = 0
    while made < most_moves:
        moved = _settle(groups, k, most_moves - made, least, loops)
        made += moved
        if not moved:
            break
    return np.unique(groups.group, return_inverse=True)[1].astype(np.int64), made


def _groups_of(points: Floats, group: Numbers, k: int) -> _Groups:
    size = np.bincount(group).astype(np.int64)
    members = np.full((len(size), 2 * k), -1, dtype=np.int64)
    order = np.argsort(group, kind="stable")
    within = np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size)
    members[group[order], within] = order
    groups = _Groups(
        points, group.copy(), members, size, np.empty((len(size), points.shape[1])), np.empty(len(size), np.float64)
    )
    groups.measure(np.arange(len(size)))
    return groups


def _settle(groups: _Groups, k: int, most_moves: int, least: float, loops: ModuleType | None) -> int:
    """Make rounds of moves among the groups that are nearest now, until none is left; return the moves made."""
    standing = np.flatnonzero(groups.size)
    wanted = min(_CANDIDATES, len(standing))
    near = standing[nearest_centres(groups.points, groups.centre[standing], wanted, loops)]
    fresh = groups.size > 0
    made = 0
    while made < most_moves and fresh.any():
        record, target = _pairs(groups, near, fresh)
        gain, partner = _weigh(groups, record, target, k)
        chosen = _choose(groups, (record, target, gain), least, most_moves - made)
        changed = np.zeros_like(fresh)
        changed[groups.group[record[chosen]]] = changed[target[chosen]] = True
        for move in chosen:
            source = int(groups.group[record[move]])
            groups.move(int(record[move]), int(target[move]))
            if partner[move] >= 0:
                groups.move(int(partner[move]), source)
        groups.measure(np.flatnonzero(changed))
        made += len(chosen)
        made += _dissolve(groups, near, changed, (k, least, most_moves - made))
        fresh = changed
    return made


def _pairs(groups: _Groups, near: Numbers, fresh: Flags) -> tuple[Numbers, Numbers]:
    """Return the records and near groups between which something has changed since they were last weighed."""
    own = groups.group[:, None]
    wanted = (near != own) & (groups.size[near] > 0) & (fresh[near] | fresh[own])
    record, place = np.nonzero(wanted)
    return record, near[record, place]


def _weigh(groups: _Groups, record: Numbers, target: Numbers, k: int) -> tuple[Floats, Numbers]:
    """Return for each pair the most that one move takes off, and the record that comes in exchange; -1 for none."""
    gains, partners = np.empty(len(record)), np.empty(len(record), dtype=np.int64)
    for at in range(0, len(record), _PAIRS):
        part = slice(at, at + _PAIRS)
        gains[part], partners[part] = _weigh_part(groups, record[part], target[part], k)
    return gains, partners


def _weigh_part(groups: _Groups, record: Numbers, target: Numbers, k: int) -> tuple[Floats, Numbers]:
    source = groups.group[record]
    left, right = groups.size[source], groups.size[target]
    point, home, away = groups.points[record], groups.centre[source], groups.centre[target]
    from_home, from_away = _squares(point - home), _squares(point - away)
    can_leave = (left > k) & (right < 2 * k - 1)
    gain = np.where(can_leave, left / np.maximum(left - 1, 1) * from_home - right / (right + 1) * from_away, -np.inf)
    partner = np.full(len(record), -1, dtype=np.int64)
    both = 1 / left + 1 / right
    for place in range(int(right.max(initial=0))):
        other = groups.members[target, place]
        there = groups.points[other]
        swapped = (from_home - from_away) + (_squares(there - away) - _squares(there - home))
        swapped += both * _squares(there - point)
        better = (other >= 0) & (swapped > gain)
        gain, partner = np.where(better, swapped, gain), np.where(better, other, partner)
    return gain, partner


def _squares(difference: Floats) -> Floats:
    squares = np.zeros(len(difference))
    for column in difference.T:  # in their order on every processor
        squares += column * column
    return squares


def _choose(groups: _Groups, moves: tuple[Numbers, Numbers, Floats], least: float, most_moves: int) -> list[int]:
    """Return the moves to carry out, the best first, no group in two of them."""
    record, target, gain = moves
    worth = np.flatnonzero(gain > least)
    worth = worth[np.argsort(-gain[worth], kind="stable")]
    taken = np.zeros(len(groups.size), dtype=bool).tolist()
    sources, targets = groups.group[record[worth]].tolist(), target[worth].tolist()
    chosen: list[int] = []
    for move, source, target in zip(worth.tolist(), sources, targets, strict=True):
        if len(chosen) == most_moves:
            break
        if not (taken[source] or taken[target]):
            taken[source] = taken[target] = True
            chosen.append(move)
    return chosen


def _dissolve(groups: _Groups, near: Numbers, changed: Flags, bounds: tuple[int, float, int]) -> int:
    """Dissolve groups whose records are better off in others; mark the groups that changed and return how many went.

    Args:
        groups: The groups.
        near: For each record the groups near to it.
        changed: Marked where a group changed.
        bounds: k, the least gain, and the most groups to dissolve.
    """
    k, least, most = bounds
    best = np.full(len(groups.points), np.inf)
    target = np.full(len(groups.points), -1, dtype=np.int64)
    for place in range(near.shape[1]):
        other = near[:, place]
        size = groups.size[other]
        cost = size / (size + 1) * _squares(groups.points - groups.centre[other])
        better = (other != groups.group) & (size > 0) & (size < 2 * k - 1) & (cost < best)
        best, target = np.where(better, cost, best), np.where(better, other, target)
    gain = groups.spread - np.bincount(groups.group, best, minlength=len(groups.size))
    worth = np.flatnonzero((gain > least) & (groups.size > 0))
    touched = np.zeros(len(groups.size), dtype=bool)
    made = 0
    for source in worth[np.argsort(-gain[worth], kind="stable")].tolist():
        if made == most:
            break
        made += _dissolve_one(groups, source, target, touched, (k, least))
    changed |= touched
    return made


def _dissolve_one(groups: _Groups, source: int, target: Numbers, touched: Flags, bounds: tuple[int, float]) -> bool:
    """Dissolve one group if that takes something off, and say whether it did."""
    k, least = bounds
    records = groups.members[source, : groups.size[source]].copy()
    targets, comers = np.unique(target[records], return_counts=True)
    if touched[source] or touched[targets].any() or (groups.size[targets] + comers >= 2 * k).any():
        return False
    taking = np.append(targets, source)
    before = float(groups.spread[taking].sum())
    homes = target[records]
    for record, home in zip(records.tolist(), homes.tolist(), strict=True):
        groups.move(record, home)
    groups.measure(taking)
    if before - float(groups.spread[taking].sum()) > least:
        touched[taking] = True
        return True
    for record in records.tolist():
        groups.move(record, source)
    groups.measure(taking)
    return False
