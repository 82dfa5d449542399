"""Registration numbers of corporations of Korea: six digits of office and kind, six of sequence, a check digit.

Source: Supreme Court of Korea, rule on registration numbers of corporations, articles 2 and 3 (weights 1 and 2 in
turn, modulo 10). The sequence is short, so that its first digit is 0 almost always; a resident number has 1 to 8
there.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    digits = digits_of(value)
    return (weighted_sum(digits[:12], (1, 2) * 6) + int(digits[12])) % 10 == 0


RECOGNISER = Recogniser(
    type="kr-corporate-number",
    category=Category.NOT_PERSONAL,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "crno, jurirno, corp no",
        "corporate number, corporation number, corporate registration number, jurirno, cprregno",
        "법인등록번호, 법인번호",
    ),
    form=r"^[0-9]{6}-?[0-9]{7}$",
    strong=r"^[0-9]{6}-0[0-9]{6}$",
    chance=0.1,
    strong_chance=0.001,
    weight=0.5,
    strong_weight=4.5,
    check=_holds,
    check_chance=0.1,
    check_weight=10.0,
    text=r"(?<![0-9A-Za-z.-])[0-9]{6}-0[0-9]{6}(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
