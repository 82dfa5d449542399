"""Attacks on released points: averaging what is shown of a place, and finding homes from the nights.

The attacker is given more than one would have: which points are of the place (`average_place`), or which are of the
night (`find_homes`). Errors are great-circle distances on a sphere, in metres; means are taken of vectors, so that
places at 180 degrees of longitude or at a pole are as good as others.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.terms.verification import Attack
from lockgate.verify.intervals import wilson

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_RADIUS_M = 6_371_008.8
_MOST_POINTS = 400
"""Different points of one person among which the densest spot is looked for; more are thinned evenly."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Released points, each with its person as the attack's judge knows it.

    Attributes:
        person: Number of each point's person, from 0.
        latitude: Degrees; NaN where nothing was released.
        longitude: Degrees; NaN where nothing was released.
    """

    person: Ints
    latitude: Floats
    longitude: Floats

    def chosen(self, rows: npt.NDArray[np.bool_]) -> "Shown":
        """Return the released points of some rows."""
        rows = rows & ~np.isnan(self.latitude) & ~np.isnan(self.longitude)
        return Shown(self.person[rows], self.latitude[rows], self.longitude[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Homes:
    """True places, one for each person, in the order of their numbers.

    Attributes:
        latitude: Degrees.
        longitude: Degrees.
    """

    latitude: Floats
    longitude: Floats


@dataclass(frozen=True, slots=True)
class Averaging:
    """How near averaging comes to true places, beside one released point.

    Attributes:
        single_error_m: Median error of one released point, over all points.
        averaged_error_m: Median error of the mean of a person's points, over persons.
        ratio: The second by the first: 1 where averaging gains nothing, near 0 where it gives places away.
        attack: Persons whose place is found to so many metres.
    """

    single_error_m: float
    averaged_error_m: float
    ratio: float
    attack: Attack


def average_place(shown: Shown, at_place: npt.NDArray[np.bool_], homes: Homes, within_m: float = 100.0) -> Averaging:
    """Return how near an attacker comes who knows which points are of a person's place and takes their mean.

    Args:
        shown: Released points.
        at_place: Which of them the attacker knows to be of the place, or takes for it.
        homes: The true place of each person.
        within_m: Metres within which a place counts as found.
    """
    points = shown.chosen(at_place)
    vectors = _vectors(points.latitude, points.longitude)
    truth = _vectors(homes.latitude, homes.longitude)
    single = _metres(vectors, truth[points.person])
    persons = np.unique(points.person)
    sums = np.stack([np.bincount(points.person, axis, len(truth)) for axis in vectors.T], axis=1)[persons]
    averaged = _metres(sums / np.maximum(np.linalg.norm(sums, axis=1), 1e-12)[:, None], truth[persons])
    one, mean = _median(single), _median(averaged)
    found = float((averaged <= within_m).sum())
    by_one = float((single <= within_m).mean()) if len(single) else 0.0
    means = f"an attacker averages the points shown of a place and comes within {within_m:g} m of it"
    return Averaging(one, mean, mean / one if one else 1.0, _attack("averaging", found, len(truth), by_one, means))


def find_homes(
    shown: Shown, at_night: npt.NDArray[np.bool_], homes: Homes, within_m: float = 200.0, reach_m: float = 500.0
) -> Attack:
    """Return how many homes an attacker finds who takes the mean of the densest spot of each person's nights.

    The baseline is the one spot that is near most homes, guessed for everybody.

    Args:
        shown: Released points.
        at_night: Which of them are of the night, when most people are at home.
        homes: The true home of each person.
        within_m: Metres within which a home counts as found.
        reach_m: Metres around a point that make up its spot.
    """
    points = shown.chosen(at_night)
    truth = _vectors(homes.latitude, homes.longitude)
    vectors = _vectors(points.latitude, points.longitude)
    order = np.argsort(points.person, kind="stable")
    ends = np.cumsum(np.bincount(points.person, minlength=len(truth)))
    found = 0
    for person, part in enumerate(np.split(order, ends[:-1])):
        if len(part):
            guess = _densest(vectors[part], reach_m)
            found += bool(_metres(guess[None], truth[person : person + 1])[0] <= within_m)
    sample = truth[:: max(1, len(truth) // 1_000)]
    near = [int((_metres(truth, spot[None]) <= within_m).sum()) for spot in sample]
    means = f"an attacker finds homes within {within_m:g} m from where the nights are spent"
    return _attack("home-finding", found, len(truth), max(near, default=0) / max(len(truth), 1), means)


def displacement_m(shown: Shown, latitude: Floats, longitude: Floats) -> float:
    """Return the median distance in metres between released points and true ones, over those released.

    Args:
        shown: Released points.
        latitude: True latitude of each.
        longitude: True longitude of each.
    """
    there = ~np.isnan(shown.latitude) & ~np.isnan(latitude)
    before = _vectors(latitude[there], longitude[there])
    return _median(_metres(_vectors(shown.latitude[there], shown.longitude[there]), before))


def _densest(vectors: Floats, reach_m: float) -> Floats:
    """Return the mean of the points around the point that has the most within reach."""
    spots, weight = np.unique(vectors, axis=0, return_counts=True)
    step = -(-len(spots) // _MOST_POINTS)
    middles = spots[::step]
    near = _chord_m(middles[:, None, :], spots[None, :, :]) <= reach_m
    best = near[int(np.argmax(near @ weight))]
    total = (spots[best] * weight[best][:, None]).sum(axis=0)
    mean: Floats = total / max(float(np.linalg.norm(total)), 1e-12)
    return mean


def _vectors(latitude: Floats, longitude: Floats) -> Floats:
    """Return points as unit vectors, shape (points, 3)."""
    north, east = np.radians(latitude), np.radians(longitude)
    return np.stack((np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)), axis=-1)


def _chord_m(one: Floats, other: Floats) -> Floats:
    difference = one - other
    chord: Floats = _RADIUS_M * np.sqrt((difference * difference).sum(axis=-1))
    return chord


def _metres(one: Floats, other: Floats) -> Floats:
    half = np.minimum(_chord_m(one, other) / (2 * _RADIUS_M), 1.0)
    metres: Floats = 2 * _RADIUS_M * np.arcsin(half)
    return metres


def _median(values: Floats) -> float:
    return float(np.median(values)) if len(values) else 0.0


def _attack(name: str, found: float, persons: int, baseline: float, means: str) -> Attack:
    share = found / persons if persons else 0.0
    return Attack(name, share, baseline, wilson(found, persons), f"{means}: {share:.2%} of {persons} people")
