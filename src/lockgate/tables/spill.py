"""Weighted distinct combinations in bounded memory: rows with the same keys become one, their weights are summed.

1. *Add*: tables wait until there are more rows than the limit.
2. *Compact*: rows with the same keys are joined; if still more than half of the limit is left, they go to disk, parted
   by a hash of their keys.
3. *Merge*: bucket by bucket, so that no two tables share a key; a bucket over the limit is parted again with another
   salt. Rows of a table stand in the order of their keys, so that the result does not depend on how it was added.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lockgate.tables.bucket_file import BUCKETS, BucketFiles
from lockgate.tables.row_hash import hash_rows

_BUCKET_BYTES = 512 << 20
_DEEPEST = 4
"""Levels of parting; beyond 64^4 buckets a bucket holds the same key over and over, which compacts."""


class Spill:
    """An accumulator of tables with the same key columns and whole-number weight columns.

    Args:
        folder: Exists; what does not fit in memory goes there and is removed at the end.
        keys: Key columns; null is a key like any other. None of floating point.
        weights: Columns of int64 that are summed.
        limit_rows: Rows held in memory at once, at least 2.

    >>> with Spill(Path("."), ["sex"], ["weight"]) as spill:
    ...     spill.add(pa.table({"sex": ["f", "m", "f"], "weight": [1, 1, 2]}))
    ...     spill.table().to_pylist()
    [{'sex': 'f', 'weight': 3}, {'sex': 'm', 'weight': 1}]
    """

    def __init__(self, folder: Path, keys: Sequence[str], weights: Sequence[str], limit_rows: int = 1_000_000) -> None:
        self._folder = folder
        self._keys = list(keys)
        self._weights = list(weights)
        self._limit = max(limit_rows, 2)
        self._files = BucketFiles(folder)
        self._waiting: list[pa.Table] = []
        self._held = 0
        self._count: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting, self._held = [], 0
        self._files.remove()

    def add(self, table: pa.Table) -> None:
        """Add combinations; keys may repeat, within the table and against earlier ones.

        Raises:
            KeyError: If a column is missing.
            LockgateError: If the disk is full or the folder may not be written.
        """
        table = table.select([*self._keys, *self._weights])
        self._count = None
        for start in range(0, max(table.num_rows, 1), self._limit):
            self._waiting.append(table.slice(start, self._limit))
            self._held += self._waiting[-1].num_rows
            if self._held > self._limit:
                self._shrink()

    def merged(self) -> Iterator[pa.Table]:
        """Return every combination once with its summed weights, in tables that share no key.

        Raises:
            LockgateError: If the disk is full or the folder may not be written.
        """
        if self._files.is_empty:
            if not self._waiting:
                return
            whole = self._compacted(self._waiting)
            self._waiting, self._held = [whole], whole.num_rows
            if whole.num_rows:
                yield self._ordered(whole)
            return
        if self._held:
            self._flush(self._compacted(self._waiting))
        yield from self._merged_files(self._files, 1)

    def table(self) -> pa.Table:
        """Return all combinations in the order of their keys, for what fits in memory; needs one table added.

        Raises:
            ValueError: If nothing was added, so that the types of the columns are not known.
        """
        tables = list(self.merged())
        if not tables:
            if not self._waiting:
                raise ValueError("expected at least one table, so that the columns have types")
            return self._waiting[0].slice(0, 0)
        return tables[0] if len(tables) == 1 else self._ordered(pa.concat_tables(tables))

    def count(self) -> int:
        """Return the number of distinct combinations."""
        if self._count is None:
            self._count = sum(table.num_rows for table in self.merged())
        return self._count

    def _shrink(self) -> None:
        whole = self._compacted(self._waiting)
        if whole.num_rows > self._limit // 2:
            self._flush(whole)
        else:
            self._waiting, self._held = [whole], whole.num_rows

    def _flush(self, whole: pa.Table) -> None:
        self._files.flush(whole, self._buckets(whole, 0))
        self._waiting, self._held = [], 0

    def _merged_files(self, files: BucketFiles, depth: int) -> Iterator[pa.Table]:
        for bucket in range(BUCKETS):
            if depth < _DEEPEST and not files.fits(bucket, self._limit, _BUCKET_BYTES):
                yield from self._parted_again(files, bucket, depth)
                continue
            batches = list(files.read(bucket))
            if batches:
                yield self._ordered(self._compacted([pa.Table.from_batches(batches)]))

    def _parted_again(self, files: BucketFiles, bucket: int, depth: int) -> Iterator[pa.Table]:
        inner = BucketFiles(self._folder)
        try:
            for table in files.read_gathered(bucket, self._limit, _BUCKET_BYTES):
                part = self._compacted([table])
                inner.flush(part, self._buckets(part, depth))
            yield from self._merged_files(inner, depth + 1)
        finally:
            inner.remove()

    def _compacted(self, tables: list[pa.Table]) -> pa.Table:
        table = tables[0] if len(tables) == 1 else pa.concat_tables(tables)
        summed = table.group_by(self._keys, use_threads=False).aggregate([(name, "sum") for name in self._weights])
        renamed = summed.rename_columns({f"{name}_sum": name for name in self._weights})
        return renamed.select(table.schema.names).cast(table.schema) if table.num_rows else table

    def _ordered(self, table: pa.Table) -> pa.Table:
        return table.sort_by([(name, "ascending") for name in self._keys]) if self._keys else table

    def _buckets(self, table: pa.Table, depth: int) -> NDArray[np.intp]:
        return (hash_rows(table, self._keys, depth) % np.uint64(BUCKETS)).astype(np.intp)
