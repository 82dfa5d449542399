"""Batches made one ahead of who uses them, so that making and using them go on beside each other.

Where this process is to use one core (`pyarrow.cpu_count`), they are made when they are asked for.
"""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any, Generic, TypeVar

import pyarrow as pa

Item = TypeVar("Item")


def read_ahead(batches: Iterator[Item]) -> Generator[Item, None, None]:
    """Return the same batches; the next one is made while one is used, where there is a core for it.

    All are made in one thread, which also ends the making, so that a database connection never changes threads.

    Args:
        batches: Read by nobody else; None is not among them.
    """
    if pa.cpu_count() == 1:
        try:
            yield from batches
        finally:
            _close(batches)
        return
    with _kept() as pool, closing(_Reading(pool, batches)) as reading:
        while (batch := reading.next()) is not None:
            yield batch


_AT_WORK: set[ThreadPoolExecutor] = set()


@contextmanager
def _kept() -> Iterator[ThreadPoolExecutor]:
    """Give one thread: it ends once nobody knows its pool, which a collector of garbage forgets before it ends us."""
    with ThreadPoolExecutor(1, "read-ahead") as pool:
        _AT_WORK.add(pool)
        try:
            yield pool
        finally:
            _AT_WORK.discard(pool)


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
        self._pool.submit(_close, self._batches).result()


def _close(batches: Iterator[Any]) -> None:
    close: Any = getattr(batches, "close", None)
    if close is not None:
        close()
