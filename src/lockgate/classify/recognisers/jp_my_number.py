"""Individual numbers of Japan (My Number): twelve digits, the last a check digit.

Source: Ordinance 85 of the Ministry of Internal Affairs and Communications of 2014, article 5 (weights 2 to 7 and 2
to 6 from the right, modulo 11).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def _holds(value: str) -> bool:
    digits = digits_of(value)
    rest = weighted_sum(digits, _WEIGHTS) % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


RECOGNISER = Recogniser(
    type="jp-my-number",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "my number, mynumber, individual number, kojin bango",
        "マイナンバー, 個人番号, 个人番号",
    ),
    form=r"^[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}$",
    check=_holds,
    check_chance=1 / 10,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    text=r"(?:マイナンバー|個人番号)[はが:： ]{0,2}([0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4})(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
