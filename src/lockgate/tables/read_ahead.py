"""Batches read one ahead of who uses them, so that reading and work go on beside each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pyarrow as pa


def read_ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Return the same batches; the next one is read while one is used.

    All are read in one thread, which also ends the reading, so that a database connection never changes threads.

    Args:
        batches: Read by nobody else.
    """
    with ThreadPoolExecutor(1, "read-ahead") as pool, closing(_Reading(pool, batches)) as reading:
        while (batch := reading.next()) is not None:
            yield batch


class _Reading:
    """Batches that one thread of a pool reads."""

    def __init__(self, pool: ThreadPoolExecutor, batches: Iterator[pa.RecordBatch]) -> None:
        self._pool = pool
        self._batches = batches
        self._coming = pool.submit(next, batches, None)

    def next(self) -> pa.RecordBatch | None:
        """Return the batch that was read and begin with the next; None at the end."""
        batch: pa.RecordBatch | None = self._coming.result()
        if batch is not None:
            self._coming = self._pool.submit(next, self._batches, None)
        return batch

    def close(self) -> None:
        """End the reading where it began."""
        close: Any = getattr(self._batches, "close", None)
        if close is not None:
            self._pool.submit(close).result()
