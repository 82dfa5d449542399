"""Nested classes keep every privacy model too, whatever the search and the moves; recomputed row by row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import exp, log

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect import combinations, kanonymity, nesting
from lockgate.protect.domain_choice import Labels, Vocabulary
from lockgate.protect.kanonymity import Question
from lockgate.protect.nested_items import NEW, Family
from lockgate.protect.search import Search
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import make_hierarchy
from lockgate.terms.privacy_model import (
    BetaLikeness,
    DistinctDiversity,
    EntropyDiversity,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)

COLUMNS = ("age", "town", "job")
TOWNS = make_hierarchy("town", [(f"t{n}", f"n{n // 2}", "*") for n in range(6)])
MODELS: tuple[PrivacyModel, ...] = (
    DistinctDiversity("ill", 2),
    EntropyDiversity("ill", 1.7),
    RecursiveDiversity("ill", 2, 3.0),
    TCloseness("ill", 0.45),
    BetaLikeness("ill", 1.5),
)

Row = tuple[str | None, str | None, str | None, str | None]
row = st.tuples(
    st.integers(20, 60).map(str),
    st.one_of(st.none(), st.integers(0, 5).map("t{}".format)),
    st.sampled_from(["a", "b", None]),
    st.sampled_from(["flu", "cold", "ulcer", None]),
)
tables = st.lists(row, min_size=1, max_size=60)
wanted = st.lists(st.sampled_from(MODELS), max_size=2, unique_by=type).map(tuple)


def batch_of(rows: Sequence[Row]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True))
    return pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in columns], names=[*COLUMNS, "ill"])


def released(
    batch: pa.RecordBatch, asked: Question, units: Sequence[np.ndarray], least: int, persons: np.ndarray | None = None
) -> tuple[np.ndarray, list[dict[str, str | None]], nesting.Nested]:
    """The class of each row as a reader of the labels sees it, -1 where it is not shown, and the labels of classes."""
    folded = nesting.fold(batch, (*asked.quasi_identifiers, "ill"), units, persons)
    families = [Family(least, np.zeros(int(unit.max(initial=-1)) + 1, dtype=np.int64)) for unit in units]
    solved = nesting.solve(folded, asked, families)
    copy, kept = nesting.apply(batch, solved, units)
    classes, known = np.full(batch.num_rows, -1), dict[tuple[object, ...], int]()
    shown = [copy.column(name).to_pylist() for name in asked.quasi_identifiers]
    for at, labels in zip(kept.tolist(), zip(*shown, strict=True), strict=True):
        classes[at] = known.setdefault(labels, len(known))
    return classes, [dict(zip(asked.quasi_identifiers, labels, strict=True)) for labels in known], solved


def is_kept(model: PrivacyModel, inside: Counter[str | None], table: Counter[str | None]) -> bool:
    """The model by its definition, of one class."""
    size, total = inside.total(), table.total()
    counts = sorted(inside.values(), reverse=True)
    match model:
        case DistinctDiversity():
            return len(inside) >= model.l
        case EntropyDiversity():
            return exp(-sum(n / size * log(n / size) for n in counts)) >= model.l - 1e-6
        case RecursiveDiversity():
            return counts[0] < model.c * sum(counts[model.l - 1 :])
        case TCloseness():
            return sum(abs(inside[v] / size - table[v] / total) for v in table) / 2 <= model.t + 1e-6
        case BetaLikeness():
            return all(inside[v] / size <= (1 + model.beta) * table[v] / total + 1e-6 for v in table)
    raise AssertionError(model)


def assert_lawful(
    rows: Sequence[Row], classes: np.ndarray, asked: Question, units: Sequence[np.ndarray], least: int
) -> None:
    ill = np.array([item[3] or "" for item in rows])
    table = Counter(ill.tolist())
    for number in range(int(classes.max(initial=-1)) + 1):
        mine = classes == number
        assert mine.sum() >= asked.k
        for model in asked.models:
            assert is_kept(model, Counter(ill[mine].tolist()), table), (model, number)
    for unit in units:
        for number in set(unit.tolist()):
            counts = Counter(classes[unit == number].tolist())
            hidden = counts.pop(-1, 0)
            assert min(counts.values(), default=least) >= least
            assert not counts or not hidden or hidden >= least or number == NEW


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(
    tables,
    st.integers(1, 4),
    st.integers(1, 5),
    wanted,
    st.sampled_from([0, 5, 300]),
    st.tuples(st.sampled_from(list(Search)), st.sampled_from(list(Labels))),
)
def test_every_class_of_a_nested_release_keeps_every_model_and_every_earlier_class(
    rows: list[Row],
    first_k: int,
    k: int,
    models: tuple[PrivacyModel, ...],
    moves: int,
    manner: tuple[Search, Labels],
):
    search, labels = manner
    batch = batch_of(rows)
    one = Question(COLUMNS, first_k, {"town": TOWNS}, 1.0)
    first = kanonymity.classes_of(batch, kanonymity.solve(combinations.fold(batch, list(COLUMNS), None), one))
    asked = Question(("age", "town"), k, {"town": TOWNS}, 1.0, frozenset(), search, Vocabulary(labels), moves, models)
    least = min(first_k, k)
    unit = np.where(first >= 0, np.unique(first, return_inverse=True)[1] - int(first.min(initial=0) < 0), NEW)
    classes, _, solved = released(batch, asked, [unit], least)
    assert_lawful(rows, classes, asked, [unit], least)
    assert solved.recoding.moves <= moves or search is not Search.LOCAL
    again, _, _ = released(batch, asked, [unit], least)
    assert again.tolist() == classes.tolist()
    later = np.where(np.minimum(first, classes) < -1, NEW, np.unique(first * 99 + classes, return_inverse=True)[1])
    shown = (first >= 0) | (classes >= 0)
    later = np.where(shown, np.unique(np.where(shown, later, -1), return_inverse=True)[1] - int(not shown.all()), NEW)
    third, _, _ = released(batch, replace(asked, quasi_identifiers=("job", "age")), [later], least)
    together = Counter(zip(first.tolist(), classes.tolist(), third.tolist(), strict=True))
    together.pop((-1, -1, -1), None)
    assert min(together.values(), default=least) >= least, "no person has fewer candidates in all three"


@settings(deadline=None, max_examples=60)
@given(tables, wanted, st.sampled_from([0, 200]), st.data())
def test_models_are_kept_beside_two_groups_of_recipients(
    rows: list[Row], models: tuple[PrivacyModel, ...], moves: int, data: st.DataObject
):
    draw = st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows))
    units = [np.array(data.draw(draw)), np.array(data.draw(draw))]
    asked = Question(COLUMNS, 3, {"town": TOWNS}, 1.0, moves=moves, models=models)
    classes, _, _ = released(batch_of(rows), asked, units, 2)
    assert_lawful(rows, classes, asked, units, 2)


def diverse_rows(count: int) -> list[Row]:
    """Rows all over the place, the same each time."""
    spread = [((n + 1) * 2_654_435_761 % (1 << 32)) >> 8 for n in range(count)]
    return [
        (str(20 + m % 47), f"t{m // 47 % 6}", "ab"[m // 300 % 2], ("flu", "cold", "ulcer")[m // 1_000 % 3])
        for m in spread
    ]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_a_model_that_the_earlier_classes_do_not_keep_is_brought_about_with_little_loss(model: PrivacyModel):
    rows = diverse_rows(600)
    batch = batch_of(rows)
    one = Question(COLUMNS, 3, {"town": TOWNS}, 1.0)
    first = kanonymity.classes_of(batch, kanonymity.solve(combinations.fold(batch, list(COLUMNS), None), one))
    asked = replace(one, k=4, models=(model,))
    classes, _, solved = released(batch, asked, [first], 3)
    assert_lawful(rows, classes, asked, [first], 3)
    assert (classes >= 0).all()
    folded = combinations.fold(batch, [*COLUMNS, "ill"], None)
    assert solved.recoding.loss <= 2 * kanonymity.solve(folded, asked).loss + 0.02


def test_moves_lower_the_loss_of_nested_classes():
    rows = diverse_rows(900)
    batch = batch_of(rows)
    one = Question(COLUMNS, 3, {"town": TOWNS}, 1.0)
    first = kanonymity.classes_of(batch, kanonymity.solve(combinations.fold(batch, list(COLUMNS), None), one))
    losses = []
    for moves in (0, 200, 5_000):
        asked = replace(one, k=8, moves=moves, models=(DistinctDiversity("ill", 3),))
        classes, _, solved = released(batch, asked, [first], 3)
        assert_lawful(rows, classes, asked, [first], 3)
        assert solved.recoding.moves <= moves
        losses.append(solved.recoding.loss)
    assert losses[0] > losses[1] > losses[2]


def test_moves_inside_a_large_earlier_class_are_made_by_single_rows():
    rows = diverse_rows(400)
    batch = batch_of(rows)
    unit = np.arange(len(rows)) % 2
    losses = []
    for moves in (0, 20_000):
        asked = Question(COLUMNS, 4, {"town": TOWNS}, 1.0, moves=moves, models=(TCloseness("ill", 0.5),))
        classes, _, solved = released(batch, asked, [unit], 4)
        assert_lawful(rows, classes, asked, [unit], 4)
        losses.append(solved.recoding.loss)
    assert losses[1] < 0.97 * losses[0]


@settings(deadline=None, max_examples=40)
@given(st.lists(row, min_size=4, max_size=30), st.integers(1, 3), st.data())
def test_a_search_for_one_level_finds_the_best_node_that_keeps_to_the_earlier_classes(
    rows: list[Row], k: int, data: st.DataObject
):
    unit = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows))))
    rows = [item for item, number in zip(rows, unit.tolist(), strict=True) if (unit == number).sum() >= k]
    unit = np.unique(unit[[int((unit == number).sum()) >= k for number in unit]], return_inverse=True)[1]
    if not rows:
        return
    jobs = make_hierarchy("job", [("a", "*"), ("b", "*")])
    asked = Question(
        ("town", "job"), k, {"town": TOWNS, "job": jobs}, 1.0, frozenset(), Search.GLOBAL, Vocabulary(Labels.HIERARCHY)
    )
    _, labels, solved = released(batch_of(rows), asked, [unit], k)

    def generalised(item: Row, town: int, job: int) -> tuple[str | None, str | None]:
        one = item[1] if town == 0 else "*" if town == 2 else item[1] and TOWNS.paths[item[1]][1]
        return one, item[2] if job == 0 else "*"

    def holds(town: int, job: int) -> bool:
        named = [generalised(item, town, job) for item in rows]
        sizes, pairs = Counter(named), Counter(zip(named, unit.tolist(), strict=True))
        return min(sizes.values()) >= k and min(pairs.values()) >= k

    good = [node for node in product(range(3), range(2)) if holds(*node)]
    best = [{generalised(item, *node) for item in rows} - {("*", "*")} for node in good]
    assert {(item["town"], item["job"]) for item in labels} in best
    assert solved.rows_withheld == 0 or not good


def test_persons_of_several_rows_are_counted_once_for_every_model():
    rows = diverse_rows(240)
    person = np.arange(len(rows)) // 2
    hashes = np.stack([person, person], axis=1).astype(np.uint64)
    unit = person % 5
    asked = Question(COLUMNS, 4, {"town": TOWNS}, 1.0, moves=300, models=(DistinctDiversity("ill", 2),))
    classes, _, _ = released(batch_of(rows), asked, [unit], 4, hashes)
    assert classes.max() > 0
    for number in range(int(classes.max()) + 1):
        mine = classes == number
        assert len(set(person[mine].tolist())) >= 4
        assert len({rows[at][3] for at in np.flatnonzero(mine)}) >= 2
        for inside in set(unit[mine].tolist()):
            assert len(set(person[mine & (unit == inside)].tolist())) >= 4


def test_a_hierarchy_that_does_not_cover_a_value_is_refused():
    batch = batch_of([("20", "t9", "a", "flu")] * 4)
    asked = Question(COLUMNS, 2, {"town": TOWNS}, 1.0)
    with pytest.raises(InputError, match="town"):
        released(batch, asked, [np.zeros(4, dtype=np.int64)], 2)
