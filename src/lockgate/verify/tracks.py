"""Attack on released tracks: a few points that somebody knows of a person, and who else was there.

Of a person some points are drawn, place and hour. The attacker looks for released tracks that show all of them; a
track that is the only one is the person's, and with it everything else it shows. Where a person's points were cut into
several tracks, those of each track are looked for together.

The attacker is given more than one would have: which of the known points the release still shows. Otherwise a point
that was left out would hide its person for free.

Places are quadkeys: a label holds a place whose quadkey begins with it (`world` holds all).

Source: de Montjoye, Hidalgo, Verleysen, Blondel, "Unique in the crowd", 2013.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.terms.verification import Attack
from lockgate.verify.intervals import wilson

Ints = npt.NDArray[np.int64]

Random = Callable[[int], bytes]
"""Returns so many random bytes."""

_EVERYWHERE = "world"


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """The rows of a source, and what was released of each.

    Attributes:
        person: Number of each row's true person, from 0.
        place: Quadkey of each row's true place, as fine as the attacker knows it.
        hour: Each row's true hour, as coarse as the release shows hours.
        track: Number of the released track of each row.
        label: Quadkey released for each row; None where nothing is.
    """

    person: Ints
    place: Sequence[str]
    hour: Ints
    track: Ints
    label: Sequence[str | None]


def identify_by_points(sightings: Sightings, known: int, rng: Random, most_persons: int = 2_000) -> Attack:
    """Return how many persons are told by so many points, drawn from what is known of each.

    Args:
        sightings: The rows of the source with what was released.
        known: Points known of each person, at least 1; all of them where a person has fewer.
        rng: Draws persons and points.
        most_persons: Persons to try.
    """
    tracks, labels = _index(sightings)
    order = np.argsort(sightings.person, kind="stable")
    by_person = np.split(order, np.flatnonzero(np.diff(sightings.person[order])) + 1) if len(order) else []
    tried = _draw(len(by_person), most_persons, rng)
    told = sum(
        _is_told(sightings, _known(sightings, by_person[person], known, rng), tracks, labels) for person in tried
    )
    share = told / len(tried) if tried else 0.0
    shown = len({track for found in tracks.values() for track in found})
    return Attack(
        f"points:{known}",
        share,
        1 / shown if shown else 0.0,
        wilson(told, len(tried)),
        f"an attacker who knows {known} points of a person finds the only track that shows them: {share:.2%} of "
        f"{len(tried)} people",
    )


def _index(sightings: Sightings) -> tuple[Mapping[tuple[str, int], set[int]], frozenset[int]]:
    """Return the tracks that show each label and hour, and how long labels are."""
    tracks: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for label, hour, track in zip(sightings.label, sightings.hour.tolist(), sightings.track.tolist(), strict=True):
        if label is not None:
            tracks["" if label == _EVERYWHERE else label, hour].add(track)
    return tracks, frozenset(len(label) for label, _ in tracks)


def _known(sightings: Sightings, rows: Ints, known: int, rng: Random) -> list[int]:
    """Return rows with different points of a person, drawn evenly."""
    points: dict[tuple[str, int], int] = {}
    for row in rows.tolist():
        points.setdefault((sightings.place[row], int(sightings.hour[row])), row)
    different = list(points.values())
    return [different[at] for at in _draw(len(different), known, rng)]


def _is_told(
    sightings: Sightings, rows: list[int], tracks: Mapping[tuple[str, int], set[int]], lengths: frozenset[int]
) -> bool:
    """Whether some track of the known rows is the only one that shows its known points."""
    by_track: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        if sightings.label[row] is not None:
            by_track[int(sightings.track[row])].append(row)
    for points in by_track.values():
        candidates: set[int] | None = None
        for row in points:
            place, hour = sightings.place[row], int(sightings.hour[row])
            here = set[int]().union(*(tracks.get((place[:length], hour), ()) for length in lengths))
            candidates = here if candidates is None else candidates & here
        if candidates is not None and len(candidates) == 1:
            return True
    return False


def _draw(count: int, wanted: int, rng: Random) -> list[int]:
    """Return so many different numbers below `count`, drawn evenly; all where there are no more."""
    if wanted >= count:
        return list(range(count))
    keys = np.frombuffer(rng(8 * count), dtype="<u8")
    return sorted(np.argsort(keys, kind="stable")[:wanted].tolist())
