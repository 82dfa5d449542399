"""Classes for a later release: of every earlier class nobody or k persons, whatever was released before."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect import combinations, kanonymity, nesting
from lockgate.protect.domain_choice import Labels, Vocabulary
from lockgate.protect.kanonymity import Question
from lockgate.protect.nested_items import DOUBTFUL, NEW, Family

COLUMNS = ("age", "town", "job")

row = st.tuples(
    st.integers(20, 60).map(str), st.sampled_from(["Lyon", "Nice", "Seoul"]), st.sampled_from(["a", "b", None])
)
tables = st.lists(row, min_size=1, max_size=60)


def batch_of(rows: Sequence[Sequence[str | None]], columns: Sequence[str]) -> pa.RecordBatch:
    arrays = [pa.array([item[COLUMNS.index(name)] for item in rows], pa.string()) for name in columns]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def question(columns: Sequence[str], k: int, labels: Labels = Labels.INTERVAL) -> Question:
    return Question(tuple(columns), k, {}, 1.0, vocabulary=Vocabulary(labels))


def alone(batch: pa.RecordBatch, asked: Question) -> np.ndarray:
    """The class of each row of a release made for itself; -1 where it is not shown."""
    folded = combinations.fold(batch, list(asked.quasi_identifiers), None)
    return kanonymity.classes_of(batch, kanonymity.solve(folded, asked))


def nested(
    batch: pa.RecordBatch,
    asked: Question,
    units: Sequence[np.ndarray],
    families: Sequence[Family],
    persons: np.ndarray | None = None,
) -> tuple[np.ndarray, nesting.Nested]:
    """The class of each row by its labels, as a reader of the copy sees it; -1 where it is not shown."""
    solved = nesting.solve(nesting.fold(batch, asked.quasi_identifiers, units, persons), asked, families)
    released, kept = nesting.apply(batch, solved, units)
    known: dict[tuple[object, ...], int] = {}
    classes = np.full(batch.num_rows, -1)
    for at, labels in zip(
        kept.tolist(), zip(*(column.to_pylist() for column in released.columns), strict=True), strict=True
    ):
        classes[at] = known.setdefault(labels, len(known))
    return classes, solved


def family_of(unit: np.ndarray, least: int, gone: Sequence[int] = ()) -> Family:
    absent = np.bincount(np.array(gone, dtype=np.int64), minlength=int(unit.max(initial=-1)) + 1)
    return Family(least, absent)


def assert_nothing_narrowed(
    classes: np.ndarray, unit: np.ndarray, least: int, absent: np.ndarray | None = None, told: object = ""
) -> None:
    """Of every unit each class shows nobody or `least`, and as many are not shown if any is and any is not."""
    for number in set(unit.tolist()):
        inside = classes[unit == number]
        shown = inside[inside >= 0]
        if len(shown):
            assert np.bincount(shown)[np.bincount(shown) > 0].min() >= least, told
            hidden = int((inside < 0).sum()) + (int(absent[number]) if absent is not None and number >= 0 else 0)
            assert number < 0 or hidden == 0 or hidden >= least, told


def signature(releases: Sequence[np.ndarray]) -> np.ndarray:
    return np.unique(np.stack(releases), axis=1, return_inverse=True)[1]


@settings(deadline=None)
@given(tables, st.integers(1, 5), st.lists(st.tuples(st.integers(1, 7), st.integers(1, 7)), min_size=1, max_size=3))
def test_no_sequence_of_releases_leaves_fewer_candidates_than_the_smallest_promise(
    rows: list[Sequence[str | None]], k: int, later: list[tuple[int, int]]
):
    releases, least = [alone(batch_of(rows, COLUMNS), question(COLUMNS, k))], k
    for next_k, which in later:
        columns = [name for at, name in enumerate(COLUMNS) if which >> at & 1]
        unit = np.where((np.stack(releases) >= 0).any(axis=0), signature(releases), NEW)
        number = np.where(unit >= 0, np.unique(unit, return_inverse=True)[1] - int((unit < 0).any()), NEW)
        least = min(least, next_k)
        classes, _ = nested(batch_of(rows, columns), question(columns, next_k), [number], [family_of(number, least)])
        assert_nothing_narrowed(classes, number, least, told=(columns, next_k))
        shown = classes[classes >= 0]
        assert not len(shown) or np.bincount(shown).min() >= next_k
        releases.append(classes)
    together = np.bincount(signature(releases)[(np.stack(releases) >= 0).any(axis=0)])
    assert together[together > 0].min(initial=least) >= least


@settings(deadline=None)
@given(tables, st.data())
def test_persons_who_came_or_left_stand_alone_in_no_class(rows: list[Sequence[str | None]], data: st.DataObject):
    unit = np.array(data.draw(st.lists(st.integers(-2, 5), min_size=len(rows), max_size=len(rows))))
    gone = np.array(data.draw(st.lists(st.integers(0, 5), max_size=12)), dtype=np.int64)
    absent = np.bincount(gone, minlength=6)
    classes, _ = nested(batch_of(rows, COLUMNS), question(COLUMNS, 3), [unit], [Family(2, absent)])
    assert (classes[unit == DOUBTFUL] == -1).all()
    assert_nothing_narrowed(classes, unit, 2, absent)


@settings(deadline=None)
@given(tables, st.data())
def test_two_groups_of_recipients_are_both_kept_to(rows: list[Sequence[str | None]], data: st.DataObject):
    draw = st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows))
    units = [np.array(data.draw(draw)), np.array(data.draw(draw))]
    families = [Family(least, np.zeros(4, dtype=np.int64)) for least in (2, 3)]
    classes, _ = nested(batch_of(rows, COLUMNS), question(COLUMNS, 3), units, families)
    for unit, least in zip(units, (2, 3), strict=True):
        assert_nothing_narrowed(classes, unit, least)


@settings(deadline=None)
@given(tables, st.data())
def test_persons_of_several_rows_are_counted_once_in_every_class(rows: list[Sequence[str | None]], data: st.DataObject):
    draw = st.lists(st.integers(0, 9), min_size=len(rows), max_size=len(rows))
    person, unit = np.array(data.draw(draw)), np.array(data.draw(draw)) // 3
    hashes = np.stack([person, person], axis=1).astype(np.uint64)
    classes, _ = nested(batch_of(rows, COLUMNS), question(COLUMNS, 2), [unit], [family_of(unit, 2)], hashes)
    for shown in set(classes.tolist()) - {-1}:
        for number in set(unit[classes == shown].tolist()):
            assert len(set(person[(classes == shown) & (unit == number)].tolist())) >= 2


def test_the_same_question_gets_the_same_classes_again():
    rows = [(str(20 + (7 * i * i) % 40), ("Lyon", "Nice", "Seoul")[i * i % 3], "ab"[i % 2]) for i in range(200)]
    batch, asked = batch_of(rows, COLUMNS), question(COLUMNS, 5)
    first = alone(batch, asked)
    again, solved = nested(batch, asked, [first], [family_of(first, 5)])
    assert solved.rows_withheld == 0
    assert len(set(zip(first.tolist(), again.tolist(), strict=True))) == again.max() + 1, "classes, or parts of them"


@pytest.mark.parametrize("labels", list(Labels))
def test_a_larger_k_makes_unions_of_earlier_classes(labels: Labels):
    rows = [(str(20 + (7 * i * i) % 40), ("Lyon", "Nice", "Seoul")[i * i % 3], "ab"[i % 2]) for i in range(700)]
    batch = batch_of(rows, COLUMNS)
    first = alone(batch, question(COLUMNS, 3))
    asked = question(COLUMNS, 10, labels)
    again, solved = nested(batch, asked, [first], [family_of(first, 3)])
    assert np.bincount(again).min() >= 10
    assert solved.recoding.loss < 0.5
    assert_nothing_narrowed(again, first, 3)


def test_a_row_that_was_not_folded_is_not_shown():
    batch, asked = batch_of([("20", "Lyon", "a")] * 4, COLUMNS), question(COLUMNS, 2)
    unit = np.zeros(4, dtype=np.int64)
    solved = nesting.solve(nesting.fold(batch, COLUMNS, [unit], None), asked, [family_of(unit, 2)])
    released, kept = nesting.apply(batch_of([("77", "Oslo", "b")], COLUMNS), solved, [np.zeros(1, dtype=np.int64)])
    assert released.num_rows == len(kept) == 0
