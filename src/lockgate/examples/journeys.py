"""Made-up people of a made-up city who sleep at home, work, run errands and carry something that notes where they are.

Nobody's track: homes and places are counted out of a hash, the same for the same seed. Readings scatter by some metres.
"""

from dataclasses import dataclass
from hashlib import shake_256

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

MIDDLE = (34.26, 108.94)
"""Latitude and longitude of the middle of the city."""

FIRST_DAY_S = 1_780_272_000
"""2026-06-01 00:00 UTC, a Monday; times are local and written as if UTC."""

_METRES_PER_DEGREE = 111_195.0
_SLOTS = 96
_SLOT_S = 900
_HOMES, _WORKS = 12, 5
_ERRANDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Journeys:
    """Readings of all people, by person and time, and where they really live and work.

    Attributes:
        person: Number of each reading's person, from 0.
        time_s: Seconds since 1970 of each reading, local time.
        latitude: Degrees, WGS 84.
        longitude: Degrees, WGS 84.
        at_home: Whether the person was at home.
        homes: Latitude and longitude of each person's home.
        works: Latitude and longitude of each person's place of work.
    """

    person: Numbers
    time_s: Numbers
    latitude: Floats
    longitude: Floats
    at_home: NDArray[np.bool_]
    homes: tuple[Floats, Floats]
    works: tuple[Floats, Floats]


def generate_journeys(persons: int, days: int, seed: int, scatter_m: float = 15.0) -> Journeys:
    """Return the readings of made-up people, at most one in each quarter of an hour.

    Args:
        persons: How many.
        days: From a Monday on.
        seed: Other people for another seed.
        scatter_m: Standard deviation of readings in each direction.
    """
    draws = _Draws(seed)
    homes = _spots(draws, "home", persons, _HOMES, (7_000.0, 1_800.0))
    works = _spots(draws, "work", persons, _WORKS, (4_000.0, 1_200.0))
    errands = np.stack([_spots(draws, f"errand {n}", persons, _HOMES, (6_000.0, 2_500.0)) for n in range(_ERRANDS)])
    slot = np.arange(_SLOTS)[None, None, :]
    weekday = (np.arange(days) % 7 < 5)[None, :, None]  # noqa: PLR2004 - Saturday and Sunday are off
    shape = (persons, days, 1)
    leave = 30 + 6 * draws.even("leave", shape)
    start = leave + 1 + 4 * draws.even("commute", (persons, 1, 1))
    finish = 68 + 8 * draws.even("finish", shape)
    out = np.where(weekday, finish + 1, 40 + 20 * draws.even("outing", shape))
    back = out + np.where(draws.even("goes", shape) < np.where(weekday, 0.4, 0.7), 6 * draws.even("long", shape) + 1, 0)
    errand = (draws.even("which", shape) ** 2 * _ERRANDS).astype(np.int64)  # some are visited more often
    who = np.arange(persons)[:, None, None]
    place = np.where(((slot >= out) & (slot < back))[..., None], errands[errand, who], homes[:, None, None, :])
    place = np.where((weekday & (slot >= start) & (slot < finish))[..., None], works[:, None, None, :], place)
    share = np.clip((slot - leave) / (start - leave), 0.0, 1.0)[..., None]
    way = homes[:, None, None, :] * (1 - share) + works[:, None, None, :] * share
    place = np.where((weekday & (slot >= leave) & (slot < start))[..., None], way, place)
    at_home = (place == homes[:, None, None, :]).all(axis=-1)
    kept = (draws.even("kept", (persons, days, _SLOTS)) < 0.6).ravel()  # noqa: PLR2004 - readings are irregular
    seconds = (slot + draws.even("second", (persons, days, _SLOTS))) * _SLOT_S + np.arange(days)[None, :, None] * 86_400
    shown = (place + scatter_m * draws.normal("scatter", place.shape)).reshape(-1, 2)[kept]
    latitude, longitude = _degrees(shown)
    return Journeys(
        np.broadcast_to(who, at_home.shape).ravel()[kept],
        FIRST_DAY_S + seconds.ravel()[kept].astype(np.int64),
        latitude,
        longitude,
        at_home.ravel()[kept],
        _degrees(homes),
        _degrees(works),
    )


class _Draws:
    def __init__(self, seed: int) -> None:
        self._seed = seed

    def even(self, field: str, shape: tuple[int, ...]) -> Floats:
        """Return numbers from 0 up to 1."""
        count = int(np.prod(shape))
        stream = shake_256(f"lockgate made-up journeys 1|{self._seed}|{field}".encode()).digest(4 * count)
        return (np.frombuffer(stream, dtype="<u4").astype(np.float64) + 0.5).reshape(shape) * 2.0**-32

    def normal(self, field: str, shape: tuple[int, ...]) -> Floats:
        """Return numbers of the standard normal distribution (Box and Muller)."""
        turned = np.cos(2 * np.pi * self.even(f"{field} angle", shape))
        spread: Floats = np.sqrt(-2 * np.log(self.even(f"{field} length", shape)))
        return turned * spread


def _spots(draws: _Draws, field: str, persons: int, quarters: int, spread_m: tuple[float, float]) -> Floats:
    """Return a place in some quarter for each person, metres east and north of the middle, shape (persons, 2)."""
    middles = spread_m[0] * draws.normal(f"{field} quarters", (quarters, 2))
    chosen = (draws.even(f"{field} quarter", (persons,)) * quarters).astype(np.int64)
    return middles[chosen] + spread_m[1] * draws.normal(field, (persons, 2))


def _degrees(metres: Floats) -> tuple[Floats, Floats]:
    latitude = MIDDLE[0] + metres[:, 1] / _METRES_PER_DEGREE
    return latitude, MIDDLE[1] + metres[:, 0] / (_METRES_PER_DEGREE * np.cos(np.radians(MIDDLE[0])))
