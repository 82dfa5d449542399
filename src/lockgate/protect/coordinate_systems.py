"""Coordinates of Chinese maps to WGS 84 and back.

Maps published in China show places in GCJ-02, some hundred metres off WGS 84; Baidu moves them once more, BD-09. No
column says which system it is in, so it is declared. A wrong declaration puts everybody 100 to 2,000 m off: noise and
squares would be made around another place, though no less private.

The formulas are the public ones; no authority has published them. Outside a rectangle (72.004 to 137.8347 east, 0.8293
to 55.8271 north) all three are taken as WGS 84. It also holds Hong Kong, Macao, Taiwan and parts of the neighbours,
where maps differ on whether they shift. Backwards the formulas are solved by iteration, to 1e-9 degrees; on the rim of
the rectangle, where the shift jumps, a point comes back as the one of the two systems that fits.
"""

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from lockgate.protect.mdav_sums import Floats

_AXIS = 6_378_245.0
_ECCENTRICITY = 0.00669342162296594323
"""Semi-major axis in metres and squared eccentricity of the ellipsoid of Krasovsky, 1940."""

_EAST, _NORTH = (72.004, 137.8347), (0.8293, 55.8271)
_SWIRL = np.pi * 3000.0 / 180.0
_ROUNDS = 12

Pair = tuple[Floats, Floats]


class CoordinateSystem(StrEnum):
    """Of what system coordinates are."""

    WGS_84 = "wgs-84"
    GCJ_02 = "gcj-02"
    BD_09 = "bd-09"


def to_wgs84(latitude: Floats, longitude: Floats, system: CoordinateSystem) -> Pair:
    """Return coordinates in WGS 84.

    Args:
        latitude: Degrees in the system; NaN where missing.
        longitude: Likewise.
        system: Declared by who knows the source.
    """
    if system is CoordinateSystem.BD_09:
        latitude, longitude = _solve(_bd09_of_gcj02, latitude, longitude)
    if system is not CoordinateSystem.WGS_84:
        latitude, longitude = _solve(_gcj02_of_wgs84, latitude, longitude)
    return latitude, longitude


def from_wgs84(latitude: Floats, longitude: Floats, system: CoordinateSystem) -> Pair:
    """Return coordinates in a system.

    Args:
        latitude: Degrees in WGS 84; NaN where missing.
        longitude: Likewise.
        system: Wanted.
    """
    if system is not CoordinateSystem.WGS_84:
        latitude, longitude = _gcj02_of_wgs84(latitude, longitude)
    if system is CoordinateSystem.BD_09:
        latitude, longitude = _bd09_of_gcj02(latitude, longitude)
    return latitude, longitude


def _gcj02_of_wgs84(latitude: Floats, longitude: Floats) -> Pair:
    """Return GCJ-02 by the public formula: a polynomial with waves, scaled by the curvature of the ellipsoid."""
    east, north = longitude - 105.0, latitude - 35.0
    root = np.sqrt(np.abs(east))
    shared = 20 * np.sin(6 * np.pi * east) + 20 * np.sin(2 * np.pi * east)
    up = -100 + 2 * east + 3 * north + 0.2 * north**2 + 0.1 * east * north + 0.2 * root
    up += (shared + 20 * np.sin(np.pi * north) + 40 * np.sin(np.pi / 3 * north)) * 2 / 3
    up += (160 * np.sin(np.pi / 12 * north) + 320 * np.sin(np.pi / 30 * north)) * 2 / 3
    across = 300 + east + 2 * north + 0.1 * east**2 + 0.1 * east * north + 0.1 * root
    across += (shared + 20 * np.sin(np.pi * east) + 40 * np.sin(np.pi / 3 * east)) * 2 / 3
    across += (150 * np.sin(np.pi / 12 * east) + 300 * np.sin(np.pi / 30 * east)) * 2 / 3
    angle = np.radians(latitude)
    curve = 1 - _ECCENTRICITY * np.sin(angle) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / (curve * np.sqrt(curve))
    parallel = _AXIS / np.sqrt(curve) * np.cos(angle)
    inside = (longitude >= _EAST[0]) & (longitude <= _EAST[1]) & (latitude >= _NORTH[0]) & (latitude <= _NORTH[1])
    moved_up = np.degrees(up / meridian)
    moved_across = np.degrees(across / np.where(inside, parallel, 1.0))
    return np.where(inside, latitude + moved_up, latitude), np.where(inside, longitude + moved_across, longitude)


def _bd09_of_gcj02(latitude: Floats, longitude: Floats) -> Pair:
    """Return BD-09 by the public formula: turned and stretched a little in waves, then moved; inside the rectangle."""
    inside = (longitude >= _EAST[0]) & (longitude <= _EAST[1]) & (latitude >= _NORTH[0]) & (latitude <= _NORTH[1])
    length = np.hypot(longitude, latitude) + 0.00002 * np.sin(latitude * _SWIRL)
    angle = np.arctan2(latitude, longitude) + 0.000003 * np.cos(longitude * _SWIRL)
    moved = length * np.sin(angle) + 0.006, length * np.cos(angle) + 0.0065
    return np.where(inside, moved[0], latitude), np.where(inside, moved[1], longitude)


def _solve(formula: Callable[[Floats, Floats], Pair], latitude: Floats, longitude: Floats) -> Pair:
    """Return what the formula turns into the given coordinates: the shift changes slowly, so a few rounds do."""
    found = latitude, longitude
    for _ in range(_ROUNDS):
        reached = formula(*found)
        found = found[0] + latitude - reached[0], found[1] + longitude - reached[1]
    return found
