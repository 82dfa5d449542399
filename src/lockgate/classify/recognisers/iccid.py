"""Numbers of SIM cards (ICCID): 89, country and issuer, nineteen or twenty digits with a check digit.

Source: ITU-T E.118 (89 for telecommunication; at most nineteen digits with Luhn's check); cards show a twentieth
sign.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import luhn_holds
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_CHECKED = 19


def _holds(value: str) -> bool:
    """Whether nineteen digits hold; twenty are let pass, because their issuers put the check in different places."""
    return len(value) > _CHECKED or luhn_holds(value)


RECOGNISER = Recogniser(
    type="iccid",
    category=Category.DEVICE_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "iccid, iccid number, sim number, sim card number, sim serial, sim id",
        "卡iccid, sim卡号",
    ),
    form=r"^89[0-9]{17}(?:[0-9A-Fa-f])?$",
    chance=0.001,
    weight=4.0,
    check=_holds,
    check_chance=0.3,
    check_weight=2.0,
    check_veto=-3.0,
    text=r"(?<![0-9A-Za-z.-])89(?:86|82)[0-9]{15}[0-9A-F]?(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
