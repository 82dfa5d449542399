"""Distances and displacements on the earth taken as a sphere: right to half a per cent, anywhere.

Angles are in degrees, WGS 84; longitudes come out from -180 up to, not including, 180.
"""

import numpy as np

from lockgate.protect.mdav_sums import Floats

RADIUS_M = 6_371_008.8
"""Mean radius of the earth (IUGG)."""

QUARTER_TURN, HALF_TURN = 90.0, 180.0

METRES_PER_DEGREE = RADIUS_M * np.pi / 180


def distance_m(latitude: Floats, longitude: Floats, other_latitude: Floats, other_longitude: Floats) -> Floats:
    """Return great-circle distances in metres (haversine); NaN where a coordinate is missing."""
    start, end = np.radians(latitude), np.radians(other_latitude)
    across = np.radians(other_longitude - longitude)
    half = np.sin((end - start) / 2) ** 2 + np.cos(start) * np.cos(end) * np.sin(across / 2) ** 2
    distance: Floats = 2 * RADIUS_M * np.arcsin(np.minimum(np.sqrt(half), 1.0))
    return distance


def displace(latitude: Floats, longitude: Floats, metres: Floats, bearing: Floats) -> tuple[Floats, Floats]:
    """Return the points so many metres away in a direction, along great circles.

    Args:
        latitude: Where from.
        longitude: Where from.
        metres: How far, at least 0.
        bearing: Direction in radians, from north over east.
    """
    start, far = np.radians(latitude), metres / RADIUS_M
    sine = np.sin(start) * np.cos(far) + np.cos(start) * np.sin(far) * np.cos(bearing)
    sine = np.clip(sine, -1.0, 1.0)
    east = np.sin(bearing) * np.sin(far) * np.cos(start)
    north = np.cos(far) - np.sin(start) * sine
    return np.degrees(np.arcsin(sine)), wrap(longitude + np.degrees(np.arctan2(east, north)))


def wrap(longitude: Floats) -> Floats:
    """Return longitudes from -180 up to, not including, 180."""
    wrapped: Floats = np.mod(longitude + HALF_TURN, 2 * HALF_TURN) - HALF_TURN
    return np.where(wrapped >= HALF_TURN, -HALF_TURN, wrapped)


def unit_vectors(latitude: Floats, longitude: Floats) -> Floats:
    """Return points as vectors from the middle of the sphere, shape (points, 3)."""
    north, east = np.radians(latitude), np.radians(longitude)
    level = np.cos(north)
    return np.stack((level * np.cos(east), level * np.sin(east), np.sin(north)), axis=1)


def chord_square(metres: float) -> float:
    """Return the squared straight distance of unit vectors that are so many metres apart along the sphere."""
    return float((2 * np.sin(min(metres / (2 * RADIUS_M), np.pi / 2))) ** 2)
