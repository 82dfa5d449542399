"""Social insurance numbers of Austria: three digits, a check digit, birth date.

Source: Dachverband der Sozialversicherungsträger, structure of the number (weights 3, 7, 9, 5, 8, 4, 2, 1, 6, modulo
11).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, is_day_of_some_century, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    digits = digits_of(value)
    total = weighted_sum(digits[:3] + digits[4:], (3, 7, 9, 5, 8, 4, 2, 1, 6))
    is_birth = is_day_of_some_century(int(digits[8:]), int(digits[6:8]), int(digits[4:6]))
    return is_birth and total % 11 == int(digits[3])


RECOGNISER = Recogniser(
    type="at-svnr",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "svnr, sozialversicherungsnummer, sv nummer, svnummer, sozialversicherungsnr",
    ),
    form=r"^[1-9][0-9]{3} ?[0-9]{6}$",
    check=_holds,
    check_chance=0.01,
    chance=0.08,
    weight=0.5,
    check_weight=3.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
