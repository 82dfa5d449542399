"""The optimum of a lattice is that of looking at every node, for every metric, model and suppression limit."""

import itertools
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import inf, isclose, log, log2, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect.lattice_metric import Domain, Mean, Metric, MetricKind
from lockgate.protect.lattice_search import Optimum, Scope, find_optimum
from lockgate.terms.hierarchy import Hierarchy, make_hierarchy
from lockgate.terms.privacy_model import (
    BetaLikeness,
    DeltaPresence,
    DistinctDiversity,
    EntropyDiversity,
    GroundDistance,
    KAnonymity,
    KMap,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)

TREES = {
    "age": make_hierarchy("age", [(str(age), f"{age // 5}*5", f"{age // 10}*10", "*") for age in range(20, 40)]),
    "town": make_hierarchy(
        "town",
        [
            ("Seoul", "Korea", "Asia", "*"),
            ("Busan", "Korea", "Asia", "*"),
            ("Wuhan", "China", "Asia", "*"),
            ("Lyon", "France", "Europe", "*"),
            ("Nice", "France", "Europe", "*"),
        ],
    ),
    "open": make_hierarchy("open", [("a", "ab"), ("b", "ab"), ("c", "cd"), ("d", "cd")]),
}
ILLS = make_hierarchy(
    "ill",
    [
        ("flu", "lung", "*"),
        ("cough", "lung", "*"),
        ("ulcer", "belly", "*"),
        ("cramp", "belly", "*"),
        ("gout", "foot", "*"),
    ],
)
HIERARCHIES: dict[str, Hierarchy] = {**TREES, "ill": ILLS}

Row = tuple[str | None, ...]
COLUMNS = ("age", "town", "open", "sex", "ill")

rows = st.tuples(
    st.sampled_from([*map(str, range(20, 40, 3)), None]),
    st.sampled_from(list(TREES["town"].paths)),
    st.sampled_from("abcd"),
    st.sampled_from("fm"),
    st.sampled_from(list(ILLS.paths)),
)
tables = st.lists(rows, min_size=1, max_size=30)
wide_models = st.lists(
    st.one_of(
        st.builds(KAnonymity, st.integers(1, 5)),
        st.builds(DistinctDiversity, st.just("ill"), st.integers(1, 3)),
        st.builds(EntropyDiversity, st.just("ill"), st.sampled_from([1.0, 1.5, 2.0, 2.7])),
        st.builds(RecursiveDiversity, st.just("ill"), st.integers(1, 3), st.sampled_from([0.5, 1.0, 3.0])),
        st.builds(TCloseness, st.just("ill"), st.sampled_from([0.1, 0.3, 0.5]), st.just(GroundDistance.EQUAL)),
        st.builds(TCloseness, st.just("ill"), st.sampled_from([0.1, 0.3, 0.5]), st.just(GroundDistance.HIERARCHICAL)),
        st.builds(BetaLikeness, st.just("ill"), st.sampled_from([0.5, 1.0, 3.0])),
    ),
    min_size=1,
    max_size=3,
)
metrics = st.builds(
    Metric,
    st.sampled_from(list(MetricKind)),
    st.sampled_from(list(Domain)),
    st.sampled_from([None, *Mean]),
    st.sampled_from([0.0, 0.2, 0.5, 0.8]),
)
limits = st.sampled_from([0.0, 0.04, 0.1, 0.25, 0.5, 1.0])


def columns_of(table: Sequence[Row]) -> dict[str, list[str | None]]:
    return {name: [row[at] for row in table] for at, name in enumerate(COLUMNS)}


def paths_of(column: str, values: Sequence[str | None]) -> dict[str | None, tuple[str | None, ...]]:
    """Return the labels of each value; null joins the others where there is one label for all."""
    if column not in TREES:
        return {value: (value, "*") for value in values}
    paths: dict[str | None, tuple[str | None, ...]] = dict(TREES[column].paths)
    if None in values:
        tops = [{path[level] for path in TREES[column].paths.values()} for level in range(TREES[column].height + 1)]
        paths[None] = tuple(next(iter(top)) if len(top) == 1 and level else None for level, top in enumerate(tops))
    return paths


class Brute:
    """Every node looked at, as the definitions read."""

    def __init__(self, table: Sequence[Row], models: Sequence[PrivacyModel], metric: Metric, released: Sequence[bool]):
        self.all, self.released = list(table), [row for row, kept in zip(table, released, strict=True) if kept]
        self.models, self.metric = models, metric
        sensitive = any(hasattr(model, "column") for model in models)
        self.width = 4 if sensitive else 5
        self.paths = [paths_of(name, [row[at] for row in table]) for at, name in enumerate(COLUMNS[: self.width])]
        if not sensitive:
            self.paths[4] = dict(ILLS.paths)

    def nodes(self) -> itertools.product:
        return itertools.product(*(range(len(next(iter(paths.values())))) for paths in self.paths))

    def labels(self, row: Row, node: Sequence[int]) -> Row:
        return tuple(paths[row[at]][node[at]] for at, paths in enumerate(self.paths))

    def value(self, node: Sequence[int], limit: float) -> tuple[float, int]:
        """Return the value of a node and the rows suppressed; infinite where it is not anonymous."""
        classes: dict[Row, list[Row]] = {}
        for row in self.released:
            classes.setdefault(self.labels(row, node), []).append(row)
        population = Counter(self.labels(row, node) for row in self.all)
        kept = {key: own for key, own in classes.items() if self.holds(own, population[key])}
        absent = [key for key in population if key not in classes]
        if any(not holds_presence(model, 0, population[key]) for key in absent for model in self.models):
            return inf, 0
        lost = [row for key, own in classes.items() if key not in kept for row in own]
        if len(lost) > limit * len(self.released):
            return inf, len(lost)
        return self.measure(node, classes, kept, lost), len(lost)

    def holds(self, rows: list[Row], population: int) -> bool:
        return all(holds(model, rows, self.released, population) for model in self.models)

    def measure(  # noqa: PLR0911 - a case a metric
        self, node: Sequence[int], classes: dict[Row, list[Row]], kept: dict[Row, list[Row]], lost: list[Row]
    ) -> float:
        total = len(self.released)
        match self.metric.kind:
            case MetricKind.AVERAGE_CLASS_SIZE:
                return total / (len(kept) + bool(lost))
            case MetricKind.DISCERNIBILITY:
                return sum(len(own) ** 2 for own in kept.values()) + total * len(lost)
            case MetricKind.DISCERNIBILITY_MONOTONE:
                return sum(len(own) ** 2 for own in classes.values())
        figures = [self.column(at, level, lost) for at, level in enumerate(node)]
        match self.metric.mean_of_columns:
            case Mean.ARITHMETIC:
                return sum(figures) / len(figures)
            case Mean.SUM:
                return sum(figures)
            case Mean.MAXIMUM:
                return max(figures)
            case Mean.GEOMETRIC:
                return prod(figure + 1 for figure in figures) ** (1 / len(figures)) - 1

    def column(self, at: int, level: int, lost: list[Row]) -> float:
        kind, total = self.metric.kind, len(self.released)
        suppressed = Counter(id(row) for row in lost)
        if kind is MetricKind.HEIGHT:
            return level
        if kind in (MetricKind.ENTROPY, MetricKind.ENTROPY_TO_ROOT, MetricKind.ENTROPY_MONOTONE):
            return self.entropy(at, level, lost)
        if kind is MetricKind.PRECISION_MONOTONE:
            lost, suppressed = [], Counter()
        generalised, gone = min(1, 2 - 2 * self.metric.balance), min(1, 2 * self.metric.balance)
        cells = []
        for row in self.released:
            if suppressed[id(row)] > 0:
                cells.append(gone)
                suppressed[id(row)] -= 1
            else:
                cells.append(generalised * self.cell(at, level, row[at]))
        return sum(cells) / total

    def cell(self, at: int, level: int, value: str | None) -> float:
        paths = self.paths[at]
        height = len(paths[value]) - 1
        if self.metric.kind is not MetricKind.LOSS:
            return level / height if height else 0.0
        under = {leaf for leaf, path in paths.items() if path[level] == paths[value][level]}
        if self.metric.domain is Domain.HIERARCHY:
            return (len(under) - 1) / max(len(paths) - 1, 1)
        observed = {row[at] for row in self.released}
        seen = under & observed
        if self.metric.domain is Domain.OBSERVED and COLUMNS[at] == "age" and observed != {None}:
            if None in seen and len(seen) > 1:
                return 1.0
            numbers = [int(leaf) for leaf in seen if leaf is not None]
            whole = [int(leaf) for leaf in observed if leaf is not None]
            return (max(numbers) - min(numbers)) / ((max(whole) - min(whole)) or 1) if numbers else 0.0
        return (len(seen) - 1) / max(len(observed) - 1, 1)

    def entropy(self, at: int, level: int, lost: list[Row]) -> float:
        paths = self.paths[at]
        values = Counter(row[at] for row in self.released)
        labels = Counter(paths[row[at]][level] for row in self.released)
        gone = Counter(paths[row[at]][level] for row in lost)
        bits = -sum(log2(values[row[at]] / labels[paths[row[at]][level]]) for row in self.released)
        if self.metric.kind is MetricKind.ENTROPY:
            bits -= sum(log2(gone[paths[row[at]][level]] / len(lost)) for row in lost)
        if self.metric.kind is MetricKind.ENTROPY_TO_ROOT:
            bits -= sum(log2(labels[paths[row[at]][level]] / len(self.released)) for row in lost)
        return bits


def holds_presence(model: PrivacyModel, count: int, population: int) -> bool:
    if not isinstance(model, DeltaPresence):
        return True
    return model.low - 1e-9 <= count / population <= model.high + 1e-9


def holds(model: PrivacyModel, own: list[Row], table: list[Row], population: int) -> bool:  # noqa: C901, PLR0911 - a case a model
    counts = Counter(row[4] for row in own)
    shares = {value: Fraction(counts[value], len(own)) for value in {row[4] for row in table}}
    whole = {value: Fraction(count, len(table)) for value, count in Counter(row[4] for row in table).items()}
    match model:
        case KAnonymity(k):
            return len(own) >= k
        case KMap(k):
            return population >= k
        case DeltaPresence():
            return holds_presence(model, len(own), population)
        case DistinctDiversity(_, least):
            return len(counts) >= least
        case EntropyDiversity(_, least):
            return -sum(float(share) * log(share) for share in shares.values() if share) >= log(least) - 1e-9
        case RecursiveDiversity(_, least, c):
            falling = sorted(counts.values(), reverse=True)
            return falling[0] < Fraction(c) * sum(falling[least - 1 :])
        case TCloseness(_, t, distance):
            return distance_of(distance, shares, whole) <= t + 1e-9
        case BetaLikeness(_, beta):
            return all(share <= (1 + beta) * whole[value] + Fraction(1, 10**9) for value, share in shares.items())
    raise AssertionError


def distance_of(distance: GroundDistance, shares: dict[str, Fraction], whole: dict[str, Fraction]) -> float:
    gaps = {value: shares[value] - whole[value] for value in whole}
    if distance is GroundDistance.EQUAL:
        return float(sum(abs(gap) for gap in gaps.values()) / 2)
    groups: Counter[str] = Counter()
    for value, gap in gaps.items():
        groups[ILLS.paths[value][1]] += gap
    return float(sum(map(abs, gaps.values())) + sum(map(abs, groups.values()))) / 4


def check(
    table: Sequence[Row], models: Sequence[PrivacyModel], metric: Metric, limit: float, released: Sequence[bool] | None
) -> None:
    kept = [True] * len(table) if released is None else list(released)
    brute = Brute(table, models, metric, kept)
    values = {node: brute.value(node, limit) for node in brute.nodes()}
    best = min(value for value, _ in values.values())
    for is_compiled in (False, True):
        scope = Scope(released=released, is_compiled=is_compiled)
        found = find_optimum(columns_of(table), HIERARCHIES, models, metric, limit, scope)
        assert found.is_optimum
        assert found.loss == best or isclose(found.loss, best, rel_tol=1e-9, abs_tol=1e-9)
        if found.levels is None:
            assert best == inf
            continue
        value, lost = values[tuple(found.levels.values())]
        assert isclose(found.loss, value, rel_tol=1e-9, abs_tol=1e-9)
        assert found.rows_suppressed == lost
        assert_labels(brute, found, models)


def assert_labels(brute: Brute, found: Optimum, models: Sequence[PrivacyModel]) -> None:
    assert found.levels is not None
    names = list(found.levels)
    released = list(zip(*(found.table[name].to_pylist() for name in names), strict=True))
    wanted = [brute.labels(row, tuple(found.levels.values())) for row in brute.released]
    suppressed = [row for row, want in zip(released, wanted, strict=True) if row != want]
    assert all(set(row) == {"*"} for row in suppressed)
    assert len(suppressed) <= found.rows_suppressed


population_models = st.lists(
    st.one_of(
        st.builds(KMap, st.integers(1, 6)),
        st.builds(KAnonymity, st.integers(1, 3)),
        st.builds(
            lambda pair: DeltaPresence(min(pair), max(pair)),
            st.tuples(st.sampled_from([0.0, 0.1, 0.3]), st.sampled_from([0.5, 0.7, 1.0])),
        ),
    ),
    min_size=1,
    max_size=2,
)


@settings(max_examples=40, deadline=None)
@given(tables, wide_models, metrics, limits)
def test_the_optimum_is_that_of_all_nodes(
    table: list[Row], models: list[PrivacyModel], metric: Metric, limit: float
) -> None:
    check(table, models, metric, limit, None)


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(tables, wide_models, metrics, limits)
def test_the_optimum_is_that_of_all_nodes_of_many_lattices(
    table: list[Row], models: list[PrivacyModel], metric: Metric, limit: float
) -> None:
    check(table, models, metric, limit, None)


@settings(max_examples=40, deadline=None)
@given(tables, population_models, metrics, limits, st.data())
def test_the_optimum_is_that_of_all_nodes_where_rows_are_drawn_from_a_population(
    table: list[Row], models: list[PrivacyModel], metric: Metric, limit: float, data: st.DataObject
) -> None:
    released = data.draw(st.lists(st.booleans(), min_size=len(table), max_size=len(table)).filter(any))
    check(table, models, metric, limit, released)
