"""Employer identification numbers of the United States: a prefix of two digits, seven more.

Source: Internal Revenue Service, How EINs are assigned and valid EIN prefixes. The number of an employer, not of a
person.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_PREFIXES = frozenset(
    [
        *range(1, 7),
        *range(10, 17),
        *range(20, 28),
        *range(30, 49),
        *range(50, 69),
        *range(71, 78),
        *range(80, 89),
        *range(90, 96),
        98,
        99,
    ]
)


def _holds(value: str) -> bool:
    return int(value[:2]) in _PREFIXES


RECOGNISER = Recogniser(
    type="us-ein",
    category=Category.NOT_PERSONAL,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "ein, fein, employer identification number, federal tax id, employer id number, tax id",
    ),
    form=r"^[0-9]{2}-?[0-9]{7}$",
    strong=r"^[0-9]{2}-[0-9]{7}$",
    chance=0.05,
    strong_chance=0.005,
    strong_weight=3.5,
    check=_holds,
    check_chance=0.83,
    weight=0.5,
    check_weight=0.5,
    check_veto=-8.0,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
