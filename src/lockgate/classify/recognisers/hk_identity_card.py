"""Identity cards of Hong Kong: one or two letters, six digits and a check character, usually in brackets.

Source: Registration of Persons Regulations (Cap. 177A), and the check digit as the Immigration Department's forms use
it: weights 9 to 1 with letters as 10 to 35 and a missing first letter as 36, modulo 11, 10 written as A.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_MISSING_LETTER, _FIRST_LETTER = 36, 55


def _holds(value: str) -> bool:
    compact = value.replace("(", "").replace(")", "").upper()
    numbers = [ord(sign) - _FIRST_LETTER if sign.isalpha() else int(sign) for sign in compact]
    numbers = [_MISSING_LETTER] * (9 - len(numbers)) + numbers
    return sum(number * weight for number, weight in zip(numbers, range(9, 0, -1), strict=True)) % 11 == 0


RECOGNISER = Recogniser(
    type="hk-identity-card",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "hkid, hkid number, hkic, hong kong id, hong kong identity card",
        "香港身份证, 香港居民身份证, 香港身份证号码, 港澳身份证",
    ),
    form=r"^[A-Z]{1,2}[0-9]{6}(?:\([0-9A]\)|[0-9A])$",
    strong=r"^[A-Z]{1,2}[0-9]{6}\([0-9A]\)$",
    chance=0.05,
    strong_chance=0.002,
    weight=1.0,
    strong_weight=5.5,
    check=_holds,
    check_chance=1 / 11,
    text=r"(?<![0-9A-Za-z])[A-Z]{1,2}[0-9]{6}\([0-9A]\)",
)
