"""Rows on disk by bucket: one Arrow file a flush, one record batch a bucket, so that a bucket can be read alone."""

from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Protocol, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import ipc

from lockgate.tables.file_state import unwritable
from lockgate.tables.fragments import one_batch

BUCKETS = 64
"""Buckets of one flush."""

_TOGETHER = 8
"""Buckets whose rows are put in order at once: a flush needs memory for an eighth of its rows."""


class Buckets(Protocol):
    """Rows that can be read bucket by bucket."""

    def amount(self, bucket: int) -> tuple[int, int]:
        """Return the rows and the bytes of a bucket."""

    def fits(self, bucket: int, rows: int, bytes_: int) -> bool:
        """Whether a bucket holds at most so many rows and bytes."""

    def read(self, bucket: int) -> Iterator[pa.RecordBatch]:
        """Return the rows of a bucket, in the order in which they were written; no empty batch."""

    def read_gathered(self, bucket: int, rows: int, bytes_: int) -> Iterator[pa.Table]:
        """Return the rows of a bucket in tables that hold at least so many rows or bytes, the last aside."""


class BucketFiles:
    """Flushes of rows, to be read bucket by bucket.

    Args:
        folder: Exists; a folder for the files is made in it at the first flush and removed by `remove`.
    """

    def __init__(self, folder: Path) -> None:
        self._outer = folder
        self._folder: Path | None = None
        self._flushes = 0
        self._rows = np.zeros(BUCKETS, dtype=np.int64)
        self._bytes = np.zeros(BUCKETS, dtype=np.int64)

    def flush(
        self, table: pa.Table, buckets: NDArray[np.intp], form: Callable[[pa.Table], pa.Table] = lambda table: table
    ) -> None:
        """Write rows, each to its bucket; rows of one bucket keep their order.

        Args:
            table: The rows.
            buckets: Bucket of each row, 0 to `BUCKETS` - 1.
            form: Gives rows as they are written; is asked for one bucket after the other.

        Raises:
            LockgateError: If the disk is full or the folder may not be written.
        """
        order = np.argsort(buckets.astype(np.uint8), kind="stable")  # short numbers sort by radix
        counts = np.bincount(buckets, minlength=BUCKETS)
        bounds = np.append(0, np.cumsum(counts)).tolist()
        try:
            if self._folder is None:
                self._folder = Path(mkdtemp(prefix="buckets-", dir=self._outer))
            path = self._folder / f"{self._flushes}.arrow"
            schema = form(table.slice(0, 0)).schema
            with pa.OSFile(str(path), "wb") as file, ipc.new_file(file, schema) as writer:
                for first in range(0, BUCKETS, _TOGETHER):
                    taken = table.take(order[bounds[first] : bounds[first + _TOGETHER]])
                    for bucket in range(first, first + _TOGETHER):
                        start = bounds[bucket] - bounds[first]
                        batch = _one_batch(form(taken.slice(start, bounds[bucket + 1] - bounds[bucket])))
                        writer.write_batch(batch)
                        self._bytes[bucket] += batch.nbytes
        except OSError as error:
            raise unwritable(self._folder or self._outer, error) from error
        self._flushes += 1
        self._rows += counts

    @property
    def is_empty(self) -> bool:
        """Whether nothing was flushed."""
        return not self._flushes

    def amount(self, bucket: int) -> tuple[int, int]:
        """Return the rows and the bytes of a bucket."""
        return int(self._rows[bucket]), int(self._bytes[bucket])

    def moved_to(self, outer: Path) -> Self:
        """Return the same flushes, whose outer folder has another path now."""
        moved = copy(self)
        moved._outer = outer  # noqa: SLF001 - of the same class
        moved._folder = None if self._folder is None else outer / self._folder.name  # noqa: SLF001 - likewise
        return moved

    def fits(self, bucket: int, rows: int, bytes_: int) -> bool:
        """Whether a bucket holds at most so many rows and bytes."""
        return bool(self._rows[bucket] <= rows and self._bytes[bucket] <= bytes_)

    def read(self, bucket: int) -> Iterator[pa.RecordBatch]:
        """Return the rows of a bucket, one batch a flush, in the order of the flushes; no empty batch."""
        if self._folder is None or not self._rows[bucket]:
            return
        for number in range(self._flushes):
            with pa.OSFile(str(self._folder / f"{number}.arrow"), "rb") as file:
                batch = ipc.open_file(file).get_batch(bucket)
            if batch.num_rows:
                yield batch

    def read_gathered(self, bucket: int, rows: int, bytes_: int) -> Iterator[pa.Table]:
        """Return the rows of a bucket in tables that hold at least so many rows or bytes, the last aside."""
        return gathered(self.read(bucket), rows, bytes_)

    def remove(self) -> None:
        """Remove the files and their folder."""
        if self._folder is not None:
            rmtree(self._folder, ignore_errors=True)
        self._folder, self._flushes = None, 0
        self._rows[:] = 0
        self._bytes[:] = 0


def gathered(batches: Iterator[pa.RecordBatch], rows: int, bytes_: int) -> Iterator[pa.Table]:
    """Return batches in tables that hold at least so many rows or bytes, the last aside."""
    waiting: list[pa.RecordBatch] = []
    held = size = 0
    for batch in batches:
        waiting.append(batch)
        held, size = held + batch.num_rows, size + batch.nbytes
        if held >= rows or size >= bytes_:
            yield pa.Table.from_batches(waiting)
            waiting, held, size = [], 0, 0
    if waiting:
        yield pa.Table.from_batches(waiting)


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    if not batches:
        return pa.RecordBatch.from_pylist([], schema=table.schema)
    return one_batch(batches)
