"""Delta and Iceberg tables in folders as a source (extras `delta` and `iceberg`): the newest state, read once.

A folder of such a table holds files that belong to it no more; only its own log says which do, so it is never read as a
folder of Parquet.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from lockgate.tables.nesting import Nesting, find_nesting, list_notes
from lockgate.tables.optional import load
from lockgate.tables.plain_types import plain_batch, plain_schema
from lockgate.tables.snapshot import Key, Origin, SnapshotSource, held_snapshot, take_snapshot
from lockgate.terms.errors import InputError

_ROWS = 16_384

Read = Callable[[], Iterator[pa.RecordBatch]]


def lake_format(folder: Path) -> str:
    """Return `delta` or `iceberg` if a folder holds such a table; empty if it holds none."""
    if (folder / "_delta_log").is_dir():
        return "delta"
    return "iceberg" if _metadata_files(folder) else ""


def open_delta(folder: Path) -> SnapshotSource:
    """Return the source that reads the newest version of a Delta table.

    Raises:
        InputError: If it cannot be read, or uses what this reader does not know, such as deletion vectors.
    """
    deltalake = load("deltalake", "delta", "Delta Lake")
    with _damage_told(folder, "Delta"):
        table = deltalake.DeltaTable(str(folder))
        found = table.to_pyarrow_dataset()

        def read() -> Iterator[pa.RecordBatch]:
            yield from found.scanner(batch_size=_ROWS, batch_readahead=2, fragment_readahead=1).to_batches()

        key = ("delta", str(folder.absolute()), table.version())
        return _taken(key, f"{folder.resolve().name}@{table.version()}", "delta", found.schema, read)


def open_iceberg(folder: Path) -> SnapshotSource:
    """Return the source that reads the newest state of an Iceberg table in this machine's files.

    Raises:
        InputError: If it cannot be read.
    """
    tables = load("pyiceberg.table", "iceberg", "Iceberg")
    newest = _metadata_files(folder)[-1]
    with _damage_told(folder, "Iceberg"):
        scan = tables.StaticTable.from_metadata(str(newest)).scan()

        def read() -> Iterator[pa.RecordBatch]:
            yield from scan.to_arrow_batch_reader()

        key = ("iceberg", str(newest.absolute()), newest.stat().st_mtime_ns)
        name = f"{folder.resolve().name}@{newest.name.partition('-')[0]}"
        return _taken(key, name, "iceberg", scan.to_arrow_batch_reader().schema, read)


def _taken(key: Key, name: str, format_: str, schema: pa.Schema, read: Read) -> SnapshotSource:
    held = held_snapshot(key)
    if held:
        return held
    nesting = find_nesting(schema, "", name)
    plain = plain_schema(nesting.schema() if nesting else schema, name)
    notes = list_notes(nesting.lists, "", name) if nesting else ()
    return take_snapshot(key, Origin(name, format_, plain, lambda typed: _plain(read, nesting, typed, name), notes))


def _plain(read: Read, nesting: Nesting | None, schema: pa.Schema, name: str) -> Iterator[pa.RecordBatch]:
    for batch in read():
        for part in nesting.unnest(batch, schema.names) if nesting else [batch]:
            yield plain_batch(part, schema, name)


def _metadata_files(folder: Path) -> list[Path]:
    """Return the states of an Iceberg table, the newest last: their names begin with their number."""
    return sorted((folder / "metadata").glob("*.metadata.json"), key=lambda path: (_number(path.name), path.name))


def _number(name: str) -> int:
    digits = name.removeprefix("v").partition("-")[0].partition(".")[0]
    return int(digits) if digits.isdecimal() else -1


@contextmanager
def _damage_told(folder: Path, kind: str) -> Iterator[None]:
    """Tell what a library says of a table in our words: its own may quote cells."""
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - these libraries raise errors of many kinds
        raise InputError(
            f"`{folder.name}` cannot be read as a table of {kind} ({type(error).__name__})",
            "Check the folder; a table with deletion vectors has to be rewritten without them.",
        ) from None
