"""Routing transit numbers of banks of the United States: nine digits with a check digit.

Source: American Bankers Association, routing number policy (Federal Reserve district prefixes; weights 3, 7, 1,
modulo 10). The number of a bank, not of an account.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_PREFIXES = frozenset([*range(13), *range(21, 33), *range(61, 73), 80])


def _holds(value: str) -> bool:
    return int(value[:2]) in _PREFIXES and weighted_sum(value, (3, 7, 1) * 3) % 10 == 0


RECOGNISER = Recogniser(
    type="us-aba-routing",
    category=Category.NOT_PERSONAL,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "aba, routing number, routing no, aba number, aba routing, routing transit number, rtn",
        "bank routing number",
    ),
    form=r"^[0-9]{9}$",
    check=_holds,
    check_chance=0.05,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
