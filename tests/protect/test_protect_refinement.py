"""Refinement: never more loss, never a class outside a model, stopped at any time, the same whenever it is asked."""

from collections import Counter
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_problems import Cell, cells, models, problem_of

from lockgate.protect import refinement, splitting
from lockgate.protect.codes import Codes
from lockgate.protect.domain_choice import Labels
from lockgate.protect.problem import Partition, Problem
from lockgate.protect.problem_models import require
from lockgate.protect.refinement import refine
from lockgate.protect.splitting import split
from lockgate.terms.privacy_model import DistinctDiversity, PrivacyModel


def loss_of(problem: Problem, classes: Codes) -> float:
    """Return the loss by its definition, class by class and column by column."""
    total = 0.0
    for number in range(int(classes.max()) + 1):
        mine = classes == number
        for domain, code in zip(problem.domains, problem.codes, strict=True):
            group = np.unique(code[mine])
            lost = domain.cost(group[:1], group[-1:], np.array([len(group)]))[0]
            total += float(lost) * int(problem.rows[mine].sum())
    return total


@settings(max_examples=100, deadline=None)
@given(
    st.lists(cells, min_size=1, max_size=50),
    st.integers(1, 5),
    st.sampled_from(list(Labels)),
    models,
    st.sampled_from([1, 7, 60, 5_000]),
)
def test_refined_classes_lose_no_more_and_stay_within_every_model(
    found: list[Cell], k: int, labels: Labels, wanted: tuple[PrivacyModel, ...], moves: int
) -> None:
    problem = replace(problem_of(found, k, labels, wanted), moves=moves)
    before = split(problem)
    after = refine(problem, before)
    assert after.moves <= moves
    assert loss_of(problem, after.classes) <= loss_of(problem, before.classes) + 1e-6
    requirement, entries = require(problem)
    persons = np.bincount(after.classes, problem.persons).astype(np.int64)
    if before.classes.max() > 0:
        assert requirement.holds(persons, entries.histograms(after.classes, requirement.slots)).all()
    assert refine(problem, before).classes.tolist() == after.classes.tolist()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(cells, min_size=1, max_size=50),
    st.integers(1, 5),
    st.sampled_from(list(Labels)),
    models,
    st.sampled_from([7, 60, 5_000]),
)
def test_compiled_loops_and_those_without_give_the_same_classes(
    found: list[Cell], k: int, labels: Labels, wanted: tuple[PrivacyModel, ...], moves: int
) -> None:
    problem = replace(problem_of(found, k, labels, wanted), moves=moves)
    before = split(problem)
    assert without_compiling(problem, before) == in_numbers(refine(problem, before))


@pytest.mark.parametrize("labels", list(Labels))
def test_many_values_and_many_classes_are_refined_alike_without_compiled_loops(labels: Labels) -> None:
    many = [(n * 37 % 997, n * n % 30, n * 11 % 7, 1 + n % 3, 1, n % 4) for n in range(900)]
    problem = replace(problem_of(many, 3, labels, (DistinctDiversity("ill", 2),)), moves=3_000)
    before = split(problem)
    assert without_compiling(problem, before) == in_numbers(refine(problem, before))


def without_compiling(problem: Problem, before: Partition) -> tuple[list[int], int]:
    """Return what a refinement finds while no compiled code is at hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refinement, "load_code", lambda _: None)
        patch.setattr(splitting, "load_code", lambda _: None)
        return in_numbers(refine(problem, before))


def in_numbers(found: Partition) -> tuple[list[int], int]:
    return found.classes.tolist(), found.moves


def spread(rows: int) -> list[Cell]:
    """Return cells all over the place, the same each time."""
    return [(n * 37 % 89, n * n % 30, n * 11 % 7, 1, 1, n % 4) for n in range(rows)]


def test_more_moves_lose_less_until_none_gains() -> None:
    problem = problem_of(spread(600), 4)
    before = split(problem)
    losses = [loss_of(problem, refine(replace(problem, moves=moves), before).classes) for moves in (0, 300, 10_000)]
    assert losses[0] > losses[1] > losses[2]
    assert losses[2] < 0.95 * losses[0]
    settled = refine(replace(problem, moves=1_000_000), before)
    assert settled.moves < 100_000


def test_a_refinement_that_is_stopped_has_classes_all_the_same() -> None:
    problem = problem_of(spread(3_000), 4)
    asked = count()
    stopped = replace(problem, moves=100_000, should_stop=lambda: next(asked) >= 3)
    before = split(problem)
    after = refine(stopped, before)
    assert 0 < after.moves <= 2_000
    assert loss_of(problem, after.classes) < loss_of(problem, before.classes)
    assert min(Counter(after.classes.tolist()).values()) >= 1
    assert np.bincount(after.classes, problem.persons).min() >= 4


def test_suppressed_combinations_stay_suppressed_and_levels_are_let_go() -> None:
    problem = replace(problem_of(spread(200), 4), moves=2_000)
    classes = split(problem).classes.copy()
    gone = classes == classes[-1]
    classes[gone] = -1
    kept = np.unique(classes[~gone], return_inverse=True)[1]
    classes[~gone] = kept
    after = refine(problem, Partition(classes, np.zeros((3, int(kept.max()) + 1), dtype=np.int64)))
    assert (after.classes[gone] == -1).all()
    assert after.classes[~gone].min() == 0
    assert after.levels is None
