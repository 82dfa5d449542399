"""Personal identity codes of Finland: birth date, a sign of the century, three digits, a check character.

Source: Act on the population information system (661/2009), section 11, and Digital and Population Data Services
Agency (nine digits modulo 31 in 0 to 9 and A to Y without G, I, O, Q, Z; further signs of the century since 2023).
"""

from lockgate.classify.check_digits import is_day_of_some_century
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_FORM = "[0-3][0-9][01][0-9][0-9]{2}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]"


def _holds(value: str) -> bool:
    is_birth = is_day_of_some_century(int(value[4:6]), int(value[2:4]), int(value[:2]))
    return is_birth and _CHECKS[int(value[:6] + value[7:10]) % 31] == value[10].upper()


RECOGNISER = Recogniser(
    type="fi-personal-code",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "henkilotunnus, hetu, personal identity code, finnish personal code, sotu",
    ),
    form=rf"^{_FORM}$",
    strong=rf"^{_FORM}$",
    chance=0.002,
    strong_chance=0.002,
    strong_weight=5.0,
    check=_holds,
    check_chance=1 / 31,
    text=rf"(?<![0-9A-Za-z.-]){_FORM}(?![0-9A-Za-z]|[.-][0-9])",
)
