"""How many persons there are in every place and hour of a copy: counted on released values, by persons."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lockgate.terms.verification import Check
from lockgate.verify.figures import group, numbered_persons, persons_by
from lockgate.verify.fold import PERSON, WEIGHT, Hashes, columns_of, merge


def crowd_keys(columns: Sequence[str]) -> list[str]:
    """Return the key columns of `fold_crowds`."""
    return [*(f"r:{name}" for name in columns), *PERSON]


def fold_crowds(released: pa.RecordBatch, persons: Hashes, columns: Sequence[str]) -> pa.Table:
    """Return the places and hours of a batch of the copy with the persons who are shown there.

    Args:
        released: Rows of the copy.
        persons: Keyed hash of the person of each row, shape (rows, 2).
        columns: Of place and time, which the copy has.
    """
    texts = [pa.array(released.column(name).to_pylist(), pa.string()) for name in columns]
    ones = pa.array(np.ones(released.num_rows, dtype=np.int64))
    arrays = [*texts, pa.array(persons[:, 0]), pa.array(persons[:, 1]), ones]
    return merge([pa.table(arrays, names=[*crowd_keys(columns), WEIGHT])])


def crowd_check(table: pa.Table, k: int) -> Check:
    """Return the check that every place and hour of the copy shows k persons; a copy that shows none keeps it.

    Args:
        table: Merged partials of `fold_crowds`.
        k: The promise.
    """
    number, spots = group(table, [f"r:{name}" for name in columns_of(table, "r")])
    counts = persons_by(number, numbered_persons(table), np.asarray(table[WEIGHT], np.int64), spots.num_rows)
    least = int(counts.min()) if len(counts) else k
    meaning = f"a place and hour of the copy shows {least} persons at least; {k} are required"
    return Check("crowd", least, k, least >= k, meaning)
