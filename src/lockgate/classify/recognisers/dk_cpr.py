"""Civil registration numbers of Denmark: birth date, hyphen, four digits.

Source: CPR-loven and CPR-kontoret, Personnummeret i CPR (day, month, year; since 2007 without a check digit). The
check is the calendar.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import is_day_of_some_century
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    return is_day_of_some_century(int(value[4:6]), int(value[2:4]), int(value[:2]))


RECOGNISER = Recogniser(
    type="dk-cpr",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "cpr, cpr nummer, cprnummer, cprnr, cpr nr, cpr number",
    ),
    form=r"^[0-9]{6}[ -]?[0-9]{4}$",
    strong=r"^[0-3][0-9][01][0-9][0-9]{2}-[0-9]{4}$",
    chance=0.05,
    weight=0.9,
    strong_chance=0.003,
    strong_weight=4.0,
    check=_holds,
    check_chance=0.04,
    check_weight=3.0,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
