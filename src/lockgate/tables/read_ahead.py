"""Batches made one ahead of who uses them, so that making and using them go on beside each other."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


def read_ahead(batches: Iterator[Item]) -> Generator[Item, None, None]:
    """Return the same batches; the next one is made while one is used.

    All are made in one thread, which also ends the making, so that a database connection never changes threads.

    Args:
        batches: Read by nobody else; None is not among them.
    """
    with ThreadPoolExecutor(1, "read-ahead") as pool, closing(_Reading(pool, batches)) as reading:
        while (batch := reading.next()) is not None:
            yield batch


class _Reading(Generic[Item]):
    """Batches that one thread of a pool makes."""

    def __init__(self, pool: ThreadPoolExecutor, batches: Iterator[Item]) -> None:
        self._pool = pool
        self._batches = batches
        self._coming = pool.submit(next, batches, None)

    def next(self) -> Item | None:
        """Return the batch that was made and begin with the next; None at the end."""
        batch: Item | None = self._coming.result()
        if batch is not None:
            self._coming = self._pool.submit(next, self._batches, None)
        return batch

    def close(self) -> None:
        """End the making where it began."""
        close: Any = getattr(self._batches, "close", None)
        if close is not None:
            self._pool.submit(close).result()
