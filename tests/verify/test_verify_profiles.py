"""k holds over all rows of a person together, where the copy shows which rows are of one person."""

from collections import Counter, defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lockgate.verify.profiles import least_sharers


def brute_force(pairs):
    profiles = defaultdict(Counter)
    for (person, released), rows in pairs.items():
        profiles[person][released] += rows
    shared = Counter(tuple(sorted(profile.items())) for profile in profiles.values())
    return min(shared.values(), default=0)


@given(st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 3)), st.integers(1, 3), max_size=14))
def test_the_least_sharers_of_a_profile_are_those_counted_by_hand(pairs):
    numbers = {person: number for number, person in enumerate(sorted({person for person, _ in pairs}))}
    person = np.array([numbers[person] for person, _ in pairs], dtype=np.int64)
    released = np.array([released for _, released in pairs], dtype=np.int64)
    rows = np.array(list(pairs.values()), dtype=np.int64)
    assert least_sharers(released, person, rows) == brute_force(pairs)


def test_a_person_may_stand_out_though_every_class_holds_many():
    # ten persons in each of two classes; one of them alone is in both
    person = np.array([*range(10), *range(9, 19)], dtype=np.int64)
    released = np.array([0] * 10 + [1] * 10, dtype=np.int64)
    assert least_sharers(released, person, np.ones(20, dtype=np.int64)) == 1
