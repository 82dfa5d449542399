"""Identities of mobile subscribers (IMSI): country of three digits, network, subscriber, fifteen digits in all.

Source: ITU-T E.212 (form; mobile country codes begin with 2 to 7 and 9). No check digit, so the header leads.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="imsi",
    category=Category.DEVICE_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "imsi, imsi number, sim imsi, subscriber identity",
        "国际移动用户识别码",
    ),
    form=r"^[2-79][0-9]{13,14}$",
    chance=0.05,
    weight=2.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
