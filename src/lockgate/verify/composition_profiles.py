"""Who shares all classes of a person in all releases, where one of them shows which rows are of one person."""

import numpy as np

from lockgate.verify.composition import Membership, Units, as_membership, find_places, join
from lockgate.verify.profiles import sharers


def compose_profiles(earlier: Units, new: Membership) -> int | None:
    """Return the least number of persons who are in the same classes of all releases with all their records.

    Each record counts by its signature, so that what is told by the records of one person together is told too. A
    record that a person has twice counts once. Who has no record in the new release does not count against it.

    Args:
        earlier: The units of the earlier releases.
        new: The new release, its links of the same kind.

    Returns:
        0 where the new release shows nobody; None where each person has one record.
    """
    units = join([as_membership(earlier), new])
    if units.people is None:
        return None
    known = units.number >= 0
    person = np.unique(units.people[known], return_inverse=True)[1]
    shared = sharers(units.number[known], person, np.ones(len(person), dtype=np.int64))
    shown = find_places(np.unique(new.links[new.classes >= 0]), units.links[known]) >= 0
    return int(shared[person[shown]].min()) if shown.any() else 0
