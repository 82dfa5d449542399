"""Classes at one level of every hierarchy: the lattice peeled, and the search that puts all at the same levels."""

import csv
import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect import combinations, kanonymity, lattice_peel, lattice_problem, lattice_search
from lockgate.protect.codes import codes_of, make_codebook
from lockgate.protect.domain_choice import Labels, Vocabulary, choose_domain
from lockgate.protect.lattice_metric import Domain, Metric, MetricKind
from lockgate.protect.problem import Problem, Secret
from lockgate.protect.search import Search
from lockgate.terms.hierarchy import Hierarchy, make_hierarchy
from lockgate.terms.privacy_model import (
    DistinctDiversity,
    EntropyDiversity,
    KAnonymity,
    KMap,
    PrivacyModel,
    TCloseness,
)

ADULT = Path(lattice_peel.__file__).parents[1] / "examples" / "adult"
WORDS = Vocabulary(Labels.HIERARCHY)
AGES = make_hierarchy("age", [(str(age), f"{age // 5}*5", f"{age // 10}*10", "*") for age in range(20, 40)])
TOWNS = make_hierarchy(
    "town",
    [("Seoul", "Korea", "Asia", "*"), ("Busan", "Korea", "Asia", "*"), ("Lyon", "France", "Europe", "*")],
)
TREES = {"age": AGES, "town": TOWNS}

Row = tuple[str | None, ...]
rows = st.tuples(
    st.sampled_from([*map(str, range(20, 40, 2)), None]), st.sampled_from(list(TOWNS.paths)), st.sampled_from("fm")
)
tables = st.lists(st.tuples(rows, st.sampled_from("abc")), min_size=1, max_size=60)
models = st.lists(
    st.one_of(
        st.builds(DistinctDiversity, st.just("ill"), st.integers(1, 2)),
        st.builds(EntropyDiversity, st.just("ill"), st.sampled_from([1.2, 1.8])),
        st.builds(TCloseness, st.just("ill"), st.sampled_from([0.2, 0.4])),
        st.builds(KMap, st.integers(1, 4)),
    ),
    max_size=2,
)


def problem_of(
    table: Sequence[tuple[Row, str]], k: int, asked: Sequence[PrivacyModel], limit: float
) -> tuple[Problem, np.ndarray]:
    """Return a problem over a table, and the combination of each row."""
    names = ("age", "town", "sex")
    columns = [pa.array([row[at] for row, _ in table], type=pa.string()) for at in range(3)]
    chosen = [
        choose_domain(name, column.unique().to_pylist(), TREES.get(name), WORDS, generalised=False)
        for name, column in zip(names, columns, strict=True)
    ]
    values = tuple(pa.array(order, type=pa.string()) for order, _ in chosen)
    codes = [codes_of(column, value) for column, value in zip(columns, values, strict=True)]
    number = make_codebook(values, codes).combinations_of(columns)
    first = np.unique(number, return_index=True)[1]
    count = len(first)
    ills = sorted({ill for _, ill in table})
    pairs = sorted(Counter(zip(number.tolist(), (ills.index(ill) for _, ill in table), strict=True)).items())
    start = np.searchsorted([item for (item, _), _ in pairs], np.arange(count + 1))
    secret = Secret(
        "ill", tuple(ills), start, np.array([code for (_, code), _ in pairs]), np.array([size for _, size in pairs])
    )
    weight = np.bincount(number, minlength=count).astype(np.int64)
    problem = Problem(
        domains=tuple(domain for _, domain in chosen),
        codes=np.array([code[first] for code in codes]),
        rows=weight,
        persons=weight,
        k=k,
        models=tuple(asked),
        secrets=(secret,),
        population=weight if any(isinstance(model, KMap) for model in asked) else None,
        suppression_limit=limit,
    )
    return problem, number


def holds(model: PrivacyModel, own: list[str], whole: list[str]) -> bool:
    shares = {ill: own.count(ill) / len(own) for ill in set(whole)}
    match model:
        case KMap(k) | KAnonymity(k):
            return len(own) >= k
        case DistinctDiversity(_, least):
            return len(set(own)) >= least
        case EntropyDiversity(_, least):
            return -sum(share * np.log(share) for share in shares.values() if share) >= np.log(least) - 1e-9
        case TCloseness(_, t):
            return sum(abs(share - whole.count(ill) / len(whole)) for ill, share in shares.items()) / 2 <= t + 1e-9
    raise AssertionError


@pytest.mark.parametrize("search", [lattice_peel.peel, lattice_problem.search_lattice])
@settings(max_examples=80, deadline=None)
@given(tables, st.integers(1, 6), models, st.sampled_from([0.0, 0.1, 1.0]))
def test_every_class_satisfies_the_models_and_says_where_it_is_labelled(
    search, table: list[tuple[Row, str]], k: int, asked: list[PrivacyModel], limit: float
) -> None:
    k = min(k, len(table))
    problem, number = problem_of(table, k, asked, limit)
    found = search(problem)
    of_row = found.classes[number]
    whole = [ill for _, ill in table]
    lost = int(np.count_nonzero(of_row < 0))
    if all(holds(model, whole, whole) for model in asked):
        assert lost <= limit * len(table)
    for one in range(int(found.classes.max(initial=-1)) + 1):
        own = [ill for ill, number_of in zip(whole, of_row, strict=True) if number_of == one]
        assert len(own) >= k
        assert all(holds(model, own, whole) for model in asked)
        if found.levels is None:
            continue
        members = np.flatnonzero(found.classes == one)
        for domain, code, levels in zip(problem.domains, problem.codes, found.levels, strict=True):
            assert len({domain.label_at(int(levels[one]), int(code[at])) for at in members}) == 1


@settings(max_examples=40, deadline=None)
@given(tables, st.integers(1, 6), models)
def test_the_lattice_is_peeled_alike_without_compiled_code(
    table: list[tuple[Row, str]], k: int, asked: list[PrivacyModel]
) -> None:
    problem, _ = problem_of(table, min(k, len(table)), asked, 0.5)
    compiled = lattice_peel.peel(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lattice_peel, "load_code", lambda name: None)
        plain = lattice_peel.peel(problem)
    assert plain.classes.tolist() == compiled.classes.tolist()
    assert plain.moves == compiled.moves


@settings(max_examples=40, deadline=None)
@given(tables, st.integers(1, 6), st.sampled_from([0.0, 0.2, 1.0]))
def test_global_classes_are_those_of_the_optimum(table: list[tuple[Row, str]], k: int, limit: float) -> None:
    # a null's way up is one level longer in a domain than in a hierarchy
    table = [((age or "20", town, sex), ill) for (age, town, sex), ill in table]
    k = min(k, len(table))
    problem, number = problem_of(table, k, (), limit)
    found = lattice_problem.search_lattice(problem)
    columns = {name: [row[at] for row, _ in table] for at, name in enumerate(("age", "town", "sex"))}
    metric = Metric(MetricKind.LOSS, Domain.VALUES)
    best = lattice_search.find_optimum(columns, TREES, [KAnonymity(k)], metric, limit)
    losses = 0.0
    for domain, code, levels in zip(problem.domains, problem.codes, found.levels, strict=True):
        for one, at in zip(found.classes[number], code[number], strict=True):
            losses += domain.cost_at(int(levels[one]), int(at)) if one >= 0 else 1.0
    assert losses / (3 * len(table)) == pytest.approx(best.loss, abs=1e-12)


def adult() -> tuple[pa.Table, dict[str, Hierarchy]]:
    with (ADULT / "adult.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file, delimiter=";"))
    trees = {}
    for name in header:
        with (ADULT / f"adult_hierarchy_{name}.csv").open(encoding="utf-8", newline="") as file:
            trees[name] = make_hierarchy(name, [tuple(line) for line in csv.reader(file, delimiter=";")])
    return pa.table({name: [line[at] for line in lines] for at, name in enumerate(header)}), trees


@pytest.mark.parametrize(
    ("search", "limit", "loss", "suppressed"),
    [(Search.STRICT, 0.0, 0.0565, 0), (Search.GLOBAL, 0.0, 0.6355, 0), (Search.GLOBAL, 0.02, 0.3693, 506)],
)
def test_adult_is_recoded_with_as_little_loss_as_measured(
    search: Search, limit: float, loss: float, suppressed: int
) -> None:
    table, trees = adult()
    columns = tuple(table.column_names)
    batch = table.combine_chunks().to_batches()[0]
    question = kanonymity.Question(columns, 5, trees, limit, search=search, vocabulary=WORDS)
    recoding = kanonymity.solve(combinations.fold(batch, columns, None), question)
    assert (round(recoding.loss, 4), recoding.rows_suppressed) == (loss, suppressed)
    released = kanonymity.apply(batch, recoding)
    counts = Counter(zip(*(column.to_pylist() for column in released.columns), strict=True))
    assert min(counts.values()) >= 5
    for name, column in zip(columns, released.columns, strict=True):
        known = {label for path in trees[name].paths.values() for label in path}
        assert set(column.unique().to_pylist()) <= known


def test_a_table_with_many_columns_is_peeled_along_one_chain() -> None:
    names = tuple(f"q{at}" for at in range(40))
    batch = pa.RecordBatch.from_arrays(
        [pa.array([str((row * (at + 3)) % 7 % (2 + at % 5)) for row in range(120)]) for at in range(40)], names=names
    )
    trees = {name: make_hierarchy(name, [(str(one), "ab"[one > 2], "*") for one in range(7)]) for name in names}
    question = kanonymity.Question(names, 2, trees, 0.0, search=Search.STRICT, vocabulary=WORDS)
    recoding = kanonymity.solve(combinations.fold(batch, names, None), question)
    released = kanonymity.apply(batch, recoding)
    assert min(Counter(zip(*(column.to_pylist() for column in released.columns), strict=True)).values()) >= 2
    assert recoding.loss < 0.9


@pytest.mark.parametrize("processor", ["Prescott", "Nehalem"])
def test_the_same_classes_are_found_however_the_processor_multiplies(processor: str) -> None:
    program = f"import {__name__} as own; print(own.classes_of_adult())"
    surroundings = {**os.environ, "OPENBLAS_CORETYPE": processor, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=surroundings)
    assert done.stdout.strip() == classes_of_adult()


def classes_of_adult() -> str:
    """Return a digest of the classes that a strict search finds."""
    table, trees = adult()
    columns = tuple(table.column_names)
    question = kanonymity.Question(columns, 5, trees, 0.0, search=Search.STRICT, vocabulary=WORDS)
    recoding = kanonymity.solve(combinations.fold(table.combine_chunks().to_batches()[0], columns, None), question)
    return hashlib.sha256(np.ascontiguousarray(recoding.classes).tobytes()).hexdigest()
