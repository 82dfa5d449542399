"""Nationality, native country or country of birth.

Source: ISO 3166-1 for what such columns hold; the header leads.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="nationality",
    category=Category.OTHER_PERSONAL,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "nationality, citizenship, native country, country of birth, birth country, birthplace, place of birth",
        "native place, citizenship country, nationality code, nlty, jg, gj",
        "国籍, 籍贯, 出生地, 原籍, 국적, 출생지, 본적",
    ),
    form=r"^.*\p{L}.*$",
    chance=0.5,
)
