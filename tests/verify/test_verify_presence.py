"""How a copy stands in its population, held against counting person by person."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.verify import fold
from lockgate.verify.figures import Reading
from lockgate.verify.population import presence_of

LABELS = {"[1,2]": {"1", "2"}, "3": {"3"}, "[2,4]": {"2", "3", "4"}, "*": {"1", "2", "3", "4"}}
copies = st.lists(st.tuples(st.sampled_from([*LABELS]), st.integers(0, 5)), min_size=1, max_size=12)
people = st.lists(st.tuples(st.sampled_from("1234"), st.integers(0, 5)), min_size=1, max_size=12)
READING = Reading({}, frozenset({"age"}))


def persons(numbers):
    return np.array([(0, number) for number in numbers], np.uint64).reshape(-1, 2)


def presence(copy, population, *, by_person):
    released = pa.record_batch({"age": pa.array([label for label, _ in copy])})
    pairs = fold.fold(released, released, persons([who for _, who in copy]) if by_person else None, ["age"])
    known = pa.record_batch({"age": pa.array([value for value, _ in population])})
    who = persons([who for _, who in population]) if by_person else None
    return presence_of(pairs, fold.fold_original(known, who, ["age"]), READING)


@given(copies, people, st.booleans())
@settings(max_examples=150, deadline=None)
def test_presence_is_that_of_counting_person_by_person(copy, population, by_person):
    found = presence(copy, population, by_person=by_person)
    inside, fitting = defaultdict(set), defaultdict(set)
    for at, (label, who) in enumerate(copy):
        if label != "*":
            inside[label].add(who if by_person else at)
    for at, (value, who) in enumerate(population):
        for label in inside:
            if value in LABELS[label]:
                fitting[label].add(who if by_person else at)
    sizes = {label: len(fitting[label]) for label in inside}
    shares = {label: min(len(inside[label]) / max(size, 1), 1) for label, size in sizes.items()}
    sums = [sum(shares[label] for label in inside if value in LABELS[label]) for value, _ in population]
    covered = all(any(value in LABELS[label] for label in inside) for value, _ in population)
    assert found.k_map == min(sizes.values(), default=0)
    assert found.delta[1] == pytest.approx(max(shares.values(), default=0))
    assert found.delta[0] == pytest.approx(min(shares.values(), default=1) if covered else 0)
    assert found.most == pytest.approx(min(max(sums, default=0), 1))
    assert found.short == sum(sizes[label] < len(inside[label]) for label in inside)


def test_a_copy_that_says_nothing_fits_nobody_in_particular():
    found = presence([("*", 0)], [("1", 0)], by_person=False)
    assert (found.k_map, found.delta, found.most, found.short) == (0, (0.0, 0.0), 0.0, 0)
