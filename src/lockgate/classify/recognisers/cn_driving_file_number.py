"""File numbers of driving licences of China: twelve digits, the first six of the issuing office.

Source: GA 482-2012 (driving licence of motor vehicles: 档案编号). The number of the licence itself is that of the
identity card. No check digit, so the header leads.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_FIRST_PROVINCE, _LAST_PROVINCE = 11, 65


def _holds(value: str) -> bool:
    """Whether the first two digits are those of a province."""
    return _FIRST_PROVINCE <= int(value[:2]) <= _LAST_PROVINCE


RECOGNISER = Recogniser(
    type="cn-driving-file-number",
    category=Category.GOVERNMENT_DOCUMENT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "driver file number, driving file number, dabh, jszdabh",
        "档案编号, 驾驶证档案编号, 驾驶档案编号",
    ),
    form=r"^[0-9]{12}$",
    chance=0.05,
    weight=2.5,
    check=_holds,
    check_chance=0.5,
    check_weight=1.0,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
