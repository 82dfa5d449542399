"""Data out: one table into one file that appears whole or not at all.

1. *Write* under a name of its own in the same folder, in logical fragments, so that the bytes do not depend on how the
   rows were cut into batches.
2. *Settle*: the file is forced to disk.
3. *Rename*, and force the folder to disk. Whatever fails before leaves no file.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa

from lockgate.tables.arrow_writer import write_arrow
from lockgate.tables.csv_writer import write_csv
from lockgate.tables.file_pieces import join_pieces
from lockgate.tables.file_state import unwritable
from lockgate.tables.fragments import FRAGMENT_ROWS, rows_of
from lockgate.tables.json_writer import write_json_lines
from lockgate.tables.parquet_writer import write_parquet
from lockgate.tables.plain_types import plain_batch, plain_schema
from lockgate.tables.sqlite_writer import write_sqlite
from lockgate.terms.errors import InputError, LockgateError

FORMATS = {"csv": ".csv", "parquet": ".parquet", "jsonl": ".jsonl", "sqlite": ".sqlite", "arrow": ".arrow"}
"""Formats that can be written, with the extension of each."""

_NEAREST = {"json": "jsonl", "xlsx": "csv"}
"""What stands in for a format that is read and not written; of all others it is Parquet."""


def written_as(format_: str) -> str:
    """Return the format in which a copy of a source is written if nobody says which.

    Args:
        format_: That of the source.
    """
    return format_ if format_ in FORMATS else _NEAREST.get(format_, "parquet")


def write_table(
    folder: Path,
    stem: str,
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    format: str,  # noqa: A002 - the word that sources and flow files use
    *,
    fsync: bool = True,
) -> Path:
    """Return the file that holds the rows.

    Args:
        folder: Exists.
        stem: Name of the file without extension; in a database also the name of the table.
        batches: The rows, any cut; every batch has the columns of `schema`.
        schema: Columns, each name once, none nested.
        format: One of `FORMATS`.
        fsync: Whether to wait until the disk has it.

    Raises:
        InputError: If the format is unknown or a column is nested.
        LockgateError: If the disk is full, the folder may not be written, or the format cannot hold the rows.
    """
    with _appearing(folder, stem, format, fsync=fsync) as (path, partial):
        plain = plain_schema(schema, path.name)
        in_plain = (plain_batch(batch, plain, path.name) for batch in batches)
        _write(partial, stem, rows_of(in_plain, plain, FRAGMENT_ROWS), plain, format)
    return path


def join_table(folder: Path, stem: str, pieces: Sequence[Path], format_: str) -> Path:
    """Return the file that pieces of it make, see `lockgate.tables.file_pieces`; they are in another folder.

    Args:
        folder: Exists.
        stem: Name of the file without extension.
        pieces: In the order of their rows, at least one.
        format_: As they were written.

    Raises:
        LockgateError: If the disk is full or the folder may not be written.
    """
    with _appearing(folder, stem, format_, fsync=True) as (path, partial), partial.open("xb") as file:
        join_pieces(file, pieces, format_)
    return path


@contextmanager
def _appearing(folder: Path, stem: str, format_: str, *, fsync: bool) -> Iterator[tuple[Path, Path]]:
    """A file that appears when the context ends well: its path, and where it is written."""
    if format_ not in FORMATS:
        raise InputError(f"expected one of {', '.join(FORMATS)} as format, found `{format_}`", "Choose one of them.")
    path = folder / f"{stem}{FORMATS[format_]}"
    partial = folder / f".{path.name}.partial"
    try:
        partial.unlink(missing_ok=True)
        yield path, partial
        if fsync:
            settle(partial)
        partial.replace(path)
        if fsync:
            settle(folder)
    except OSError as error:
        raise unwritable(path, error) from error
    except sqlite3.Error as error:
        raise _refused(path, error) from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _write(path: Path, stem: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema, format_: str) -> None:
    if format_ == "sqlite":
        write_sqlite(path, stem, batches, schema)
        return
    with path.open("xb") as file:
        match format_:
            case "csv":
                write_csv(file, batches, schema)
            case "parquet":
                write_parquet(file, batches, schema)
            case "arrow":
                write_arrow(file, batches, schema)
            case _:
                write_json_lines(file, batches, schema)


def settle(path: Path) -> None:
    """Wait until the disk has a file or a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refused(path: Path, error: sqlite3.Error) -> LockgateError:
    code = str(getattr(error, "sqlite_errorname", "") or type(error).__name__)
    if code == "SQLITE_FULL":
        return LockgateError(
            f"no space left in `{path.parent}` to write `{path.name}`", "Free some space and run it again."
        )
    return LockgateError(f"SQLite cannot hold `{path.name}` ({code})", "Write Parquet, or another folder.")
