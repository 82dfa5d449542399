"""Which checks are compiled, by type; the compiled code itself stands in `checks`, which small inputs do not load."""

from collections.abc import Mapping
from types import MappingProxyType

PERSON_NAME, FIRST_NUMBER, FIRST_PART = 7, 10, 16
"""Where the checks of names, those of numbers, and those of which a part only is compiled begin."""

COMPILED: Mapping[str, int] = MappingProxyType(
    {
        "cn-resident-id": 1,
        "kr-resident-number": 2,
        "bank-card": 3,
        "date-of-birth": 4,
        "ip": 5,
        "us-ssn": 6,
        "person-name": PERSON_NAME,
        "cn-uscc": 10,
        "br-cpf": 11,
        "no-national-number": 12,
        "be-national-number": 13,
        "kr-business-number": 14,
        "kr-corporate-number": 15,
        "iban": 16,
        "us-aba-routing": 17,
        "se-personal-number": 18,
        "imei": 19,
    }
)
"""Number of the compiled check of a type: below `FIRST_PART` all of it, from there on a part that most numbers fail.

Types without one are asked in Python.
"""

UNCHECKED, UNCOMPILED, LOOSE = 0, -1, -2
"""Numbers in place of a check: a type that has none; one whose check is not compiled; one whose pattern in the tables
fits too much, so that its cells have to be searched in Python."""

UNCLAIMED = 1000
"""Added to the type of a hit inside text whose check has to be asked, and which has not claimed its place yet."""

NOTHING, INNER = 1, 2
"""What is said of a cell in which nothing stands, and of one that has to be searched from place to place; 0 says that
nothing is known of it, more is the number of a last state, which says the hits."""
