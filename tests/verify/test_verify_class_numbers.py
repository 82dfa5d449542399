"""Classes are numbered by their labels, whatever batch they come in."""

import numpy as np
import pyarrow as pa

from lockgate.verify.composition import Classes


def test_rows_of_equal_labels_have_one_number_in_all_batches() -> None:
    rng = np.random.default_rng(7)  # noqa: TID251 - a seed makes the test the same each time
    rows = [[(None, "a", "b", "*")[place] for place in row] for row in rng.integers(0, 4, (300, 3)).tolist()]
    classes, numbers = Classes(["x", "gone", "y", "z"]), []
    for start in range(0, 300, 70):
        columns = list(zip(*rows[start : start + 70], strict=True))
        batch = pa.record_batch([pa.array(column, pa.string()) for column in columns], names=["x", "y", "z"])
        numbers += classes.numbers(batch).tolist()
    known = {tuple(row): number for row, number in zip(rows, numbers, strict=True)}
    assert [known[tuple(row)] for row in rows] == numbers
    assert sorted(known.values()) == list(range(len(known)))
    labels = [tuple(row.values()) for row in classes.labels().to_pylist()]
    assert [known[row] for row in labels] == list(range(len(known)))


def test_a_copy_without_rows_or_without_quasi_identifiers_has_labels_of_no_column() -> None:
    assert Classes(["x"]).labels().num_rows == 0
    classes = Classes([])
    assert classes.numbers(pa.record_batch({"x": ["a", "b"]})).tolist() == [0, 0]
