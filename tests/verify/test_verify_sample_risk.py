"""Risk of survey samples and special uniques, held against their definitions."""

from itertools import combinations
from math import factorial, log

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.terms.errors import InputError
from lockgate.verify.individual_risk import SurveySample, individual_risk, risk_of
from lockgate.verify.special_uniques import special_uniques

cells = st.one_of(st.none(), st.integers(0, 2))
lines = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=20)


GRID = np.polynomial.legendre.leggauss(400)


def integrated(f, p):
    """Return the risk by summing up the integral over a fine grid: E(1/F | f)."""
    x, weight = GRID
    u = (x + 1) / 2
    place = u**6  # finer near 0, where the integrand is steep
    return float((weight / 2 * 6 * u**5) @ (p * place ** (f - 1) / (p + (1 - p) * place)))


@pytest.mark.parametrize("f", [1, 2, 3, 5, 10, 24, 25, 100, 1000])
@pytest.mark.parametrize("p", [0.001, 0.02, 0.3, 0.5, 0.51, 0.9, 0.999])
def test_the_risk_is_the_integral_of_the_negative_binomial(f, p):
    (risk,) = risk_of(np.array([float(f)]), np.array([f / p]))
    assert risk == pytest.approx(integrated(f, p), rel=1e-8)
    assert 0 < risk <= 1 / f


def test_the_closed_forms_of_one_and_two():
    p = 0.01
    q = 1 - p
    one, two = risk_of(np.array([1.0, 2.0]), np.array([100.0, 200.0]))
    assert one == pytest.approx(p / q * log(1 / p))
    assert two == pytest.approx(p / q - (p / q) ** 2 * log(1 / p))


def test_the_approximate_form_is_near():
    f, whole = np.array([3.0, 5.0, 20.0]), np.array([300.0, 500.0, 2000.0])
    rough = risk_of(f, whole, is_exact=False)
    assert rough == pytest.approx(0.01 / (f - 0.99))
    assert rough == pytest.approx(risk_of(f, whole), rel=0.1)


def test_a_census_has_the_risk_of_its_classes():
    found = individual_risk({"a": [1, 1, 2]}, ["a"])
    assert found.risk.tolist() == [0.5, 0.5, 1.0]
    assert found.expected == 2.0
    assert found.share == pytest.approx(2 / 3)


@settings(max_examples=150, deadline=None)
@given(lines, st.data())
def test_missing_cells_match_every_value(table, data):
    weight = data.draw(st.lists(st.integers(1, 9), min_size=len(table), max_size=len(table)))
    columns = {name: pa.array([line[at] for line in table], pa.int64()) for at, name in enumerate("abc")}
    found = individual_risk({**columns, "w": weight}, list("abc"), SurveySample(weight="w"))
    for at, line in enumerate(table):
        alike = [all(x is None or y is None or x == y for x, y in zip(line, other, strict=True)) for other in table]
        assert found.frequency[at] == sum(alike)
        assert found.population[at] == sum(w for w, is_alike in zip(weight, alike, strict=True) if is_alike)


def test_a_missing_cell_may_be_a_value_of_its_own():
    found = individual_risk({"a": [1, None, None]}, ["a"], SurveySample(missing="own-value"))
    assert found.frequency.tolist() == [1, 2, 2]


def test_a_household_is_found_with_any_of_its_members():
    found = individual_risk({"a": [1, 2, 3, 3], "h": [1, 1, 2, 2]}, ["a"], SurveySample(fraction=0.1, household="h"))
    one, two, three, _ = found.risk
    assert found.household_risk[0] == pytest.approx(1 - (1 - one) * (1 - two))
    assert found.household_risk[2] == pytest.approx(1 - (1 - three) ** 2)


def test_rows_far_above_the_others_are_counted():
    found = individual_risk({"a": [0] * 99 + [1]}, ["a"], SurveySample(fraction=0.5))
    assert found.outstanding == 1


@pytest.mark.parametrize(
    ("columns", "sample"),
    [
        ({"a": [1], "w": [0.5]}, SurveySample(weight="w")),
        ({"a": [1], "w": [None]}, SurveySample(weight="w")),
        ({"a": [1]}, SurveySample(weight="w")),
        ({"a": [1]}, SurveySample(fraction=0)),
    ],
)
def test_weights_that_are_none_are_refused(columns, sample):
    with pytest.raises(InputError):
        individual_risk(columns, ["a"], sample)


def minimal_sets(table, largest):
    """Return for each row its minimal sample uniques, by trying every set."""
    found = []
    for row in table:
        alone = []
        for size in range(1, largest + 1):
            for chosen in combinations(range(len(row)), size):
                same = sum(all(other[at] == row[at] for at in chosen) for other in table)
                if same == 1 and not any(set(one) < set(chosen) for one in alone):
                    alone.append(chosen)
        found.append(alone)
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 2)] * 4), min_size=1, max_size=20), st.integers(1, 4))
def test_special_uniques_agree_with_every_set_tried(table, largest):
    found = special_uniques(
        {name: [row[at] for row in table] for at, name in enumerate("abcd")}, list("abcd"), largest=largest
    )
    sets = minimal_sets(table, largest)
    top = min(largest, 3)
    score = {size: factorial(4 - size) / factorial(4 - top - 1) for size in range(1, top + 1)} | {4: 1}
    assert found.count.tolist() == [len(each) for each in sets]
    assert found.smallest.tolist() == [min(map(len, each), default=0) for each in sets]
    assert found.score.tolist() == [sum(score[len(one)] for one in each) for each in sets]
    assert sum(found.by_size) == sum(map(len, sets))
    total = sum(found.score)
    for at, (_, share) in enumerate(found.contribution):
        parts = sum(score[len(one)] for each in sets for one in each if at in one)
        assert share == pytest.approx(parts / total if total else 0)


def test_dis_is_spread_over_the_rows_that_are_alone():
    table = {"a": [1, 2, 3, 3, 4, 4, 4], "b": [1, 1, 2, 2, 3, 3, 4]}
    found = special_uniques(table, ["a", "b"], fraction=0.05)
    assert found.dis == pytest.approx(0.05 * 3 / (0.05 * 3 + 2 * 0.95 * 2))
    alone = found.score > 0
    assert found.dis_score[alone].mean() == pytest.approx(found.dis)
    assert not found.dis_score[~alone].any()
    order = np.argsort(found.score[alone])
    assert (np.diff(found.dis_score[alone][order]) >= 0).all()


def test_scores_are_those_of_the_published_worked_example():
    """Source: Benschop, Machingauta, Welch, "Statistical disclosure control: a practice guide", SUDA, worked example.

    Its ten records and scores. Its chances of rows (0.0051, 0.0107, 0.0051, 0.0088) are spread in another way, in the
    same order.
    """
    table = {
        "residence": ["u", "u", "u", "u", "r", "u", "u", "u", "u", "u"],
        "gender": ["f", "f", "f", "m", "f", "m", "f", "m", "f", "f"],
        "education": ["si", "si", "pi", "sc", "sc", "sc", "pc", "ps", "si", "si"],
        "labour": ["e", "e", "n", "e", "x", "e", "n", "x", "n", "n"],
    }
    found = special_uniques(table, list(table), largest=3, fraction=0.01)
    assert found.score.tolist() == [0, 0, 6, 0, 12, 0, 6, 10, 0, 0]
    assert found.dis == pytest.approx(0.04 / (0.04 + 2 * 0.99 * 3))
    published = np.array([0, 0, 0.0051, 0, 0.0107, 0, 0.0051, 0.0088, 0, 0])
    assert np.argsort(found.dis_score, kind="stable").tolist() == np.argsort(published, kind="stable").tolist()


def test_too_many_sets_are_refused():
    with pytest.raises(InputError, match="too many sets"):
        special_uniques({f"c{at}": [1] for at in range(20)}, [f"c{at}" for at in range(20)])
