"""SQLite databases with one table; the same rows and library give the same bytes.

Whole numbers and flags are integers, broken numbers reals (NaN becomes null, as SQLite has none), bytes blobs; every
other type, and whole numbers beyond 63 bits, are written as their text form.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import types

from lockgate.tables.text_form import as_text


def write_sqlite(path: Path, table: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    """Write the rows into a new database.

    Args:
        path: A file that is empty or not there.
        table: Name of the table.
        batches: The rows.
        schema: Of every batch.

    Raises:
        OSError: If the disk is full or the folder may not be written.
        sqlite3.Error: If SQLite cannot hold the table, such as with more than 2,000 columns.
    """
    columns = ", ".join(f"{_name(field.name)} {_affinity(field.type)}" for field in schema)
    marks = ", ".join("?" for _ in schema)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # the file is new and replaced as a whole, so a journal would only cost
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        connection.execute(f"CREATE TABLE {_name(table)} ({columns})")
        insert = f"INSERT INTO {_name(table)} VALUES ({marks})"  # noqa: S608 - names are quoted
        for batch in batches:
            connection.executemany(insert, zip(*(_values(column) for column in batch.columns), strict=True))
        connection.execute("COMMIT")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _affinity(type_: pa.DataType) -> str:
    if _is_whole(type_):
        return "INTEGER"
    if types.is_floating(type_):
        return "REAL"
    return "BLOB" if types.is_binary(type_) else "TEXT"


def _is_whole(type_: pa.DataType) -> bool:
    return types.is_boolean(type_) or (types.is_integer(type_) and not types.is_uint64(type_))


def _values(column: "pa.Array[Any]") -> list[Any]:
    if _is_whole(column.type) or types.is_floating(column.type) or types.is_binary(column.type):
        return column.to_pylist()
    return as_text(column).to_pylist()
