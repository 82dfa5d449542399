"""Numbers of patients of the National Health Service: ten digits, the last a check digit.

Source: NHS Data Dictionary, NHS number (weights 10 to 2, modulo 11). An ISBN of ten digits has the same check, so the
header leads.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    digits = digits_of(value)
    return (weighted_sum(digits[:9], range(10, 1, -1)) + int(digits[9])) % 11 == 0


RECOGNISER = Recogniser(
    type="uk-nhs-number",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "nhs number, nhs no, nhs, nhs id, nhsnum",
    ),
    form=r"^[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}$",
    check=_holds,
    check_chance=1 / 11,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    text=(
        r"(?:NHS|nhs)(?: [Nn]umber| [Nn]o)?[.:# ]{0,3}(?:is )?([0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4})(?![0-9"
        r"A-Za-z]|[.-][0-9])"
    ),
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
