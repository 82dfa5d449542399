"""Business registration numbers of Korea: three, two and five digits, the last a check digit.

Source: Value-Added Tax Act of Korea, article 8, and the National Tax Service's numbering (weights 1, 3, 7, 1, 3, 7,
1, 3, 5, of the last product both digits, modulo 10). The number is that of a business, even of a sole trader's.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def _holds(value: str) -> bool:
    digits = digits_of(value)
    return (weighted_sum(digits[:9], _WEIGHTS) + int(digits[8]) * 5 // 10 + int(digits[9])) % 10 == 0


RECOGNISER = Recogniser(
    type="kr-business-number",
    category=Category.NOT_PERSONAL,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "brno, bizrno, bizno, saupja no",
        "brn, business number, business registration number, bizrno, bizno, biz no, bsnmregno, corp reg no",
        "사업자번호, 사업자등록번호, 사업자",
    ),
    form=r"^[0-9]{3}-?[0-9]{2}-?[0-9]{5}$",
    strong=r"^[0-9]{3}-[0-9]{2}-[0-9]{5}$",
    chance=0.1,
    strong_chance=0.002,
    weight=0.5,
    strong_weight=4.5,
    check=_holds,
    check_chance=0.1,
    text=r"(?<![0-9A-Za-z.-])[0-9]{3}-[0-9]{2}-[0-9]{5}(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
