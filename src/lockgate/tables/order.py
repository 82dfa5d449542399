"""Rows in the order of a keyed pseudo-random number, so that the order of a copy says nothing about its source.

1. *Collect* rows with their keys until the memory given is used.
2. *Part* them by the leading bits of the key, on disk.
3. *Sort* bucket by bucket; a bucket that is still too large is parted by the next bits. Rows with the same key stand in
   the order of the source, so the result depends on keys and rows alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lockgate.tables.bucket_file import BUCKETS, BucketFiles, Buckets
from lockgate.tables.coding import Codes, TextCodes, is_text
from lockgate.tables.fragments import FRAGMENT_ROWS, rows_of
from lockgate.tables.read_ahead import read_ahead

MEMORY_ROWS = 1_000_000
_MEMORY_BYTES = 256 << 20
_BITS = BUCKETS.bit_length() - 1
_KEY_BITS = 64
_KEY = ""
"""Name of the column of keys; no source has a column without a name."""


KeyedBatch = tuple[pa.RecordBatch, NDArray[np.uint64]]
"""Rows with the key of each."""


def shuffled(batches: Iterable[KeyedBatch], folder: Path, memory_rows: int = MEMORY_ROWS) -> Iterator[pa.RecordBatch]:
    """Return the same rows in the order of their keys, in batches of exactly 65,536 rows, the last shorter.

    Args:
        batches: Rows in source order, all of one schema, with their keys.
        folder: Exists; what does not fit in memory goes there and is removed at the end.
        memory_rows: Rows held in memory at once, at least 1.

    Raises:
        ValueError: If there are not as many keys as rows, or batches differ in schema.
        LockgateError: If the disk is full or the folder may not be written.
    """
    waiting = iter(batches)
    first = next(waiting, None)
    if first is not None:
        coding = Coding(first[0].schema)
        in_order = _in_order(keyed_tables(chain([first], waiting), coding, memory_rows), folder, memory_rows)
        yield from rows_of(map(coding.decoded, in_order), first[0].schema, FRAGMENT_ROWS)


class Coding:
    """Encoded text as codes that stay the same from batch to batch; other columns as they are.

    Args:
        schema: Of every batch.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        encoded = [field for field in schema if pa.types.is_dictionary(field.type) and is_text(field.type)]
        self._texts = {field.name: TextCodes() for field in encoded}
        self._values: dict[str, pa.Array[Any]] = {}

    def coded(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return a batch with codes in place of encoded text."""
        if not batch.schema.equals(self._schema):
            raise ValueError("expected batches of one schema")
        columns = [
            pa.array(self._texts[name].codes_of(column)) if name in self._texts else column
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)

    def texts(self) -> dict[str, list[str | None]]:
        """Return the texts of encoded columns in the order of their codes."""
        return {name: texts.texts() for name, texts in self._texts.items()}

    def codes_of(self, texts: Mapping[str, Sequence[str | None]]) -> dict[str, Codes]:
        """Return the codes of texts of encoded columns."""
        return {name: known.codes_of(pa.array(texts[name], pa.string())) for name, known in self._texts.items()}

    def decoded(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return a batch with its text; after the last batch was coded."""
        if len(self._values) < len(self._texts):
            self._values = {name: pa.array(texts.texts(), pa.string()) for name, texts in self._texts.items()}
        columns = [
            pa.DictionaryArray.from_arrays(column, self._values[name]) if name in self._texts else column
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self._schema)


def keyed_tables(batches: Iterable[KeyedBatch], coding: Coding, memory_rows: int) -> Iterator[pa.Table]:
    """Return the rows, coded, with their keys in tables that memory holds."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch, keys in batches:
        if len(keys) != batch.num_rows:
            raise ValueError(f"expected {batch.num_rows} keys, found {len(keys)}")
        waiting.append(coding.coded(batch).append_column(_KEY, pa.array(np.asarray(keys, dtype=np.uint64))))
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows > memory_rows or size > _MEMORY_BYTES:
            yield pa.Table.from_batches(waiting)
            waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.Table.from_batches(waiting)


def _in_order(tables: Iterator[pa.Table], folder: Path, memory_rows: int) -> Iterator[pa.RecordBatch]:
    first = next(tables)
    second = next(tables, None)
    if second is None:
        yield from read_ahead(_sorted(first))
        return
    files = BucketFiles(folder)
    try:
        for table in chain([first, second], tables):
            files.flush(table, leading_buckets(table))
        with closing(read_ahead(sorted_buckets(files, folder, memory_rows))) as in_order:
            yield from in_order
    finally:
        files.remove()


def sorted_buckets(files: Buckets, folder: Path, memory_rows: int, depth: int = 0) -> Iterator[pa.RecordBatch]:
    """Return the rows of buckets in the order of their keys.

    Args:
        files: Rows with their keys, parted by the leading bits.
        folder: Where buckets that memory does not hold are parted again.
        memory_rows: Rows held in memory at once.
        depth: How often they have been parted before.
    """
    for bucket in range(BUCKETS):
        if files.fits(bucket, memory_rows, _MEMORY_BYTES):
            batches = list(files.read(bucket))
            if batches:
                yield from _sorted(pa.Table.from_batches(batches))
        elif (depth + 1) * _BITS >= _KEY_BITS:
            # every bit of the key is used: all rows have the same, and they lie in the order of the source
            yield from (_without_key(batch) for batch in files.read(bucket))
        else:
            yield from _parted_again(files, bucket, folder, memory_rows, depth + 1)


def _parted_again(files: Buckets, bucket: int, folder: Path, memory_rows: int, depth: int) -> Iterator[pa.RecordBatch]:
    inner = BucketFiles(folder)
    try:
        for table in files.read_gathered(bucket, memory_rows, _MEMORY_BYTES):
            inner.flush(table, _buckets(table, depth))
        yield from sorted_buckets(inner, folder, memory_rows, depth)
    finally:
        inner.remove()


def _sorted(table: pa.Table) -> Iterator[pa.RecordBatch]:
    for batch in table.take(order_of(keys_of(table))).to_batches(FRAGMENT_ROWS):
        yield _without_key(batch)


def order_of(keys: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return the order of rows by their keys; rows of the same key stay as they are."""
    order = np.argsort(keys)
    rising = keys[order]
    if (rising[1:] == rising[:-1]).any():  # hardly ever, and a stable order takes three times as long
        return np.argsort(keys, kind="stable")
    return order


def keys_of(table: pa.Table | pa.RecordBatch) -> NDArray[np.uint64]:
    """Return the keys of rows."""
    keys: NDArray[np.uint64] = np.asarray(table.column(_KEY))
    return keys


def _without_key(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch.select(batch.schema.names[:-1])


def leading_buckets(table: pa.Table) -> NDArray[np.intp]:
    """Return the bucket of each row by the leading bits of its key."""
    return _buckets(table, 0)


def _buckets(table: pa.Table, depth: int) -> NDArray[np.intp]:
    used = depth * _BITS
    bits = min(_BITS, _KEY_BITS - used)
    numbers = keys_of(table) >> np.uint64(_KEY_BITS - used - bits)
    return (numbers & np.uint64((1 << bits) - 1)).astype(np.intp)
