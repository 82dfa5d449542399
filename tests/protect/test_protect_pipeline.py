"""A whole plan: its order, its schema, its state between the passes."""

import pickle
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect.combinations import merge
from lockgate.protect.pipeline import Means, Protection, make_protection
from lockgate.terms.errors import InputError
from lockgate.terms.label import Range, parse_label
from lockgate.terms.measure import Measure, MeasureKind
from lockgate.terms.protected import Plan

BATCH = pa.record_batch(
    {
        "id": [f"id-{number}" for number in range(40)],
        "age": [str(20 + number) for number in range(40)],
        "town": ["Seoul", "Lyon"] * 20,
        "pay": pa.array(range(40)),
    }
)
PERSONS = np.array([(number % 3, number) for number in range(40)], dtype=np.uint64)


def no_spans(_texts: object) -> list[tuple[int, int, int, str]]:
    return []


MEANS = Means(bytes(range(32)), 1, no_spans, {}, {}, persons_repeat=False)


def solved(*steps: Measure, batch: pa.RecordBatch = BATCH, size: int = 7, means: Means = MEANS) -> Protection:
    protection = make_protection(Plan(steps, (), 0, 0.0, {}), batch.schema, means)
    passes = 0
    while protection.needs_fold:
        starts = range(0, batch.num_rows, size)
        parts = [protection.fold(batch.slice(at, size), PERSONS[at : at + size]) for at in starts]
        assert parts[0].column_names == protection.fold_keys + protection.fold_weights
        protection = pickle.loads(pickle.dumps(protection)).solve(merge(parts))
        passes += 1
    assert passes <= 2
    return protection


def copied(protection: Protection, batch: pa.RecordBatch = BATCH, size: int = 7) -> pa.Table:
    starts = range(0, batch.num_rows, size)
    parts = [protection.map(batch.slice(at, size), PERSONS[at : at + size]) for at in starts]
    return pa.Table.from_batches([*parts, *protection.finish()], schema=protection.schema)


WHOLE = (
    Measure(MeasureKind.K_ANONYMISE, ("age", "town"), 5),
    Measure(MeasureKind.DROP, ("pay",)),
    Measure(MeasureKind.PSEUDONYMISE, ("id",)),
    Measure(MeasureKind.FEWER_PERSONS, (), 30),
)


def test_a_whole_plan_gives_k_among_the_persons_that_were_kept() -> None:
    table = copied(solved(*WHOLE))
    assert table.column_names == ["id", "age", "town"]
    assert table.num_rows == 30
    sizes = table.group_by(["age", "town"]).aggregate([([], "count_all")])["count_all"].to_pylist()
    assert min(sizes) >= 5


def test_the_order_of_steps_and_the_size_of_batches_do_not_matter() -> None:
    one = copied(solved(*WHOLE, size=3), size=40)
    assert one.equals(copied(solved(*WHOLE[::-1], size=40), size=11).combine_chunks())


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6))
def test_protecting_a_protected_copy_never_lowers_k(first: int, second: int) -> None:
    table = copied(solved(Measure(MeasureKind.K_ANONYMISE, ("age", "town"), first)))
    batch = table.combine_chunks().to_batches()[0]
    again = copied(solved(Measure(MeasureKind.K_ANONYMISE, ("age", "town"), second), batch=batch), batch)
    sizes = [
        min(item.group_by(["age", "town"]).aggregate([([], "count_all")])["count_all"].to_pylist(), default=40)
        for item in (table, again)
    ]
    assert sizes[1] >= max(sizes[0], second)


def test_generalised_columns_can_be_k_anonymised_and_stay_labels() -> None:
    steps = (Measure(MeasureKind.GENERALISE, ("age",), 4), Measure(MeasureKind.K_ANONYMISE, ("age",), 7))
    labels = [parse_label(cell) for cell in copied(solved(*steps))["age"].to_pylist()]
    assert all(isinstance(label, Range) and int(label.low) % 4 == 0 and int(label.high) % 4 == 3 for label in labels)
    assert min(Counter(labels).values()) >= 7
    assert len(set(labels)) >= 4


def test_generalised_columns_are_counted_as_labels() -> None:
    steps = (Measure(MeasureKind.GENERALISE, ("age",), 20), Measure(MeasureKind.AGGREGATE, ("age",), 5))
    assert copied(solved(*steps)).to_pylist() == [
        {"age": "[20,39]", "persons": 20},
        {"age": "[40,59]", "persons": 20},
    ]


def test_the_rows_of_the_copy_are_known() -> None:
    protection = solved(*WHOLE)
    copy, rows = protection.map_with_rows(BATCH, PERSONS)
    assert copy.num_rows == len(rows) == 30
    assert protection.rows_not_chosen == 10
    assert protection.rows_suppressed == 0
    assert protection.labelled == {"age", "town"}
    assert protection.replaced == {"id"}
    assert set(protection.techniques) == {"k-anonymise", "drop", "pseudonymise", "fewer-persons"}


def test_too_few_persons_leave_an_empty_copy_and_say_so() -> None:
    protection = solved(Measure(MeasureKind.K_ANONYMISE, ("age",), 41))
    assert copied(protection).num_rows == 0
    assert protection.rows_suppressed == 40


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((Measure(MeasureKind.DROP, ("nope",)),), "`nope`"),
        ((Measure(MeasureKind.DROP, tuple(BATCH.schema.names)),), "drops every column"),
        ((Measure(MeasureKind.DROP, ("age",)), Measure(MeasureKind.K_ANONYMISE, ("age",), 5)), "no column is left"),
        ((Measure(MeasureKind.AGGREGATE, ("age",), 5), Measure(MeasureKind.K_ANONYMISE, ("age",), 5)), "not both"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_an_input_error(steps: tuple[Measure, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_protection(Plan(steps, (), 0, 0.0, {}), BATCH.schema, MEANS)


def test_a_key_does_not_show() -> None:
    assert "\\x01\\x02" not in repr(MEANS)
