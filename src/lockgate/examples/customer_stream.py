"""Numbers that look drawn and are counted: a hash of seed, block and field, the same on every machine.

Source: FIPS 202, SHAKE256 as an extendable output.
"""

from collections.abc import Sequence
from hashlib import shake_256
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute

BLOCK_ROWS = 4_096
"""Rows of one block; each block is made alone, so a longer table begins with the shorter one."""

Numbers = NDArray[np.int64]
Text = Any
"""A column of text; the stubs of Arrow know no better."""

_join: Any = compute.binary_join_element_wise


class Draws:
    """The numbers of one block.

    Args:
        seed: Of the whole table.
        block: Number of the block.
    """

    def __init__(self, seed: int, block: int) -> None:
        self._prefix = f"lockgate made-up customers 1|{seed}|{block}|"

    def below(self, field: str, bound: int) -> Numbers:
        """Return one number for each row of a block, 0 to `bound` - 1, evenly."""
        stream = shake_256(f"{self._prefix}{field}".encode()).digest(8 * BLOCK_ROWS)
        # of 63 bits, so that the remainder is even to one in 2^40 and the sign is no matter
        return (np.frombuffer(stream, dtype="<u8") >> np.uint64(1)).astype(np.int64) % bound

    def weighted(self, field: str, weights: Sequence[int]) -> Numbers:
        """Return one index for each row of a block, each as often as its weight says."""
        ends = np.cumsum(np.array(weights, dtype=np.int64))
        return np.searchsorted(ends, self.below(field, int(ends[-1])), side="right").astype(np.int64)


def words(choices: Sequence[str], chosen: Numbers) -> Text:
    """Return the chosen words."""
    return pa.array(choices, pa.string()).take(chosen)


def digits(numbers: Numbers, width: int) -> Text:
    """Return the numbers with leading zeros."""
    return compute.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def joined(*parts: Text | str) -> Text:
    """Return the parts of each row run together."""
    return _join(*parts, "")


def choose(condition: NDArray[np.bool_], then: Text | None, other: Text | None) -> Text:
    """Return one column where the condition holds, the other where not; None is null."""
    none = pa.scalar(None, pa.string())
    return compute.if_else(pa.array(condition), none if then is None else then, none if other is None else other)
