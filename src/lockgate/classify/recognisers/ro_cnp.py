"""Personal numeric codes of Romania: sex and century, birth date, county, order, a check digit.

Source: Ordonanța de urgență 97/2005 and Hotărârea 1375/2006 (weights 2 7 9 1 4 6 3 5 8 2 7 9, modulo 11, 10 as 1).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import is_day_of_some_century, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WEIGHTS = (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)


def _holds(value: str) -> bool:
    rest = weighted_sum(value[:12], _WEIGHTS) % 11
    is_birth = is_day_of_some_century(int(value[1:3]), int(value[3:5]), int(value[5:7]))
    return is_birth and int(value[12]) == (1 if rest == 10 else rest)  # noqa: PLR2004 - written as 1


RECOGNISER = Recogniser(
    type="ro-cnp",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "cnp, cod numeric personal, personal numeric code",
    ),
    form=r"^[1-9][0-9]{12}$",
    check=_holds,
    check_chance=0.01,
    chance=0.08,
    weight=0.5,
    check_weight=3.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
