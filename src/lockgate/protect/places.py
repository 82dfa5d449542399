"""Places made coarse: a point becomes the square of a map in which it lies.

Squares are those of the web-Mercator map: at zoom z the world is cut into 2^z by 2^z squares, each into four at the
next zoom. A square's name is its quadkey, a digit 0 to 3 for each zoom, so that a square's name begins with the names
of all squares around it. Rows of squares end at 85.06 degrees of latitude; what lies beyond belongs to the last row.
East of 180 degrees comes 180 degrees west: both are the same meridian and the same square. A square's side is 40,075
km x cos(latitude) / 2^z on the ground.

A square says less than a point, but a square and an hour still single most people out: see `tracks`.

Missing coordinates stay missing, both where one is. Coordinates off the globe are refused.
"""

from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Texts
from lockgate.protect.coordinate_systems import CoordinateSystem, to_wgs84
from lockgate.protect.mdav import Numbers
from lockgate.protect.mdav_sums import Floats
from lockgate.protect.sphere import HALF_TURN, QUARTER_TURN
from lockgate.terms.errors import InputError

VERSION = "1"

FINEST_ZOOM = 24
"""Squares of some two metres; finer ones hide nothing."""

_SHIFT = 32
_BLOCK = 1 << 14
"""Points that fit into the processor's cache with what is made of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points in WGS 84.

    Attributes:
        latitude: Degrees, -90 to 90; NaN where the point is missing.
        longitude: Degrees, -180 to 180; NaN where the point is missing.
    """

    latitude: Floats
    longitude: Floats

    def __len__(self) -> int:
        return len(self.latitude)

    @property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Whether each point is missing."""
        return np.isnan(self.latitude)


def read_points(latitude: Texts, longitude: Texts, system: CoordinateSystem = CoordinateSystem.WGS_84) -> Points:
    """Return the points of two columns.

    Args:
        latitude: Arrow array of numbers, or of numbers in text, in degrees.
        longitude: Likewise.
        system: What the coordinates are of; declared, for no column says it.

    Raises:
        InputError: If a cell is no number, or a point is not on the globe.
    """
    return make_points(_numbers(latitude, "latitude"), _numbers(longitude, "longitude"), system)


def make_points(latitude: Floats, longitude: Floats, system: CoordinateSystem = CoordinateSystem.WGS_84) -> Points:
    """Return points; both coordinates are missing where one is.

    Args:
        latitude: Degrees; NaN where missing.
        longitude: Likewise.
        system: What the coordinates are of.

    Raises:
        InputError: If a point is not on the globe; columns that were swapped are the usual cause.
    """
    latitude, longitude = np.asarray(latitude, np.float64), np.asarray(longitude, np.float64)
    off = (np.abs(latitude) > QUARTER_TURN) | (np.abs(longitude) > HALF_TURN)
    if off.any():
        raise InputError(
            f"expected latitudes of -90 to 90 and longitudes of -180 to 180 degrees, found {int(off.sum())} others, "
            f"the first in row {int(np.argmax(off)) + 1}",
            "check that the columns are not swapped and are in degrees",
        )
    missing = np.isnan(latitude) | np.isnan(longitude)
    latitude, longitude = np.where(missing, np.nan, latitude), np.where(missing, np.nan, longitude)
    return Points(*to_wgs84(latitude, longitude, system))


def find_cells(points: Points, zoom: int) -> Numbers:
    """Return the square of each point as a number, row and column in one; -1 where the point is missing.

    Args:
        points: In WGS 84.
        zoom: 0 (the world) to `FINEST_ZOOM`.
    """
    if not 0 <= zoom <= FINEST_ZOOM:
        raise InputError(f"expected a zoom of 0 to {FINEST_ZOOM}, found `{zoom}`", "choose 12 to 16 for towns")
    cells = np.empty(len(points), dtype=np.int64)
    for at in range(0, len(points), _BLOCK):
        part = slice(at, at + _BLOCK)
        cells[part] = _cells_of(points.latitude[part], points.longitude[part], zoom)
    return cells


def parent_of(cells: Numbers, levels: int = 1) -> Numbers:
    """Return the squares around squares, so many levels up; -1 stays -1."""
    row, column = cells >> _SHIFT, cells & ((1 << _SHIFT) - 1)
    return np.where(cells < 0, -1, ((row >> levels) << _SHIFT) | (column >> levels))


def name_cells(cells: Numbers, zoom: int) -> Texts:
    """Return the quadkeys of squares as text, null for -1; `world` at zoom 0.

    Args:
        cells: From `find_cells`.
        zoom: The zoom they were found at.
    """
    numbers: Any = pa.array(cells, mask=cells < 0)
    encoded = numbers.dictionary_encode()
    distinct = np.asarray(encoded.dictionary)
    if len(distinct) * zoom >= 1 << 31:
        raise ValueError("expected fewer squares at once: their names pass what one Arrow array of text holds")
    digits = np.empty((len(distinct), zoom), dtype=np.uint8)
    for place in range(zoom):
        step = zoom - 1 - place
        digits[:, place] = ((distinct >> step) & 1) + 2 * ((distinct >> (_SHIFT + step)) & 1) + ord("0")
    offsets = np.arange(len(distinct) + 1, dtype=np.int32) * zoom
    buffers = [None, pa.py_buffer(offsets.data), pa.py_buffer(digits.data)]
    named: Any = pa.Array.from_buffers(pa.string(), len(distinct), buffers)
    return (named if zoom else pa.array(["world"] * len(distinct), pa.string())).take(encoded.indices)


def centre_of(cells: Numbers, zoom: int) -> Points:
    """Return the middles of squares, missing for -1."""
    row, column = (cells >> _SHIFT) + 0.5, (cells & ((1 << _SHIFT) - 1)) + 0.5
    size = float(1 << zoom)
    latitude = np.degrees(np.arctan(np.sinh(pi * (1 - 2 * row / size))))
    longitude = column / size * 360.0 - 180.0
    missing = cells < 0
    return Points(np.where(missing, np.nan, latitude), np.where(missing, np.nan, longitude))


def coarsen(points: Points, zoom: int) -> Texts:
    """Return the quadkey of the square in which each point lies, null where the point is missing.

    >>> coarsen(make_points(np.array([39.9087]), np.array([116.3975])), 12).to_pylist()
    ['132100103223']
    """
    return name_cells(find_cells(points, zoom), zoom)


def _cells_of(latitude: Floats, longitude: Floats, zoom: int) -> Numbers:
    size, last = float(1 << zoom), (1 << zoom) - 1
    missing = np.isnan(latitude)
    some = bool(missing.any())
    if some:
        latitude, longitude = np.where(missing, 0.0, latitude), np.where(missing, 0.0, longitude)
    column = ((longitude + 180.0) * (size / 360.0)).astype(np.int64)
    column &= last  # 180 degrees east is 180 degrees west
    sine = np.clip(np.sin(latitude * (pi / 180.0)), -0.9999, 0.9999)  # beyond the last row on both sides
    row = ((0.5 - np.log((1.0 + sine) / (1.0 - sine)) * (0.25 / pi)) * size).astype(np.int64)
    np.clip(row, 0, last, out=row)
    row <<= _SHIFT
    row |= column
    return np.where(missing, -1, row) if some else row


def _numbers(column: Texts, name: str) -> Floats:
    cast: Any = pc.cast
    try:
        values = cast(column, pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise InputError(  # the cell itself is a person's place and stays out of the message
            f"expected degrees as decimal numbers, found something else in the column of the {name}",
            "write coordinates as decimal degrees, such as 39.9087",
        ) from None
    return np.asarray(values.fill_null(np.nan), dtype=np.float64)
