"""Geo-indistinguishability: places moved by planar Laplace noise that is the same for a person and a place each time.

A person's points are put into squares of a grid, the squares into places, and each place is shown as its middle plus
noise: direction uniform, distance Gamma(2) with rate epsilon. Two places d metres apart then yield any released point
with probabilities that differ at most by e^(epsilon d).

*Why the noise is a function and not drawn.* Noise drawn anew for each point is averaged away: forty nights at home
give home away to a few metres. So the noise of a place is a keyed pseudo-random function (HMAC-SHA-256) of person and
place: the hundredth point at home is the first point again, and averaging gains nothing, in one release and in later
ones, on any engine, in any order, after any crash. The key in the home of the node is all the memory there is. A table
of drawn noise would do the same, but it would be a list of where people have been, would have to be locked, backed up
and shared between engines, and a row lost is a second draw. Who lacks the key cannot tell the function from drawing;
who changes the key draws anew for everybody, so this key is never rotated while old releases are about. Another
epsilon or side is another draw too: a data set keeps the ones it began with.

*Why squares are joined to places.* A home beside the border of a square would have two to four squares in its jitter,
so as many draws. Therefore (1) squares are joined: a person's most visited square becomes a place and takes in all
squares that touch it, then the most visited of the rest, and so on: one draw for a home within one release. (2) The
grid of each person is shifted by a keyed amount, so that no street lies on a border for everybody. Over releases in
which the most visited square changes, a home has at most the four squares around one corner, so at most four draws.

*What it does not do.* An observer sees that somebody returns to the same place, and how often. Many places of one
person are many draws: m places at epsilon tell up to m epsilon about all of them together, and a track that must follow
roads tells more. So tracks are cut and thinned, and stays near home are left out (`tracks`). Persons must be told apart
by a column: with rows as persons a person's points would have as many draws.

Randomness enters as 53-bit fractions and results are rounded to 1e-5 degrees, about a metre: the noise hides places,
not the last bits of a float.

Fold: points of each person in each square. Solve: squares joined to places, each with its released point. Map: look up.

Source: Andres, Bordenabe, Chatzikokolakis, Palamidessi, "Geo-indistinguishability: differential privacy for
location-based systems", 2013 (planar Laplace); Erlingsson, Pihur, Korolova, "RAPPOR", 2014 (memoised noise).
"""

import hmac
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lockgate.protect.combinations import PERSON, WEIGHT, merge
from lockgate.protect.mdav import Numbers
from lockgate.protect.mdav_sums import Floats
from lockgate.protect.person_numbers import Persons, find_persons, number_persons
from lockgate.protect.places import Points
from lockgate.protect.sphere import METRES_PER_DEGREE, displace, wrap
from lockgate.protect.spots import join_spots
from lockgate.terms.errors import InputError

VERSION = "1"

CELL = "cell"

_CONTEXT = b"lockgate/place/1\x00"
_SHIFT = 32
_JOINED = 1.6
"""Sides of a square within which the middle of another is joined: those that touch it, corners included."""

_DECIMALS = 5


@dataclass(frozen=True, slots=True)
class Noise:
    """How places are moved.

    Attributes:
        epsilon_per_m: Rate of the planar Laplace distribution; the mean displacement is 2 / epsilon metres.
        cell_m: Side of a square in metres: points nearer together than this are one place.
        key: 32 secret bytes, never rotated.
    """

    epsilon_per_m: float
    cell_m: float
    key: bytes

    def __post_init__(self) -> None:
        """Refuse what protects nothing.

        Raises:
            InputError: If epsilon or the side is out of range.
        """
        if not 1e-5 <= self.epsilon_per_m <= 0.1:  # noqa: PLR2004 - see the hint
            raise InputError(
                f"expected an epsilon of 0.00001 to 0.1 per metre, found `{self.epsilon_per_m}`",
                "write ln 4 / 200 m as 0.00693: points 200 m apart differ by a factor of 4 at most",
            )
        if not 20 <= self.cell_m <= 50_000:  # noqa: PLR2004 - see the hint
            raise InputError(
                f"expected squares of 20 to 50,000 m, found `{self.cell_m}`",
                "choose more than how far readings of one place scatter, such as 200",
            )
        if len(self.key) != 32:  # noqa: PLR2004 - as all keys
            raise ValueError("expected a key of 32 bytes")

    @property
    def own_key(self) -> bytes:
        """Return the key of this epsilon and side.

        The same draw at two rates would lie on a line through the true place, which two releases would then give away.
        """
        return derive_key(self.key, "noise", self.epsilon_per_m, self.cell_m)


def derive_key(key: bytes, use: str, *numbers: float) -> bytes:
    """Return the key of one use and its parameters, so that no two of them share a draw."""
    told = "|".join([use, *(repr(float(number)) for number in numbers)])
    return hmac.digest(key, _CONTEXT + told.encode(), "sha256")


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where every square of every person is shown.

    Attributes:
        persons: Distinct and sorted.
        number: Person of each entry, rising.
        cells: Square of each entry, rising for each person.
        released: The point that stands for it.
        anchors: Square that gives its noise to each entry; the same for squares that were joined.
    """

    persons: Persons
    number: Numbers
    cells: Numbers
    released: Points
    anchors: Numbers


def fold(points: Points, persons: Persons, noise: Noise) -> pa.Table:
    """Return the squares of each person in a batch with the number of their points.

    Args:
        points: Of the batch; missing ones count for nothing.
        persons: Whose each point is.
        noise: How places are moved.
    """
    cells = cells_of(points, persons, noise.cell_m, noise.own_key)
    here = cells >= 0
    table = pa.table(
        [persons[here, 0], persons[here, 1], cells[here], np.ones(int(here.sum()), dtype=np.int64)],
        names=[*PERSON, CELL, WEIGHT],
    )
    return merge([table])


def solve(visits: pa.Table, noise: Noise) -> Places:
    """Return where every square is shown, whatever the order of the partials.

    Args:
        visits: Merged partials of `fold`.
        noise: How places are moved.
    """
    hashes = np.stack([np.asarray(visits[name], dtype=np.uint64) for name in PERSON], axis=1)
    cells, weight = np.asarray(visits[CELL], np.int64), np.asarray(visits[WEIGHT], np.int64)
    persons, number = number_persons(hashes)
    order = np.lexsort((cells, number))
    number, cells, weight = number[order], cells[order], weight[order]
    latitude, longitude = middles_of(cells, shifts_of(persons, noise.own_key)[number], noise.cell_m)
    anchor = join_spots(number, weight, (latitude, longitude), _JOINED * noise.cell_m)
    keys, place = np.unique(anchor, return_inverse=True)
    moved = _move(persons[number[keys]], cells[keys], (latitude[keys], longitude[keys]), noise)
    released = Points(moved.latitude[place], moved.longitude[place])
    return Places(persons, number, cells, released, cells[anchor])


def map_points(points: Points, persons: Persons, places: Places, noise: Noise) -> Points:
    """Return the released point of each point; missing where the point is missing, or was never folded.

    Args:
        points: Of a batch.
        persons: Whose each point is.
        places: From `solve`.
        noise: How places are moved.
    """
    cells = cells_of(points, persons, noise.cell_m, noise.own_key)
    number = find_persons(places.persons, persons)
    distinct, rank = np.unique(places.cells, return_inverse=True)
    missing = np.full(len(cells), np.nan)
    if not len(distinct):
        return Points(missing, missing)
    known = places.number * len(distinct) + rank
    wanted_rank = np.minimum(np.searchsorted(distinct, cells), len(distinct) - 1)
    wanted = number * len(distinct) + wanted_rank
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    found = (known[at] == wanted) & (distinct[wanted_rank] == cells) & (cells >= 0) & (number >= 0)
    released = places.released
    return Points(np.where(found, released.latitude[at], missing), np.where(found, released.longitude[at], missing))


def add_noise(points: Points, persons: Persons, noise: Noise) -> Points:
    """Return all points of a table moved: fold, solve and map in one."""
    return map_points(points, persons, solve(fold(points, persons, noise), noise), noise)


def cells_of(points: Points, persons: Persons, cell_m: float, key: bytes) -> Numbers:
    """Return the square of each point in its person's own grid; -1 where the point is missing.

    Rows of squares are as high as the side; each row is cut into as many squares of at least the side as go around.
    """
    missing = points.missing
    latitude = np.where(missing, 0.0, points.latitude)
    longitude = wrap(np.where(missing, 0.0, points.longitude))
    people, number = number_persons(persons)
    shift = shifts_of(people, key)[number]
    high = cell_m / METRES_PER_DEGREE
    row = np.floor((latitude + 90.0) / high + shift[:, 0]).astype(np.int64)
    around = _around(row, shift[:, 0], high)
    column = np.floor((longitude + 180.0) / 360.0 * around + shift[:, 1]).astype(np.int64) % around
    return np.where(missing, -1, (row << _SHIFT) | column)


def _around(row: Numbers, shift: Floats, high: float) -> Numbers:
    """Return how many squares go around the earth in a row, at least 1."""
    middle = np.clip((row + 0.5 - shift) * high - 90.0, -90.0, 90.0)
    return np.maximum((360.0 * np.cos(np.radians(middle)) / high).astype(np.int64), 1)


def middles_of(cells: Numbers, shift: Floats, cell_m: float) -> tuple[Floats, Floats]:
    """Return latitudes and longitudes of the middles of squares, each in a grid shifted by `shifts_of`."""
    high = cell_m / METRES_PER_DEGREE
    row, column = cells >> _SHIFT, cells & ((1 << _SHIFT) - 1)
    latitude = np.clip((row + 0.5 - shift[:, 0]) * high - 90.0, -90.0, 90.0)
    longitude = (column + 0.5 - shift[:, 1]) / _around(row, shift[:, 0], high) * 360.0 - 180.0
    return latitude, wrap(longitude)


def _move(persons: Persons, cells: Numbers, middles: tuple[Floats, Floats], noise: Noise) -> Points:
    """Return the middles of places with their noise."""
    fractions = fractions_of(persons, cells, noise.own_key)
    metres = -(np.log(fractions[:, 0]) + np.log(fractions[:, 1])) / noise.epsilon_per_m
    latitude, longitude = displace(*middles, metres, 2 * np.pi * fractions[:, 2])
    return Points(np.round(latitude, _DECIMALS), wrap(np.round(longitude, _DECIMALS)))


def fractions_of(persons: Persons, cells: Numbers, key: bytes) -> Floats:
    """Return four numbers between 0 and 1, both excluded, for each person and square."""
    message = np.empty((len(persons), 3), dtype=">u8")
    message[:, :2], message[:, 2] = persons, cells.astype(np.uint64)
    digests = b"".join(hmac.digest(key, _CONTEXT + line.tobytes(), "sha256") for line in message)
    words = np.frombuffer(digests, dtype=">u8").reshape(-1, 4).astype(np.uint64)
    return ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


_WHOLE_GRID = (1 << 63) - 1
"""No square has this number: it asks for the shift of a person's grid."""


def shifts_of(persons: Persons, key: bytes) -> Floats:
    """Return how far the grid of each person is shifted, in squares north and east, 0 to 1."""
    return fractions_of(persons, np.full(len(persons), _WHOLE_GRID), key)[:, :2]
