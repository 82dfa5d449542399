"""Birth numbers of the Czech Republic and Slovakia: birth date, stroke, three or four digits.

Source: Zákon 133/2000 Sb., section 13, and Zákon 301/1995 Z.z. (month plus 50 for women, plus 20 where numbers ran
out; since 1954 divisible by 11).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, is_day_of_some_century
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WITHOUT_CHECK = 9


def _holds(value: str) -> bool:
    digits = digits_of(value)
    month = int(digits[2:4]) % 50
    is_birth = any(is_day_of_some_century(int(digits[:2]), of, int(digits[4:6])) for of in (month, month - 20))
    rest = int(digits[:9]) % 11 % 10
    return is_birth and (len(digits) == _WITHOUT_CHECK or rest == int(digits[9]))


RECOGNISER = Recogniser(
    type="cz-birth-number",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "rodne cislo, birth number, rodnecislo, rc",
    ),
    form=r"^[0-9]{6}/?[0-9]{3,4}$",
    strong=r"^[0-9]{6}/[0-9]{3,4}$",
    chance=0.08,
    weight=0.5,
    strong_chance=0.001,
    strong_weight=4.5,
    check=_holds,
    check_chance=0.03,
    text=r"(?<![0-9A-Za-z./-])[0-9]{6}/[0-9]{4}(?![0-9A-Za-z/]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
