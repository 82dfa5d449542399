"""Identities of mobile equipment (IMEI): fourteen digits and a check digit.

Source: 3GPP TS 23.003, clause 6.2 (form) and annex B (Luhn's check); GSMA TS.06 (reporting body: first two digits).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, luhn_holds
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_BODIES = frozenset(
    {"01", "10", "30", "33", "35", "44", "45", "49", "50", "51", "52", "53", "54", "86", "91", "98", "99"}
)


def _holds(value: str) -> bool:
    digits = digits_of(value)
    return digits[:2] in _BODIES and luhn_holds(digits[:15])


RECOGNISER = Recogniser(
    type="imei",
    category=Category.DEVICE_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "imei, imei number, imei no, imei1, imei2, meid, device imei",
        "手机串号, 手机识别码, 설비식별번호, 단말기식별번호",
    ),
    form=r"^[0-9]{2}-?[0-9]{6}-?[0-9]{6}-?[0-9]$",
    check=_holds,
    check_chance=0.02,
    chance=0.05,
    weight=0.0,
    check_weight=10.0,
    text=r"(?:IMEI|imei|串号)(?:码|号)?[是为]?[:：# ]{0,2}([0-9]{15})(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
