"""Social insurance numbers of Switzerland (AHV, AVS): 756, nine digits, a check digit.

Source: Verordnung über die Alters- und Hinterlassenenversicherung, article 133, and Zentrale Ausgleichsstelle (check
digit of EAN-13).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    return weighted_sum(digits_of(value), (1, 3) * 6 + (1,)) % 10 == 0


RECOGNISER = Recogniser(
    type="ch-ahv",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "ahv, ahv nummer, ahvnr, ahv nr, avs, numero avs, ahvn13, sozialversicherungsnummer",
    ),
    form=r"^756(?:\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}|[0-9]{10})$",
    strong=r"^756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}$",
    chance=0.002,
    weight=1.5,
    strong_chance=0.0002,
    strong_weight=6.0,
    check=_holds,
    check_chance=0.1,
    text=r"(?<![0-9A-Za-z.-])756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
