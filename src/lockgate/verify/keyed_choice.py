"""Choices that anyone can repeat from a seed: a pseudo-random function of a label, never a generator with a state.

The seed is that of a search, which may be recorded; it protects nobody. Source: FIPS 202 (SHAKE256).
"""

import hashlib

import numpy as np
import numpy.typing as npt

from lockgate.verify.classes import Ints


def keyed_numbers(seed: bytes, label: str, count: int) -> npt.NDArray[np.uint64]:
    """Return numbers of 64 bits that look random.

    Args:
        seed: Any bytes.
        label: What they are for; another label, other numbers.
        count: How many.
    """
    stream = hashlib.shake_256(len(seed).to_bytes(8, "big") + seed + label.encode()).digest(8 * count)
    return np.frombuffer(stream, dtype=">u8").astype(np.uint64)


def choose(seed: bytes, label: str, population: int, count: int) -> Ints:
    """Return the places of some members of a population, rising; all where it has no more.

    Args:
        seed: Any bytes.
        label: What they are for.
        population: Number of members.
        count: How many are wanted.
    """
    if population <= count:
        return np.arange(population)
    return np.sort(np.argsort(keyed_numbers(seed, label, population), kind="stable")[:count])
