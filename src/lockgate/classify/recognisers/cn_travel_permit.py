"""Permits by which people of Hong Kong, Macau, Taiwan and the mainland travel between them.

Source: National Immigration Administration: mainland permit of Hong Kong and Macau residents (H or M and eight
digits, before 2013 two more of the issue), of Taiwan residents (eight digits, before 2015 ten with a letter in
brackets), permits of mainland residents to Hong Kong and Macau (C or W) and to Taiwan (L or T).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="cn-travel-permit",
    category=Category.GOVERNMENT_DOCUMENT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "travel permit, home return permit, mainland travel permit, hrp number, hxz, hxzh, tbz, tbzh, txzh",
        "回乡证, 回乡证号, 台胞证, 台胞证号, 通行证, 通行证号, 通行证号码, 港澳通行证, 港澳居民来往内地通行证",
        "台湾居民来往大陆通行证",
    ),
    form=(
        r"^(?:[HMhm][0-9]{8}(?:[0-9]{2})?|[0-9]{8}|[0-9]{10}(?:\([A-Z0-9]\))?|[CWLT][0-9A-HJ-NP-Z][0-9]{7"
        r"})$"
    ),
    strong=r"^(?:[HM][0-9]{8}(?:[0-9]{2})?|[0-9]{10}\([A-Z]\)|[CWLT][0-9A-HJ-NP-Z][0-9]{7})$",
    chance=0.1,
    strong_chance=0.02,
    weight=2.5,
    strong_weight=3.5,
    text=(
        r"(?:回乡证|台胞证|通行证)(?:号码?|证号)?[是为]?[:： ]{0,2}((?:[HMCWLT][0-9A-Z"
        r"]|[0-9]{2})[0-9]{6,9})(?![0-9A-Za-z])"
    ),
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
