"""Tracks that show less: fewer points, shorter tracks, and no place and hour with fewer than k persons.

1. Homes and places of work are left out (`stay_zones`).
2. `thin`: of each person at most one point in so many seconds is kept.
3. `cut_tracks`: a track gets a new number in each stretch of time, so that points can be put together only within it.
4. `fold`, `solve`, `map_rows`: places become squares of the map and times become hours. A square and hour with fewer
   than k persons is put together with its neighbours in the square around it, up to a coarsest one; what is still too
   few is left out.

Step 4 goes upwards: at each zoom, the persons are counted who would show a label among those not settled yet, so every
label and hour is shown by at least k persons, counted over the rows that show it and no others.

k persons in each square and hour say nothing about two squares: whoever knows several points of a person may still find
the one track with all of them. Cutting is what helps there; the attack in `verify` measures it.

Fold: distinct persons in each square and hour. Solve: the zoom at which each square and hour is shown. Map: labels.
"""

import base64
import hmac
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Texts
from lockgate.protect.combinations import PERSON, WEIGHT, merge
from lockgate.protect.mdav import Numbers
from lockgate.protect.person_numbers import Persons, number_persons
from lockgate.protect.places import FINEST_ZOOM, Points, find_cells, name_cells, parent_of
from lockgate.terms.errors import InputError

VERSION = "1"

CELL, HOUR = "cell", "hour"

Flags = npt.NDArray[np.bool_]

_CONTEXT = b"lockgate/track/1\x00"
_CHARACTERS = 26


@dataclass(frozen=True, slots=True)
class Crowding:
    """What every place and hour that is shown must hold.

    Attributes:
        k: Least number of persons, at least 2.
        finest_zoom: Squares are no smaller than at this zoom.
        coarsest_zoom: Squares are no larger; what is too few there is left out.
        hour_s: Seconds that are shown as one.
    """

    k: int
    finest_zoom: int = 16
    coarsest_zoom: int = 10
    hour_s: int = 3_600

    def __post_init__(self) -> None:
        """Refuse what cannot hold.

        Raises:
            InputError: If k, a zoom or the length of an hour is out of range.
        """
        if self.k <= 1:  # one person is the person
            raise InputError(
                f"expected at least 2 persons in a place and hour, found k = `{self.k}`", "choose 5 or more"
            )
        if not 0 <= self.coarsest_zoom <= self.finest_zoom <= FINEST_ZOOM:
            raise InputError(
                f"expected zooms of 0 to {FINEST_ZOOM}, the coarsest first, found `{self.coarsest_zoom}` and "
                f"`{self.finest_zoom}`",
                "choose 10 and 16 for a town",
            )
        if self.hour_s < 1:
            raise InputError(f"expected at least 1 second in an hour, found `{self.hour_s}`", "choose 3600")


@dataclass(frozen=True, slots=True, eq=False)
class Crowds:
    """How every square and hour is shown.

    Attributes:
        cells: Squares at the finest zoom, sorted with the hours.
        hours: Hours since 1970.
        zoom: At which the square is shown; -1 where it is left out.
    """

    cells: Numbers
    hours: Numbers
    zoom: Numbers


def thin(points: Points, persons: Persons, time_s: Numbers, every_s: int) -> Flags:
    """Return which points are kept: of each person the first in each stretch of time.

    Rows of one person must all be given; persons may be parted among calls.

    Args:
        points: In any order; missing ones are not kept.
        persons: Whose each point is.
        time_s: Seconds since 1970 of each point.
        every_s: Length of a stretch, at least 1.
    """
    _check_length(every_s)
    _, number = number_persons(persons)
    order = np.lexsort((points.longitude, points.latitude, time_s, number))
    order = order[~points.missing[order]]
    stretch = time_s[order] // every_s
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(stretch) != 0) | (np.diff(number[order]) != 0)
    kept = np.zeros(len(number), dtype=bool)
    kept[order[first]] = True
    return kept


def cut_tracks(persons: Persons, time_s: Numbers, every_s: int, key: bytes) -> Texts:
    """Return the number of each point's track: another one for each person and stretch of time, keyed.

    Args:
        persons: Whose each point is.
        time_s: Seconds since 1970 of each point.
        every_s: Length of a stretch, at least 1.
        key: 32 secret bytes.
    """
    _check_length(every_s)
    people, number = number_persons(persons)
    stretches, stretch = np.unique(time_s // every_s, return_inverse=True)
    pairs, index = np.unique(number * len(stretches) + stretch, return_inverse=True)
    message = np.empty((len(pairs), 3), dtype=">u8")
    if len(pairs):
        message[:, :2] = people[pairs // len(stretches)]
        message[:, 2] = stretches[pairs % len(stretches)].astype(np.int64).view(np.uint64)
    names = [
        "t" + base64.b32encode(hmac.digest(key, _CONTEXT + line.tobytes(), "sha256")).decode()[:_CHARACTERS].lower()
        for line in message
    ]
    rows: Texts = pa.array(index, type=pa.int64())
    return pa.array(names, type=pa.string()).take(rows)


def fold(points: Points, persons: Persons, time_s: Numbers, crowding: Crowding) -> pa.Table:
    """Return the persons in each square and hour of a batch, each once, with the number of their points.

    Partials are merged by `lockgate.protect.combinations.merge`.

    Args:
        points: Of the batch; missing ones count for nothing.
        persons: Whose each point is: the persons themselves, not the pieces of their tracks.
        time_s: Seconds since 1970 of each point.
        crowding: What is asked for.
    """
    cells = find_cells(points, crowding.finest_zoom)
    here = cells >= 0
    ones = np.ones(int(here.sum()), dtype=np.int64)
    columns = [persons[here, 0], persons[here, 1], cells[here], time_s[here] // crowding.hour_s, ones]
    return merge([pa.table(columns, names=[*PERSON, CELL, HOUR, WEIGHT])])


def solve(visits: pa.Table, crowding: Crowding) -> Crowds:
    """Return how every square and hour is shown, whatever the order of the partials.

    Args:
        visits: Merged partials of `fold`.
        crowding: What is asked for.
    """
    hashes = np.stack([np.asarray(visits[name], dtype=np.uint64) for name in PERSON], axis=1)
    _, number = number_persons(hashes)
    cells, hours = np.asarray(visits[CELL], np.int64), np.asarray(visits[HOUR], np.int64)
    spots, spot = _number_pairs(cells, hours)
    zoom = np.full(len(spots[0]), -1, dtype=np.int64)
    for levels in range(crowding.finest_zoom - crowding.coarsest_zoom + 1):
        left = np.flatnonzero(zoom[spot] < 0)
        if not len(left):
            break
        _, crowd = _number_pairs(parent_of(cells[left], levels), hours[left])
        present = np.unique(crowd * (int(number.max()) + 1) + number[left])  # each person once
        enough = np.bincount(present // (int(number.max()) + 1)) >= crowding.k
        zoom[spot[left[enough[crowd]]]] = crowding.finest_zoom - levels
    return Crowds(*spots, zoom)


def map_rows(points: Points, time_s: Numbers, crowds: Crowds, crowding: Crowding) -> tuple[Texts, Numbers]:
    """Return the quadkey shown for each point, null where none is, and its hour in seconds since 1970.

    Args:
        points: Of a batch.
        time_s: Seconds since 1970 of each point.
        crowds: From `solve`.
        crowding: What was asked for.
    """
    cells, hours = find_cells(points, crowding.finest_zoom), time_s // crowding.hour_s
    shown = np.full(len(cells), -1, dtype=np.int64)
    if len(crowds.cells):
        both = np.concatenate((crowds.cells, cells)), np.concatenate((crowds.hours, hours))
        _, spot = _number_pairs(*both)
        known = np.full(int(spot.max()) + 1, -1, dtype=np.int64)
        known[spot[: len(crowds.cells)]] = crowds.zoom
        shown = np.where(cells < 0, -1, known[spot[len(crowds.cells) :]])
    labels: Texts = pa.nulls(len(cells), pa.string())
    coalesce: Any = pc.coalesce
    for zoom in np.unique(shown[shown >= 0]).tolist():
        here = np.where(shown == zoom, parent_of(cells, crowding.finest_zoom - zoom), -1)
        labels = coalesce(labels, name_cells(here, zoom))
    return labels, hours * crowding.hour_s


def _number_pairs(first: Numbers, second: Numbers) -> tuple[tuple[Numbers, Numbers], Numbers]:
    """Return the distinct pairs, sorted, and for each row the number of its pair."""
    order = np.lexsort((second, first))
    ordered = first[order], second[order]
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = (np.diff(ordered[0]) != 0) | (np.diff(ordered[1]) != 0)
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(starts) - 1
    return (ordered[0][starts], ordered[1][starts]), number


def _check_length(every_s: int) -> None:
    if every_s < 1:
        raise InputError(f"expected stretches of at least 1 second, found `{every_s}`", "choose 3600 or more")
