"""Counts of persons in place of rows."""

import numpy as np
import pyarrow as pa

from lockgate.protect import aggregation, combinations

BATCH = pa.record_batch(
    {"town": ["Seoul", "Seoul", "Seoul", "Lyon", None, None], "sex": ["f", "f", "f", "m", "*", "*"]}
)


def test_small_cells_are_left_out_and_labels_are_escaped() -> None:
    counts = aggregation.solve(combinations.fold(BATCH, ["town", "sex"], None), ["town", "sex"], 2, ())
    assert counts.table.to_pylist() == [
        {"town": "Seoul", "sex": "f", "persons": 3},
        {"town": None, "sex": r"\*", "persons": 2},
    ]
    assert (counts.rows, counts.rows_suppressed) == (6, 1)


def test_persons_count_once_in_each_cell() -> None:
    people = np.array([(0, 1), (0, 1), (0, 2), (0, 1), (0, 3), (0, 3)], dtype=np.uint64)
    parts = [combinations.fold(BATCH.slice(at, 2), ["town"], people[at : at + 2]) for at in (4, 0, 2)]
    counts = aggregation.solve(combinations.merge(parts), ["town"], 1, ())
    assert counts.table.to_pylist() == [
        {"town": "Lyon", "persons": 1},
        {"town": "Seoul", "persons": 2},
        {"town": None, "persons": 1},
    ]


def test_a_column_called_persons_keeps_its_name() -> None:
    assert aggregation.schema_of(["persons", "persons_"]).names == ["persons", "persons_", "persons__"]
