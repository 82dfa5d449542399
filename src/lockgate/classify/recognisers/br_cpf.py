"""Taxpayer numbers of natural persons of Brazil (CPF): nine digits and two check digits.

Source: Receita Federal, Instrução Normativa RFB 1548/2015 (weights 10 to 2 and 11 to 2, modulo 11).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _holds(value: str) -> bool:
    digits = digits_of(value)
    first = weighted_sum(digits[:9], range(10, 1, -1)) * 10 % 11 % 10
    second = weighted_sum(digits[:10], range(11, 1, -1)) * 10 % 11 % 10
    return digits[9:] == f"{first}{second}"


RECOGNISER = Recogniser(
    type="br-cpf",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "cpf, cpf number, numero do cpf, nr cpf",
    ),
    form=r"^[0-9]{3}(?:\.[0-9]{3}\.[0-9]{3}-|[0-9]{6})[0-9]{2}$",
    strong=r"^[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}$",
    chance=0.08,
    weight=0.5,
    strong_chance=0.0005,
    strong_weight=4.5,
    check=_holds,
    check_chance=0.01,
    text=r"(?<![0-9A-Za-z.-])[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
