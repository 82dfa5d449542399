"""Social insurance numbers of Canada: nine digits with Luhn's check.

Source: Employment and Social Development Canada, Social Insurance Number code of practice (first digit by province, 0
and 8 not in use for persons; modulus 10 check).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, luhn_holds
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    return luhn_holds(digits_of(value))


RECOGNISER = Recogniser(
    type="ca-sin",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "sin, social insurance number, sin number, canadian sin",
    ),
    form=r"^[1-79][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}$",
    check=_holds,
    check_chance=0.1,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    text=(
        r"(?:SIN|[Ss]ocial [Ii]nsurance [Nn]umber)[.:# ]{0,3}([1-79][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3})(?"
        r"![0-9A-Za-z]|[.-][0-9])"
    ),
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
