"""Persons of 128 bits as small numbers, for sorting and looking up."""

import numpy as np
import numpy.typing as npt

from lockgate.protect.mdav import Numbers

Persons = npt.NDArray[np.uint64]
"""Keyed hash of the person of each row, shape (rows, 2), the same in every release."""


def number_persons(persons: Persons) -> tuple[Persons, Numbers]:
    """Return the distinct persons, sorted, and for each row the number of its person."""
    order = np.lexsort((persons[:, 1], persons[:, 0]))
    ordered = persons[order]
    starts = np.ones(len(persons), dtype=bool)
    starts[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    number = np.empty(len(persons), dtype=np.int64)
    number[order] = np.cumsum(starts) - 1
    return ordered[starts], number


def find_persons(known: Persons, wanted: Persons) -> Numbers:
    """Return the number of each person among known ones, -1 for one that is not there.

    Args:
        known: Distinct and sorted.
        wanted: To be found.
    """
    found = np.full(len(wanted), -1, dtype=np.int64)
    if len(known):
        at = np.searchsorted(known[:, 0], wanted[:, 0])
        left = np.arange(len(wanted))
        while len(left):  # once, but for persons that share their first 64 bits
            left = left[at[left] < len(known)]
            left = left[known[at[left], 0] == wanted[left, 0]]
            same = known[at[left], 1] == wanted[left, 1]
            found[left[same]] = at[left[same]]
            left = left[~same]
            at[left] += 1
    return found
