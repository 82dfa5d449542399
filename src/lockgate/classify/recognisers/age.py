"""Ages in years, single or in groups.

Source: none beyond usage; a whole number from 0 to 120 says nothing by itself, so the header leads and values may veto.
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_AGE = r"(?:1[01][0-9]|120|[0-9]{1,2})"

RECOGNISER = Recogniser(
    type="age",
    category=Category.DATE_OF_BIRTH,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "age, age group, age range, age bracket, age at visit, patient age, alter, edad, age years, ages, nl",
        "nianling, age at death, age at diagnosis, age at onset, age at marriage, age at enrollment, age at admission",
        "年龄, 岁数, 年龄段, 周岁, 年纪, 年齢, 나이, 연령, 연령대, 만나이",
    ),
    not_headers=frozenset({"account", "vehicle", "device", "house", "building", "page", "min", "max"}),
    form=rf"^(?:{_AGE}(?:\.[0-9]{{1,6}})?(?: ?(?:岁|세|살|years?|yrs?))?"
    rf"|{_AGE} ?[-~–] ?{_AGE}|[<>]=? ?{_AGE}|{_AGE}\+|[1-9]0(?:대|s))$",
    chance=0.4,
    kinds=NUMERIC,
)
