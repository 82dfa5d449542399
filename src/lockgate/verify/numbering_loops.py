"""The loop that numbers keys, as plain Python that `compiled_numbering` compiles."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

EMPTY = -1
"""Stands in a slot without a key; keys are at least 0."""


def number_keys(keys: Ints, slots: Ints, counts: tuple[int, int, int], found: Ints) -> tuple[int, int]:
    """Find the number of each key, and give those that are new the next ones; stop where the table gets full.

    Keys are compared whole, so two keys of one slot stay apart.

    Args:
        keys: At least 0.
        slots: Key and number of each slot, shape (a power of two, 2); `EMPTY` for both where there is none.
        counts: Key to begin with, numbers given so far, and the most that may be given.
        found: Is filled.

    Returns:
        The keys that are done, and the numbers given.
    """
    start, given, most = counts
    last = np.uint64(len(slots) - 1)
    for item in range(start, len(keys)):
        key = keys[item]
        mixed = np.uint64(key)
        mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
        place = (mixed ^ (mixed >> np.uint64(32))) & last
        while slots[place, 0] != key and slots[place, 0] != EMPTY:
            place = (place + np.uint64(1)) & last
        if slots[place, 0] == EMPTY:
            if given >= most:
                return item, given
            slots[place, 0] = key
            slots[place, 1] = given
            given += 1
        found[item] = slots[place, 1]
    return len(keys), given
