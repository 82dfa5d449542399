"""Geohashes: cells of a grid over the earth, five to twelve signs.

Source: G. Niemeyer, geohash.org, 2008 (base 32 without a, i, l, o); OGC Testbed reports use the same. Seven signs are
a cell of about 150 metres.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="geohash",
    category=Category.LOCATION,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "geohash, geo hash, h3, h3 index, s2 cell, plus code",
        "地理哈希",
    ),
    form=r"^(?:[0-9b-hjkmnp-z]{5,12}|8[0-9a-f]{14})$",
    chance=0.1,
    weight=2.5,
    contextual=True,
)
