"""Arrow IPC as a source: files (`.arrow`, `.feather` of version 2) and streams; which of the two, the first bytes say.

Of a batch only the columns wanted are read. What a batch says of itself is checked before it is used: lengths of packed
buffers against a limit, offsets against the data. A file with very long batches is mapped into memory: the system ends
the process if somebody cuts it off meanwhile, so others are not.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ipc

from lockgate.tables.arrow_limits import Messages, read_messages
from lockgate.tables.cell_limits import require_short_cells, too_little_memory
from lockgate.tables.file_layout import FileLayout, rows_within, wanted_groups
from lockgate.tables.file_state import FileState, held, open_bytes, state_of
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.nesting import Nesting, find_nesting, list_notes
from lockgate.tables.plain_types import plain_batch, plain_schema
from lockgate.tables.small_batches import join_small
from lockgate.terms.errors import InputError

_FILE_MARK = b"ARROW1"
"""First bytes of the file format. Source: Arrow columnar format, IPC file format."""

_FILE_START = 8
"""Bytes before the stream of messages in a file: the mark, padded."""

_BATCH_BYTES = 256 << 20
"""Bytes of a batch of as many rows of average length as are read at once; one that lies there longer is mapped."""

_FILES_KEPT = 4_096

_FEATHER_MARK = b"FEA1"
"""First bytes of Feather version 1, which is another format."""


@dataclass(frozen=True, slots=True)
class ArrowSource:
    """One or more files of Arrow IPC with the same plain schema, read one after the other.

    Attributes:
        name: For people.
        schema: Plain types.
        states: The files as they were when opened, in order.
        notes: What was assumed, for people.
        format: Always `arrow`.
        nesting: How the columns come out of nested ones; None where none is nested.
    """

    name: str
    schema: pa.Schema
    states: tuple[FileState, ...]
    notes: tuple[str, ...] = ()
    format: str = "arrow"
    nesting: Nesting | None = None

    @property
    def lists(self) -> tuple[str, ...]:
        """Return the tables within, one for each list; empty where one of them is read."""
        return self.nesting.lists if self.nesting and not self.nesting.table else ()

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows in order, at most 65,536 a batch.

        Raises:
            InputError: If a file is damaged, or has changed since it was opened.
        """
        return join_small(batch for state in self.states for batch in self._read(state, columns))

    def layouts(self) -> tuple[FileLayout, ...]:
        """Return how the rows of each file lie; of a stream, whose batches cannot be found alone, none is read at once.

        Raises:
            InputError: If a file is damaged.
        """
        return tuple(map(_layout_of, self.states))

    def range_batches(
        self, first: int, rows: int, columns: Sequence[str] | None, layouts: Sequence[FileLayout]
    ) -> Iterator[pa.RecordBatch]:
        """Return some of the rows, without reading batches that hold none of them.

        Args:
            first: Number of the first row.
            rows: How many; fewer at the end of the source.
            columns: Those wanted, as for `batches`.
            layouts: Of the files.

        Raises:
            InputError: If a file is damaged, or has changed since it was opened.
        """
        for file, begin, groups in wanted_groups(layouts, first, rows):
            read = self._read(self.states[file], columns, groups, layouts[file])
            yield from rows_within(read, begin, first, rows)

    def _read(
        self,
        state: FileState,
        columns: Sequence[str] | None,
        groups: Sequence[int] | None = None,
        layout: FileLayout | None = None,
    ) -> Iterator[pa.RecordBatch]:
        names = list(self.schema.names if columns is None else columns)
        schema = pa.schema([self.schema.field(name) for name in names])
        with held(state):
            for batch in self._flat_batches(state, names, groups, layout):
                plain = plain_batch(batch, schema, state.path.name)
                require_short_cells(plain, state.path.name)
                yield plain

    def _flat_batches(
        self, state: FileState, names: list[str], groups: Sequence[int] | None, layout: FileLayout | None
    ) -> Iterator[pa.RecordBatch]:
        needed = self.nesting.needed(names) if self.nesting else names
        with _damage_told(state.path), _opened(state) as file:
            for number, whole in _stored_batches(file, groups, needed):
                if layout is not None and whole.num_rows != layout.groups[number]:
                    raise pa.ArrowInvalid("a batch has other rows than its message says")
                batch = whole.select(needed)
                batch.validate(full=True)
                for start in range(0, batch.num_rows, FRAGMENT_ROWS):
                    part = batch.slice(start, FRAGMENT_ROWS)
                    yield from self.nesting.unnest(part, names) if self.nesting else [part]


def open_arrow(name: str, paths: tuple[Path, ...], notes: tuple[str, ...] = (), table: str = "") -> ArrowSource:
    """Return the source that reads these files.

    Args:
        name: Display name.
        paths: At least one file, in the order in which they are read.
        notes: What has been assumed so far.
        table: Path of the list whose elements are the rows; empty for the records.

    Raises:
        InputError: If a file is missing, no Arrow IPC, has no such list, or its schema differs from the first one's.
    """
    states = tuple(state_of(path) for path in paths)
    found = [_schema_of(state) for state in states]
    nestings = [_nesting_of(schema, table, path) for schema, path in zip(found, paths, strict=True)]
    schemas = [
        plain_schema(nesting.schema() if nesting else schema, path.name)
        for nesting, schema, path in zip(nestings, found, paths, strict=True)
    ]
    for path, schema in zip(paths, schemas, strict=True):
        if not schema.equals(schemas[0]):
            raise InputError(
                f"the columns of `{path.name}` differ from those of `{paths[0].name}`",
                "Give files that are read together the same columns, types and order.",
            )
    left_out = list_notes(nestings[0].lists, table, name) if nestings[0] else ()
    return ArrowSource(name, schemas[0], states, (*notes, *left_out), nesting=nestings[0])


def _schema_of(state: FileState) -> pa.Schema:
    path = state.path
    with open_bytes(path) as file:
        beginning = file.read(len(_FILE_MARK))
    if not beginning:
        raise InputError(f"`{path.name}` is empty", "Name a file with a schema and rows.")
    if beginning.startswith(_FEATHER_MARK):
        raise InputError(f"`{path.name}` is Feather of version 1", "Write it anew as version 2, or as Parquet.")
    with held(state), _damage_told(path), _opened(state) as file:
        schema: pa.Schema = _reader(file).schema
        return schema


def _nesting_of(schema: pa.Schema, table: str, path: Path) -> Nesting | None:
    with _damage_told(path):  # a name may be no text
        return find_nesting(schema, table, path.name)


@contextmanager
def _opened(state: FileState) -> Iterator[pa.NativeFile]:
    is_long = _messages_of(state).longest > _BATCH_BYTES
    with pa.memory_map(str(state.path)) if is_long else pa.OSFile(str(state.path), "rb") as file:
        yield file


@lru_cache(maxsize=_FILES_KEPT)
def _messages_of(state: FileState) -> Messages:
    with held(state), _damage_told(state.path), pa.memory_map(str(state.path)) as mapped:
        return read_messages(mapped, _FILE_START if _is_file(mapped) else 0, state.path.name)


def _is_file(file: pa.NativeFile) -> bool:
    """Return whether it is a file and no stream; it is read from its beginning again."""
    file.seek(0)
    is_file = file.read(len(_FILE_MARK)) == _FILE_MARK
    file.seek(0)
    return is_file


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Tell what Arrow says of a file in our words: its own may quote cells."""
    try:
        yield
    except pa.ArrowMemoryError:
        raise too_little_memory(path.name) from None
    except (pa.ArrowException, OSError, OverflowError, UnicodeDecodeError):
        raise InputError(
            f"`{path.name}` is no readable Arrow IPC file or stream", "Write the file anew, as Arrow IPC or Parquet."
        ) from None


def _reader(file: pa.NativeFile, options: ipc.IpcReadOptions | None = None) -> Any:
    return ipc.open_file(file, options=options) if _is_file(file) else ipc.open_stream(file, options=options)


def _stored_batches(
    file: pa.NativeFile, groups: Sequence[int] | None, columns: list[str]
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Return some columns of batches with their numbers: all, or those of a file that are wanted."""
    wanted = sorted(map(_reader(file).schema.get_field_index, columns))
    reader = _reader(file, ipc.IpcReadOptions(included_fields=wanted))
    if isinstance(reader, ipc.RecordBatchFileReader):
        for number in range(reader.num_record_batches) if groups is None else groups:
            yield number, reader.get_batch(number)
    else:
        yield from enumerate(reader)


@lru_cache(maxsize=_FILES_KEPT)
def _layout_of(state: FileState) -> FileLayout:
    messages = _messages_of(state)
    with held(state), _damage_told(state.path), _opened(state) as file:
        # by its end a file has the batches that are read; one that says otherwise there is read from its beginning
        is_cut = _is_file(file) and _reader(file).num_record_batches == len(messages.rows)
    rows = max(1, sum(messages.rows))
    at_once = max(1, min(FRAGMENT_ROWS, _BATCH_BYTES // max(1, messages.bytes // rows)))
    return FileLayout(messages.rows, at_once if is_cut else 0)
