"""Check characters of identifiers, computed for many at once, so that a replaced number still looks valid.

Each scheme says how many check characters end an identifier, over which alphabet, and what they are for the
characters before them. Some bodies have none (an NHS number whose rest is 10): those are marked.

Sources stand beside the schemes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

VERSION = "1"

DIGITS = "0123456789"
CREDIT_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"

Numerals = npt.NDArray[Any]
_Checks = npt.NDArray[np.int64]

NONE_EXISTS = -1
"""Stands for the check character of a body that has none."""


@dataclass(frozen=True, slots=True)
class CheckScheme:
    """How an identifier is checked.

    Attributes:
        body_alphabet: Characters of the body, in the order of their numerals.
        alphabet: Characters that a check character may be, in the order of their numerals.
        characters: Number of check characters, at the end.
        body_length: Characters before them; 0 for any number.
        compute: From numerals of bodies, shape (rows, length), to numerals of check characters, shape
            (rows, `characters`); a negative one where none exists.
    """

    body_alphabet: str
    alphabet: str
    characters: int
    body_length: int
    compute: Callable[[Numerals], _Checks]


def _luhn(body: Numerals) -> _Checks:
    numerals = body.astype(np.int64)
    doubled = numerals[:, ::-1][:, ::2] * 2
    folded = doubled - 9 * (doubled > 9)  # noqa: PLR2004 - the sum of both digits
    total: _Checks = folded.sum(axis=1) + numerals[:, ::-1][:, 1::2].sum(axis=1)
    return (-total % 10)[:, None]


def _mod_11_10(body: Numerals) -> _Checks:
    product = np.full(len(body), 10, dtype=np.int64)
    for column in body.T:
        total = (product + column) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    return ((11 - product) % 10)[:, None]


def _verhoeff(body: Numerals) -> _Checks:
    state = np.zeros(len(body), dtype=np.int64)
    for place, column in enumerate(body.T[::-1], start=1):
        state = _PRODUCT[state, _PERMUTATION[place % 8, column]]
    found: _Checks = _INVERSE[state]
    return found[:, None]


def _two_of_cpf(body: Numerals) -> _Checks:
    first = _weighted(body, range(10, 1, -1)) * 10 % 11 % 10
    second = (_weighted(body, range(11, 2, -1)) + 2 * first) * 10 % 11 % 10
    return np.stack([first, second], axis=1)


def _kr_business(body: Numerals) -> _Checks:
    total = _weighted(body, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + body[:, 8].astype(np.int64) * 5 // 10
    return (-total % 10)[:, None]


def _by_weights(weights: Sequence[int], modulus: int, characters: Sequence[int]) -> Callable[[Numerals], _Checks]:
    """Return the computation of a check character that a weighted sum, reduced by a modulus, chooses."""
    table = np.array(characters, dtype=np.int64)

    def compute(body: Numerals) -> _Checks:
        chosen: _Checks = table[_weighted(body, weights) % modulus]
        return chosen[:, None]

    return compute


def _weighted(body: Numerals, weights: Sequence[int]) -> _Checks:
    total: _Checks = body.astype(np.int64) @ np.array(list(weights), dtype=np.int64)
    return total


def _turned(table: Sequence[str]) -> npt.NDArray[np.int64]:
    return np.array([[int(sign) for sign in row] for row in table], dtype=np.int64)


_PRODUCT = _turned(
    ("0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
     "5987604321", "6598710432", "7659821043", "8765932104", "9876543210")
)  # fmt: skip
_PERMUTATION = _turned(
    ("0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258")
)
_INVERSE = np.array([0, 4, 3, 2, 1, 5, 6, 7, 8, 9], dtype=np.int64)

_POWERS_OF_TWO = tuple(pow(2, place, 11) for place in range(17, 0, -1))
_POWERS_OF_THREE = tuple(pow(3, place, 31) for place in range(17))
_ELEVEN_LESS = (0, NONE_EXISTS, 9, 8, 7, 6, 5, 4, 3, 2, 1)
_TEN_LESS = (0, 9, 8, 7, 6, 5, 4, 3, 2, 1)

SCHEMES: Mapping[str, CheckScheme] = MappingProxyType(
    {
        # ISO/IEC 7812-1, annex B: cards, IMEI, ICCID.
        "luhn": CheckScheme(DIGITS, DIGITS, 1, 0, _luhn),
        # GB 11643-1999, ISO/IEC 7064 MOD 11-2: resident identity number of China.
        "cn-resident-id": CheckScheme(
            DIGITS, DIGITS + "X", 1, 17, _by_weights(_POWERS_OF_TWO, 11, (1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2))
        ),
        # GB 32100-2015: unified social credit code, modulo 31.
        "cn-uscc": CheckScheme(
            CREDIT_CODE_SIGNS,
            CREDIT_CODE_SIGNS,
            1,
            17,
            _by_weights(_POWERS_OF_THREE, 31, [-rest % 31 for rest in range(31)]),
        ),
        # ISO/IEC 7064, clause 8, MOD 11,10: Croatian OIB, German tax number.
        "mod-11-10": CheckScheme(DIGITS, DIGITS, 1, 0, _mod_11_10),
        # J. Verhoeff, Error detecting decimal codes, 1969: Aadhaar.
        "verhoeff": CheckScheme(DIGITS, DIGITS, 1, 0, _verhoeff),
        # Resident registration numbers of Korea before October 2020: weights 2 to 9 and 2 to 5, modulo 11.
        "kr-resident-number": CheckScheme(
            DIGITS,
            DIGITS,
            1,
            12,
            _by_weights((*range(2, 10), *range(2, 6)), 11, [(11 - rest) % 10 for rest in range(11)]),
        ),
        # Value-Added Tax Act of Korea, article 8; numbering of the National Tax Service.
        "kr-business-number": CheckScheme(DIGITS, DIGITS, 1, 9, _kr_business),
        # Ordinance 85 of the Ministry of Internal Affairs and Communications of Japan, 2014, article 5.
        "jp-my-number": CheckScheme(
            DIGITS, DIGITS, 1, 11, _by_weights((6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11, (0, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1))
        ),
        # NHS Data Dictionary: weights 10 to 2, modulo 11; a rest that asks for 10 is never given out.
        "uk-nhs-number": CheckScheme(DIGITS, DIGITS, 1, 9, _by_weights(range(10, 1, -1), 11, _ELEVEN_LESS)),
        # Logisch ontwerp BSN: weights 9 to 2 and -1, modulo 11.
        "nl-bsn": CheckScheme(DIGITS, DIGITS, 1, 8, _by_weights(range(9, 1, -1), 11, (*range(10), NONE_EXISTS))),
        # Ustawa o ewidencji ludności, 2010: weights 1, 3, 7, 9, modulo 10.
        "pl-pesel": CheckScheme(DIGITS, DIGITS, 1, 10, _by_weights((1, 3, 7, 9, 1, 3, 7, 9, 1, 3), 10, _TEN_LESS)),
        # Receita Federal, IN RFB 1548/2015: two digits, weights 10 to 2 and 11 to 2, modulo 11.
        "br-cpf": CheckScheme(DIGITS, DIGITS, 2, 9, _two_of_cpf),
        # American Bankers Association: weights 3, 7, 1, modulo 10.
        "us-aba-routing": CheckScheme(DIGITS, DIGITS, 1, 8, _by_weights((3, 7, 1, 3, 7, 1, 3, 7), 10, _TEN_LESS)),
    }
)
"""Schemes by name."""
