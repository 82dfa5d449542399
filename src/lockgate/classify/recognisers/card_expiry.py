"""Expiry dates of payment cards: month and year.

Source: ISO/IEC 7813, clause 7 (expiry YYMM on the track); cards show MM/YY.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="card-expiry",
    category=Category.FINANCIAL_ACCOUNT,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "card expiry, expiry date, card expiration, expiration date, card exp, exp date, cc exp, cc expiry",
        "credit card expiry, valid thru, card valid thru",
        "信用卡有效期, 卡有效期, 카드유효기간, 유효기간",
    ),
    form=r"^(?:0[1-9]|1[0-2]) ?[/-] ?(?:20)?[0-9]{2}$",
    chance=0.05,
    weight=0.5,
    strong=r"^(?:0[1-9]|1[0-2])/[0-9]{2}$",
    strong_chance=0.01,
    strong_weight=2.5,
)
