"""National register numbers of Belgium: birth date, order of three digits, two check digits.

Source: Koninklijk besluit of 3 April 1984 on the identification number (97 less the number modulo 97; a 2 before the
number for births since 2000).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    digits = digits_of(value)
    number, check = digits[:9], int(digits[9:])
    return any(97 - int(prefix + number) % 97 == check for prefix in ("", "2"))


RECOGNISER = Recogniser(
    type="be-national-number",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "rijksregisternummer, national register number, numero national, numero de registre national, rrn, insz",
        "niss, rijksregisternr",
    ),
    form=r"^[0-9]{2}(?:\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.|[0-9]{7})[0-9]{2}$",
    strong=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}$",
    chance=0.05,
    weight=0.5,
    strong_chance=0.0005,
    strong_weight=5.0,
    check=_holds,
    check_chance=1 / 48,
    text=r"(?<![0-9A-Za-z.-])[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
