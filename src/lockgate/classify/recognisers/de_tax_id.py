"""Tax identification numbers of natural persons of Germany: eleven digits, the last a check digit.

Source: Abgabenordnung, section 139b, and Bundeszentralamt für Steuern, specification of the identification number
(ISO/IEC 7064 MOD 11,10; of the first ten digits exactly one comes twice or three times).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, mod_11_10_holds
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_MOST_OFTEN = (2, 3)


def _holds(value: str) -> bool:
    digits = digits_of(value)
    often = sorted(digits[:10].count(digit) for digit in set(digits[:10]))
    return often[-1] in _MOST_OFTEN and often[:-1].count(1) == len(often) - 1 and mod_11_10_holds(digits)


RECOGNISER = Recogniser(
    type="de-tax-id",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "steuer id, steueridnr, steuerid, idnr, steuer identifikationsnummer, steueridentifikationsnummer",
        "steuerliche identifikationsnummer, german tax id, tin",
    ),
    form=r"^[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}$",
    check=_holds,
    check_chance=0.05,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    text=(
        r"(?:[Ss]teuer-?(?:ID|IdNr|[Ii]dentifikationsnummer)|IdNr)[.:# ]{0,3}([1-9][0-9] ?[0-9]{3} ?[0-9]"
        r"{3} ?[0-9]{3})(?![0-9A-Za-z]|[.-][0-9])"
    ),
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
