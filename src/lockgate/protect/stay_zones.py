"""Homes and places of work left out of tracks: no point is shown in a disc around them.

1. Stays are found (`stays`), across gaps of less than twelve hours, and joined to spots of a person, weighed by the
   seconds of the night, 22 to 6 o'clock, and of working hours, 9 to 18 o'clock from Monday to Friday.
2. Home is the spot of the most night, work the spot of the most working hours that is not the home; where there is
   none with any, the spot where the person stayed longest.
3. Points in a disc around each are left out. The disc is not drawn around the home, or its middle would give the home
   away: its middle is moved by a keyed amount that is the same each time, so the home is anywhere in the inner part.
4. Where a person has points by night but no stay by night, the points of the night are left out too.

The hole itself is seen: it tells that somebody lives or works in it. Its radius should hold enough other people.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.protect.mdav import Numbers
from lockgate.protect.person_numbers import Persons, number_persons
from lockgate.protect.place_noise import cells_of, derive_key, fractions_of, middles_of, shifts_of
from lockgate.protect.places import Points
from lockgate.protect.sphere import displace, distance_m
from lockgate.protect.spots import join_spots
from lockgate.protect.stays import Stays, find_stays
from lockgate.terms.errors import InputError

VERSION = "1"

Flags = npt.NDArray[np.bool_]

_DAY_S, _HOUR_S = 86_400, 3_600
_GAP_S = 12 * _HOUR_S
"""A place by noon on two days says nothing about the night between."""

_MONDAY = 4
"""Days from the first day of 1970, a Thursday, to a Monday."""

_WORKING_DAYS = 5
_NIGHT_FROM_S, _NIGHT_S = 22 * _HOUR_S, 8 * _HOUR_S
_WORK_FROM_S, _WORK_S = 9 * _HOUR_S, 9 * _HOUR_S
_INNER = 0.6
"""Share of the radius by which the middle of a disc is moved at most."""

_CELLS = 8
"""Squares to a radius: the disc moves with the square in which the home is found, not with each metre of it."""


@dataclass(frozen=True, slots=True)
class Zones:
    """What is left out around homes and places of work.

    Attributes:
        radius_m: Of a disc, in metres, 200 to 50,000.
        key: 32 secret bytes, never rotated: another key would show the ring between two discs.
        utc_offset_s: What local time is ahead of the times given.
    """

    radius_m: float
    key: bytes
    utc_offset_s: int = 0

    def __post_init__(self) -> None:
        """Refuse what hides nobody.

        Raises:
            InputError: If the radius is out of range.
        """
        if not 200 <= self.radius_m <= 50_000:  # noqa: PLR2004 - see the hint
            raise InputError(
                f"expected a radius of 200 to 50,000 m around homes, found `{self.radius_m}`",
                "choose one that holds the homes of many people, such as 500",
            )


def leave_out_homes(points: Points, persons: Persons, time_s: Numbers, zones: Zones) -> Flags:
    """Return which points are kept: those outside the discs around the home and place of work of their person.

    Rows of one person must all be given; persons may be parted among calls.

    Args:
        points: In any order; missing ones are not kept.
        persons: Whose each point is.
        time_s: Seconds since 1970 of each point.
        zones: What is left out.
    """
    people, number = number_persons(persons)
    local = time_s + zones.utc_offset_s
    stays = find_stays(points, number, local, gap_s=_GAP_S)
    kept = ~points.missing
    at_night = (local - _NIGHT_FROM_S) % _DAY_S < _NIGHT_S
    middles = stays.points.latitude, stays.points.longitude
    length = stays.end_s - stays.start_s
    spot = join_spots(stays.number, length, middles, zones.radius_m / 2)
    night = _seconds_within(stays, _NIGHT_FROM_S, _NIGHT_S, _DAY_S)
    home = _heaviest(spot, (night, length), stays.number, len(people))
    days = range(_MONDAY, _MONDAY + _WORKING_DAYS)
    work = sum(_seconds_within(stays, day * _DAY_S + _WORK_FROM_S, _WORK_S, 7 * _DAY_S) for day in days)
    away = ~np.isin(spot, home)
    office = _heaviest(spot, (work * away, length * away), stays.number, len(people))
    for chosen in (home, office):
        known = chosen >= 0
        middle = Points(np.full(len(people), np.nan), np.full(len(people), np.nan))
        middle.latitude[known] = stays.points.latitude[chosen[known]]
        middle.longitude[known] = stays.points.longitude[chosen[known]]
        moved = _move(middle, people, zones)
        apart = distance_m(points.latitude, points.longitude, moved.latitude[number], moved.longitude[number])
        kept &= ~(apart <= zones.radius_m)
    slept = np.bincount(stays.number, night, minlength=len(people)) > 0
    return kept & ~(at_night & ~slept[number])


def _seconds_within(stays: Stays, begin_s: int, length_s: int, period_s: int) -> Numbers:
    """Return the seconds of each stay that lie within a stretch that comes back with a period."""

    def until(time_s: Numbers) -> Numbers:
        since = time_s - begin_s
        return since // period_s * length_s + np.minimum(since % period_s, length_s)

    return until(stays.end_s) - until(stays.start_s)


def _heaviest(spot: Numbers, seconds: tuple[Numbers, Numbers], number: Numbers, people: int) -> Numbers:
    """Return for each person the stay that stands for the spot with the most seconds, -1 where none has any.

    Args:
        spot: Stay that stands for each stay's spot.
        seconds: Of each stay: those that count first, and those that count where these are equal.
        number: Person of each stay.
        people: How many there are.
    """
    first, second = (np.bincount(spot, part, minlength=len(spot)).astype(np.int64) for part in seconds)
    candidates = np.flatnonzero(second > 0)
    order = candidates[np.lexsort((-candidates, second[candidates], first[candidates], number[candidates]))]
    found = np.full(people, -1, dtype=np.int64)
    found[number[order]] = order  # the last of each person: the most seconds, then the earliest stay
    return found


def _move(middles: Points, people: Persons, zones: Zones) -> Points:
    """Return the middles of the discs around spots, one or none for each person."""
    cell_m = zones.radius_m / _CELLS
    key = derive_key(zones.key, "zone", zones.radius_m)
    cells = cells_of(middles, people, cell_m, key)
    latitude, longitude = middles_of(np.maximum(cells, 0), shifts_of(people, key), cell_m)
    fractions = fractions_of(people, cells, key)
    far = _INNER * zones.radius_m * np.sqrt(fractions[:, 0])
    latitude, longitude = displace(latitude, longitude, far, 2 * np.pi * fractions[:, 1])
    missing = middles.missing
    return Points(np.where(missing, np.nan, latitude), np.where(missing, np.nan, longitude))
