"""Hashes of words and features: 32 bits in signed 64-bit arithmetic, the same in numpy and compiled."""

import numpy as np
import numpy.typing as npt

WORD32 = 0xFFFFFFFF
FACTOR = 0x5BD1E995
"""An odd factor below 2**31, so that no product of it and a hash leaves 63 bits (as in MurmurHash2, public domain)."""

LONGEST = 32
_POWERS = [pow(FACTOR, place + 1, 2**31 - 1) | 1 for place in range(LONGEST)]
POWERS: npt.NDArray[np.int64] = np.array(_POWERS, np.int64)
"""Factor of the character at each place of a word; the places after the last are as the last."""

Int64s = npt.NDArray[np.int64]


def mixed(state: Int64s | int, value: Int64s | int) -> Int64s:
    """Return hashes (0 to 2**32 - 1) of hashes and values of at most 32 bits."""
    product = ((np.asarray(state, np.int64) ^ value) * FACTOR) & WORD32
    return product ^ (product >> 15)


def word_hash(folded_codes: list[int]) -> int:
    """Return the hash of a word given as folded characters; a word of one character is its code point."""
    if len(folded_codes) == 1:
        return folded_codes[0]
    return sum(code * _POWERS[min(place, LONGEST - 1)] for place, code in enumerate(folded_codes)) & WORD32
