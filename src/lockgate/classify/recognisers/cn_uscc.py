"""Unified social credit codes of organisations of China: 18 signs with a check character.

Source: GB 32100-2015 (signs without I, O, S, V, Z; registering department, kind, administrative division of six
digits, organisation code of nine signs, check character modulo 31 with weights that are powers of 3). A code of a
sole trader points at a person; the values cannot show whose it is.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 10]
)


def _holds(value: str) -> bool:
    """Whether the division lies in a province, or is that of the state, and the check character holds."""
    compact = value.upper()
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(compact[:17]))
    return int(compact[2:4]) in _PROVINCES and (total + _SIGNS.index(compact[17])) % 31 == 0


RECOGNISER = Recogniser(
    type="cn-uscc",
    category=Category.NOT_PERSONAL,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "uscc, unified social credit code, social credit code, credit code, tyshxydm, shxydm, xydm",
        "统一社会信用代码, 社会信用代码, 统一信用代码, 信用代码, 营业执照号, 统一代码",
    ),
    form=r"^[1-9ANYany][0-9A-GYa-gy][0-9]{6}[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{10}$",
    chance=0.02,
    check=_holds,
    check_chance=1 / 62,
    text=r"(?<![0-9A-Za-z.-])[1-9ANY][0-9A-GY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
