"""The greedy partition: compiled and uncompiled alike, whatever the columns, within every model."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_problems import Cell, cells, models, problem_of

from lockgate.protect import loss_tables
from lockgate.protect.domain_choice import Labels
from lockgate.protect.kernel.losses import group_loss
from lockgate.protect.loss_tables import make_loss_tables
from lockgate.protect.problem_models import require
from lockgate.protect.splitting import split
from lockgate.terms.privacy_model import PrivacyModel


@settings(max_examples=150, deadline=None)
@given(st.lists(cells, min_size=1, max_size=60), st.integers(1, 6), st.sampled_from(list(Labels)), models)
def test_compiled_code_finds_the_same_classes_and_they_hold(
    found: list[Cell], k: int, labels: Labels, wanted: tuple[PrivacyModel, ...]
) -> None:
    problem = problem_of(found, k, labels, wanted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lockgate.protect.splitting.load_code", lambda _: None)
        plain = split(problem).classes
    classes = split(problem).classes
    assert classes.tolist() == plain.tolist()
    requirement, entries = require(problem)
    persons = np.bincount(classes, problem.persons).astype(np.int64)
    if len(persons) > 1:
        assert requirement.holds(persons, entries.histograms(classes, requirement.slots)).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(cells, min_size=1, max_size=60), st.integers(1, 6), st.sampled_from(list(Labels)), st.integers(2, 4))
def test_classes_are_the_same_on_any_number_of_cores(found: list[Cell], k: int, labels: Labels, cores: int) -> None:
    problem = problem_of(found, k, labels)
    groups = None if len(found) % 2 else np.zeros(len(problem.rows), dtype=np.int64)
    before = pa.cpu_count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lockgate.protect.splitting._MANY", 0)
        try:
            pa.set_cpu_count(1)
            alone = split(problem, groups).classes
            pa.set_cpu_count(cores)
            assert split(problem, groups).classes.tolist() == alone.tolist()
        finally:
            pa.set_cpu_count(before)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(cells, min_size=2, max_size=40),
    st.sampled_from(list(Labels)),
    st.sampled_from([0, 4, 256]),
    st.integers(0, 2**30),
)
def test_compiled_losses_are_those_of_the_domains(found: list[Cell], labels: Labels, widest: int, seed: int) -> None:
    problem = problem_of(found, 1, labels)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loss_tables, "_WIDEST_PAIRS", widest)
        tables = make_loss_tables(problem.domains, [int(code.max()) + 1 for code in problem.codes])
    for column, (domain, code) in enumerate(zip(problem.domains, problem.codes, strict=True)):
        group = np.unique(code[seed % len(code) :])
        first, last, count = int(group[0]), int(group[-1]), len(group)
        expected = domain.cost(np.array([first]), np.array([last]), np.array([count]))[0]
        assert group_loss(*tables, column, first, last, count) == expected


def test_wide_columns_are_split_alike_with_and_without_compiled_code() -> None:
    numbers = np.arange(3_000)
    found = [(int(n * 37 % 401), int(n % 30), int(n * n % 16), 1, 1, int(n % 3)) for n in numbers]
    problem = problem_of(found, 3, Labels.INTERVAL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lockgate.protect.splitting.load_code", lambda _: None)
        plain = split(problem).classes
    assert split(problem).classes.tolist() == plain.tolist()
