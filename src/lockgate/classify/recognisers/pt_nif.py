"""Tax numbers of Portugal (NIF): nine digits; 1 to 3 and 45 first for natural persons.

Source: Decreto-Lei 14/2013, articles 6 and 10, and Portaria 377/2013 (weights 9 to 2, modulo 11).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    rest = weighted_sum(value[:8], range(9, 1, -1)) % 11
    return int(value[8]) == (0 if rest <= 1 else 11 - rest)


RECOGNISER = Recogniser(
    type="pt-nif",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "nif, contribuinte, numero de contribuinte, numero de identificacao fiscal, nif number",
    ),
    form=r"^[1-35-9][0-9]{8}$",
    check=_holds,
    check_chance=0.1,
    chance=0.1,
    weight=0.5,
    check_weight=3.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
