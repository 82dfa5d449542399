"""Parquet files of one schema joined to one: their row groups byte by byte, and one footer over them all.

What comes out is, byte for byte, the file that one writer makes of the same row groups: in the footer only the places
in the file and the numbers of row groups change. For files of `lockgate.tables.parquet_writer`, which have no page
indexes and no Bloom filters; a file that says where one is, is refused.

Source: Apache Parquet, parquet.thrift (FileMetaData, RowGroup, ColumnChunk, ColumnMetaData).
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO

from lockgate.tables.parquet_footer import MAGIC, TAIL_BYTES, read_footer
from lockgate.tables.thrift_compact import (
    LIST,
    STRUCT,
    field_at,
    list_head,
    number_at,
    number_bytes,
    signed,
    skipped,
    structs_at,
)

_ROWS, _ROW_GROUPS = 3, 4
_COLUMNS, _GROUP_PLACE, _ORDINAL = 1, 5, 7
_CHUNK_PLACE, _META_DATA, _INDEXES = 2, 3, (4, 6)
_PAGES, _BLOOM_FILTER = (9, 10, 11), 14

_ORDINALS = 1 << 16
"""Numbers of row groups have 16 bits, and begin again below zero."""

_AT_ONCE = 1 << 20

Change = Callable[[bytes, int, bytearray], int]
"""Writes another value for the one that begins at a place; returns where that one ends."""


def join_parquet(file: BinaryIO, pieces: Iterable[Path]) -> None:
    """Write the row groups of all pieces as one file.

    Args:
        file: Where to.
        pieces: Parquet files of one schema, at least one.

    Raises:
        ValueError: If there is no piece, they differ in schema, or one has indexes or Bloom filters.
        BrokenFooterError: If a piece is no Parquet file.
    """
    file.write(MAGIC)
    place, whole = len(MAGIC), None
    for piece in pieces:
        with piece.open("rb") as given:
            footer = read_footer(given)
            length = given.seek(0, 2) - TAIL_BYTES - len(footer) - len(MAGIC)
            groups = _Groups(footer, place - len(MAGIC), 0 if whole is None else whole.count)
            given.seek(len(MAGIC))
            _copy(given, file, length)
        place += length
        if whole is None:
            whole = groups
        else:
            whole.join(groups)
    if whole is None:
        raise ValueError("expected at least one piece")
    footer = whole.footer()
    file.write(footer + len(footer).to_bytes(4, "little") + MAGIC)


def _copy(given: BinaryIO, file: BinaryIO, length: int) -> None:
    """Copy so many bytes."""
    while length:
        some = given.read(min(length, _AT_ONCE))
        file.write(some)
        length -= len(some)


class _Groups:
    """The row groups of files, as they stand in the footer of the file that they are joined to.

    Args:
        footer: Of the first.
        by: Bytes by which its row groups have moved.
        first: Number of its first row group.
    """

    def __init__(self, footer: bytes, by: int, first: int) -> None:
        self.rows = self.count = 0
        self._first = first
        self._groups = bytearray()
        self._frame: list[bytes] = [b""]
        self._read(footer, by)

    def join(self, other: "_Groups") -> None:
        """Take the row groups of another file behind those so far."""
        if other._frame != self._frame:  # noqa: SLF001 - of the same class
            raise ValueError("expected pieces of one schema")
        self.rows += other.rows
        self.count += other.count
        self._groups += other._groups  # noqa: SLF001 - likewise

    def footer(self) -> bytes:
        """Return the footer over all."""
        before, between, behind = self._frame
        groups = list_head(STRUCT, self.count) + bytes(self._groups)
        return before + number_bytes(self.rows) + between + groups + behind

    def _read(self, data: bytes, by: int) -> None:
        """Take a footer apart: its rows, its row groups, and what stands before, between and behind the two."""
        field = place = start = 0
        frame: list[bytes] = []
        while head := data[place]:
            field, place = field_at(data, place, field, head)
            if field == _ROWS:
                frame.append(data[start:place])
                number, start = number_at(data, place)
                self.rows, place = signed(number), start
            elif (field, head & 15) == (_ROW_GROUPS, LIST):
                frame.append(data[start:place])
                self.count, place = structs_at(data, place)
                start = place = self._read_groups(data, place, by)
            else:
                place = skipped(data, place, head & 15, 0)
        self._frame = [*frame, data[start : place + 1]]

    def _read_groups(self, data: bytes, place: int, by: int) -> int:
        move = partial(_moved, by)
        meta_data: dict[int, Change] = {**dict.fromkeys(_PAGES, move), _BLOOM_FILTER: _refused}
        chunk: dict[int, Change] = {
            **dict.fromkeys(_INDEXES, _refused),
            _CHUNK_PLACE: move,
            _META_DATA: partial(_changed, meta_data),
        }
        for number in range(self._first, self._first + self.count):
            group: dict[int, Change] = {
                _COLUMNS: partial(_each, chunk),
                _GROUP_PLACE: move,
                _ORDINAL: partial(_replaced, (number + _ORDINALS // 2) % _ORDINALS - _ORDINALS // 2),
            }
            place = _changed(group, data, place, self._groups)
        return place


def _changed(changes: Mapping[int, Change], data: bytes, place: int, written: bytearray) -> int:
    """Write the struct that begins at a place, some of its fields changed; return where it ends."""
    field, start = 0, place
    while head := data[place]:
        field, place = field_at(data, place, field, head)
        change = changes.get(field)
        if change is None:
            place = skipped(data, place, head & 15, 0)
            continue
        written += data[start:place]
        start = place = change(data, place, written)
    written += data[start : place + 1]
    return place + 1


def _each(changes: Mapping[int, Change], data: bytes, place: int, written: bytearray) -> int:
    """Write the list of structs that begins at a place, some of their fields changed."""
    count, place = structs_at(data, place)
    written += list_head(STRUCT, count)
    for _ in range(count):
        place = _changed(changes, data, place, written)
    return place


def _moved(by: int, data: bytes, place: int, written: bytearray) -> int:
    """Write a place in the file that has moved; 0 says nothing, and stays."""
    number, place = number_at(data, place)
    written += number_bytes(signed(number) + by if number else 0)
    return place


def _replaced(value: int, data: bytes, place: int, written: bytearray) -> int:
    written += number_bytes(value)
    return number_at(data, place)[1]


def _refused(data: bytes, place: int, written: bytearray) -> int:  # noqa: ARG001 - as every change
    raise ValueError("expected pieces without indexes and Bloom filters")
