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

from lockgate.tables.thrift_compact import (
    LIST,
    STRUCT,
    VARINTS,
    BrokenFooterError,
    field_at,
    number_at,
    signed,
    skipped,
    structs_at,
)

MAGIC = b"PAR1"
TAIL_BYTES = 8
"""Length of the footer, four bytes, and the magic behind it."""

_ROW_GROUPS, _COLUMNS, _META_DATA, _UNPACKED, _DICTIONARY = 4, 1, 3, 6, 11


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
    data = read_footer(file)
    field = place = 0
    try:
        while head := data[place]:
            field, place = field_at(data, place, field, head)
            if (field, head & 15) == (_ROW_GROUPS, LIST):
                count, place = structs_at(data, place)
                for _ in range(count):
                    chunks, place = _row_group(data, place)
                    yield chunks
            else:
                place = skipped(data, place, head & 15, 0)
    except IndexError:
        raise BrokenFooterError from None


def read_footer(file: BinaryIO) -> bytes:
    """Return the footer of an open Parquet file.

    Raises:
        BrokenFooterError: If it has none.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(-min(size, TAIL_BYTES), os.SEEK_END)
    tail = file.read(TAIL_BYTES)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != MAGIC or length > size - TAIL_BYTES:
        raise BrokenFooterError
    file.seek(size - TAIL_BYTES - length)
    return file.read(length)


def _row_group(data: bytes, place: int) -> tuple[list[Chunk], int]:
    """Return the chunks of the row group that begins at a place, and where it ends."""
    chunks: list[Chunk] = []
    field = 0
    while head := data[place]:
        field, place = field_at(data, place, field, head)
        if (field, head & 15) == (_COLUMNS, LIST):
            count, place = structs_at(data, place)
            for _ in range(count):
                chunk, place = _chunk(data, place)
                chunks.append(chunk)
        else:
            place = skipped(data, place, head & 15, 0)
    return chunks, place + 1


def _chunk(data: bytes, place: int) -> tuple[Chunk, int]:
    found, field = Chunk(None, 0), 0
    while head := data[place]:
        field, place = field_at(data, place, field, head)
        if (field, head & 15) == (_META_DATA, STRUCT):
            found, place = _meta_data(data, place)
        else:
            place = skipped(data, place, head & 15, 0)
    return found, place + 1


def _meta_data(data: bytes, place: int) -> tuple[Chunk, int]:
    dictionary, unpacked, field = None, 0, 0
    while head := data[place]:
        field, place = field_at(data, place, field, head)
        if field == _DICTIONARY and head & 15 in VARINTS:
            number, place = number_at(data, place)
            dictionary = signed(number)
        elif field == _UNPACKED and head & 15 in VARINTS:
            number, place = number_at(data, place)
            unpacked = signed(number)
        else:
            place = skipped(data, place, head & 15, 0)
    return Chunk(dictionary, unpacked), place + 1
