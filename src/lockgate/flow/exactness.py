"""Uniqueness of combinations measured on all rows instead of a sample, in bounded memory.

1. Each row gives, for each combination, a hash of 64 bits of its values and one of its person; they spill to disk.
2. Pairs that repeat become one, with their rows; then each hash of values has its number of persons.

It costs another pass over the columns and, beyond a million rows, about 25 bytes of disk a row and combination.
Two values with the same hash would count as one: at ten million rows once in a hundred thousand scans.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.uniqueness import hash_cells, hash_owners, join_hashes
from lockgate.tables.spill import Spill
from lockgate.terms.classification import ColumnCombination

Hashes = npt.NDArray[np.uint64]


def measure_exactly(
    batches: Iterator[tuple[int, pa.RecordBatch]],
    combinations: Sequence[ColumnCombination],
    subject_key: str,
    folder: Path,
) -> tuple[ColumnCombination, ...]:
    """Return the combinations with the share of all rows that only one person has.

    Args:
        batches: Of the whole source, each with the number of its first row.
        combinations: Which are measured.
        subject_key: Column that tells persons apart; empty if each row counts as one.
        folder: Where hashes spill.
    """
    rows = 0
    alone = np.zeros(len(combinations), np.int64)
    keys = ("combination", "values", "person")
    with Spill(folder, keys, ("rows",)) as pairs, Spill(folder, keys[:2], ("persons", "rows")) as values:
        for first, batch in batches:
            persons = hash_owners(batch, first, subject_key)
            for number, item in enumerate(combinations):
                hashes = join_hashes(hash_cells(batch.select(list(item.columns))))
                pairs.add(pa.table(_columns(number, hashes, person=persons)))  # 1
            rows += batch.num_rows
        for table in pairs.merged():
            ones = pa.array(np.ones(table.num_rows, np.int64))
            values.add(table.append_column("persons", ones))  # 2
        for table in values.merged():
            single = table.column("persons").to_numpy() == 1
            numbers = table.column("combination").to_numpy()[single]
            alone += np.bincount(numbers, table.column("rows").to_numpy()[single], len(alone)).astype(np.int64)
    return tuple(
        ColumnCombination(item.columns, int(count) / rows if rows else 0.0)
        for item, count in zip(combinations, alone, strict=True)
    )


def _columns(number: int, values: Hashes, person: Hashes) -> dict[str, npt.NDArray[np.int64]]:
    size = len(values)
    return {
        "combination": np.full(size, number, np.int64),
        "values": values.view(np.int64),
        "person": person.view(np.int64),
        "rows": np.ones(size, np.int64),
    }
