"""Risk figures: of classes, of populations, of all subsets of columns; the figures of Adult that others found too."""

import itertools
from collections import Counter
from importlib.resources import files
from math import exp, lgamma, log

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.terms.errors import InputError
from lockgate.verify.classes import Rules
from lockgate.verify.quasi_identifiers import all_subsets
from lockgate.verify.risk import Against, measure_risk
from lockgate.verify.uniqueness_estimates import estimate_uniqueness

small = st.lists(st.tuples(*[st.integers(0, 2)] * 4), min_size=1, max_size=25)


def table_of(lines):
    return pa.table({name: [line[at] for line in lines] for at, name in enumerate("abcd")})


@pytest.fixture(scope="module")
def adult():
    file = files("lockgate.examples") / "adult" / "adult.csv"
    return pacsv.read_csv(str(file), parse_options=pacsv.ParseOptions(delimiter=";"))


def test_the_risk_of_adult_is_what_other_programs_find(adult):
    found = measure_risk(adult, adult.column_names)
    assert found.prosecutor.average == pytest.approx(0.6465751607983555, abs=1e-15)
    assert found.sample_uniques == pytest.approx(0.51428950, abs=5e-9)
    assert found.prosecutor.highest == 1
    assert found.journalist == found.prosecutor
    assert found.marketer == found.prosecutor.average


def test_all_subsets_of_nine_columns_are_measured(adult):
    found = all_subsets(adult, adult.column_names)
    assert found.is_complete
    assert len(found.subsets) == 511
    assert found.subsets[-1].uniqueness == pytest.approx(0.51428950, abs=5e-9)
    assert found.subsets[-1].distinction == pytest.approx(0.6465751607983555, abs=1e-15)


@settings(max_examples=150, deadline=None)
@given(small, st.floats(0, 1))
def test_risk_agrees_with_rows_counted_one_by_one(lines, threshold):
    found = measure_risk(table_of(lines), list("abcd"), threshold=threshold)
    count = Counter(lines)
    chances = [1 / count[line] for line in lines]
    assert found.prosecutor.average == pytest.approx(sum(chances) / len(chances))
    assert (found.prosecutor.highest, found.prosecutor.lowest) == (max(chances), min(chances))
    assert found.prosecutor.at_risk == pytest.approx(np.mean([chance > threshold for chance in chances]))
    assert found.prosecutor.at_highest == pytest.approx(chances.count(max(chances)) / len(chances))
    assert found.sample_uniques == pytest.approx(np.mean([chance == 1 for chance in chances]))


@settings(max_examples=100, deadline=None)
@given(small, st.data())
def test_a_population_lowers_the_risk_of_who_does_not_know_that_one_is_in_it(lines, data):
    more = data.draw(small)
    found = measure_risk(table_of(lines), list("abcd"), against=Against(population=table_of(lines + more)))
    count = Counter(lines + more)
    chances = [1 / count[line] for line in lines]
    assert found.journalist.average == found.marketer == pytest.approx(sum(chances) / len(chances))
    assert found.journalist.average <= found.prosecutor.average + 1e-12
    assert found.population_uniques == pytest.approx(np.mean([chance == 1 for chance in chances]))


def test_what_is_smaller_than_the_table_is_not_its_population():
    with pytest.raises(InputError, match="not its population"):
        measure_risk({"a": [1, 1]}, ["a"], against=Against(population={"a": [1]}))
    with pytest.raises(InputError, match="smaller than the sample"):
        measure_risk({"a": [1, 1]}, ["a"], against=Against(size=1))


def test_classes_of_labels_are_held_against_a_population_of_values():
    released = {"age": ["[30,39]", "[30,39]", "41"]}
    against = Against(population={"age": [31, 32, 35, 41]}, hierarchies={})
    found = measure_risk(released, ["age"], against=against, rules=Rules(labelled=frozenset({"age"})))
    assert found.journalist.average == pytest.approx((1 / 3 + 1 / 3 + 1) / 3)


@settings(max_examples=100, deadline=None)
@given(small)
def test_every_subset_agrees_with_pairs_counted_one_by_one(lines):
    found = all_subsets(table_of(lines), list("abcd"))
    assert len(found.subsets) == 15
    for subset in found.subsets:
        rows = [tuple(line["abcd".index(name)] for name in subset.columns) for line in lines]
        count = Counter(rows)
        pairs = list(itertools.combinations(rows, 2))
        assert subset.classes == len(count)
        assert subset.uniqueness == pytest.approx(sum(count[row] == 1 for row in rows) / len(rows))
        assert subset.separation == pytest.approx(sum(a != b for a, b in pairs) / len(pairs) if pairs else 1)


def test_the_least_identifying_subsets_are_minimal():
    lines = {"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "c": [0, 1, 2, 3]}
    found = all_subsets(lines, ["a", "b", "c"]).least_identifying(1.0)
    assert [subset.columns for subset in found] == [("c",), ("a", "b")]


def test_more_than_fifteen_columns_are_searched_level_by_level():
    rng = np.arange(400)
    lines = {f"c{at}": (rng * (at + 3) // 7 % (3 + at % 4)).tolist() for at in range(17)}
    found = all_subsets(lines, list(lines))
    assert not found.is_complete
    pairs = [subset for subset in found.subsets if len(subset.columns) == 2]
    assert len(pairs) == 17 * 16 // 2
    rows = list(zip(*(lines[name] for name in found.subsets[-1].columns), strict=True))
    assert found.subsets[-1].classes == len(set(rows))


def _half(adult, step):
    return adult.take(np.arange(0, adult.num_rows, step))


@pytest.mark.parametrize(("step", "within"), [(2, 0.06), (20, 0.15)])
def test_uniqueness_estimated_from_a_sample_is_near_that_of_the_whole(adult, step, within):
    found = measure_risk(_half(adult, step), adult.column_names, against=Against(size=adult.num_rows)).estimates
    true = 15512
    assert found.dankar == pytest.approx(true, rel=within)
    assert found.by == ("pitman" if step == 20 else "zayatz")
    assert found.share == found.dankar / 30162


def test_the_estimates_follow_their_equations():
    sizes = np.repeat([1, 2, 3, 4], [40, 20, 8, 3])
    found = estimate_uniqueness(sizes, 800)
    n, whole = int(sizes.sum()), 800

    # Zayatz: the hypergeometric chances by products of fractions
    def shown(size):
        chance = size * n / whole
        for at in range(size - 1):
            chance *= (whole - n - at) / (whole - 1 - at)
        return chance

    share = 40 * shown(1) / sum(many * shown(size) for size, many in ((1, 40), (2, 20), (3, 8), (4, 3)))
    assert found.zayatz == pytest.approx(40 * share * whole / n, rel=1e-9)
    assert found.snb is not None
    assert 0 < found.snb < whole
    assert 0 < found.pitman < whole


def log_likelihood(theta, alpha, sizes):
    """Return Pitman's sampling formula factor by factor."""
    classes = np.log(theta + alpha * np.arange(1, len(sizes))).sum()
    rows = np.log(theta + np.arange(1, sizes.sum())).sum()
    return classes - rows + sum(np.log(np.arange(1, size) - alpha).sum() for size in sizes)


@pytest.mark.parametrize("sizes", [[1] * 40 + [2] * 20 + [3] * 8 + [4] * 3, [1] * 60 + [2] * 9 + [7] * 4 + [30, 90]])
def test_pitmans_parameters_are_at_the_maximum_of_the_likelihood(sizes):
    sizes = np.array(sizes)
    whole = 40 * int(sizes.sum())
    theta, alpha, step = 10.0, 0.5, 0.45
    for _ in range(9):  # ever finer grids around the best so far
        around = np.linspace(-1, 1, 13)
        grid = [
            (theta * 10 ** (2 * step * one), min(max(alpha + step * two, 1e-9), 0.99))
            for one in around
            for two in around
        ]
        theta, alpha = max(grid, key=lambda pair: log_likelihood(*pair, sizes))
        step /= 2
    wanted = exp(lgamma(theta + 1) - lgamma(theta + alpha) + alpha * log(whole))
    assert estimate_uniqueness(sizes, whole).pitman == pytest.approx(wanted, rel=0.01)


def test_without_a_sample_unique_nothing_is_estimated():
    found = estimate_uniqueness(np.array([2, 2, 5]), 1000)
    assert (found.dankar, found.by) == (0, "none")
    assert estimate_uniqueness(np.array([1, 1, 3]), 5).dankar == 2
