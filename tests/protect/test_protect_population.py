"""Classes within models that speak of a population, held against counting one by one."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect import combinations, kanonymity
from lockgate.protect.domain_choice import Labels, Vocabulary
from lockgate.protect.search import Search
from lockgate.terms.errors import InputError
from lockgate.terms.privacy_model import DeltaPresence, DistinctDiversity, KMap

QUASI = ("age", "town")
ROWS = st.lists(st.tuples(st.integers(0, 6), st.sampled_from("abc"), st.sampled_from("xy")), min_size=4, max_size=25)


def batch_of(rows):
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    names = ("age", "town", "ill")
    return pa.record_batch(
        {name: pa.array([str(cell) for cell in column]) for name, column in zip(names, columns, strict=True)}
    )


def solved(data, others, search, *models):
    table = combinations.fold(batch_of(data), (*QUASI, "ill"), None)
    population = combinations.fold(batch_of(data + others), QUASI, None)
    question = kanonymity.Question(
        QUASI, 1, {}, 1.0, search=Search(search), vocabulary=Vocabulary(Labels.SET), models=models
    )
    return kanonymity.solve(table, question, population)


def classes_of(recoding, rows):
    return kanonymity.classes_of(batch_of(rows), recoding).tolist()


@given(ROWS, ROWS, st.sampled_from(["local", "global", "strict"]), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_every_class_matches_k_persons_of_the_population(data, others, search, k):
    if len(data) + len(others) < k:
        return
    recoding = solved(data, others, search, KMap(k), DistinctDiversity("ill", 1))
    ours, theirs = Counter(classes_of(recoding, data)), Counter(classes_of(recoding, data + others))
    assert all(theirs[number] >= k for number in ours if number >= 0)


@given(ROWS, ROWS, st.sampled_from(["local", "global"]))
@settings(max_examples=60, deadline=None)
def test_no_class_holds_a_greater_share_of_the_population_than_allowed(data, others, search):
    high = 0.7
    if len(data) > high * (len(data) + len(others)):
        return
    recoding = solved(data, others, search, DeltaPresence(0.0, high))
    ours, theirs = Counter(classes_of(recoding, data)), Counter(classes_of(recoding, data + others))
    assert all(ours[number] <= high * theirs[number] + 1e-9 for number in ours if number >= 0)


def test_persons_of_the_population_are_counted_once():
    """One person with forty rows in the population is no crowd of forty."""
    data = [(age, "a", "x") for age in range(6)]
    table = combinations.fold(batch_of(data), QUASI, np.array([(0, at) for at in range(6)], np.uint64))
    twice = np.array([(0, at) for at in range(6)] + [(0, 0)] * 40, np.uint64)
    population = combinations.fold(batch_of(data + [data[0]] * 40), QUASI, twice)
    recoding = kanonymity.solve(table, kanonymity.Question(QUASI, 1, {}, 0.0, models=(KMap(3),)), population)
    assert min(Counter(classes_of(recoding, data)).values()) >= 3


def test_a_table_with_somebody_whom_the_population_lacks_is_an_error():
    table = combinations.fold(batch_of([(1, "a", "x"), (1, "a", "x"), (2, "b", "x")]), QUASI, None)
    population = combinations.fold(batch_of([(1, "a", "x"), (2, "b", "x")]), QUASI, None)
    with pytest.raises(InputError, match="fewer persons than the data in 1 combinations"):
        kanonymity.solve(table, kanonymity.Question(QUASI, 1, {}, 0.0, models=(KMap(1),)), population)
