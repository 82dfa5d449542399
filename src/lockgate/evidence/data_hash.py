r"""Hash of a table: what was in it, whatever engine, memory layout or file format held it.

    leaf(column, fragment) = SHA-256(0x00 || "lockgate cells 1\n" || cells)
    column root            = RFC 6962 root over the column's leaves, in order of fragments
    leaf(column)           = SHA-256(0x00 || "lockgate column 1\n" || length of name (uint32) || name in UTF-8 || root)
    root                   = RFC 6962 root over the column leaves, in the order of the schema

A fragment is 65,536 consecutive rows, the last one what is left. How batches cut the rows does not matter. A column
can be shown alone: its root stands in the statement, and its cells give that root.

All numbers are little-endian. `cells`, n rows of one column, is:

    kind (1 byte) || n (uint64) || validity (n bytes, 1 = there is a value) || body

A cell without a value counts as zero or empty in the body. Kinds and bodies:

    N  null type          nothing
    B  bool               n bytes, 0 or 1
    I  whole number       n x int64, whatever the width of the type
    U  whole number       n x uint64, where a value of the fragment is above 2**63 - 1
    F  floating point     n x float64, every NaN as 0x7FF8000000000000; -0.0 stays -0.0
    D  decimal            text as under T, fixed point, with as many places as the type has
    d  date               n x int64, days since 1970-01-01
    t  time of day        n x int64, microseconds
    P  duration           n x int64, microseconds
    Z  instant            n x int64, microseconds since 1970-01-01 UTC
    L  local date-time    n x int64, microseconds since 1970-01-01, no time zone
    T  text               n x uint32 lengths in bytes, then the UTF-8 bytes of all cells
    X  bytes              n x uint32 lengths, then the bytes of all cells
    A  list               n x uint32 lengths, then `cells` of all elements of all lists
    S  record             number of fields (uint32), then for each: length of name (uint32), name, `cells`

Kinds t, P, Z, L of nanosecond resolution in which a value is no whole microsecond: the kind byte is followed by "n",
and numbers are nanoseconds. Dictionary, run-end and view layouts, and the large and fixed-size variants, count as
what they spell. A type of file that holds text only (CSV) gives T for every column, so the hash of a release is taken
from what a reader of the written file gets.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.evidence.merkle import leaf_hash, tree_hash
from lockgate.terms.errors import InputError

FRAGMENT_ROWS = 65_536
"""Rows of a logical fragment."""

_CELLS = b"lockgate cells 1\n"
_COLUMN = b"lockgate column 1\n"
_NAN = np.uint64(0x7FF8000000000000)
_LARGEST_INT64 = 2**63 - 1
_LENGTH_AT_MOST = 2**32 - 1
_PER_MICROSECOND = 1000
_MICROSECONDS = {"s": 1_000_000, "ms": 1000, "us": 1}
_MILLISECONDS_A_DAY = 86_400_000

Cells = Any
"""A `pyarrow.Array` of any type; the stubs of pyarrow miss the methods of some layouts."""

Parts = Iterator[bytes | memoryview]


class DataHash:
    """The hash of one table, fed batch by batch in row order."""

    def __init__(self, schema: pa.Schema) -> None:
        self._names = tuple(schema.names)
        self._leaves: list[list[bytes]] = [[] for _ in self._names]
        self._waiting: list[list[Cells]] = []
        self._waiting_rows = 0
        self._rows = 0

    @property
    def rows(self) -> int:
        """Return the rows fed so far."""
        return self._rows

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the next rows.

        Args:
            batch: Any number of rows, columns as in the schema.

        Raises:
            InputError: If a column type has no canonical form, or a date-time is out of range.
        """
        self._rows += batch.num_rows
        start = 0
        while start < batch.num_rows:
            length = min(FRAGMENT_ROWS - self._waiting_rows, batch.num_rows - start)
            self._waiting.append([batch.column(at).slice(start, length) for at in range(len(self._names))])
            self._waiting_rows += length
            start += length
            if self._waiting_rows == FRAGMENT_ROWS:
                self._keep(self._waiting_leaves())
                self._waiting, self._waiting_rows = [], 0

    def join(self, other: "DataHash") -> None:
        """Take the rows of another table behind those so far, which are whole fragments.

        Args:
            other: Of the same columns.

        Raises:
            ValueError: If the rows so far end within a fragment.
        """
        if self._waiting_rows:
            raise ValueError("expected whole fragments before the rows that come behind them")
        for known, leaves in zip(self._leaves, other._leaves, strict=True):  # noqa: SLF001 - of the same class
            known.extend(leaves)
        self._waiting, self._waiting_rows = list(other._waiting), other._waiting_rows  # noqa: SLF001 - likewise
        self._rows += other.rows

    def columns(self) -> dict[str, str]:
        """Return the root of every column by name, hexadecimal, in the order of the schema."""
        return {name: root.hex() for name, root in zip(self._names, self._roots(), strict=True)}

    def root(self) -> str:
        """Return the root of the table, hexadecimal."""
        leaves = [_column_leaf(name, root) for name, root in zip(self._names, self._roots(), strict=True)]
        return tree_hash(leaves).hex()

    def _roots(self) -> list[bytes]:
        rest = self._waiting_leaves() if self._waiting_rows else None
        if rest is None:
            return [tree_hash(leaves) for leaves in self._leaves]
        return [tree_hash([*leaves, last]) for leaves, last in zip(self._leaves, rest, strict=True)]

    def _keep(self, leaves: tuple[bytes, ...]) -> None:
        for known, leaf in zip(self._leaves, leaves, strict=True):
            known.append(leaf)

    def _waiting_leaves(self) -> tuple[bytes, ...]:
        columns = zip(*self._waiting, strict=True)
        return tuple(cells_leaf(_joined(list(parts))) for parts in columns)


def cells_leaf(cells: Cells) -> bytes:
    """Return the leaf hash of one column of one fragment, 32 bytes.

    Args:
        cells: At most 65,536 rows.

    Raises:
        InputError: If the type has no canonical form, or a date-time is out of range.
    """
    digest = hashlib.sha256(b"\x00" + _CELLS)
    for part in _encode(cells):
        digest.update(part)
    return digest.digest()


def _column_leaf(name: str, root: bytes) -> bytes:
    return leaf_hash(_COLUMN + _named(name) + root)


def _named(name: str) -> bytes:
    data = name.encode("utf-8")
    return len(data).to_bytes(4, "little") + data


def _joined(parts: list[Cells]) -> Cells:
    plain = [_plain(part) for part in parts]
    return plain[0] if len(plain) == 1 else pa.concat_arrays(plain)


def _plain(cells: Cells) -> Cells:
    """Return the cells in a layout that spells every value out; nested ones are spelled out when they are reached."""
    while True:
        kind = cells.type
        if pa.types.is_dictionary(kind):
            cells = cells.dictionary_decode()
        elif isinstance(kind, pa.BaseExtensionType):
            cells = cells.storage
        elif pa.types.is_run_end_encoded(kind):
            cells = pc.call_function("run_end_decode", [cells])
        else:
            return _widened(cells)


def _widened(cells: Cells) -> Cells:
    kind = cells.type
    if pa.types.is_string_view(kind):
        return cells.cast(pa.large_string())
    if pa.types.is_binary_view(kind) or pa.types.is_fixed_size_binary(kind):
        return cells.cast(pa.large_binary())
    if pa.types.is_map(kind):
        pairs = pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)]))
        return cells.cast(pairs)
    return cells


def _encode(cells: Cells) -> Parts:
    cells = _plain(cells)
    for is_kind, encode in _ENCODERS:
        if is_kind(cells.type):
            yield from encode(cells)
            return
    raise InputError(
        f"expected a column type that a record can be made of, found `{cells.type}`",
        "Cast the column to text, numbers, dates or bytes first.",
    )


def _head(kind: bytes, cells: Cells) -> Parts:
    yield kind + len(cells).to_bytes(8, "little")
    if cells.null_count:
        yield cells.is_valid().cast(pa.uint8()).to_numpy(zero_copy_only=False).data
    else:
        yield b"\x01" * len(cells)


def _encode_null(cells: Cells) -> Parts:
    yield from _head(b"N", cells)


def _encode_bool(cells: Cells) -> Parts:
    yield from _head(b"B", cells)
    filled = cells.fill_null(fill_value=False)
    yield filled.cast(pa.uint8()).to_numpy(zero_copy_only=False).data


def _encode_whole(cells: Cells) -> Parts:
    filled = cells.fill_null(0)
    largest = pc.max(filled).as_py() if pa.types.is_uint64(cells.type) else 0
    if (largest or 0) > _LARGEST_INT64:
        yield from _head(b"U", cells)
        yield _bytes_of(filled.to_numpy(zero_copy_only=False), "<u8")
    else:
        yield from _head(b"I", cells)
        yield _bytes_of(filled.cast(pa.int64()).to_numpy(zero_copy_only=False), "<i8")


def _encode_float(cells: Cells) -> Parts:
    yield from _head(b"F", cells)
    values = cells.cast(pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False)
    bits = values.view(np.uint64)
    yield _bytes_of(np.where(np.isnan(values), _NAN, bits), "<u8")


def _encode_decimal(cells: Cells) -> Parts:
    text = cells.cast(pa.string())
    # Arrow writes very small decimals with an exponent; spelled in fixed point, the text depends on the value alone.
    if pc.any(pc.match_substring(text, "E")).as_py():
        text = pa.array([None if value is None else format(value, "f") for value in cells.to_pylist()], pa.string())
    yield from _encode_bytes(text, b"D")


def _encode_text(cells: Cells) -> Parts:
    yield from _encode_bytes(cells, b"T")


def _encode_binary(cells: Cells) -> Parts:
    yield from _encode_bytes(cells, b"X")


def _encode_bytes(cells: Cells, kind: bytes) -> Parts:
    yield from _head(kind, cells)
    # Bytes may lie under cells without a value; filling them makes a copy in which none do.
    is_text = pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)
    filled = cells.fill_null("" if is_text else b"") if cells.null_count else cells
    wide = pa.types.is_large_string(filled.type) or pa.types.is_large_binary(filled.type)
    _, offset_buffer, data = filled.buffers()
    if not len(filled) or offset_buffer is None:
        return
    width = np.dtype("<i8" if wide else "<i4")
    offsets = np.frombuffer(
        memoryview(offset_buffer), dtype=width, count=len(filled) + 1, offset=filled.offset * width.itemsize
    )
    lengths = offsets[1:] - offsets[:-1]
    # Those of four bytes are below 2^31, and so the same numbers without a sign.
    yield _lengths(lengths) if wide else lengths.view("<u4").data
    if data is not None:
        yield memoryview(data)[int(offsets[0]) : int(offsets[-1])]


def _encode_date(cells: Cells) -> Parts:
    yield from _head(b"d", cells)
    if pa.types.is_date32(cells.type):
        days = _as_int64(cells.cast(pa.int32()))
    else:
        days = _as_int64(cells.cast(pa.int64())) // _MILLISECONDS_A_DAY
    yield _bytes_of(days, "<i8")


def _encode_time(cells: Cells) -> Parts:
    narrow = pa.types.is_time32(cells.type)
    yield from _encode_ticks(cells, b"t", cells.cast(pa.int32() if narrow else pa.int64()))


def _encode_duration(cells: Cells) -> Parts:
    yield from _encode_ticks(cells, b"P", cells.cast(pa.int64()))


def _encode_timestamp(cells: Cells) -> Parts:
    yield from _encode_ticks(cells, b"Z" if cells.type.tz else b"L", cells.cast(pa.int64()))


def _encode_ticks(cells: Cells, kind: bytes, counts: Cells) -> Parts:
    ticks, unit = _as_int64(counts), cells.type.unit
    if unit == "ns" and np.any(ticks % _PER_MICROSECOND):
        yield from _head(kind + b"n", cells)
    elif unit == "ns":
        yield from _head(kind, cells)
        ticks = ticks // _PER_MICROSECOND
    else:
        yield from _head(kind, cells)
        factor = _MICROSECONDS[unit]
        if len(ticks) and max(int(ticks.max()), -int(ticks.min())) > _LARGEST_INT64 // factor:
            raise InputError("expected dates and times within 292,000 years of 1970", "Correct the source.")
        ticks = ticks * factor
    yield _bytes_of(ticks, "<i8")


def _encode_list(cells: Cells) -> Parts:
    yield from _head(b"A", cells)
    yield _lengths(_as_int64(pc.list_value_length(cells)))
    yield from _encode(pc.list_flatten(cells))


def _encode_record(cells: Cells) -> Parts:
    yield from _head(b"S", cells)
    yield cells.type.num_fields.to_bytes(4, "little")
    for field, column in zip(cells.type, cells.flatten(), strict=True):
        yield _named(field.name)
        yield from _encode(column)


def _as_int64(counts: Cells) -> np.ndarray:
    return np.asarray(counts.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False))


def _lengths(lengths: np.ndarray) -> memoryview:
    if len(lengths) and int(lengths.max()) > _LENGTH_AT_MOST:
        raise InputError("expected cells of at most 4 GiB", "Split the cell or leave the column out.")
    return _bytes_of(lengths, "<u4")


def _bytes_of(values: np.ndarray, dtype: str) -> memoryview:
    return np.ascontiguousarray(values.astype(dtype, copy=False)).data


def _is_list(kind: pa.DataType) -> bool:
    return (
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or pa.types.is_list_view(kind)
        or pa.types.is_large_list_view(kind)
    )


_ENCODERS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Cells], Parts]], ...] = (
    (pa.types.is_null, _encode_null),
    (pa.types.is_boolean, _encode_bool),
    (pa.types.is_integer, _encode_whole),
    (pa.types.is_floating, _encode_float),
    (pa.types.is_decimal, _encode_decimal),
    (lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind), _encode_text),
    (lambda kind: pa.types.is_binary(kind) or pa.types.is_large_binary(kind), _encode_binary),
    (pa.types.is_date, _encode_date),
    (pa.types.is_time, _encode_time),
    (pa.types.is_timestamp, _encode_timestamp),
    (pa.types.is_duration, _encode_duration),
    (_is_list, _encode_list),
    (pa.types.is_struct, _encode_record),
)
"""Kinds of columns with their encoding; the first that fits counts."""
