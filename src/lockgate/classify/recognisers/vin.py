"""Identification numbers of vehicles: seventeen signs without I, O, Q.

Source: ISO 3779 (form); 49 CFR 565.15 and GB 16735-2019 (ninth sign a check modulo 11; not asked for in Europe, so
that it speaks for and not against).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_VALUES = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", "012345678912345678123457923456789", strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _holds(value: str) -> bool:
    compact = value.upper()
    rest = sum(int(_VALUES[sign]) * weight for sign, weight in zip(compact, _WEIGHTS, strict=True)) % 11
    return compact[8] == ("X" if rest == 10 else str(rest))  # noqa: PLR2004 - written as X


RECOGNISER = Recogniser(
    type="vin",
    category=Category.VEHICLE,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "vin, vin number, vin no, vehicle identification number, chassis number, chassis no, frame number, cjh",
        "clsbdh, clsbm",
        "车架号, 车架号码, 车辆识别代号, 车辆识别码, 车辆识别代码, 차대번호, 車台番号",
    ),
    form=r"^[0-9A-HJ-NPR-Za-hj-npr-z]{17}$",
    strong=(
        r"^[1-9A-HJ-NPR-Z][A-HJ-NPR-Z][0-9A-HJ-NPR-Z][0-9A-HJ-NPR-Z]{5}[0-9X][0-9A-HJ-NPR-Y][0-9A-HJ-NPR-"
        r"Z]{5}[0-9]{2}$"
    ),
    chance=0.01,
    strong_chance=0.003,
    weight=2.5,
    strong_weight=3.5,
    check=_holds,
    check_chance=1 / 11,
    check_veto=-1.0,
    text=(
        r"(?<![0-9A-Za-z])[1-9A-HJ-NPR-Z][A-HJ-NPR-Z][0-9A-HJ-NPR-Z]{6}[0-9X][0-9A-HJ-NPR-Y][0-9A-HJ-NPR-"
        r"Z]{2}[0-9A-Z][0-9]{4}(?![0-9A-Za-z])"
    ),
)
