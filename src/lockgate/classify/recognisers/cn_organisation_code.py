"""Organisation codes of China, of before the unified social credit code: eight signs and a check character.

Source: GB 11714-1997 (weights 3, 7, 9, 10, 5, 8, 4, 2, modulo 11, 10 written as X).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def _holds(value: str) -> bool:
    compact = value.replace("-", "").upper()
    total = sum(int(sign, 36) * weight for sign, weight in zip(compact[:8], _WEIGHTS, strict=True))
    return "0X987654321"[total % 11] == compact[8]


RECOGNISER = Recogniser(
    type="cn-organisation-code",
    category=Category.NOT_PERSONAL,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "organisation code, organization code, org code, zzjgdm",
        "组织机构代码, 组织机构代码证, 机构代码",
    ),
    form=r"^[0-9A-Za-z]{8}-?[0-9Xx]$",
    check=_holds,
    check_chance=1 / 11,
    chance=0.2,
    weight=0.5,
    check_weight=3.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
