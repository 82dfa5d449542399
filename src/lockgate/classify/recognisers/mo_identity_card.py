"""Identity cards of Macau: 1, 5 or 7, six digits and a check digit in brackets or behind a stroke.

Source: Identification Services Bureau (DSI), Administrative Regulation 23/2002 (form); how the check digit is made is
not published, so the header leads.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="mo-identity-card",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "macau id, macau id card, macao id, bir",
        "澳门身份证, 澳门居民身份证, 澳门身份证号码",
    ),
    form=r"^[157](?:[0-9]{6}\([0-9]\)|[0-9]{7}|/[0-9]{6}/[0-9])$",
    strong=r"^[157](?:[0-9]{6}\([0-9]\)|/[0-9]{6}/[0-9])$",
    chance=0.05,
    strong_chance=0.002,
    weight=2.0,
    strong_weight=3.9,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
