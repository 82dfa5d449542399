"""Personal codes of Estonia and Lithuania: sex and century, birth date, three digits, a check digit.

Source: Rahvastikuregistri seadus, section 39, EVS 585:2007; Lithuanian law on the population register, article 8
(weights 1 to 9 and 1, then 3 to 9 and 1 to 3, modulo 11).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import is_day_of_some_century, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_FIRST = (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)
_SECOND = (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)


def _holds(value: str) -> bool:
    rest = weighted_sum(value[:10], _FIRST) % 11
    if rest == 10:  # noqa: PLR2004 - then the second weights count
        rest = weighted_sum(value[:10], _SECOND) % 11 % 10
    return rest == int(value[10]) and is_day_of_some_century(int(value[1:3]), int(value[3:5]), int(value[5:7]))


RECOGNISER = Recogniser(
    type="ee-personal-code",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "isikukood, asmens kodas, personal code, estonian personal code",
    ),
    form=r"^[1-6][0-9]{10}$",
    check=_holds,
    check_chance=0.03,
    chance=0.08,
    weight=0.5,
    check_weight=3.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
