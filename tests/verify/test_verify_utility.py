"""Utility agrees with its definitions, cell by cell; a copy without change loses nothing."""

from math import log2

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.terms.hierarchy import make_hierarchy
from lockgate.verify import figures, fold
from lockgate.verify.utility import as_checks, measure_utility

AGES = make_hierarchy("age", [(str(age), f"[{age // 5 * 5},{age // 5 * 5 + 4}]", "*") for age in range(20)])
TOWNS = make_hierarchy("town", [("Seoul", "Korea", "*"), ("Busan", "Korea", "*"), ("Lyon", "France", "*")])
READING = figures.Reading({"age": AGES, "town": TOWNS}, frozenset({"age", "town"}))
PLAIN = figures.Reading({}, frozenset())
COLUMNS = ("age", "town")

rows = st.lists(
    st.tuples(st.integers(0, 19), st.sampled_from(list(TOWNS.paths)), st.integers(0, 2), st.integers(0, 2)),
    min_size=1,
    max_size=30,
)


def table_of(lines):
    return pa.record_batch(
        {"age": pa.array([line[0] for line in lines], pa.string()), "town": [line[1] for line in lines]}
    )


def generalised(line):
    age, town, by_age, by_town = line
    labels = (str(age), f"[{age // 5 * 5},{age // 5 * 5 + 4}]", "*")
    return labels[by_age], TOWNS.paths[town][by_town]


def measured(original, released, reading=READING, **how):
    return measure_utility(fold.fold(table_of(released), table_of(original), None, COLUMNS), reading, **how)


def covered(cell, values):
    """Return the values of a column that a label covers."""
    if cell == "*":
        return list(values)
    if cell.startswith("["):
        low, high = map(int, cell[1:-1].split(","))
        return [value for value in values if low <= int(value) <= high]
    return [value for value in values if value == cell or (value in TOWNS.paths and cell in TOWNS.paths[value])]


@settings(max_examples=150, deadline=None)
@given(rows)
def test_loss_and_entropy_agree_with_cells_counted_one_by_one(lines):
    original = [(str(line[0]), line[1]) for line in lines]
    released = [generalised(line) for line in lines]
    found = measured(original, released)
    losses, lost, whole = [], 0.0, 0.0
    for at, tree in enumerate((AGES, TOWNS)):
        values = [line[at] for line in original]
        for line, cells in zip(original, released, strict=True):
            leaves = len(covered(cells[at], tree.paths))
            losses.append((leaves - 1) / (len(tree.paths) - 1))
            inside = sum(values.count(value) for value in set(covered(cells[at], values)))
            lost += log2(inside / values.count(line[at]))
            whole += log2(len(values) / values.count(line[at]))
    assert found.loss_on_hierarchies == pytest.approx(np.mean(losses))
    assert found.entropy == pytest.approx(lost / whole if whole else 0)


@settings(max_examples=50, deadline=None)
@given(rows)
def test_a_copy_without_change_answers_every_query_rightly(lines):
    original = [(str(line[0]), line[1]) for line in lines]
    for reading in (READING, PLAIN):
        found = measured(original, original, reading)
        assert found.query_error == 0
        assert found.query_error_high == pytest.approx(0)
        assert (found.entropy, found.loss_on_hierarchies) == (0, 0)
        assert found.queries >= 20


def test_a_copy_that_says_nothing_spreads_its_people_evenly():
    original = [(str(age), town) for age in range(4) for town in TOWNS.paths]
    found = measured(original, [("*", "*")] * len(original))
    assert found.loss_on_hierarchies == found.entropy == 1
    assert found.query_error == pytest.approx(0)  # the people are spread evenly indeed
    skewed = [("1", "Seoul")] * 8 + [("2", "Lyon"), ("3", "Busan")]
    assert measured(skewed, [("*", "*")] * len(skewed)).query_error > 0.5


def test_rows_left_out_count_as_lost():
    original = [("1", "Seoul"), ("2", "Lyon")]
    found = measured(original, original, left_out=2)
    assert found.loss_on_hierarchies == found.entropy == 0.5


def test_the_average_class_is_held_against_k():
    original = [("1", "Seoul")] * 6 + [("9", "Lyon")] * 4
    assert measured(original, original, k=2).average_over_k == 2.5


def test_perturbed_numbers_answer_by_what_they_say():
    original = [(str(age), "Seoul") for age in range(20)]
    moved = [(str(age + 0.25), "Seoul") for age in range(20)]
    reading = figures.Reading({}, frozenset(), frozenset({"age"}))
    assert measured(original, moved, reading).query_error < 0.2


def test_the_seed_chooses_the_queries():
    original = [(str(age), town) for age in range(20) for town in TOWNS.paths]
    released = [(f"[{int(age) // 5 * 5},{int(age) // 5 * 5 + 4}]", "*") for age, _ in original[:-7]] + [("*", "*")] * 7
    one, again, other = (measured(original, released, seed=seed) for seed in (b"a", b"a", b"b"))
    assert one == again
    assert one.query_error_high != other.query_error_high


def test_the_order_of_rows_tells_nothing():
    original = [(str(age), town) for age in range(20) for town in TOWNS.paths]
    released = [
        (f"[{int(age) // 5 * 5},{int(age) // 5 * 5 + 4}]", "Korea" if town != "Lyon" else town)
        for age, town in original
    ]
    turned = measured(original[::-1], released[::-1])
    assert turned == measured(original, released)


def test_the_figures_go_into_a_report_without_a_bound():
    original = [("1", "Seoul"), ("2", "Lyon")]
    checks = as_checks(measured(original, original))
    assert [check.name for check in checks] == ["loss-on-hierarchies", "entropy-loss", "query-error"]
    assert all(check.ok and check.required is None and check.meaning for check in checks)
