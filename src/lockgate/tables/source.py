"""Data in: one protocol for every kind of source, and the door that opens a reference.

A source can be read as often as needed; every pass begins anew, yields the same rows in the same order, and fails if
the files are no longer what they were when the source was opened.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from lockgate.tables.arrow_file import open_arrow
from lockgate.tables.csv_file import open_csv
from lockgate.tables.duckdb_table import open_duckdb
from lockgate.tables.engine import Engine
from lockgate.tables.excel_file import open_excel
from lockgate.tables.file_signs import require_form
from lockgate.tables.file_state import open_bytes, require_unchanged, state_of
from lockgate.tables.json_file import open_json, open_json_lines
from lockgate.tables.kept_rows import KeptSource
from lockgate.tables.lake_table import open_delta, open_iceberg
from lockgate.tables.location import Location, find_location
from lockgate.tables.mysql_table import open_mysql
from lockgate.tables.parquet_file import ParquetSource, open_parquet
from lockgate.tables.partitioned import folder_values, open_partitioned
from lockgate.tables.postgres_table import open_postgres
from lockgate.tables.remote_files import FetchedSource
from lockgate.tables.row_source import Source
from lockgate.tables.snapshot import SnapshotSource
from lockgate.tables.sqlite_table import open_sqlite
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

_LOGS = {"sqlite": "-wal", "duckdb": ".wal"}
"""What the name of a write-ahead log ends in."""

_FILES_LOOKED_AT = 64
"""Files of a folder whose first bytes are held against their names."""

_FIRST_CELLS, _FEW_TEXTS = 4_096, 512
"""Text is encoded where the first cells of the first batch hold no more distinct texts than this."""


def encoded_batches(source: Source, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Return the rows of a source; text of which a batch holds few distinct ones comes as dictionary arrays.

    Which columns do is the same for all batches, and says nothing else: a cell is the same text either way.

    Args:
        source: Any.
        columns: Those wanted, as for `Source.batches`.
    """
    if isinstance(source, KeptSource):
        return source.kept.of(encoded_batches(source.whole, columns))
    if isinstance(source, SnapshotSource):
        source = source.rows
    if isinstance(source, ParquetSource):
        return source.encoded_batches(columns)
    return _encoded(source.batches(columns))


def _encoded(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Return batches with those columns encoded that repeat themselves in the first one."""
    chosen: list[str] | None = None
    for batch in batches:
        if chosen is None:
            texts = [field.name for field in batch.schema if pa.types.is_string(field.type)]
            chosen = [name for name in texts if _repeats(batch.column(name))]
        for name in chosen:
            place = batch.schema.get_field_index(name)
            column = batch.column(place).dictionary_encode()
            batch = batch.set_column(place, pa.field(name, column.type), column)  # noqa: PLW2901 - column by column
        yield batch


def _repeats(column: "pa.Array[Any]") -> bool:
    if len(column) < _FIRST_CELLS:
        return False
    return int(pc.count_distinct(column.slice(0, _FIRST_CELLS)).as_py()) <= _FEW_TEXTS


class FileDescription(NamedTuple):
    """One file of a source, as a statement names it.

    Attributes:
        name: Path below the folder that all files of the source share.
        sha256: Hash of its bytes, base 16.
        bytes: Its size.
    """

    name: str
    sha256: str
    bytes: int


def open_source(reference: SourceReference, engine: Engine | None = None) -> Source:
    """Return the source that a reference leads to.

    Args:
        reference: File, glob, folder or `sqlite:///path`, with the table or query of a database.
        engine: Whose workers share what is read whole to be opened, as far as that can be; it is the same without.

    Raises:
        InputError: If there is nothing to read there, or it is not what its name says.
    """
    found = find_location(reference)
    if found.format == "postgresql":
        return open_postgres(reference, engine)
    for path in found.paths[:_FILES_LOOKED_AT]:
        require_form(path, found.format)
    source = _OPENERS[found.format](found, reference)
    return FetchedSource(source, found.fetched, found.name) if found.fetched else source


def _open_parquet(found: Location, table: str) -> Source:
    if not found.folder:
        return open_parquet(found.name, found.paths, found.notes, table)
    values = tuple(folder_values(path, found.folder) for path in found.paths)
    if len({tuple(key for key, _ in one) for one in values}) > 1:
        raise InputError(f"the folders of `{found.name}` have different keys", "Name the files by a glob.")
    return open_partitioned(found.name, found.paths, values, found.notes, table)


_OPENERS: Mapping[str, Callable[[Location, SourceReference], Source]] = MappingProxyType(
    {
        "csv": lambda found, asked: open_csv(found.name, found.paths, found.notes, asked.delimiter),
        "parquet": lambda found, asked: _open_parquet(found, asked.table),
        "arrow": lambda found, asked: open_arrow(found.name, found.paths, found.notes, asked.table),
        "jsonl": lambda found, asked: open_json_lines(found.name, found.paths, found.notes, asked.table),
        "json": lambda found, asked: open_json(found.name, found.paths, found.notes, asked.table),
        "sqlite": lambda found, asked: open_sqlite(found.paths[0], asked.table, asked.query, found.notes),
        "duckdb": lambda found, asked: open_duckdb(found.paths[0], asked.table, asked.query),
        "xlsx": lambda found, asked: open_excel(found.paths[0], asked.table, found.notes),
        "delta": lambda found, _: open_delta(found.folder or Path()),
        "iceberg": lambda found, _: open_iceberg(found.folder or Path()),
        "mysql": lambda _, asked: open_mysql(asked),
    }
)
"""What opens a location, by its format."""


def describe_files(reference: SourceReference) -> list[FileDescription]:
    """Return name, hash and size of every file of a source, in reading order.

    Of a database with a write-ahead log that holds something, the log is a file of its own. Of a table that does not
    lie in files here, it is the snapshot that was read.

    Raises:
        InputError: If a file is missing, may not be read, or changes meanwhile.
    """
    found = find_location(reference)
    if not found.paths:
        source = open_source(reference)
        source = source.source if isinstance(source, FetchedSource) else source
        assert isinstance(source, SnapshotSource)
        return [_described(source.file.path, source.name)]
    paths = list(found.paths)
    if found.format in _LOGS:
        log = paths[0].with_name(paths[0].name + _LOGS[found.format])
        paths += [log] if state_of(log).size > 0 else []
    top = Path(*_shared([path.absolute().parent.parts for path in paths]))
    return [_described(path, path.absolute().relative_to(top).as_posix()) for path in paths]


def _shared(folders: list[tuple[str, ...]]) -> list[str]:
    """Return the parts that all folders begin with."""
    shared = []
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return shared


def _described(path: Path, name: str) -> FileDescription:
    state = state_of(path)
    with open_bytes(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # a buffered reader
    require_unchanged([state])
    return FileDescription(name, digest, state.size)
