"""A large file that cannot be cut, read once into Parquet: every pass after that is quicker, and can be shared.

CSV                           a line break may stand within quotes
JSON, JSON lines              each pass would parse all of it anew
the elements of a list        nobody knows before how many rows they are
a stream of Arrow             its batches cannot be found alone
SQLite                        a row has no place of its own
Parquet with long row groups  each range would read them again
"""

from collections.abc import Callable, Iterator

import pyarrow as pa
from pyarrow import parquet

from lockgate.tables.arrow_file import ArrowSource
from lockgate.tables.csv_file import CsvSource
from lockgate.tables.file_state import FileState
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.json_file import JsonSource
from lockgate.tables.parquet_file import ParquetSource
from lockgate.tables.partitioned import PartitionedSource
from lockgate.tables.remote_files import FetchedSource
from lockgate.tables.row_ranges import cut_source
from lockgate.tables.row_source import Source
from lockgate.tables.snapshot import Origin, held_snapshot, take_snapshot
from lockgate.tables.sqlite_table import SqliteSource

COPIED_BYTES = 256 << 20
"""Bytes of a file from which on a copy is made; of those that are slow to read fewer."""

_SLOW = 8
"""How many times as long as CSV of the same length the others take to read, about."""


def copied_if_large(
    source: Source, least_bytes: int = COPIED_BYTES, told: Callable[[int], None] = lambda _: None
) -> Source | None:
    """Return the copy of a source that cannot be cut, which goes when nobody holds it; None where none is worth it.

    Args:
        source: Any.
        least_bytes: Bytes of CSV from which on a copy is worth it.
        told: Called with the rows of each batch that is copied, and with 0 before.

    Raises:
        InputError: If the file is damaged, or changes meanwhile.
        LockgateError: If the disk is full.
    """
    inner = source.source if isinstance(source, FetchedSource) else source
    states = _states(inner)
    least = least_bytes if isinstance(inner, CsvSource) else least_bytes // _SLOW
    if not states or sum(state.size for state in states) < least or not (_helps(inner) and _keeps(source.schema)):
        return None

    def read() -> Iterator[pa.RecordBatch]:
        told(0)
        for batch in source.batches():
            yield batch
            told(batch.num_rows)

    which = getattr(inner, "statement", "") or getattr(inner, "table", "") or getattr(inner, "member", "")
    key = ("file", source.name, source.format, states, which, tuple(map(str, source.schema)))
    # what was fetched is ours, and may go before the copy does
    watched = states if inner is source else ()
    made = Origin(source.name, source.format, source.schema, lambda _: read(), source.notes, watched, is_told=True)
    return held_snapshot(key) or take_snapshot(key, made)


def _states(inner: object) -> tuple[FileState, ...]:
    """Return the files of a source as they were when opened; none where it is no source of files."""
    if isinstance(inner, CsvSource):
        return tuple(part.state for part in inner.parts)
    if isinstance(inner, JsonSource | SqliteSource | ParquetSource | PartitionedSource | ArrowSource):
        return inner.states
    return ()


def _helps(inner: object) -> bool:
    """Return whether the rows of a source can be cut in a copy and not where they are."""
    if not isinstance(inner, ParquetSource | PartitionedSource | ArrowSource) or (
        inner.nesting and inner.nesting.table
    ):
        return True
    has_long_rows = any(0 < layout.rows_at_once < FRAGMENT_ROWS for layout in inner.layouts())
    return not has_long_rows and cut_source(inner) is None


def _keeps(schema: pa.Schema) -> bool:
    """Return whether Parquet gives the types back as they are; it has no whole seconds, for one."""
    with pa.BufferOutputStream() as empty:
        parquet.write_table(schema.empty_table(), empty)
        found = parquet.read_schema(pa.BufferReader(empty.getvalue()))
    return found.remove_metadata().equals(schema)
