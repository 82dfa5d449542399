"""Identity numbers of Singapore (NRIC) and of foreigners there (FIN): a letter, seven digits, a check letter.

Source: National Registration Act of Singapore and Immigration and Checkpoints Authority (series S, T, F, G, M); the
check with weights 2, 7, 6, 5, 4, 3, 2 modulo 11 is common knowledge, not published by the authority.
"""

from lockgate.classify.check_digits import weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
_TABLES = {"S": (0, "JZIHGFEDCBA"), "T": (4, "JZIHGFEDCBA"), "F": (0, "XWUTRQPNMLK"), "G": (4, "XWUTRQPNMLK")}
_TABLES["M"] = (3, "XWUTRQPNJLK")


def _holds(value: str) -> bool:
    offset, letters = _TABLES[value[0].upper()]
    return letters[(offset + weighted_sum(value[1:8], _WEIGHTS)) % 11] == value[8].upper()


RECOGNISER = Recogniser(
    type="sg-nric",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "nric, nric number, nric no, fin, fin number, fin no, nric fin, uin, singapore id",
    ),
    form=r"^[STFGMstfgm][0-9]{7}[A-Za-z]$",
    strong=r"^[STFGM][0-9]{7}[A-Z]$",
    chance=0.005,
    strong_chance=0.003,
    strong_weight=4.0,
    check=_holds,
    check_chance=1 / 26,
    text=r"(?<![0-9A-Za-z])[STFGM][0-9]{7}[A-Z](?![0-9A-Za-z])",
)
