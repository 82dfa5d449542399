"""Who shares all released classes of a person, where the copy shows which rows are of one person.

Every class may hold k persons and a person still stand out: the rows of one pseudonym together say more than each. A
person's profile is the multiset of the classes of the person's rows.
"""

import numpy as np
import numpy.typing as npt

from lockgate.verify.coverage import Ints

Keys = npt.NDArray[np.uint64]


def least_sharers(released: Ints, person: Ints, rows: Ints) -> int:
    """Return the least number of persons who share a profile; 0 without a person.

    Args:
        released: Number of the released class of each pair of class and person.
        person: Number of the person of each pair.
        rows: Rows behind each pair.
    """
    return int(sharers(released, person, rows).min(initial=len(person)))


def sharers(released: Ints, person: Ints, rows: Ints) -> Ints:
    """Return for each person the number of persons who share the person's profile, that person among them.

    Args:
        released: Number of the released class of each pair of class and person.
        person: Number of the person of each pair, from 0 without gaps.
        rows: Rows behind each pair.

    Profiles are compared by two 64-bit sums of mixed class numbers: two different ones are taken for the same with a
    probability below one in 2^64 for any table that fits in memory.
    """
    persons = int(person.max(initial=-1)) + 1
    profile = np.empty((persons, 2), np.uint64)
    for place, seed in enumerate((0x9E3779B97F4A7C15, 0xD1B54A32D192ED03)):
        mixed = _mix(released.astype(np.uint64) + np.uint64(seed)) * rows.astype(np.uint64)
        sums = np.zeros(persons, np.uint64)
        np.add.at(sums, person, mixed)
        profile[:, place] = sums
    _, number, many = np.unique(profile, axis=0, return_inverse=True, return_counts=True)
    return many[number.reshape(-1)].astype(np.int64)


def _mix(values: Keys) -> Keys:
    """Return well-spread 64-bit numbers.

    Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014 (the finaliser of SplitMix64).
    """
    mixed = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
