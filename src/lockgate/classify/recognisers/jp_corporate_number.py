"""Corporate numbers of Japan: a check digit and twelve digits.

Source: Ordinance 70 of the Ministry of Finance of 2014, article 2 (weights 1 and 2 from the right, modulo 9).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    return 9 - weighted_sum(value[:0:-1], (1, 2) * 6) % 9 == int(value[0])


RECOGNISER = Recogniser(
    type="jp-corporate-number",
    category=Category.NOT_PERSONAL,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "corporate number, houjin bango, hojin bango",
        "法人番号",
    ),
    form=r"^[1-9][0-9]{12}$",
    check=_holds,
    check_chance=1 / 9,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
