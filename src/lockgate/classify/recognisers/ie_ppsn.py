"""Personal public service numbers of Ireland: seven digits, a check letter, for some a second letter.

Source: Social Welfare Consolidation Act 2005, section 262, and Department of Social Protection (weights 8 to 2,
second letter times 9, modulo 23 with W as 0).
"""

from lockgate.classify.check_digits import weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WITH_SECOND = 9


def _holds(value: str) -> bool:
    second = ord(value[8].upper()) - 64 if len(value) == _WITH_SECOND and value[8] not in "Ww" else 0
    rest = (weighted_sum(value[:7], range(8, 1, -1)) + 9 * second) % 23
    return value[7].upper() == ("W" if rest == 0 else chr(64 + rest))


RECOGNISER = Recogniser(
    type="ie-ppsn",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "ppsn, pps number, pps no, personal public service number, pps, rsi number",
    ),
    form=r"^[0-9]{7}[A-Wa-w][A-IWa-iw]?$",
    chance=0.01,
    check=_holds,
    check_chance=1 / 23,
    weight=1.5,
    text=r"(?:PPSN?|ppsn?)(?: [Nn]umber| [Nn]o)?[.:# ]{0,3}([0-9]{7}[A-W][A-IW]?)(?![0-9A-Za-z])",
)
