"""Tax file numbers of Australia: nine digits.

Source: Australian Taxation Office, TFN algorithm of its software developers' specifications (weights 1 4 3 7 5 8 6 9
10, modulo 11).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    return weighted_sum(digits_of(value), (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


RECOGNISER = Recogniser(
    type="au-tfn",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "tfn, tax file number, tax file no, australian tfn",
    ),
    form=r"^[0-9]{3} ?[0-9]{3} ?[0-9]{3}$",
    check=_holds,
    check_chance=1 / 11,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    text=(
        r"(?:TFN|[Tt]ax [Ff]ile [Nn]umber)[.:# ]{0,3}([0-9]{3} ?[0-9]{3} ?[0-9]{3})(?![0-9A-Za-z]|[.-][0-"
        r"9])"
    ),
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
