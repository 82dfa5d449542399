"""Stays: where and when a person remained, found in a track.

A stay is a run of points p_m .. p_n of one person, by time, all within a distance of p_m, the last at least so long
after the first: Distance(p_m, p_i) <= D for m < i <= n, and p_n.T - p_m.T >= T. It is as long as it can be, begins at
the first point that has one, and the next is looked for behind it. Its place is the mean of its points.

Source: Li, Zheng, Xie, Chen, Liu, Ma, "Mining user similarity based on location history", 2008, definition 2. Their
listing overlooks a stay that lasts to the end of the track; the definition has it, and so have we.
"""

from dataclasses import dataclass

import numpy as np

from lockgate.protect.mdav import Numbers
from lockgate.protect.mdav_sums import Floats
from lockgate.protect.places import Points
from lockgate.protect.sphere import chord_square, unit_vectors
from lockgate.protect.stay_loops import mark_stays
from lockgate.terms.compiled_code import load_code
from lockgate.terms.errors import InputError

_COMPILED = "lockgate.protect.compiled_stays"
_ENOUGH_POINTS = 5_000
"""Points from which on compiled code is loaded."""


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """Stays of all persons, by person and time.

    Attributes:
        number: Person of each.
        start_s: Time of the first point.
        end_s: Time of the last point.
        points: Means of the points.
        rows: Rows of the points of all stays, one stay after the other.
        row_stay: Stay of each of these rows.
    """

    number: Numbers
    start_s: Numbers
    end_s: Numbers
    points: Points
    rows: Numbers
    row_stay: Numbers


def find_stays(
    points: Points,
    number: Numbers,
    time_s: Numbers,
    distance_m: float = 200.0,
    duration_s: int = 1_200,
    gap_s: int | None = None,
) -> Stays:
    """Return the stays of each person; missing points are passed over.

    Args:
        points: In any order.
        number: Person of each point, from 0.
        time_s: Seconds of each point.
        distance_m: D, metres, above 0.
        duration_s: T, seconds, above 0.
        gap_s: Seconds between two readings from which on nothing is said about the time between, so that a stay ends;
            None, as in the definition, lets a stay last over any gap.

    Raises:
        InputError: If a threshold is not above 0.
    """
    if not (distance_m > 0 and duration_s > 0):
        raise InputError(
            f"expected thresholds above 0 for a stay, found `{distance_m}` metres and `{duration_s}` seconds",
            "choose 200 metres and 1200 seconds",
        )
    order = np.lexsort((time_s, number))
    order = order[~points.missing[order]]
    vectors = unit_vectors(points.latitude[order], points.longitude[order])
    parts = _parts(number[order], time_s[order], gap_s)
    ends = _search(vectors, parts, time_s[order], (chord_square(distance_m), float(duration_s)))
    first = np.flatnonzero(ends >= 0)
    last = ends[first]
    length = last - first + 1
    stay = np.repeat(np.arange(len(first)), length)
    within = np.repeat(first, length) + np.arange(len(stay)) - np.repeat(np.cumsum(length) - length, length)
    middle = np.stack([np.bincount(stay, axis[within], minlength=len(first)) for axis in vectors.T], axis=1)
    latitude = np.degrees(np.arctan2(middle[:, 2], np.hypot(middle[:, 0], middle[:, 1])))
    longitude = np.degrees(np.arctan2(middle[:, 1], middle[:, 0]))
    rows = order[first]
    return Stays(number[rows], time_s[rows], time_s[order[last]], Points(latitude, longitude), order[within], stay)


def _parts(number: Numbers, time_s: Numbers, gap_s: int | None) -> Numbers:
    """Return the number of the part of a track between gaps that each point is in, rising."""
    if gap_s is None:
        return number
    fresh = (np.diff(number, prepend=-1) != 0) | (np.diff(time_s, prepend=0) >= gap_s)
    return np.cumsum(fresh)


def _search(vectors: Floats, number: Numbers, time_s: Numbers, limit: tuple[float, float]) -> Numbers:
    """Return for each point, by person and time, the last point of the stay that begins there, -1 for none."""
    stop = np.searchsorted(number, number, side="right")
    ends = np.full(len(number), -1, dtype=np.int64)
    compiled = load_code(_COMPILED) if len(number) >= _ENOUGH_POINTS else None
    if compiled is not None:
        x, y, z = (np.ascontiguousarray(axis) for axis in vectors.T)
        compiled.mark_stays((x, y, z), time_s, stop, limit, ends)
        return ends
    found = ends.tolist()
    mark_stays(vectors.T.tolist(), time_s.tolist(), stop.tolist(), limit, found)
    return np.array(found, dtype=np.int64)
