"""A hash of the key columns of each row, to part rows into disjoint partitions; no secret and no proof.

Equal keys have equal hashes, whatever the layout of the columns; that is all that partitions need. Text is hashed as a
polynomial over its UTF-8 bytes modulo 2^64: prefix sums over the whole buffer give every cell at once.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import types

_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
_ROWS_AT_ONCE = 16_384
_NULL = np.uint64(0xA5A5A5A5A5A5A5A5)


def hash_rows(table: pa.Table, keys: Sequence[str], salt: int = 0) -> NDArray[np.uint64]:
    """Return one hash for each row.

    Args:
        table: Holds the key columns.
        keys: Their names; may be none.
        salt: Another salt parts rows in another way, 0 to 2^64 - 1.
    """
    total = np.full(table.num_rows, _mixed(np.array([salt], dtype=np.uint64))[0], dtype=np.uint64)
    for key in keys:
        total = _mixed(total ^ _hash_column(table.column(key)))
    return total


def _hash_column(column: "pa.ChunkedArray[Any]") -> NDArray[np.uint64]:
    hashes = [
        _hash_chunk(chunk.slice(start, _ROWS_AT_ONCE))
        for chunk in column.chunks
        for start in range(0, len(chunk), _ROWS_AT_ONCE)
    ]
    return np.concatenate(hashes) if hashes else np.zeros(0, dtype=np.uint64)


def _hash_chunk(chunk: "pa.Array[Any]") -> NDArray[np.uint64]:
    if types.is_boolean(chunk.type):
        chunk = chunk.cast(pa.int8())
    if types.is_integer(chunk.type):
        hashes = chunk.fill_null(0).to_numpy(zero_copy_only=False).astype(np.uint64)
    else:
        text = chunk if types.is_binary(chunk.type) else chunk.cast(pa.string())
        hashes = _hash_bytes(text.fill_null(b"" if types.is_binary(text.type) else ""))
    hashes = _mixed(hashes)
    if chunk.null_count:
        hashes[chunk.is_null().to_numpy(zero_copy_only=False)] = _NULL
    return hashes


def _hash_bytes(text: "pa.Array[Any]") -> NDArray[np.uint64]:
    if not len(text):
        return np.zeros(0, dtype=np.uint64)
    _, offset_buffer, data = text.buffers()
    offsets = _numbers(offset_buffer, np.int32)[text.offset : text.offset + len(text) + 1].astype(np.int64)
    start, end = int(offsets[0]), int(offsets[-1])
    letters = _numbers(data, np.uint8)[start:end]
    powers = _powers(_BASE, end - start + 1)
    sums = np.zeros(end - start + 1, dtype=np.uint64)
    np.cumsum((letters.astype(np.uint64) + np.uint64(1)) * powers[:-1], out=sums[1:])
    offsets -= start
    # a cell's sum begins with the power of its own place; the inverse power moves it to place 0
    shifts = _powers(_INVERSE, end - start + 1)[offsets[:-1]]
    hashes: NDArray[np.uint64] = (sums[offsets[1:]] - sums[offsets[:-1]]) * shifts
    return hashes + np.diff(offsets).astype(np.uint64)


def _numbers(buffer: pa.Buffer | None, type_: type[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    return np.frombuffer(memoryview(buffer), dtype=type_) if buffer is not None else np.zeros(0, dtype=type_)


def _powers(base: np.uint64, count: int) -> NDArray[np.uint64]:
    powers = np.full(count, base, dtype=np.uint64)
    powers[0] = 1
    return np.cumprod(powers, out=powers)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the values with every bit spread over all others (finaliser of SplitMix64, Steele and others 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
