"""Parquet files as a source: types are kept, layouts made plain, nested columns read by path."""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import pyarrow as pa
from pyarrow import parquet

from lockgate.tables.cell_limits import require_short_cells, too_little_memory
from lockgate.tables.file_layout import FileLayout, rows_within, wanted_groups
from lockgate.tables.file_state import FileState, held, named, open_bytes, state_of, unreadable
from lockgate.tables.nesting import Nesting, find_nesting, list_notes
from lockgate.tables.parquet_limits import Leaf, LongTexts, average_rows, decoded_rows, leaves_of, long_texts
from lockgate.tables.plain_types import plain_batch, plain_schema
from lockgate.tables.small_batches import join_small
from lockgate.tables.thrift_compact import BrokenFooterError
from lockgate.terms.errors import InputError

ENCODED = pa.dictionary(pa.int32(), pa.string())
"""Type of a column of text that comes encoded."""

_LONG_CODES = 4
"""Bytes a row, texts and all, from which on a column is not read as codes."""

_FILES_KEPT = 1 << 16
"""Files of which is kept what their footers say, about a kilobyte each; every pass asks for it again."""

_ALIKE_KEPT = 64
_LARGE_BYTES = 1 << 20

Alike = TypeVar("Alike")

_ENCRYPTED = b"PARE"
"""The last bytes of a file with an encrypted footer (Apache Parquet modular encryption, section 5.4)."""

_BUFFER_BYTES = 1 << 20
"""Column chunks are streamed through a buffer of this size; without one a whole chunk lies in memory."""


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """One or more Parquet files with the same plain schema, read one after the other.

    Attributes:
        name: For people.
        schema: Plain types.
        states: The files as they were when opened, in order.
        notes: What was assumed, for people.
        format: Always `parquet`.
        nesting: How the columns come out of nested ones; None where none is nested.
    """

    name: str
    schema: pa.Schema
    states: tuple[FileState, ...]
    notes: tuple[str, ...] = ()
    format: str = "parquet"
    nesting: Nesting | None = None

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows in order, at most 65,536 a batch; of columns that are not wanted nothing is read.

        Raises:
            InputError: If a file is damaged, or has changed since it was opened.
        """
        return join_small(self._batches(columns, encoded=()))

    def encoded_batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the same rows; text that every file holds as a few codes a row comes as dictionary arrays.

        Raises:
            InputError: If a file is damaged, or has changed since it was opened.
        """
        return join_small(self._batches(columns, encoded=self._encoded(columns, self.layouts())))

    def layouts(self) -> tuple[FileLayout, ...]:
        """Return how the rows of each file lie; of a list within they are not the rows that come out.

        Raises:
            InputError: If a file is damaged.
        """
        return tuple(_footer_of(state).layout for state in self.states)

    def range_batches(
        self, first: int, rows: int, columns: Sequence[str] | None, layouts: Sequence[FileLayout]
    ) -> Iterator[pa.RecordBatch]:
        """Return some of the rows, encoded as by `encoded_batches`, without reading row groups that hold none of them.

        Args:
            first: Number of the first row.
            rows: How many; fewer at the end of the source.
            columns: Those wanted, as for `batches`.
            layouts: Of the files; others are not opened than those that hold rows wanted.

        Raises:
            InputError: If a file is damaged, or has changed since it was opened.
        """
        names = list(self.schema.names if columns is None else columns)
        codes = self._encoded(columns, layouts)
        for file, begin, groups in wanted_groups(layouts, first, rows):
            yield from rows_within(self._read(self.states[file], names, codes, groups), begin, first, rows)

    def _encoded(self, columns: Sequence[str] | None, layouts: Iterable[FileLayout]) -> frozenset[str]:
        """Return the columns of text that every file holds as a few codes a row."""
        if self.nesting:
            return frozenset()
        wanted = self.schema.names if columns is None else columns
        texts = frozenset(name for name in wanted if pa.types.is_string(self.schema.field(name).type))
        return texts.intersection(*(layout.coded for layout in layouts))

    def _batches(self, columns: Sequence[str] | None, *, encoded: Collection[str]) -> Iterator[pa.RecordBatch]:
        for state in self.states:
            yield from self._read(state, list(self.schema.names if columns is None else columns), encoded)

    @property
    def lists(self) -> tuple[str, ...]:
        """Return the tables within, one for each list; empty where one of them is read."""
        return self.nesting.lists if self.nesting and not self.nesting.table else ()

    def _read(
        self, state: FileState, columns: list[str], encoded: Collection[str], groups: list[int] | None = None
    ) -> Iterator[pa.RecordBatch]:
        fields = [self.schema.field(name) for name in columns]
        schema = pa.schema([pa.field(item.name, ENCODED) if item.name in encoded else item for item in fields])
        needed = self.nesting.needed(columns) if self.nesting else columns
        name = state.path.name
        with held(state), _damage_told(state.path):
            footer = _footer_of(state)
            rows = min(footer.layout.rows_at_once, decoded_rows(footer.long_texts, {*needed} - {*encoded}))
            with _opened(state.path, encoded) as file:
                # to decode columns beside each other costs more than a small file
                is_large = state.size >= _LARGE_BYTES
                for batch in file.iter_batches(rows, columns=needed, row_groups=groups, use_threads=is_large):
                    flat = self.nesting.unnest(batch, columns) if self.nesting else [batch.select(columns)]
                    for part in flat:
                        plain = plain_batch(part, schema, name)
                        require_short_cells(plain, name)
                        yield plain


def open_parquet(name: str, paths: tuple[Path, ...], notes: tuple[str, ...] = (), table: str = "") -> ParquetSource:
    """Return the source that reads these files.

    Args:
        name: Display name.
        paths: At least one file, in the order in which they are read.
        notes: What has been assumed so far.
        table: Path of the list whose elements are the rows; empty for the records.

    Raises:
        InputError: If a file is missing, no Parquet, has no such list, or its schema differs from the first one's.
    """
    states = tuple(state_of(path) for path in paths)
    first = _footer_of(states[0]).schema
    schema, nesting = _plain(first, table, paths[0])
    for path, stored in zip(paths, (_footer_of(state).schema for state in states), strict=True):
        if stored is not first and not _plain(stored, table, path)[0].equals(schema):
            raise InputError(
                f"the columns of `{_told(path, paths)}` differ from those of `{_told(paths[0], paths)}`",
                "Give files that are read together the same columns, types and order.",
            )
    left_out = list_notes(nesting.lists, table, name) if nesting else ()
    return ParquetSource(name, schema, states, (*notes, *left_out), nesting=nesting)


def _plain(stored: pa.Schema, table: str, path: Path) -> tuple[pa.Schema, Nesting | None]:
    """Return the plain schema of a file, and how its columns come out of nested ones."""
    with _damage_told(path):  # a name may be no text
        nesting = find_nesting(stored, table, path.name)
        return plain_schema(nesting.schema() if nesting else stored, path.name), nesting


def _told(path: Path, paths: tuple[Path, ...]) -> str:
    """Return the name of a file, below the folders that it does not share with the others."""
    return path.relative_to(os.path.commonpath([one.parent for one in paths])).as_posix()


class _Footer(NamedTuple):
    """What the footer of a file says, as far as it is asked for again and again.

    Attributes:
        schema: As the file has it, without metadata; the same object for files that agree.
        layout: How its rows lie.
        long_texts: Path of each leaf whose texts may be long, and how long.
    """

    schema: pa.Schema
    layout: FileLayout
    long_texts: LongTexts


@lru_cache(maxsize=_FILES_KEPT)
def _footer_of(state: FileState) -> _Footer:
    """Return what the footer of a file says.

    Once for a file: in pyarrow its schema and its footer hold each other, so that both stay until cycles are looked
    for, and a footer of many row groups is large.
    """
    with held(state), _damage_told(state.path), _opened(state.path) as file:
        metadata = file.metadata
        leaves = leaves_of(state, file.schema)
        groups = tuple(metadata.row_group(place).num_rows for place in range(metadata.num_row_groups))
        layout = FileLayout(groups, average_rows(metadata), _same(frozenset(_short_codes(file, leaves))))
        return _Footer(_same(file.schema_arrow.remove_metadata()), layout, long_texts(leaves))


@lru_cache(maxsize=_ALIKE_KEPT)
def _same(value: Alike) -> Alike:
    """Return one object for all that are equal: of thousands of files, most say the same."""
    return value


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Tell what the library says of a file in our words."""
    try:
        yield
    except pa.ArrowMemoryError:
        raise too_little_memory(path.name) from None
    except (pa.ArrowException, OSError, UnicodeDecodeError, BrokenFooterError):
        raise _damaged(path) from None


def _short_codes(file: parquet.ParquetFile, leaves: tuple[Leaf, ...]) -> set[str]:
    """Return the columns of text that a file holds encoded, in a few bytes a row: hardly any row has its own text."""
    rows = max(file.metadata.num_rows, 1)
    short = {leaf.path for leaf in leaves if leaf.is_coded and leaf.unpacked < _LONG_CODES * rows}
    return {name for name in file.schema_arrow.names if name in short and _is_plain_text(file.schema_arrow, name)}


def _is_plain_text(schema: pa.Schema, name: str) -> bool:
    type_ = schema.field(name).type
    return bool(pa.types.is_string(type_) or type_ == ENCODED)


def _opened(path: Path, encoded: Collection[str] = ()) -> parquet.ParquetFile:
    try:
        file = parquet.ParquetFile(
            path, buffer_size=_BUFFER_BYTES, pre_buffer=False, read_dictionary=list(encoded) or None
        )
    except (pa.ArrowException, UnicodeDecodeError):
        raise _damaged(path) from None
    except OSError as error:
        raise (unreadable(path, error) if error.errno else _damaged(path)) from None
    return file


def _damaged(path: Path) -> InputError:
    if not state_of(path).size:
        return InputError(f"`{named(path)}` is empty", "Write the file anew.")
    with open_bytes(path) as file:
        file.seek(-min(len(_ENCRYPTED), state_of(path).size), os.SEEK_END)
        if file.read() == _ENCRYPTED:
            return InputError(f"`{named(path)}` is an encrypted Parquet file", "Write the file anew, unencrypted.")
    return InputError(f"`{named(path)}` is no readable Parquet file", "Write the file anew, unencrypted.")
