"""Small batches joined to larger ones: whoever uses a batch pays for each, however few its rows are.

A file of a few rows is a batch of its own, and a folder may hold thousands. Batches that are not small pass as they
are; none says anything by where it ends.
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from lockgate.tables.fragments import FRAGMENT_ROWS

_SMALL_ROWS, _SMALL_BYTES = FRAGMENT_ROWS // 4, 4 << 20
"""A batch with as many rows or bytes is not small."""

_JOINED_BYTES = 32 << 20
"""Bytes of what batches are joined to, whatever its rows."""

_JOINED = 2_048
"""Batches that are joined at the most: each may be a file, and Ctrl-C waits until they are read."""


def join_small(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Return the same rows in the same order, at most 65,536 a batch; small batches that follow each other are joined.

    Args:
        batches: Of one schema, at most 65,536 rows each.
    """
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        length = batch.nbytes
        is_small = batch.num_rows < _SMALL_ROWS and length < _SMALL_BYTES
        if held and not (is_small and _fits(len(held), rows + batch.num_rows, size + length)):
            yield _joined(held)
            held, rows, size = [], 0, 0
        if is_small:
            held.append(batch)
            rows, size = rows + batch.num_rows, size + length
        else:
            yield batch
    if held:
        yield _joined(held)


def _fits(count: int, rows: int, size: int) -> bool:
    return count < _JOINED and rows <= FRAGMENT_ROWS and size <= _JOINED_BYTES


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)  # type: ignore[attr-defined] # stubs are older
