"""CSV files as a source: every column is text, an empty unquoted cell is null, a quoted empty one is empty text.

Nothing is guessed from cells: what looks like a number stays the text that the file holds, leading zeros and all.
1. *Open*: find the encoding over the whole file, the dialect from its beginning, check the quotes over the whole file
   and note where records can be cut.
2. *Read*: blocks of whole records, each parsed alone by one thread, so that memory is bounded, nothing is read ahead
   in the background, and the number of a wrong row is known.

Empty lines are skipped, except in a file of one column, where an empty line is a null.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import IO, Literal, cast

import pyarrow as pa
from pyarrow import csv

from lockgate.tables.csv_dialect import Dialect, read_dialect
from lockgate.tables.csv_oddities import Oddities
from lockgate.tables.csv_quotes import record_blocks
from lockgate.tables.csv_text import Encoding, find_encoding, sized_blocks, utf8_blocks
from lockgate.tables.file_state import FileState, held, state_of
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.small_batches import join_small
from lockgate.terms.errors import InputError

_SAMPLE_BLOCKS = 1
"""Blocks from whose text the dialect is found; the header must lie in them."""

_FILES_KEPT = 1 << 16
"""Files of which is kept how they are read; who lists the files of a folder opens them too."""


@dataclass(frozen=True, slots=True)
class CsvPart:
    """One file of the source.

    Attributes:
        state: The file as it was when opened.
        encoding: How its bytes are read.
        dialect: How its records are cut.
        sizes: Bytes of UTF-8 of each block of whole records.
        notes: What is odd in its bytes and read all the same, for people.
    """

    state: FileState
    encoding: Encoding
    dialect: Dialect
    sizes: tuple[int, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CsvSource:
    """One or more CSV files with the same header, read one after the other.

    Attributes:
        name: For people.
        schema: One text column for each name of the header.
        parts: The files in order.
        notes: What was assumed, for people.
        format: Always `csv`.
    """

    name: str
    schema: pa.Schema
    parts: tuple[CsvPart, ...]
    notes: tuple[str, ...] = ()
    format: str = "csv"

    @property
    def states(self) -> tuple[FileState, ...]:
        """Return the files as they were when opened, in order."""
        return tuple(part.state for part in self.parts)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows in order, at most 65,536 a batch.

        Raises:
            InputError: If a row is not as wide as the header, or a file has changed since it was opened.
        """
        return join_small(self._batches(self.schema if columns is None else pa.schema(map(self.schema.field, columns))))

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for part in self.parts:
            with held(part.state):
                yield from _read(part, schema)


def open_csv(name: str, paths: tuple[Path, ...], notes: tuple[str, ...] = (), delimiter: str = "") -> CsvSource:
    """Return the source that reads these files.

    Args:
        name: Display name.
        paths: At least one file, in the order in which they are read.
        notes: What has been assumed so far.
        delimiter: What separates the cells; empty if it is to be found.

    Raises:
        InputError: If a file is missing, empty, no text, badly quoted, or its header differs from the first one's.
    """
    parts = tuple(_opened(state_of(path), delimiter) for path in paths)
    names = parts[0].dialect.names
    for part in parts:
        if part.dialect.names != names:
            raise InputError(
                f"the header of `{part.state.path.name}` differs from that of `{parts[0].state.path.name}`",
                "Give files that are read together the same columns in the same order.",
            )
    assumed = [note for part in parts for note in (part.encoding.note, part.dialect.note) if note]
    odd = [note for part in parts for note in part.notes]
    empty = [f"`{part.state.path.name}` holds a header and no rows" for part in parts if not part.dialect.has_rows]
    schema = pa.schema([pa.field(name, pa.string()) for name in names])
    return CsvSource(name, schema, parts, (*notes, *assumed, *odd, *empty))


@lru_cache(maxsize=_FILES_KEPT)
def _opened(state: FileState, delimiter: str) -> CsvPart:
    with held(state):
        return _open_part(state, delimiter)


def _open_part(state: FileState, delimiter: str) -> CsvPart:
    path = state.path
    encoding = find_encoding(path)
    sample = b"".join(islice(utf8_blocks(path, encoding), _SAMPLE_BLOCKS))
    dialect = read_dialect(sample.decode(errors="ignore"), path.name, delimiter)  # the sample may end within a letter
    oddities = Oddities()
    sizes = []
    for block in record_blocks(utf8_blocks(path, encoding), dialect.delimiter, path.name):  # checks the quotes as well
        oddities.look_at(block)
        sizes.append(len(block))
    return CsvPart(state, encoding, dialect, tuple(sizes), oddities.notes(path.name))


def _read(part: CsvPart, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    first = 0
    for number, block in enumerate(sized_blocks(part.state.path, part.encoding, part.sizes)):
        # empty lines alone are no rows, save in a table of one column
        if len(part.dialect.names) == 1 or block.strip(b"\r\n"):
            table = _parsed(part, schema, block, _Place(first, has_header=number == 0))
            first += table.num_rows
            yield from table.to_batches(FRAGMENT_ROWS)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block stands: the row before it, and whether the header is in it."""

    first: int
    has_header: bool


def _parsed(part: CsvPart, schema: pa.Schema, block: bytes, place: _Place) -> pa.Table:
    wrong: list[InputError] = []

    def note_wrong(row: csv.InvalidRow) -> Literal["skip", "error"]:
        number = place.first + (row.number or 0) - place.has_header
        wrong.append(_ragged(part, number, row.actual_columns))
        return "error"

    try:
        return csv.read_csv(
            cast("IO[bytes]", pa.BufferReader(block)),
            read_options=csv.ReadOptions(
                use_threads=False,
                block_size=len(block) + 1,
                column_names=list(part.dialect.names),
                skip_rows_after_names=int(place.has_header),
            ),
            parse_options=csv.ParseOptions(
                delimiter=part.dialect.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=len(part.dialect.names) > 1,
                invalid_row_handler=note_wrong,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(schema.names, pa.string()),
                include_columns=list(schema.names),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        # the reader's own message quotes the row, so it goes no further
        raise wrong[0] if wrong else _unreadable(part) from None


def _ragged(part: CsvPart, number: int, found: int) -> InputError:
    return InputError(
        f"expected {len(part.dialect.names)} columns in row {number} of `{part.state.path.name}` "
        f"(the header not counted), found {found}",
        "Add the missing delimiter, or quote the cell that holds one too many.",
    )


def _unreadable(part: CsvPart) -> InputError:
    return InputError(
        f"`{part.state.path.name}` cannot be read as CSV", "Save the file as UTF-8 with a header and quoted cells."
    )
