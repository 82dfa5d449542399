"""Logical fragments: a stream of batches cut anew so that every fragment holds the same number of rows.

Not a reader. How a source happens to cut its batches says nothing about the data; the hash of a column, the order of
a release and the row groups of a file are all defined on the fragments made here.
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa

FRAGMENT_ROWS = 65_536
"""Rows of a logical fragment; only the last of a stream may be shorter."""


def fragments(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Return the logical fragments of a stream with their numbers, counted from 0.

    Args:
        batches: Any cut of the rows, in source order; empty batches are allowed.
        schema: What every batch must have, metadata aside.

    Returns:
        Fragments of exactly `FRAGMENT_ROWS` rows, the last shorter but never empty; none for a stream without rows.

    Raises:
        ValueError: If a batch has another schema.
    """
    yield from enumerate(rows_of(batches, schema, FRAGMENT_ROWS))


def rows_of(batches: Iterable[pa.RecordBatch], schema: pa.Schema, rows: int) -> Iterator[pa.RecordBatch]:
    """Return the same rows in batches of exactly `rows`, the last shorter.

    Args:
        batches: Any cut of the rows.
        schema: What every batch must have, metadata aside.
        rows: Rows of a batch, at least 1.

    Raises:
        ValueError: If a batch has another schema.
    """
    waiting: list[pa.RecordBatch] = []
    held = 0
    for batch in batches:
        if not batch.schema.equals(schema):
            raise ValueError("expected batches of one schema")
        rest = batch
        while held + rest.num_rows >= rows:
            taken = rows - held
            yield _joined([*waiting, rest.slice(0, taken)], schema)
            rest = rest.slice(taken)
            waiting, held = [], 0
        if rest.num_rows:
            waiting.append(rest)
            held += rest.num_rows
    if held:
        yield _joined(waiting, schema)


def one_batch(parts: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Return the rows of one or more batches as one."""
    return parts[0] if len(parts) == 1 else pa.concat_batches(parts)  # type: ignore[attr-defined] # stubs are older


def _joined(parts: list[pa.RecordBatch], schema: pa.Schema) -> pa.RecordBatch:
    if not schema.names:
        raise ValueError("expected at least one column")
    whole = one_batch(parts)
    return whole if whole.schema.equals(schema, check_metadata=True) else whole.replace_schema_metadata(schema.metadata)
