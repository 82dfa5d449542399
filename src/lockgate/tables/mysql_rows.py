"""Rows as a MySQL or MariaDB server sends them, made Arrow columns without an object of Python for each cell.

A row is a packet: four bytes that tell its length, then cell after cell, each with its length before it. Where packets
begin is found one by one; the cells of a column are then found in all rows of a block at once, and are views into what
was received, which Arrow copies.

Source: MySQL client/server protocol, Text Resultset Row, Protocol::LengthEncodedString, EOF_Packet, ERR_Packet.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lockgate.tables.optional import load
from lockgate.terms.errors import InputError

BLOCK_BYTES = 8 << 20
_RECEIVED_BYTES = 1 << 18
_HEADER_BYTES = 4
_LONGEST_PACKET = (1 << 24) - 1
"""A packet of this length goes on in the next."""

_NULL, _LONGER = 0xFB, {0xFC: 2, 0xFD: 3, 0xFE: 8}
"""First bytes of a cell that are no length: there is no value; the length follows in so many bytes."""

_EOF, _EOF_BYTES, _ERROR = 0xFE, 9, 0xFF
_LOST = 2013
"""Number of the driver's error of a connection that is lost."""

_INLINE_BYTES, _PREFIX_BYTES = 12, 4
_PREFIX_MASK = np.array([(1 << 8 * size) - 1 for size in range(_PREFIX_BYTES + 1)], np.uint64)
_REST_MASK = np.array([(1 << 8 * size) - 1 for size in range(_INLINE_BYTES - _PREFIX_BYTES + 1)], np.uint64)

Places = NDArray[np.int64]


class _Packets(NamedTuple):
    """Some rows.

    Attributes:
        data: What was received; some bytes after the last row belong to no cell.
        starts: Where each row begins.
        ends: Where each row ends.
    """

    data: NDArray[np.uint8]
    starts: Places
    ends: Places


class SentRows:
    """The rows of the query that a connection runs unbuffered.

    Nothing else may be asked of the connection before all of them are taken or passed over.

    Args:
        connection: Of PyMySQL; nothing of the rows is read yet.
        block_bytes: Bytes from which on rows are handed on.
    """

    def __init__(self, connection: Any, block_bytes: int = BLOCK_BYTES) -> None:
        self._connection = connection
        self._block_bytes = block_bytes
        self._result = connection._result  # noqa: SLF001 - what the driver would read from is taken over
        self._result.unbuffered_active = False  # so that the driver waits for nothing more
        self._file = connection._rfile  # noqa: SLF001 - likewise
        self._held = bytearray()
        self._at = 0
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._is_done = False

    def text_batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Return the rows as text, or bytes where the schema has bytes.

        Args:
            schema: A column for each of the query.

        Raises:
            InputError: If a text is none.
            Error: Of PyMySQL, if the server ends the query, or the connection is lost.
        """
        for packets in self._packets():
            columns, at = [], packets.starts
            for field in schema:
                column, at = _column(packets, at, field)
                columns.append(column)
            if (at != packets.ends).any():
                raise _lost()
            yield pa.RecordBatch.from_arrays(columns, names=schema.names)

    def pass_over(self) -> None:
        """Receive what is left, so that the connection can be asked something else."""
        for _ in self._packets():
            pass

    def _packets(self) -> Iterator[_Packets]:
        is_done = self._is_done
        while not is_done:
            is_done = self._receive()
            if self._starts and (is_done or self._at >= self._block_bytes):
                yield self._taken()

    def _receive(self) -> bool:
        """Take what comes next and say whether it was the last; of a connection that ends before, an error."""
        try:
            received = self._file.read1(_RECEIVED_BYTES)
        except OSError:
            received = b""
        if not received:
            self._connection._force_close()  # noqa: SLF001 - as the driver does: nobody is there to say goodbye to
            raise _lost()
        self._held += received
        self._walk()
        self._end_if_told()
        return self._is_done

    def _walk(self) -> None:
        """Find the packets that are whole."""
        held, at, starts, ends = self._held, self._at, self._starts, self._ends
        last = len(held) - _HEADER_BYTES
        while at <= last:
            size = held[at] | held[at + 1] << 8 | held[at + 2] << 16
            end = at + _HEADER_BYTES + size
            if size == _LONGEST_PACKET:
                end = self._whole(end)
            if end > len(held) or end < 0:
                break
            starts.append(at + _HEADER_BYTES)
            ends.append(end)
            last = len(held) - _HEADER_BYTES
            at = end
        self._at = at

    def _whole(self, end: int) -> int:
        """Return where a packet ends that goes on in others, whose headers are taken out; -1 if not all are there."""
        held, headers = self._held, []
        size = _LONGEST_PACKET
        while size == _LONGEST_PACKET:
            if end + _HEADER_BYTES > len(held):
                return -1
            size = int.from_bytes(held[end : end + 3], "little")
            headers.append(end)
            end += _HEADER_BYTES + size
        if end > len(held):
            return -1
        for place in reversed(headers):
            del held[place : place + _HEADER_BYTES]
        return end - _HEADER_BYTES * len(headers)

    def _end_if_told(self) -> None:
        """See whether the last packet is no row: nothing follows it."""
        if not self._starts:
            return
        start, end = self._starts[-1], self._ends[-1]
        first = self._held[start] if end > start else _ERROR
        if first == _ERROR:
            load("pymysql.err", "mysql", "MySQL").raise_mysql_exception(bytes(self._held[start:end]))
        if first == _EOF and end - start < _EOF_BYTES:
            self._starts.pop()
            self._ends.pop()
            self._is_done = True

    def _taken(self) -> _Packets:
        """Return the rows so far, which are forgotten here."""
        rest = self._held[self._at :]
        self._held += bytes(_INLINE_BYTES)  # a short cell is read as so many bytes
        data = np.frombuffer(self._held, np.uint8)
        found = _Packets(data, np.array(self._starts, np.int64), np.array(self._ends, np.int64))
        self._held, self._at = rest, 0
        self._starts, self._ends = [], []
        return found


def _column(packets: _Packets, at: Places, field: "pa.Field[Any]") -> tuple["pa.Array[Any]", Places]:
    """Return the next cell of each row, and where the one behind it begins."""
    data = packets.data
    if (at >= packets.ends).any():
        raise _lost()
    first = data[at]
    start, length = at + 1, first.astype(np.int64)
    for mark, width in _LONGER.items():
        rows = np.flatnonzero(first == mark)
        for place in range(width):
            higher = data[start[rows] + place].astype(np.int64) << 8 * place
            length[rows] = higher + (length[rows] if place else 0)
        start[rows] += width
    is_null = first == _NULL
    length[is_null] = 0
    end = start + length
    if ((end > packets.ends) | (end < start) | (first == _ERROR)).any():
        raise _lost()
    is_bytes = pa.types.is_binary(field.type)
    type_ = pa.binary_view() if is_bytes else pa.string_view()
    validity = pa.py_buffer(np.packbits(~is_null, bitorder="little").data) if is_null.any() else None
    buffers = [validity, pa.py_buffer(_views(data, start, length).data), pa.py_buffer(data.data)]
    views: Any = pa.Array.from_buffers(type_, len(at), buffers)
    try:
        if not is_bytes:
            views.validate(full=True)
        return views.cast(pa.binary() if is_bytes else pa.string()), end
    except pa.ArrowInvalid:
        raise InputError(
            f"column `{field.name}` holds text that is none",
            "Give it its right character set, or leave it out.",
        ) from None


def _views(data: NDArray[np.uint8], start: Places, length: Places) -> NDArray[np.uint64]:
    """Return the views of cells, as Arrow has them: length and first bytes, and the rest or where the cell lies."""
    prefix = _words(data, np.uint32, start)
    views = np.empty((len(start), 2), np.uint64)
    views[:, 0] = length.astype(np.uint64) | (prefix & _PREFIX_MASK[np.minimum(length, _PREFIX_BYTES)]) << np.uint64(32)
    rest = _words(data, np.uint64, start + _PREFIX_BYTES)
    rest &= _REST_MASK[np.clip(length - _PREFIX_BYTES, 0, _INLINE_BYTES - _PREFIX_BYTES)]
    views[:, 1] = np.where(length > _INLINE_BYTES, start.astype(np.uint64) << np.uint64(32), rest)
    return views


def _words(data: NDArray[np.uint8], type_: type[np.unsignedinteger[Any]], places: Places) -> NDArray[np.uint64]:
    """Return the words that begin at some bytes."""
    size = np.dtype(type_).itemsize
    words: NDArray[Any] = np.ndarray((len(data) - size + 1,), np.dtype(type_).newbyteorder("<"), data, strides=(1,))
    return words[places].astype(np.uint64)


def _lost() -> Exception:
    error: Exception = load("pymysql", "mysql", "MySQL").OperationalError(_LOST, "the connection was lost")
    return error
