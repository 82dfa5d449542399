"""Aadhaar numbers of India: twelve digits, the last a check digit.

Source: UIDAI, A UID numbering scheme (Verhoeff's check; does not begin with 0 or 1).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, verhoeff_holds
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    return verhoeff_holds(digits_of(value))


RECOGNISER = Recogniser(
    type="in-aadhaar",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "aadhaar, aadhaar number, aadhaar no, aadhar, aadhar number, aadhar no, adhaar, uidai, uid number",
        "आधार",
    ),
    form=r"^[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}$",
    strong=r"^[2-9][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}$",
    check=_holds,
    check_chance=0.1,
    chance=0.1,
    weight=0.5,
    strong_chance=0.005,
    strong_weight=3.0,
    text=r"(?<![0-9A-Za-z.-])(?<![0-9][ ])[2-9][0-9]{3} [0-9]{4} [0-9]{4}(?![0-9A-Za-z]|[ .-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
