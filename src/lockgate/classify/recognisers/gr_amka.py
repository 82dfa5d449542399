"""Social security numbers of Greece (AMKA): birth date, four digits, a check digit.

Source: Law 3655/2008 of Greece, article 153 (day, month, year; Luhn over eleven digits).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import is_day_of_some_century, luhn_holds
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    return luhn_holds(value) and is_day_of_some_century(int(value[4:6]), int(value[2:4]), int(value[:2]))


RECOGNISER = Recogniser(
    type="gr-amka",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "amka",
        "αμκα",
    ),
    form=r"^[0-3][0-9]{10}$",
    check=_holds,
    check_chance=0.01,
    chance=0.08,
    weight=0.5,
    check_weight=3.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
