"""Personal identity numbers of Sweden, and co-ordination numbers: birth date, three digits, a check digit.

Source: Folkbokföringslag (1991:481), section 18, and Skatteverket, SKV 704 (Luhn over the last ten digits; day plus
60 for a co-ordination number; `+` instead of the hyphen from the age of 100).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, is_day_of_some_century, luhn_holds
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_COORDINATION, _SHORT = 60, 10


def _holds(value: str) -> bool:
    digits = digits_of(value)
    body = digits[-_SHORT:]
    year, month, day = int(digits[:-8]), int(body[2:4]), int(body[4:6]) % _COORDINATION
    return luhn_holds(body) and is_day_of_some_century(year, month, day)


RECOGNISER = Recogniser(
    type="se-personal-number",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "personnummer, personal identity number, personnr, pnr, samordningsnummer, swedish personal number",
    ),
    form=r"^(?:19|20)?[0-9]{6}[-+]?[0-9]{4}$",
    strong=r"^(?:19|20)?[0-9]{2}[01][0-9][0-9]{2}[-+][0-9]{4}$",
    chance=0.05,
    weight=0.5,
    strong_chance=0.003,
    strong_weight=3.5,
    check=_holds,
    check_chance=0.05,
    text=r"(?<![0-9A-Za-z.-])(?:19|20)?[0-9]{2}[01][0-9][0-9]{2}[-+][0-9]{4}(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
