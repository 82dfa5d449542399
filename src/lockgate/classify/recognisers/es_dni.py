"""Identity numbers of Spain: DNI of eight digits, NIE of foreigners with X, Y or Z, both with a check letter.

Source: Real Decreto 1553/2005, article 11, and Real Decreto 557/2011, article 206; check letter of Orden
INT/2058/2008 (number modulo 23 in TRWAGMYFPDXBNJZSQVHLCKE).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_FIRST = str.maketrans("XYZ", "012")


def _holds(value: str) -> bool:
    compact = value.replace("-", "").upper()
    return _LETTERS[int(compact[:-1].translate(_FIRST)) % 23] == compact[-1]


RECOGNISER = Recogniser(
    type="es-dni",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "dni, dni number, dni nie, nie, nif, documento nacional de identidad, numero de identidad, dni nif",
    ),
    form=r"^(?:[0-9]{8}|[XYZxyz]-?[0-9]{7})-?[A-HJ-NP-TV-Za-hj-np-tv-z]$",
    chance=0.01,
    check=_holds,
    check_chance=1 / 23,
    text=r"(?<![0-9A-Za-z.-])(?:[0-9]{8}|[XYZ]-?[0-9]{7})-?[A-HJ-NP-TV-Z](?![0-9A-Za-z]|[.-][0-9])",
)
