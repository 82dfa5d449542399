"""What the footer of a Parquet file says of its column chunks, read here in bounded steps.

The library hands out the same, but ends the process where the metadata of a chunk contradict the schema (histograms of
a wrong size), so it is not asked for chunks before it reads them, which it does with care. Only two fields are kept:
where the dictionary of a chunk begins, and how long the chunk is unpacked. All others are passed over.

Source: Apache Parquet, parquet.thrift (FileMetaData 4, RowGroup 1, ColumnChunk 3, ColumnMetaData 6 and 11); Thrift
compact protocol.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_MAGIC = b"PAR1"
_TAIL_BYTES = 8
"""Length of the footer, four bytes, and the magic behind it."""

_BINARY, _LIST, _SET, _MAP, _STRUCT = 8, 9, 10, 11, 12
_BOOLEANS, _VARINTS = (1, 2), (5, 6, 4)
_SIZES = {1: 0, 2: 0, 3: 1, 7: 8, 13: 16}
"""Bytes of the values of the other types; the type of a field is the value of a flag."""

_MORE = 0x80
"""From this byte on, more of a number follows."""

_SHORT_HEAD = 0x10
"""From this head on, it says how far the number of the field is from the last one's."""

_LONG_LIST = 15
_DEEPEST = 32
"""Structs within structs; the schema of the footer has half a dozen."""

_MOST_SHIFTS = 63

_ROW_GROUPS, _COLUMNS, _META_DATA, _UNPACKED, _DICTIONARY = 4, 1, 3, 6, 11


class BrokenFooterError(ValueError):
    """The footer is none of a Parquet file."""


class Chunk(NamedTuple):
    """One column of one row group.

    Attributes:
        dictionary: Where the page with its dictionary begins in the file; None if it has none.
        unpacked: Its bytes once unpacked; 0 if not said.
    """

    dictionary: int | None
    unpacked: int


def read_chunks(file: BinaryIO) -> Iterator[list[Chunk]]:
    """Return the chunks of every row group, in the order of the leaves of the schema.

    Args:
        file: An open Parquet file whose footer is not encrypted.

    Raises:
        BrokenFooterError: If the footer is none; what came before it is right all the same.
    """
    data = _footer(file)
    field = place = 0
    try:
        while head := data[place]:
            field, place = _field(data, place, field, head)
            if (field, head & 15) == (_ROW_GROUPS, _LIST):
                count, place = _structs(data, place)
                for _ in range(count):
                    chunks, place = _row_group(data, place)
                    yield chunks
            else:
                place = _skipped(data, place, head & 15, 0)
    except IndexError:
        raise BrokenFooterError from None


def _footer(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(-min(size, _TAIL_BYTES), os.SEEK_END)
    tail = file.read(_TAIL_BYTES)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != _MAGIC or length > size - _TAIL_BYTES:
        raise BrokenFooterError
    file.seek(size - _TAIL_BYTES - length)
    return file.read(length)


def _row_group(data: bytes, place: int) -> tuple[list[Chunk], int]:
    """Return the chunks of the row group that begins at a place, and where it ends."""
    chunks: list[Chunk] = []
    field = 0
    while head := data[place]:
        field, place = _field(data, place, field, head)
        if (field, head & 15) == (_COLUMNS, _LIST):
            count, place = _structs(data, place)
            for _ in range(count):
                chunk, place = _chunk(data, place)
                chunks.append(chunk)
        else:
            place = _skipped(data, place, head & 15, 0)
    return chunks, place + 1


def _chunk(data: bytes, place: int) -> tuple[Chunk, int]:
    found, field = Chunk(None, 0), 0
    while head := data[place]:
        field, place = _field(data, place, field, head)
        if (field, head & 15) == (_META_DATA, _STRUCT):
            found, place = _meta_data(data, place)
        else:
            place = _skipped(data, place, head & 15, 0)
    return found, place + 1


def _meta_data(data: bytes, place: int) -> tuple[Chunk, int]:
    dictionary, unpacked, field = None, 0, 0
    while head := data[place]:
        field, place = _field(data, place, field, head)
        if field == _DICTIONARY and head & 15 in _VARINTS:
            number, place = _number(data, place)
            dictionary = _signed(number)
        elif field == _UNPACKED and head & 15 in _VARINTS:
            number, place = _number(data, place)
            unpacked = _signed(number)
        else:
            place = _skipped(data, place, head & 15, 0)
    return Chunk(dictionary, unpacked), place + 1


def _field(data: bytes, place: int, last: int, head: int) -> tuple[int, int]:
    """Return the number of the field whose head stands at a place, and where its value begins."""
    if head >> 4:
        return last + (head >> 4), place + 1
    number, place = _number(data, place + 1)
    return _signed(number), place


def _structs(data: bytes, place: int) -> tuple[int, int]:
    """Return how many structs are in the list that begins at a place, and where the first one does."""
    kind, count, place = _list_head(data, place)
    if count and kind != _STRUCT:
        raise BrokenFooterError
    return count, place


def _list_head(data: bytes, place: int) -> tuple[int, int, int]:
    """Return type and number of the elements of a list, and where the first one begins."""
    head, count = data[place], data[place] >> 4
    place += 1
    if count == _LONG_LIST:
        count, place = _number(data, place)
    if count > len(data):
        raise BrokenFooterError
    return head & 15, count, place


def _skipped(data: bytes, place: int, kind: int, deep: int) -> int:
    """Return where the value of a field ends."""
    if kind in _VARINTS:
        while data[place] >= _MORE:
            place += 1
        return place + 1
    if kind == _BINARY:
        count, place = _number(data, place)
        return place + count
    if kind in _NESTED:
        if deep == _DEEPEST:
            raise BrokenFooterError
        return _NESTED[kind](data, place, deep + 1)
    if kind in _SIZES:
        return place + _SIZES[kind]
    raise BrokenFooterError


def _skipped_struct(data: bytes, place: int, deep: int) -> int:
    while head := data[place]:
        place += 1
        if head < _SHORT_HEAD:  # the number of the field follows
            place = _skipped(data, place, _VARINTS[0], deep)
        place = _skipped(data, place, head & 15, deep)
    return place + 1


def _skipped_list(data: bytes, place: int, deep: int) -> int:
    kind, count, place = _list_head(data, place)
    if kind in _BOOLEANS:
        return place + count
    for _ in range(count):
        place = _skipped(data, place, kind, deep)
    return place


def _skipped_map(data: bytes, place: int, deep: int) -> int:
    count, place = _number(data, place)
    if count > len(data):
        raise BrokenFooterError
    if not count:
        return place
    kinds = data[place]
    place += 1
    for kind in (kinds >> 4, kinds & 15) * count:
        place = place + 1 if kind in _BOOLEANS else _skipped(data, place, kind, deep)
    return place


def _number(data: bytes, place: int) -> tuple[int, int]:
    """Return the number that begins at a place, and where it ends."""
    value = data[place] & 0x7F
    shift = 0
    while data[place] >= _MORE:
        place += 1
        shift += 7
        if shift > _MOST_SHIFTS:
            raise BrokenFooterError
        value |= (data[place] & 0x7F) << shift
    return value, place + 1


def _signed(number: int) -> int:
    """Return the number that zigzag form stands for."""
    return (number >> 1) ^ -(number & 1)


_NESTED = {_LIST: _skipped_list, _SET: _skipped_list, _MAP: _skipped_map, _STRUCT: _skipped_struct}
