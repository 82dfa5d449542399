"""Verification codes of payment cards: three or four digits.

Source: PCI DSS 4.0, requirement 3.3.1.2 (must not be kept after authorisation). Three digits say nothing by
themselves, so the header leads.
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="card-verification-code",
    category=Category.ACCOUNT_CREDENTIAL,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "cvv, cvv2, cvc, cvc2, cid, csc, card verification code, card verification value, card security code",
        "security code, cvv code, cvc code",
        "安全码, 信用卡安全码, 校验码, 信用卡验证码, 카드보안코드, 보안코드",
    ),
    not_headers=frozenset(phrases("national, social, product, stock")),
    form=r"^[0-9]{3,4}$",
    chance=0.2,
    weight=2.5,
    kinds=NUMERIC,
)
