"""Rows put in the order of their keys by several processes: each parts its own, one joins them bucket by bucket.

The result is that of `lockgate.tables.order.shuffled` on all rows at once, in the order of the parts. Some rows of it
can be had alone, so that several processes share it: only the buckets that they are in are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lockgate.tables.bucket_file import BUCKETS, BucketFiles, Buckets, gathered
from lockgate.tables.coding import Codes
from lockgate.tables.fragments import FRAGMENT_ROWS, rows_of
from lockgate.tables.order import (
    MEMORY_ROWS,
    Coding,
    KeyedBatch,
    keyed_tables,
    keys_of,
    leading_buckets,
    order_of,
    sorted_buckets,
)
from lockgate.tables.read_ahead import read_ahead


@dataclass(frozen=True, slots=True)
class OrderPart:
    """Some rows with their keys on disk, parted by the leading bits; picklable.

    Attributes:
        schema: Of the rows.
        texts: Texts of encoded columns in the order of their codes.
        files: The rows.
    """

    schema: pa.Schema
    texts: Mapping[str, Sequence[str | None]]
    files: BucketFiles

    def moved_to(self, folder: Path) -> "OrderPart":
        """Return the same part, whose folder has another path now."""
        return replace(self, files=self.files.moved_to(folder))


def part_rows(batches: Iterable[KeyedBatch], folder: Path, memory_rows: int = MEMORY_ROWS) -> OrderPart | None:
    """Return the rows parted; None where there is no batch.

    Args:
        batches: As for `shuffled`.
        folder: Exists; the rows stay there.
        memory_rows: Rows held in memory at once, at least 1.

    Raises:
        ValueError: If there are not as many keys as rows, or batches differ in schema.
        LockgateError: If the disk is full or the folder may not be written.
    """
    waiting = iter(batches)
    first = next(waiting, None)
    if first is None:
        return None
    coding, files = Coding(first[0].schema), BucketFiles(folder)
    for table in keyed_tables(chain([first], waiting), coding, memory_rows):
        files.flush(table, leading_buckets(table))
    return OrderPart(first[0].schema, coding.texts(), files)


def rows_of_parts(parts: Sequence[OrderPart]) -> int:
    """Return how many rows some parts have together."""
    return sum(part.files.amount(bucket)[0] for part in parts for bucket in range(BUCKETS))


def join_parts(
    parts: Sequence[OrderPart], folder: Path, memory_rows: int = MEMORY_ROWS, chosen: range | None = None
) -> Iterator[pa.RecordBatch]:
    """Return the rows of all parts in the order of their keys, in batches of exactly 65,536 rows, the last shorter.

    Args:
        parts: In the order of their rows in the source.
        folder: Exists; what does not fit in memory goes there and is removed at the end.
        memory_rows: Rows held in memory at once, at least 1; the keys of a bucket are held beside them.
        chosen: Numbers of the wanted rows in that order; None for all.

    Raises:
        ValueError: If parts differ in schema.
        LockgateError: If the disk is full or the folder may not be written.
    """
    if not parts:
        return
    schema = parts[0].schema
    if not all(part.schema.equals(schema) for part in parts):
        raise ValueError("expected parts of one schema")
    coding = Coding(schema)
    joined: Buckets = _Joined([(part.files, coding.codes_of(part.texts)) for part in parts])
    if chosen is not None:
        joined = _Chosen(joined, chosen)
    with closing(read_ahead(sorted_buckets(joined, folder, memory_rows))) as in_order:
        yield from rows_of(map(coding.decoded, in_order), schema, FRAGMENT_ROWS)


class _Joined:
    """The buckets of several parts as one, in codes that are the same for all.

    Args:
        parts: The rows of each, and for each of its encoded columns the code of all of its own codes.
    """

    def __init__(self, parts: Sequence[tuple[BucketFiles, Mapping[str, Codes]]]) -> None:
        self._parts = parts

    def amount(self, bucket: int) -> tuple[int, int]:
        """Return the rows and the bytes of a bucket."""
        amounts = [files.amount(bucket) for files, _ in self._parts]
        return sum(amount[0] for amount in amounts), sum(amount[1] for amount in amounts)

    def fits(self, bucket: int, rows: int, bytes_: int) -> bool:
        """Whether a bucket holds at most so many rows and bytes."""
        amount = self.amount(bucket)
        return amount[0] <= rows and amount[1] <= bytes_

    def read(self, bucket: int) -> Iterator[pa.RecordBatch]:
        """Return the rows of a bucket, part after part."""
        for files, codes in self._parts:
            for batch in files.read(bucket):
                columns = [
                    pa.array(codes[name][column.to_numpy()]) if name in codes else column
                    for name, column in zip(batch.schema.names, batch.columns, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)

    def read_gathered(self, bucket: int, rows: int, bytes_: int) -> Iterator[pa.Table]:
        """Return the rows of a bucket in tables that hold at least so many rows or bytes, the last aside."""
        return gathered(self.read(bucket), rows, bytes_)


class _Chosen:
    """Buckets of which only some rows count, by their numbers in the order of keys.

    Args:
        whole: All rows, parted by the leading bits of their keys.
        chosen: Numbers of the rows that count.
    """

    def __init__(self, whole: Buckets, chosen: range) -> None:
        self._whole = whole
        behind = np.cumsum([whole.amount(bucket)[0] for bucket in range(BUCKETS)])
        self._rows = [
            range(max(chosen.start - before, 0), max(min(chosen.stop - before, end - before), 0))
            for before, end in zip([0, *behind.tolist()], behind.tolist(), strict=False)
        ]

    def amount(self, bucket: int) -> tuple[int, int]:
        """Return the rows of a bucket that count, and the bytes that they have on the average."""
        rows, bytes_ = self._whole.amount(bucket)
        count = len(self._rows[bucket])
        return count, bytes_ * count // max(rows, 1)

    def fits(self, bucket: int, rows: int, bytes_: int) -> bool:
        """Whether the rows of a bucket that count are at most so many, with so many bytes."""
        amount = self.amount(bucket)
        return amount[0] <= rows and amount[1] <= bytes_

    def read(self, bucket: int) -> Iterator[pa.RecordBatch]:
        """Return the rows of a bucket that count, in the order in which they were written; no empty batch."""
        rows = self._rows[bucket]
        if not rows:
            return
        if len(rows) == self._whole.amount(bucket)[0]:
            yield from self._whole.read(bucket)
            return
        counts = self._counts(bucket, rows)
        start = 0
        for batch in self._whole.read(bucket):
            found = np.flatnonzero(counts[start : start + batch.num_rows])
            start += batch.num_rows
            if len(found):
                yield batch.take(found)

    def _counts(self, bucket: int, rows: range) -> NDArray[np.bool_]:
        """Return which rows of a bucket count: those of some places in the order of keys."""
        keys = np.concatenate([keys_of(batch) for batch in self._whole.read(bucket)])
        counts = np.zeros(len(keys), dtype=np.bool_)
        counts[order_of(keys)[rows.start : rows.stop]] = True
        return counts

    def read_gathered(self, bucket: int, rows: int, bytes_: int) -> Iterator[pa.Table]:
        """Return the rows of a bucket that count in tables that hold at least so many rows or bytes."""
        return gathered(self.read(bucket), rows, bytes_)
