"""Telephone numbers of which digits are hidden: `138****1234`.

Source: usage of China and Korea (GB/T 37964-2019, annex A.2: masking); the digits that are left narrow the person
down.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WHOLE = (
    r"^(?:(?:\+?86[- ]?)?1[3-9][0-9][- ]?[*xX＊]{4}[- ]?[0-9]{4}|01"
    r"[016789][- ]?[*xX]{3,4}[- ]?[0-9]{4}|01[016789][- ][0-9]{3,4}[- ][*xX]{4}|1[3-9][0-9]{5}[*]{4}|1[3-9"
    r"][0-9][*]{8}|(?:[*xX]{3}[- .]){2}[0-9]{4}|\([*xX]{3}\) ?[*xX]{3}[- ][0-9]{4})$"
)


RECOGNISER = Recogniser(
    type="masked-phone",
    category=Category.CONTACT,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "masked phone, phone mask, mobile mask, masked mobile, phone masked",
        "脱敏手机号, 手机号脱敏, 手机号掩码",
    ),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.001,
    strong_chance=0.001,
    strong_weight=9.0,
    text=r"(?<![0-9A-Za-z*])(?:1[3-9][0-9][*]{4}[0-9]{4}|01[016789]-[*]{3,4}-[0-9]{4})(?![0-9A-Za-z*])",
)
