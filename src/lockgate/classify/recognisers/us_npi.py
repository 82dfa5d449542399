"""National provider identifiers of the United States, of physicians and of health organisations: ten digits.

Source: 45 CFR 162.406 (ten positions, begins with 1 or 2) and CMS, NPI check digit (ISO/IEC 7812 Luhn over the number
with 80840 before it). A column of telephone numbers passes the check one time in ten.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import luhn_holds
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    return luhn_holds(f"80840{value}")


RECOGNISER = Recogniser(
    type="us-npi",
    category=Category.OTHER_PERSONAL,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "npi, npi number, national provider identifier, provider npi, prescriber npi, rendering npi",
    ),
    form=r"^[12][0-9]{9}$",
    check=_holds,
    check_chance=0.1,
    chance=0.05,
    weight=0.5,
    check_weight=10.0,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
