"""How many rows of a Parquet file are read at once, so that a few kilobytes do not become hundreds of gigabytes.

A row group says how long it is with its texts in a dictionary; one long text that a million rows point to counts once.
The header of a dictionary page says how long the dictionary is, and the reader holds it to that: no cell is longer.

Source: Apache Parquet, parquet.thrift (PageHeader); Thrift compact protocol.
"""

import os
from collections.abc import Collection, Iterable
from typing import NamedTuple

from pyarrow import parquet

from lockgate.tables.file_state import FileState, open_bytes
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.parquet_footer import read_chunks

BATCH_BYTES = 256 << 20
"""A batch holds no more rows than would be this long if each were as long as the average of its row group."""

_DECODED_BYTES = 1 << 28
"""What a column read at once becomes at the most, if every row had the longest text of its dictionary."""

_HEADER_BYTES = 32
_FIRST_FIELD, _NEXT_FIELD = 0x15, 0x15
"""Beginning of a field of 32 bits that comes one after the last; the page's kind, then its length unpacked."""

LongTexts = tuple[tuple[str, int], ...]
"""Path of each leaf of a file whose texts may be long, and bytes of its longest dictionary."""


class Leaf(NamedTuple):
    """A leaf column of a file, as its footer and the headers of its dictionaries have it.

    Attributes:
        path: Names from the root, with dots.
        is_coded: Whether every chunk begins with a dictionary.
        unpacked: Bytes of its chunks, unpacked.
        longest: Bytes of the longest dictionary of text; no cell in it is longer.
    """

    path: str
    is_coded: bool
    unpacked: int
    longest: int


def average_rows(metadata: parquet.FileMetaData) -> int:
    """Return how many rows are read at once by what the row groups say: fewer where they are long on the average."""
    groups = (metadata.row_group(place) for place in range(metadata.num_row_groups))
    longest = max((group.total_byte_size // max(1, group.num_rows) for group in groups), default=0)
    return max(1, min(FRAGMENT_ROWS, BATCH_BYTES // max(1, longest)))


def long_texts(leaves: Iterable[Leaf]) -> LongTexts:
    """Return the path of each leaf with so long a text that fewer rows are read at once, and how long it is."""
    return tuple((leaf.path, leaf.longest) for leaf in leaves if leaf.longest > _DECODED_BYTES // FRAGMENT_ROWS)


def decoded_rows(texts: LongTexts, roots: Collection[str]) -> int:
    """Return how many rows are read at once by what their dictionaries may hold; `FRAGMENT_ROWS` for short ones.

    Args:
        texts: Of the file.
        roots: Columns that are read as text, not as codes.
    """
    read = (longest for path, longest in texts if path.partition(".")[0] in roots or path in roots)
    return max(1, min(FRAGMENT_ROWS, _DECODED_BYTES // max(1, max(read, default=1))))


def leaves_of(state: FileState, schema: parquet.ParquetSchema) -> tuple[Leaf, ...]:
    """Return what the footer says of the leaf columns of a file, in the order of its schema.

    Args:
        state: The file.
        schema: Its own.

    Raises:
        BrokenFooterError: If the footer cannot be read.
    """
    columns = [schema.column(place) for place in range(len(schema))]
    texts = frozenset(place for place, column in enumerate(columns) if column.physical_type == "BYTE_ARRAY")
    found = _measured(state, len(columns), texts)
    return tuple(Leaf(column.path, *one) for column, one in zip(columns, found, strict=True))


def _measured(state: FileState, count: int, texts: frozenset[int]) -> tuple[tuple[bool, int, int], ...]:
    """Return of each leaf whether each chunk has a dictionary, the length unpacked, the longest dictionary of text."""
    coded, sizes, longest = [True] * count, [0] * count, [0] * count
    with open_bytes(state.path) as file:
        for group in read_chunks(file):
            for place, chunk in enumerate(group[:count]):
                sizes[place] += chunk.unpacked
                coded[place] &= chunk.dictionary is not None
                if place in texts and chunk.dictionary and 0 < chunk.dictionary < state.size:
                    header = os.pread(file.fileno(), _HEADER_BYTES, chunk.dictionary)
                    longest[place] = max(longest[place], _length(header))
    return tuple(zip(coded, sizes, longest, strict=True))


def _length(header: bytes) -> int:
    """Return the length unpacked that a page header says; 0 if it does not begin as one."""
    kind, place = _number(header, 0, _FIRST_FIELD)
    length, _ = _number(header, place, _NEXT_FIELD)
    return max(0, length) if kind >= 0 else 0


def _number(header: bytes, place: int, field: int) -> tuple[int, int]:
    """Return a number of a header in zigzag form, and where the next field begins; -1 if there is none."""
    if place < 0 or place >= len(header) or header[place] != field:
        return -1, -1
    value = shift = 0
    for position in range(place + 1, min(place + 6, len(header))):
        value |= (header[position] & 0x7F) << shift
        shift += 7
        if header[position] < 0x80:  # noqa: PLR2004 - the highest bit says that more follows
            return (value >> 1) ^ -(value & 1), position + 1
    return -1, -1
