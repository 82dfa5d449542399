"""Latitudes and longitudes in degrees.

Source: ISO 6709 (degrees with decimals, latitude to 90, longitude to 180). A decimal fraction says nothing by itself.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_DEGREES = r"[+-]?(?:180|1[0-7][0-9]|[1-9]?[0-9])\.[0-9]{2,}"

RECOGNISER = Recogniser(
    type="coordinates",
    category=Category.LOCATION,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "~la, ~lo, ~jd, ~wd",
        "latitude, longitude, lat, lon, lng, lat lon, latlong, geo, geo point, geolocation, geocode, gps location",
        "gps coordinates, lot, ~location, latlng, gps, coordinates",
        "经度, 纬度, 经纬度, 위도, 경도, 좌표",
    ),
    form=rf"^{_DEGREES}(?:[,; ] ?{_DEGREES})?$",
    chance=0.2,
    contextual=True,
    kinds=frozenset({Kind.TEXT, Kind.DECIMAL}),
)
