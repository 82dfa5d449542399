"""Numbers of payment cards: issuer ranges, lengths and check digit.

Source: ISO/IEC 7812-1 (form, and Annex B: modulus 10 double-add-double check, called Luhn's); issuer ranges as
published by the schemes: Visa 4 (13, 16, 19 digits), Mastercard 51-55 and 2221-2720 (16), American Express 34 and 37
(15), UnionPay 62 and 81 (16-19), JCB 3528-3589 (16-19), Diners Club 300-305, 36, 38, 39 (14-19), Discover 6011,
644-649, 65 (16-19), Maestro 50, 56-58, 6304, 6759 (12-19). One number in ten passes the check by chance.
"""

import re

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_FORM = (
    r"(?:[2-68][0-9]{11,18}|[2-68][0-9]{3}(?:[- ][0-9]{4}){2,3}(?:[- ][0-9]{1,4})?|3[0-9]{3}[- ][0-9]{6}[- ][0-9]{4,5})"
)
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|(?:62|81)\d{14,17}|35(?:2[89]|[3-8]\d)\d{12,15}|3(?:0[0-5]|[689]\d)\d{11,16}|(?:6011|64[4-9]\d|65\d\d)\d{12,15}"
    r"|(?:50\d\d|5[6-8]\d\d|6304|6759)\d{8,15}",
    re.ASCII,
)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def _holds(value: str) -> bool:
    digits = value.replace("-", "").replace(" ", "")
    return bool(_ISSUERS.fullmatch(digits)) and _check_holds(digits)


def _check_holds(digits: str) -> bool:
    numbers = [int(digit) for digit in reversed(digits)]
    return (sum(numbers[::2]) + sum(_DOUBLED[number] for number in numbers[1::2])) % 10 == 0


RECOGNISER = Recogniser(
    type="bank-card",
    category=Category.FINANCIAL_ACCOUNT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "card, card number, card no, bank card, credit card, credit card number, debit card, pan, cc number",
        "payment card, bank card number, cardno, ccnum, yhkh, kahao, crdno, cardnum, yhk",
        "银行卡, 银行卡号, 卡号, 信用卡, 信用卡号, 储蓄卡号, 卡号码, 借记卡号, 储蓄卡, カード番号, 카드번호",
        "신용카드, 신용카드번호, 체크카드번호",
    ),
    not_headers=frozenset({"id", "identity", "sim", "会员"}),
    form=rf"^{_FORM}$",
    chance=0.3,
    weight=1.0,
    check=_holds,
    check_chance=0.1,
    check_weight=11.0,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
    text=rf"(?<![0-9A-Za-z.-]){_FORM}(?![0-9A-Za-z]|[.-][0-9])",
)
