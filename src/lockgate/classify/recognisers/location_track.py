"""Tracks: several positions in order.

Source: OGC 06-103r4 (well-known text: LINESTRING), RFC 7946 (GeoJSON: LineString), Google's encoded polyline by
header.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WHOLE = (
    r"^(?:(?i:linestring) ?(?:z|m|zm)? ?\(.*,.*\)|.*\[ ?-?[0-9]+\.[0-9]+, ?-?[0-9]+\.[0-9]+.*\],? ?\[ ?-?["
    r"0-9]+\.[0-9]+.*|(?:-?[0-9]{1,3}\.[0-9]{3,},-?[0-9]{1,3}\.[0-9]{3,}[;| ]){1,}-?[0-9]{1,3}\.[0-9]{3,},"
    r"-?[0-9]{1,3}\.[0-9]{3,})$"
)


RECOGNISER = Recogniser(
    type="location-track",
    category=Category.LOCATION_TRACK,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "track, trajectory, gps track, route geometry, polyline, waypoints, path geometry, movement, trace",
        "gps trace, location history, gj, xzgj",
        "轨迹, 行踪轨迹, 运动轨迹, 行车轨迹, 行程轨迹, 이동경로, 궤적, 위치이력, 동선",
    ),
    not_headers=frozenset(phrases("type, length, name, number, id")),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.002,
    strong_chance=0.002,
    strong_weight=4.5,
    contextual=True,
)
