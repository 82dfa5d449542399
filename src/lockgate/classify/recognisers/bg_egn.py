"""Uniform civil numbers of Bulgaria (EGN): birth date, three digits, a check digit.

Source: Закон за гражданската регистрация, article 11, and ESGRAON (month plus 20 for births before 1900, plus 40
since 2000; weights 2 4 8 5 10 9 7 3 6, modulo 11).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import is_day_of_some_century, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6)


def _holds(value: str) -> bool:
    is_birth = is_day_of_some_century(int(value[:2]), int(value[2:4]) % 20, int(value[4:6]))
    return is_birth and weighted_sum(value[:9], _WEIGHTS) % 11 % 10 == int(value[9])


RECOGNISER = Recogniser(
    type="bg-egn",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "egn, uniform civil number",
        "егн",
    ),
    form=r"^[0-9]{10}$",
    check=_holds,
    check_chance=0.02,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
