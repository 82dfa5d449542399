"""PESEL numbers of Poland: eleven digits of birth date, order, sex and a check digit.

Source: Ustawa o ewidencji ludności of 24 September 2010, article 15 (month plus 80, 20, 40, 60 by century); weights
1, 3, 7, 9, modulo 10.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import is_day, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_CENTURIES = (1900, 2000, 2100, 2200, 1800)


def _born(value: str) -> int | None:
    month = int(value[2:4])
    year = _CENTURIES[month // 20] + int(value[:2])
    return year * 12 + month % 20 - 1 if is_day(year, month % 20, int(value[4:6])) else None


def _holds(value: str) -> bool:
    return _born(value) is not None and (weighted_sum(value, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) + int(value[10])) % 10 == 0


RECOGNISER = Recogniser(
    type="pl-pesel",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "pesel, numer pesel, nr pesel",
    ),
    form=r"^[0-9]{11}$",
    check=_holds,
    check_chance=0.03,
    born=_born,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    text=r"(?:PESEL|pesel)[.:# ]{0,3}([0-9]{11})(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
