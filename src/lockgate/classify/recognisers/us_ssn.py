"""Social security numbers of the United States: area, group and serial, with or without hyphens.

Source: Social Security Administration, Program Operations Manual RM 10201.030 and .035 (areas 000, 666 and 900 to
999, group 00 and serial 0000 are never assigned; the numbers of advertisements 078-05-1120 and 219-09-9999 are void).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_VOID_AREAS = frozenset({"000", "666"})
_VOID = frozenset({"078051120", "219099999"})


def _holds(value: str) -> bool:
    digits = digits_of(value)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    is_void = area in _VOID_AREAS or area[0] == "9" or group == "00" or serial == "0000"
    return not is_void and digits not in _VOID


RECOGNISER = Recogniser(
    type="us-ssn",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "ssn, social security number, social security no, social security, ss number, ssn number, soc sec number",
        "social sec number, us ssn, ssnum, taxpayer ssn",
        "社会安全号, 사회보장번호",
    ),
    form=r"^[0-9]{3}(?:-[0-9]{2}-|[ ][0-9]{2}[ ]|[0-9]{2})[0-9]{4}$",
    strong=r"^[0-9]{3}-[0-9]{2}-[0-9]{4}$",
    chance=0.05,
    strong_chance=0.001,
    weight=1.0,
    strong_weight=7.0,
    check=_holds,
    check_chance=0.85,
    check_weight=0.5,
    check_veto=-8.0,
    text=(
        r"(?<![0-9A-Za-z.-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9A-Za-z]|[.-][0-9])|(?:SSN|ssn|[Ss]ocial [Ss]"
        r"ecurity(?: [Nn]umber| [Nn]o)?)[.:# ]{0,3}(?:is )?([0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{4})(?![0-9A-Z"
        r"a-z]|[.-][0-9])"
    ),
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
