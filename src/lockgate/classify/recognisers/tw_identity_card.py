"""Identity numbers of Taiwan and of residents there: a letter, a digit of sex, seven digits, a check digit.

Source: Household Registration Act of Taiwan, article 51, and the Ministry of the Interior's rules of numbering:
letters as two digits from 10 to 35 in the order ABCDEFGHJKLMNPQRSTUVXYWZIO, weights 1, 9 to 1, 1, modulo 10.
Residents: 8 or 9 as the second sign since 2021, before that a letter A to D.
"""

from lockgate.classify.check_digits import weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)


def _holds(value: str) -> bool:
    first, second = value[0].upper(), value[1].upper()
    sex = str(_LETTERS.index(second) % 10) if second.isalpha() else second
    return weighted_sum(f"{_LETTERS.index(first) + 10}{sex}{value[2:]}", _WEIGHTS) % 10 == 0


RECOGNISER = Recogniser(
    type="tw-identity-card",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "taiwan id, roc id, arc number, national id, id number, id card",
        "台湾身份证, 身份证字号, 身份证统一编号, 统一证号, 居留证号, 身份证, 身份证号码",
    ),
    form=r"^[A-Z][1289A-D][0-9]{8}$",
    chance=0.01,
    check=_holds,
    check_chance=0.1,
    text=r"(?<![0-9A-Za-z])[A-Z][1289A-D][0-9]{8}(?![0-9A-Za-z])",
)
