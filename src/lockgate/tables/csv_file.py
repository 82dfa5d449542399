"""CSV files as a source: every column is text, an empty unquoted cell is null, a quoted empty one is empty text.

Nothing is guessed from cells: what looks like a number stays the text that the file holds, leading zeros and all.
1. *Open*: find the encoding over the whole file, the dialect from its beginning, check the quotes over the whole file.
2. *Read*: the Arrow reader in blocks, one thread, so that memory is bounded and the number of a wrong row is known.

Empty lines are skipped, except in a file of one column, where an empty line is a null.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Literal, cast

import pyarrow as pa
from pyarrow import csv

from lockgate.tables.csv_dialect import Dialect, read_dialect
from lockgate.tables.csv_quotes import QuoteCheck
from lockgate.tables.csv_text import BLOCK_BYTES, Encoding, Utf8File, find_encoding, utf8_blocks
from lockgate.tables.file_state import FileState, require_unchanged, state_of
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.terms.errors import InputError


@dataclass(frozen=True, slots=True)
class CsvPart:
    """One file of the source.

    Attributes:
        state: The file as it was when opened.
        encoding: How its bytes are read.
        dialect: How its records are cut.
    """

    state: FileState
    encoding: Encoding
    dialect: Dialect


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

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Return the rows in order, at most 65,536 a batch.

        Raises:
            InputError: If a row is not as wide as the header, or a file has changed since it was opened.
        """
        for part in self.parts:
            yield from _read(part, self.schema)
            require_unchanged([part.state])


def open_csv(name: str, paths: tuple[Path, ...], notes: tuple[str, ...] = ()) -> CsvSource:
    """Return the source that reads these files.

    Args:
        name: Display name.
        paths: At least one file, in the order in which they are read.
        notes: What has been assumed so far.

    Raises:
        InputError: If a file is missing, empty, no text, badly quoted, or its header differs from the first one's.
    """
    parts = tuple(_open_part(path) for path in paths)
    names = parts[0].dialect.names
    for part in parts:
        if part.dialect.names != names:
            raise InputError(
                f"the header of `{part.state.path.name}` differs from that of `{parts[0].state.path.name}`",
                "Give files that are read together the same columns in the same order.",
            )
    assumed = [part.encoding.note for part in parts if part.encoding.note]
    empty = [f"`{part.state.path.name}` holds a header and no rows" for part in parts if not part.dialect.has_rows]
    schema = pa.schema([pa.field(name, pa.string()) for name in names])
    return CsvSource(name, schema, parts, (*notes, *assumed, *empty))


def _open_part(path: Path) -> CsvPart:
    state = state_of(path)
    encoding = find_encoding(path)
    sample = b"".join(islice(utf8_blocks(path, encoding), 2))
    dialect = read_dialect(sample.decode(), path.name)
    check = QuoteCheck(dialect.delimiter, path.name)
    for block in utf8_blocks(path, encoding):
        check.feed(block)
    check.finish()
    require_unchanged([state])
    return CsvPart(state, encoding, dialect)


def _read(part: CsvPart, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    wrong: list[tuple[int, int]] = []

    def note_wrong(row: csv.InvalidRow) -> Literal["skip", "error"]:
        wrong.append((row.number or 0, row.actual_columns))
        return "error"

    file = Utf8File(utf8_blocks(part.state.path, part.encoding))
    try:
        reader = csv.open_csv(
            cast("IO[bytes]", file),
            read_options=csv.ReadOptions(
                use_threads=False, block_size=BLOCK_BYTES, column_names=list(schema.names), skip_rows_after_names=1
            ),
            parse_options=csv.ParseOptions(
                delimiter=part.dialect.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=len(schema.names) > 1,
                invalid_row_handler=note_wrong,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(schema.names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        for batch in reader:
            for start in range(0, batch.num_rows, FRAGMENT_ROWS):
                yield batch.slice(start, FRAGMENT_ROWS)
    except pa.ArrowInvalid as error:
        # the reader's message quotes the row, so it goes no further than the test for its kind
        raise _unreadable(part, wrong, is_long="straddl" in str(error)) from None
    finally:
        file.close()


def _unreadable(part: CsvPart, wrong: list[tuple[int, int]], *, is_long: bool) -> InputError:
    where = part.state.path.name
    if wrong:
        number, found = wrong[0]
        return InputError(
            f"expected {len(part.dialect.names)} columns in row {number - 1} of `{where}` (the header not counted), "
            f"found {found}",
            "Add the missing delimiter, or quote the cell that holds one too many.",
        )
    if is_long:
        return InputError(
            f"a row of `{where}` is longer than {BLOCK_BYTES >> 20} MiB", "Split the row, or close its quotes."
        )
    return InputError(f"`{where}` cannot be read as CSV", "Save the file as UTF-8 with a header and quoted cells.")
