"""Weighted distinct combinations in bounded memory: rows with the same keys become one, their weights are summed.

1. *Add*: tables wait until there are more rows than the limit.
2. *Compact*: rows with the same keys are joined; if still more than half of the limit is left, they go to disk, parted
   by a hash of their keys.
3. *Merge*: bucket by bucket, so that no two tables share a key; a bucket over the limit is parted again with another
   salt. Rows of a table stand in the order of their keys, so that the result does not depend on how it was added.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lockgate.tables.bucket_file import BUCKETS, BucketFiles
from lockgate.tables.coded_rows import CodedRows
from lockgate.tables.coding import Packing
from lockgate.tables.row_hash import hash_rows

_BUCKET_BYTES = 512 << 20
_DEEPEST = 4
"""Levels of parting; beyond 64^4 buckets a bucket holds the same key over and over, which compacts."""


class _PlainRows:
    """Rows as they are.

    Args:
        keys: Key columns.
        weights: Columns that are summed.
    """

    packing = None

    def __init__(self, keys: Sequence[str], weights: Sequence[str]) -> None:
        self._keys, self._weights = list(keys), list(weights)

    def taken(self, table: pa.Table) -> pa.Table:
        """Return the rows with dictionaries spelled out."""
        plain = [
            pa.field(field.name, field.type.value_type) if pa.types.is_dictionary(field.type) else field
            for field in table.schema
        ]
        return table.cast(pa.schema(plain))

    def repacked(self, table: pa.Table, packing: object) -> pa.Table:
        """Return the same rows."""
        assert packing is None
        return table

    def grouped(self, table: pa.Table) -> pa.Table:
        """Return the rows with equal ones joined."""
        summed = table.group_by(self._keys, use_threads=False).aggregate([(name, "sum") for name in self._weights])
        renamed = summed.rename_columns({f"{name}_sum": name for name in self._weights})
        return renamed.select(table.schema.names).cast(table.schema) if table.num_rows else table

    def hashes(self, table: pa.Table, salt: int) -> NDArray[np.uint64]:
        """Return a hash of the keys of each row."""
        return hash_rows(table, self._keys, salt)

    def to_disk(self, table: pa.Table) -> pa.Table:
        """Return the same rows."""
        return table

    from_disk = to_disk

    def finished(self, table: pa.Table, *, encoded: bool, in_order: bool = True) -> pa.Table:  # noqa: ARG002 - as of coded rows
        """Return the rows, in the order of their keys if asked."""
        return table.sort_by([(name, "ascending") for name in self._keys]) if self._keys and in_order else table


_Rows: TypeAlias = CodedRows | _PlainRows


class Spill:
    """An accumulator of tables with the same key columns and whole-number weight columns.

    Keys of text are held as codes while their texts are few (`lockgate.tables.coded_rows`), else spelled out.

    Args:
        folder: Exists; what does not fit in memory goes there and is removed at the end.
        keys: Key columns; null is a key like any other. None of floating point.
        weights: Columns of int64 that are summed.
        limit_rows: _Rows held in memory at once where they are coded, at least 2; a quarter where they are not.
        encoded: Whether keys of text may come out as dictionary arrays, their values in order.

    >>> with Spill(Path("."), ["sex"], ["weight"]) as spill:
    ...     spill.add(pa.table({"sex": ["f", "m", "f"], "weight": [1, 1, 2]}))
    ...     spill.table().to_pylist()
    [{'sex': 'f', 'weight': 3}, {'sex': 'm', 'weight': 1}]
    """

    def __init__(
        self,
        folder: Path,
        keys: Sequence[str],
        weights: Sequence[str],
        limit_rows: int = 4_000_000,
        *,
        encoded: bool = False,
    ) -> None:
        self._folder = folder
        self._keys = list(keys)
        self._weights = list(weights)
        self._coded_limit = max(limit_rows, 2)
        self._plain_limit = max(limit_rows // 4, 2)
        self._encoded = encoded
        self._schema: pa.Schema | None = None
        self._rows: _Rows | None = None
        self._files = BucketFiles(folder)
        self._waiting: list[tuple[pa.Table, Packing | None]] = []
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
        rows = self._rows_for(table)
        for start in range(0, max(table.num_rows, 1), self._limit):
            self._hold(rows, table.slice(start, self._limit))

    def merged(self, *, in_order: bool = True) -> Iterator[pa.Table]:
        """Return every combination once with its summed weights, in tables that share no key.

        Args:
            in_order: Whether the rows of a table are put in the order of their keys. Whoever adds them to another
                spill does not need it, and gets a table even if it is empty, for its types.

        Raises:
            LockgateError: If the disk is full or the folder may not be written.
        """
        rows = self._rows
        if rows is None:
            return
        if self._files.is_empty:
            whole = self._whole(rows)
            if whole.num_rows or not in_order:
                yield rows.finished(whole, encoded=self._encoded, in_order=in_order)
            return
        if self._held:
            self._flush(rows, self._whole(rows))
        for table in self._merged_files(rows, self._files, 1):
            yield rows.finished(table, encoded=self._encoded, in_order=in_order)

    def drain(self, *, in_order: bool = True) -> pa.Table:
        """Return all combinations as `table` does, and hold none of them any more.

        Args:
            in_order: Whether rows have to be in the order of their keys. Where they need not be, rows of keys that are
                encoded are in an order that depends on what was added, and in which order.

        Raises:
            ValueError: If nothing was added.
            LockgateError: If the disk is full or the folder may not be written.
        """
        found = self._gathered()
        rows, self._rows = self._rows, None
        self._waiting, self._held, self._count = [], 0, None
        self._files.remove()
        assert rows is not None, "as something was gathered"
        return rows.finished(found, encoded=self._encoded, in_order=in_order or isinstance(rows, _PlainRows))

    def table(self) -> pa.Table:
        """Return all combinations in the order of their keys, for what fits in memory; needs one table added.

        Raises:
            ValueError: If nothing was added, so that the types of the columns are not known.
        """
        found = self._gathered()
        assert self._rows is not None, "as something was gathered"
        return self._rows.finished(found, encoded=self._encoded)

    def count(self) -> int:
        """Return the number of distinct combinations."""
        if self._count is None:
            self._count = sum(table.num_rows for table in self.merged())
        return self._count

    def _gathered(self) -> pa.Table:
        """Return all rows as they are held, each key once."""
        rows = self._rows
        if rows is None:
            raise ValueError("expected at least one table, so that the columns have types")
        if self._files.is_empty:
            return self._whole(rows)
        if self._held:
            self._flush(rows, self._whole(rows))
        return pa.concat_tables(self._merged_files(rows, self._files, 1))

    @property
    def _limit(self) -> int:
        return self._coded_limit if isinstance(self._rows, CodedRows) else self._plain_limit

    def _rows_for(self, table: pa.Table) -> _Rows:
        """Return how the rows of a table are held; from the first table on that cannot be coded, spelled out."""
        if self._rows is None:
            self._schema = table.schema
            coded = CodedRows(self._keys, self._weights, table.schema)
            self._rows = coded if coded.can_take(table) else _PlainRows(self._keys, self._weights)
        elif isinstance(self._rows, CodedRows) and not self._rows.can_take(table):
            self._spell_out(self._rows)
        return self._rows

    def _spell_out(self, rows: CodedRows) -> None:
        """Hold plainly what was held coded."""
        earlier, files = self._waiting, self._files
        self._rows = plain = _PlainRows(self._keys, self._weights)
        self._waiting, self._held, self._files = [], 0, BucketFiles(self._folder)
        try:
            in_memory = (rows.repacked(table, packing) for table, packing in earlier if packing is not None)
            on_disk = (
                rows.from_disk(pa.Table.from_batches([batch]))
                for bucket in range(BUCKETS)
                for batch in files.read(bucket)
            )
            for table in chain(in_memory, on_disk):
                spelled = rows.finished(table, encoded=False)
                for start in range(0, max(spelled.num_rows, 1), self._limit):
                    self._hold(plain, spelled.slice(start, self._limit))
        finally:
            files.remove()

    def _hold(self, rows: _Rows, table: pa.Table) -> None:
        taken = rows.taken(table)
        self._waiting.append((taken, rows.packing))
        self._held += taken.num_rows
        if self._held > self._limit:
            whole = self._whole(rows)
            if whole.num_rows > self._limit // 2:
                self._flush(rows, whole)

    def _whole(self, rows: _Rows) -> pa.Table:
        """Return what is in memory as one table without a key twice, and hold that instead."""
        parts = [table if packing is None else rows.repacked(table, packing) for table, packing in self._waiting]
        whole = rows.grouped(parts[0] if len(parts) == 1 else pa.concat_tables(parts))
        self._waiting, self._held = [(whole, rows.packing)], whole.num_rows
        return whole

    def _flush(self, rows: _Rows, whole: pa.Table) -> None:
        self._files.flush(whole, _buckets(rows, whole, 0), rows.to_disk)
        self._waiting, self._held = [(whole.slice(0, 0), rows.packing)], 0

    def _merged_files(self, rows: _Rows, files: BucketFiles, depth: int) -> Iterator[pa.Table]:
        for bucket in range(BUCKETS):
            if depth < _DEEPEST and not files.fits(bucket, self._limit, _BUCKET_BYTES):
                yield from self._parted_again(rows, files, bucket, depth)
                continue
            batches = list(files.read(bucket))
            if batches:
                yield rows.grouped(rows.from_disk(pa.Table.from_batches(batches)))

    def _parted_again(self, rows: _Rows, files: BucketFiles, bucket: int, depth: int) -> Iterator[pa.Table]:
        inner = BucketFiles(self._folder)
        try:
            for table in files.read_gathered(bucket, self._limit, _BUCKET_BYTES):
                part = rows.grouped(rows.from_disk(table))
                inner.flush(part, _buckets(rows, part, depth), rows.to_disk)
            yield from self._merged_files(rows, inner, depth + 1)
        finally:
            inner.remove()


def _buckets(rows: _Rows, table: pa.Table, depth: int) -> NDArray[np.intp]:
    return (rows.hashes(table, depth) % np.uint64(BUCKETS)).astype(np.intp)
