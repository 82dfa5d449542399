"""Citizen service numbers of the Netherlands (burgerservicenummer): nine digits.

Source: Wet algemene bepalingen burgerservicenummer, and Logisch ontwerp BSN (test of eleven: weights 9 to 2 and -1).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    digits = digits_of(value)
    return (weighted_sum(digits[:8], range(9, 1, -1)) - int(digits[8])) % 11 == 0 and int(digits) > 0


RECOGNISER = Recogniser(
    type="nl-bsn",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "bsn, burgerservicenummer, burger service nummer, sofinummer, sofi",
    ),
    form=r"^[0-9]{4}[. ]?[0-9]{2}[. ]?[0-9]{3}$",
    check=_holds,
    check_chance=1 / 11,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    text=r"(?:BSN|[Bb]urgerservicenummer)[.:# ]{0,3}([0-9]{9})(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
