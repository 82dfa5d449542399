"""Registration numbers of persons of France (NIR, social security): thirteen signs and a key of two digits.

Source: Décret 82-103 of 22 January 1982 and Insee (sex, year, month, department, commune, order; key = 97 less the
number modulo 97; Corsica 2A as 19, 2B as 18).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_CORSICA = {"2A": "19", "2B": "18"}


def _holds(value: str) -> bool:
    compact = value.replace(" ", "").upper()
    department = compact[5:7]
    number = compact[:5] + _CORSICA.get(department, department) + compact[7:13]
    return 97 - int(number) % 97 == int(compact[13:])


RECOGNISER = Recogniser(
    type="fr-nir",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "nir, numero de securite sociale, num secu, securite sociale, insee number, numero secu, nss",
    ),
    form=(
        r"^[1-478] ?[0-9]{2} ?(?:0[1-9]|1[0-2]|[2-9][0-9]) ?(?:[0-9]{2}|2[ABab]) ?[0-9]{3} ?[0-9]{3} ?[0-"
        r"9]{2}$"
    ),
    chance=0.01,
    check=_holds,
    check_chance=1 / 97,
    text=(
        r"(?<![0-9A-Za-z.-])[1-478] [0-9]{2} (?:0[1-9]|1[0-2]|[2-9][0-9]) (?:[0-9]{2}|2[AB]) [0-9]{3} [0-"
        r"9]{3} [0-9]{2}(?![0-9A-Za-z]|[.-][0-9])"
    ),
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
