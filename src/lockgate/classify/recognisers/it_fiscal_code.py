"""Fiscal codes of natural persons of Italy: sixteen signs of name, birth date, sex, place, and a check letter.

Source: Decreto ministeriale of 23 December 1976 (tables of odd and even places; letters L to V for digits where two
persons would share a code).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_DIGIT = "[0-9LMNPQRSTUV]"
_FORM = f"[A-Z]{{6}}{_DIGIT}{{2}}[ABCDEHLMPRST]{_DIGIT}{{2}}[A-Z]{_DIGIT}{{3}}[A-Z]"


def _holds(value: str) -> bool:
    numbers = [int(sign) if sign.isdigit() else ord(sign) - ord("A") for sign in value.upper()]
    total = sum(_ODD[number] for number in numbers[:15:2]) + sum(numbers[1:15:2])
    return total % 26 == numbers[15]


RECOGNISER = Recogniser(
    type="it-fiscal-code",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "codice fiscale, cod fiscale, codfisc, cf, fiscal code, codicefiscale",
    ),
    form=rf"^(?i:{_FORM})$",
    strong=rf"^{_FORM}$",
    chance=0.0005,
    strong_chance=0.0005,
    strong_weight=6.0,
    check=_holds,
    check_chance=1 / 26,
    text=rf"(?<![0-9A-Za-z]){_FORM}(?![0-9A-Za-z])",
)
