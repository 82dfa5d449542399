"""A hash of 64 bits of each cell, the same in every process and with or without compiled code.

Not secret and not meant to resist an adversary: it counts distinct values and leaves the process only through a keyed
hash.

The rule: state = length * C0; for each eight bytes (the last eight for the rest; a shorter cell is filled with zeros)
state = (state ^ word) * C1, then state ^= state >> 32; at the end the finaliser of SplitMix64.

Source: G. Steele et al., Fast Splittable Pseudorandom Number Generators, OOPSLA 2014 (the finaliser).
"""

import numpy as np
import numpy.typing as npt

Offsets = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

_PLACES = np.arange(8)


def hash_plainly(offsets: Offsets, data: Bytes) -> npt.NDArray[np.uint64]:
    """Return the hash of every cell, without compiled code.

    Args:
        offsets: Of n cells, n + 1.
        data: Their bytes.
    """
    starts, lengths = offsets[:-1], np.diff(offsets)
    padded = np.concatenate([data, np.zeros(8, np.uint8)])
    state = lengths.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for step in range(0, int(lengths.max(initial=0)), 8):
        active = np.flatnonzero(lengths > step)
        size = lengths[active]
        begin = starts[active] + np.where(size >= 8, np.minimum(step, size - 8), 0)  # noqa: PLR2004 - a word
        block = padded[begin[:, None] + _PLACES]
        block[size[:, None] <= _PLACES] = 0
        word = np.ascontiguousarray(block).view("<u8").reshape(-1).astype(np.uint64)
        mixed = (state[active] ^ word) * np.uint64(0xD6E8FEB86659FD93)
        state[active] = mixed ^ (mixed >> np.uint64(32))
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
