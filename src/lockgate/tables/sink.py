"""Data out: one table into one file that appears whole or not at all.

1. *Write* under a name of its own in the same folder, in logical fragments, so that the bytes do not depend on how the
   rows were cut into batches.
2. *Settle*: the file is forced to disk.
3. *Rename*, and force the folder to disk. Whatever fails before leaves no file.
"""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from lockgate.tables.arrow_writer import write_arrow
from lockgate.tables.csv_writer import write_csv
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
    if format not in FORMATS:
        raise InputError(f"expected one of {', '.join(FORMATS)} as format, found `{format}`", "Choose one of them.")
    path = folder / f"{stem}{FORMATS[format]}"
    partial = folder / f".{path.name}.partial"
    plain = plain_schema(schema, path.name)
    in_plain = (plain_batch(batch, plain, path.name) for batch in batches)
    try:
        _write(partial, stem, rows_of(in_plain, plain, FRAGMENT_ROWS), plain, format)
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
    return path


def _write(path: Path, stem: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema, format_: str) -> None:
    path.unlink(missing_ok=True)
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
        return LockgateError(f"no space left to write `{path.name}`", "Free some space and run it again.")
    return LockgateError(f"SQLite cannot hold `{path.name}` ({code})", "Write Parquet, or another folder.")
