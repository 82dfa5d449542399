"""The models of a problem: every combination brings its persons to the slot of their value."""

from collections import Counter

import numpy as np
import pytest

from lockgate.protect.domains import SetDomain
from lockgate.protect.problem import Problem, Secret
from lockgate.protect.problem_models import require
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import make_hierarchy
from lockgate.terms.privacy_model import DistinctDiversity, GroundDistance, KMap, PrivacyModel, TCloseness

ROWS = [(0, "flu", "x"), (0, None, "y"), (1, "flu", "x"), (1, "flu", "y"), (2, "hiv", "x")]
"""Combination, disease, drug."""


def secret_of(column: int, values: tuple[str | None, ...], name: str, tree: list[tuple[str, ...]] | None) -> Secret:
    pairs = sorted(Counter((row[0], values.index(row[column])) for row in ROWS).items())
    start = np.searchsorted([pair[0][0] for pair in pairs], np.arange(4))
    code, rows = np.array([pair[0][1] for pair in pairs]), np.array([pair[1] for pair in pairs])
    return Secret(name, values, start, code, rows, None if tree is None else make_hierarchy(name, tree))


def problem_of(*models: PrivacyModel, tree: list[tuple[str, ...]] | None = None) -> Problem:
    # the values in an order of their own, one of them of nobody
    secrets = (
        secret_of(1, ("hiv", None, "flu", "gone"), "disease", tree),
        secret_of(2, ("y", "x"), "drug", None),
    )
    domain = SetDomain(("a", "b", "c"), has_null=False)
    rows = np.array([2, 2, 1])
    return Problem((domain,), np.array([[0, 1, 2]]), rows, rows, 2, models, secrets)


def test_histograms_count_each_value_in_its_slot() -> None:
    requirement, entries = require(problem_of(DistinctDiversity("drug", 2), DistinctDiversity("disease", 2)))
    assert requirement.columns == ("drug", "disease")
    assert requirement.values == (("x", "y"), ("flu", "hiv", None))
    histograms = entries.histograms(np.array([0, 0, 1]), requirement.slots)
    assert histograms.tolist() == [[2, 2, 3, 0, 1], [1, 0, 0, 1, 0]]
    assert requirement.holds(np.array([4, 1]), histograms).tolist() == [True, False]
    assert entries.histograms(np.array([-1, 0, -1]), requirement.slots).tolist() == [[1, 1, 2, 0, 0]]


def test_entries_stand_combination_by_combination() -> None:
    _, entries = require(problem_of(DistinctDiversity("drug", 2), DistinctDiversity("disease", 2)))
    assert entries.start.tolist() == [0, 4, 7, 9]
    assert entries.slot[:4].tolist() == [0, 1, 2, 4]


def test_without_models_only_k_is_asked() -> None:
    requirement, entries = require(problem_of())
    assert requirement.slots == 0
    assert requirement.holds(np.array([1, 2]), entries.histograms(np.array([0, 1, 1]), 0)).tolist() == [False, True]


def test_what_is_missing_for_a_model_is_told() -> None:
    with pytest.raises(InputError, match="population"):
        require(problem_of(KMap(2)))
    hierarchical = TCloseness("disease", 0.2, GroundDistance.HIERARCHICAL)
    with pytest.raises(InputError, match="no hierarchy"):
        require(problem_of(hierarchical))
    requirement, _ = require(problem_of(hierarchical, tree=[("flu", "*"), ("hiv", "*")]))
    assert requirement.values == (("flu", "hiv", None),)
