"""Rows that cannot be read twice alike, read once into a Parquet file of our own: tables of databases, sheets, lakes.

A release passes over its source several times, and each pass has to see the same rows. A table of a running database
changes meanwhile, and no engine promises an order. So it is read once, in one transaction, and every pass reads the
copy. The copy lies in a folder that only this user may enter, below the system's folder for temporary files unless
another is named, and goes when nobody holds it any more, at the latest with the process. While somebody holds it, the
same table is that copy. Copies of files can be kept for a later process, which uses one while path, size and time of
change of the files are the same; of a server's table nothing proves that it is the same, so that no copy is kept.
"""

import json
import shutil
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.cell_limits import require_short_cells
from lockgate.tables.copy_folders import CopyFolders
from lockgate.tables.file_state import FileState, require_unchanged, unwritable
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.parquet_file import ParquetSource, open_parquet
from lockgate.tables.parquet_pieces import join_parquet
from lockgate.tables.scratch import scratch_folder
from lockgate.terms.errors import InputError

_GROUP_BYTES = 32 << 20
"""A row group is closed once it is this long, whatever its number of rows."""

_FIRST_CELLS, _FEW_VALUES = 4_096, 512
"""A column repeats itself where its first cells hold no more distinct values than this."""
_ROWS, _NOTES = "rows.parquet", "notes.json"
_DIGITS = 32

Key = tuple[object, ...]


class Unfit(Exception):  # noqa: N818 - no failure: the column is read again as text
    """A value does not fit the type that the database gives its column.

    Args:
        column: Name of the column.
    """

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


@dataclass(frozen=True, slots=True)
class Origin:
    """What a snapshot is taken of.

    Attributes:
        name: For people; never credentials.
        format: One word for the kind of file or database.
        schema: Plain types, as the database has them.
        batches: Reads the rows in the types of a schema; raises `Unfit` for a value that does not fit.
        notes: What was assumed, for people.
        states: Of a file, as it was when opened.
        is_told: Whether its reader tells of the rows itself.
        pieces: Reads the rows too, into Parquet files in a folder, in their order; None where they come in one stream.
    """

    name: str
    format: str
    schema: pa.Schema
    batches: Callable[[pa.Schema], Iterator[pa.RecordBatch]]
    notes: tuple[str, ...] = ()
    states: tuple[FileState, ...] = ()
    is_told: bool = False
    pieces: Callable[[pa.Schema, Path], Generator[Path]] | None = None


class PrivateFile:
    """A file in a folder of its own, which goes with this object.

    Args:
        path: Where it lies, if it is another's; None for a new folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(mkdtemp(dir=CopyFolders.own or scratch_folder())) / _ROWS
        place = None if path else self.path.parent
        self.remove = weakref.finalize(self, _removed, place)
        """Call it to have the file go at once."""

    def __reduce__(self) -> tuple[type, tuple[Path]]:
        """Return how another process gets it: to read, not to own."""
        return PrivateFile, (self.path,)


def _removed(folder: Path | None) -> None:
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class SnapshotSource:
    """The rows of a table as they were at one moment.

    Attributes:
        name: For people; never credentials.
        format: One word for the kind of file or database.
        rows: The copy.
        file: Keeps the copy.
        notes: What was assumed, for people.
        states: Of a file, as it was when opened.
    """

    name: str
    format: str
    rows: ParquetSource
    file: PrivateFile
    notes: tuple[str, ...] = ()
    states: tuple[FileState, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """Return the columns, plain types."""
        return self.rows.schema

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows in order, at most 65,536 a batch.

        Raises:
            InputError: If the file of which the copy was made has changed since.
        """
        yield from self.rows.batches(columns)
        require_unchanged(self.states)


_HELD: "weakref.WeakValueDictionary[Key, SnapshotSource]" = weakref.WeakValueDictionary()


def held_snapshot(key: Key) -> SnapshotSource | None:
    """Return the snapshot of a table that somebody holds; None if nobody does.

    Args:
        key: Address, table, query; of a file its state too.
    """
    found = _HELD.get(key)
    return found if found is not None and found.file.path.exists() else None


def take_snapshot(key: Key, origin: Origin) -> SnapshotSource:
    """Return a new snapshot.

    Args:
        key: What it is found by, as long as it is held.
        origin: Read once, and once more for every column that does not fit its type.

    Raises:
        InputError: If the rows cannot be read.
        LockgateError: If the disk is full.
    """
    kept = _kept(key, origin)
    found = _again(kept, origin) if kept else None
    if found is None:
        found = _new(origin)
        if kept:
            found = _keep(found, kept, origin)
    _HELD[key] = found
    return found


def _kept(key: Key, origin: Origin) -> Path | None:
    """Return the folder of a copy that is kept; None where nothing proves that it is of the same rows."""
    if CopyFolders.kept is None or not origin.states:
        return None
    schema = [(field.name, str(field.type)) for field in origin.schema]
    return CopyFolders.kept / sha256(repr((key, origin.states, schema)).encode()).hexdigest()[:_DIGITS]


def _again(kept: Path, origin: Origin) -> SnapshotSource | None:
    """Return the copy that an earlier process has kept; None if there is none, or it is damaged."""
    try:
        notes = tuple(json.loads((kept / _NOTES).read_text(encoding="utf-8")))
        rows = open_parquet(origin.name, (kept / _ROWS,))
    except (OSError, ValueError, InputError):
        return None
    return SnapshotSource(
        origin.name, origin.format, replace(rows, notes=()), PrivateFile(kept / _ROWS), notes, origin.states
    )


def _keep(found: SnapshotSource, kept: Path, origin: Origin) -> SnapshotSource:
    """Return a new copy as it is kept: the notes come last, and without them it is none."""
    shutil.rmtree(kept, ignore_errors=True)
    try:
        kept.mkdir(mode=0o700, parents=True)
        shutil.move(found.file.path, kept / _ROWS)
        made = kept / f".{_NOTES}"
        made.write_text(json.dumps(found.notes), encoding="utf-8")
        made.rename(kept / _NOTES)
    except OSError as error:
        raise unwritable(kept / _ROWS, error) from error
    finally:
        found.file.remove()
    return _again(kept, origin) or _new(origin)


def _new(origin: Origin) -> SnapshotSource:
    file = PrivateFile()
    try:
        notes = _taken(file.path, origin)
        rows = open_parquet(origin.name, (file.path,))
        require_unchanged(origin.states)
    except BaseException:
        file.remove()
        raise
    return SnapshotSource(origin.name, origin.format, replace(rows, notes=()), file, notes, origin.states)


def _taken(path: Path, origin: Origin) -> tuple[str, ...]:
    """Return what is said of the rows, once they are written in types that all values fit."""
    schema, said = origin.schema, dict[int, str]()
    while True:
        try:
            _write(path, origin, schema)
        except Unfit as unfit:
            place = schema.get_field_index(unfit.column)
            was = schema.field(place).type
            schema = schema.set(place, pa.field(unfit.column, pa.string()))
            said[place] = f"column `{unfit.column}` of `{origin.name}` has values that are no {was}, read as text"
        except OSError as error:
            raise unwritable(path, error) from error
        else:
            # which of several columns is found first depends on who reads
            return (*origin.notes, *(said[place] for place in sorted(said)))


def _write(path: Path, origin: Origin, schema: pa.Schema) -> None:
    if origin.pieces is None:
        batches = origin.batches(schema)
        write_rows(path, batches if origin.is_told else _told(batches), schema)
        return
    with (
        TemporaryDirectory(dir=path.parent) as folder,
        closing(origin.pieces(schema, Path(folder))) as pieces,
        path.open("wb") as file,
    ):
        join_parquet(file, pieces)


def write_rows(path: Path, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> int:
    """Return the rows that were written into a file of a copy.

    Args:
        path: A file that is there is written anew.
        batches: The rows, of the types of the schema.
        schema: Plain types.

    Raises:
        InputError: If a cell is too long.
    """
    groups = _gathered(batches)
    first = next(groups, [])
    # a dictionary of values that hardly repeat themselves costs more than it saves, when written and when read
    repeats = [field.name for place, field in enumerate(schema) if first and _repeats(first[0].column(place))]
    how: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "use_dictionary": repeats or False}
    count = 0
    with parquet.ParquetWriter(path, schema, **how) as writer:
        for rows in chain([first], groups):
            table = pa.Table.from_batches(rows, schema=schema)
            writer.write_table(table, row_group_size=FRAGMENT_ROWS)
            count += table.num_rows
    return count


def _told(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield batch
        if BytesRead.tell_rows is not None:
            BytesRead.tell_rows(batch.num_rows)


def _repeats(column: "pa.Array[Any]") -> bool:
    return int(pc.count_distinct(column.slice(0, _FIRST_CELLS)).as_py()) <= _FEW_VALUES


def _gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Return the batches in groups that are long enough for a row group."""
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        require_short_cells(batch, "the table")
        held.append(batch)
        rows += batch.num_rows
        size += batch.nbytes
        if rows >= FRAGMENT_ROWS or size >= _GROUP_BYTES:
            yield held
            held, rows, size = [], 0, 0
    if held:
        yield held
