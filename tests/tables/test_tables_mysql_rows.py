"""Rows as MySQL sends them: any cells, cut anywhere, in any blocks; and what is no row."""

import io
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.tables import mysql_rows
from lockgate.tables.mysql_rows import SentRows
from lockgate.terms.errors import InputError

pymysql = pytest.importorskip("pymysql")

SCHEMA = pa.schema([("text", pa.string()), ("bytes", pa.binary()), ("number", pa.int64())])
EOF = b"\xfe\x00\x00\x02\x00"
LENGTHS = st.sampled_from([0, 1, 3, 4, 5, 8, 11, 12, 13, 16, 250, 251, 252, 300, 65_535, 65_536, 70_000])
CELLS = st.one_of(st.none(), st.text(max_size=20).map(str.encode), LENGTHS.map(lambda size: b"x" * size))
ROWS = st.lists(st.tuples(CELLS, st.one_of(st.none(), st.binary(max_size=300)), CELLS), max_size=12)


class Arriving(io.RawIOBase):
    """What comes from the server, in pieces."""

    def __init__(self, data: bytes, pieces: Sequence[int]) -> None:
        self.data, self.pieces = data, list(pieces)

    def read1(self, most: int) -> bytes:
        size = min(most, self.pieces.pop(0) if self.pieces else most)
        found, self.data = self.data[:size], self.data[size:]
        return found


def connection_of(data: bytes, pieces: Sequence[int] = ()) -> Any:
    result = SimpleNamespace(unbuffered_active=True)
    return SimpleNamespace(_result=result, _rfile=Arriving(data, pieces), _force_close=lambda: None)


def cell_of(value: bytes | None) -> bytes:
    if value is None:
        return b"\xfb"
    size = len(value)
    if size < 251:
        return bytes([size]) + value
    mark, width = next((mark, width) for mark, width in ((0xFC, 2), (0xFD, 3), (0xFE, 8)) if size < 256**width)
    return bytes([mark]) + size.to_bytes(width, "little") + value


def packets_of(payloads: Sequence[bytes], longest: int = mysql_rows._LONGEST_PACKET) -> bytes:
    made, number = bytearray(), 0
    for payload in payloads:
        rest, is_open = payload, True
        while is_open:
            part, rest = rest[:longest], rest[longest:]
            made += len(part).to_bytes(3, "little") + bytes([number % 256]) + part
            number, is_open = number + 1, len(part) == longest
    return bytes(made)


def read(connection: Any, block_bytes: int) -> Iterator[tuple[Any, ...]]:
    for batch in SentRows(connection, block_bytes).text_batches(SCHEMA):
        yield from zip(batch["text"].to_pylist(), batch["bytes"].to_pylist(), batch["number"].to_pylist(), strict=True)


@settings(max_examples=150, deadline=None)
@given(ROWS, st.lists(st.integers(1, 400), max_size=40), st.sampled_from([1, 100, 1_000, 1 << 23]), st.booleans())
def test_rows_come_as_they_were_sent_wherever_they_are_cut(
    rows: list[tuple[bytes | None, ...]], pieces: list[int], block_bytes: int, is_split: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        longest = 255 if is_split else mysql_rows._LONGEST_PACKET
        if is_split:  # packets of 16 MiB are tried by ones that are called so
            patch.setattr(mysql_rows, "_LONGEST_PACKET", longest)
            rows = [tuple(cell and cell[:240] for cell in row) for row in rows]
        sent = packets_of([b"".join(map(cell_of, row)) for row in rows] + [EOF], longest)
        found = list(read(connection_of(sent, pieces), block_bytes))
    assert found == [
        (None if text is None else text.decode(), data, None if number is None else number.decode())
        for text, data, number in rows
    ]


@given(ROWS.filter(bool), st.integers(1, 10_000))
def test_rows_that_end_before_they_are_told_to_are_a_lost_connection(
    rows: list[tuple[bytes | None, ...]], gone: int
) -> None:
    sent = packets_of([b"".join(map(cell_of, row)) for row in rows] + [EOF])
    with pytest.raises(pymysql.OperationalError, match="lost"):
        list(read(connection_of(sent[: max(len(sent) - gone, 0)]), 100))


@pytest.mark.parametrize(
    "row",
    [
        b"",
        b"\x01a",
        b"\x01a\x01b",
        b"\x01a\x01b\x01cd",
        b"\x09a\x01b\x01c",
        b"\x01a\xfe\xff\xff\xff\xff\xff\xff\xff\xff",
    ],
    ids=["nothing", "one cell", "two cells", "too long", "a cell beyond", "a length beyond all"],
)
def test_a_row_that_is_none_is_refused(row: bytes) -> None:
    with pytest.raises(pymysql.Error):
        list(read(connection_of(packets_of([b"\x01a\x01b\x01c", row, b"\x01a\x01b\x01c", EOF])), 1 << 20))


def test_an_error_among_the_rows_is_the_servers() -> None:
    failed = b"\xff" + (1317).to_bytes(2, "little") + b"#70100Query execution was interrupted"
    with pytest.raises(pymysql.err.MySQLError, match="interrupted"):
        list(read(connection_of(packets_of([b"\x01a\x01b\x01c", failed])), 100))


def test_text_that_is_none_is_told_without_a_cell() -> None:
    with pytest.raises(InputError, match="column `text` holds text that is none"):
        list(read(connection_of(packets_of([b"\x02\xff\xfe\x01b\x01c", EOF])), 100))


def test_what_is_passed_over_is_received_to_its_end() -> None:
    sent = packets_of([b"\x01a\x01b\x01c"] * 100 + [EOF])
    connection = connection_of(sent, [10] * 200)
    rows = SentRows(connection, 50)
    next(rows.text_batches(SCHEMA))
    rows.pass_over()
    assert not connection._rfile.data
    rows.pass_over()
