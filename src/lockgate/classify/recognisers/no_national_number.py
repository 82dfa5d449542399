"""National identity numbers of Norway, and D numbers: birth date, three digits, two check digits.

Source: Folkeregisterforskriften, sections 2-2-1 and 2-2-4 (weights 3 7 6 1 8 9 4 5 2 and 5 4 3 2 7 6 5 4 3 2, modulo
11; day plus 40 for a D number).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, is_day_of_some_century, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_D_NUMBER = 40


def _holds(value: str) -> bool:
    digits = digits_of(value)
    is_birth = is_day_of_some_century(int(digits[4:6]), int(digits[2:4]), int(digits[:2]) % _D_NUMBER)
    return is_birth and weighted_sum(digits, _FIRST) % 11 == 0 == weighted_sum(digits, _SECOND) % 11


RECOGNISER = Recogniser(
    type="no-national-number",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "fodselsnummer, fnr, personnummer, norwegian national id, dnummer",
    ),
    form=r"^[0-7][0-9]{5} ?[0-9]{5}$",
    check=_holds,
    check_chance=1 / 300,
    chance=0.08,
    weight=0.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
