"""Personal identification numbers of Croatia (OIB): eleven digits, the last a check digit.

Source: Zakon o osobnom identifikacijskom broju (NN 60/08), article 5 (ISO/IEC 7064 MOD 11,10). Companies have one
too.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import mod_11_10_holds
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    return mod_11_10_holds(value)


RECOGNISER = Recogniser(
    type="hr-oib",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "oib, osobni identifikacijski broj",
    ),
    form=r"^[0-9]{11}$",
    check=_holds,
    check_chance=0.1,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
