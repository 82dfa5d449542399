"""A new table in MySQL or MariaDB: filled under a name of its own, read back, and only then given its name.

These servers make tables outside of transactions, so the rows go into a table beside it, which RENAME moves in one step
to the name, if that is free. What a load that was killed has left is cleared away by the next load of the same table;
a lock of the server tells one that was killed from one that still runs.

Cells are written as literals without escapes (NO_BACKSLASH_ESCAPES), in which a quote is the only sign to be doubled;
names are quoted, theirs doubled too. Of a failure only its number is told.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from lockgate.tables.database_address import Address, parse_address
from lockgate.tables.mysql_table import OPTIONS, connection_parameters, streamed_rows
from lockgate.tables.optional import load
from lockgate.tables.target import Load, LoadedTable, exact_batches, exact_schema, no_counterpart, require_short_names
from lockgate.terms.errors import InputError

_join: Any = pc.binary_join_element_wise
"""The stubs know no mixture of columns and constants."""

_LONGEST_NAME = 64
_MOST_DIGITS, _MOST_PLACES = 65, 30
_STATEMENT_BYTES = 1 << 20
"""Rows are sent in statements of about this length, or as long as the server takes."""

_ROWS_AT_ONCE = 8_192
_LOCK_DIGITS = 32
_WAIT_S = 5
"""How long a load waits for another one of the same table, of which the server may not know yet that it was killed."""

_MODE = "STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
_TEXT = "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"

_TYPES: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (types.is_string, _TEXT),
    (types.is_boolean, "TINYINT(1)"),
    (types.is_int8, "TINYINT"),
    (types.is_int16, "SMALLINT"),
    (types.is_int32, "INT"),
    (types.is_int64, "BIGINT"),
    (types.is_uint8, "TINYINT UNSIGNED"),
    (types.is_uint16, "SMALLINT UNSIGNED"),
    (types.is_uint32, "INT UNSIGNED"),
    (types.is_uint64, "BIGINT UNSIGNED"),
    (types.is_floating, "DOUBLE"),
    (types.is_date, "DATE"),
    (types.is_time, "TIME(6)"),
    (types.is_timestamp, "DATETIME(6)"),
    (types.is_binary, "LONGBLOB"),
)
"""The first that fits counts. A FLOAT is sent with fewer digits than it has, so numbers of 32 bits are doubles too."""

_REASONS: Mapping[int, str] = {
    1044: "the user may not make a table there",
    1045: "the user may not log in",
    1049: "there is no such database",
    1050: "there is a table of this name already",
    1059: "a name is too long",
    1060: "two columns have the same name, as it does not tell capitals apart",
    1103: "it does not take such a name",
    1113: "it does not take such a table",
    1117: "it does not take so many columns",
    1118: "it does not take so many columns",
    1142: "the user may not make a table there",
    1153: "a row is longer than the server takes (max_allowed_packet)",
    1166: "it does not take the name of a column",
    1264: "a number is beyond its range",
    1290: "the server only reads",
    1292: "a day or a time is beyond its calendar",
    1021: "the server has no room left",
    1114: "the server has no room left",
    2003: "there is no connection",
    2006: "the connection was lost",
    2013: "the connection was lost",
}


def load_mysql(wanted: Load) -> LoadedTable:
    """Return the table that was made.

    Raises:
        InputError: If the name is not free, the user may not, or a type or value does not fit.
    """
    address = parse_address(wanted.into, OPTIONS)
    schema = exact_schema(wanted.source.schema)
    require_short_names(schema, wanted.table, _LONGEST_NAME, "MySQL")
    columns = ", ".join(f"{_quoted(field.name)} {_type_of(field)}" for field in schema)
    with _writing(address) as connection, _alone(connection, address, wanted.table) as beside:
        note = _quoted_text(wanted.note)
        _run(connection, f"CREATE TABLE {_quoted(beside)} ({columns}) ENGINE=InnoDB COMMENT={note}")
        most = min(_STATEMENT_BYTES, int(_run(connection, "SELECT @@max_allowed_packet")[0][0]) // 2)
        head = f"INSERT INTO {_quoted(beside)} VALUES "  # noqa: S608 - a name that is quoted
        for batch in exact_batches(wanted.source, schema):
            for rows in _statements(batch, most):
                _run(connection, head + rows)
            connection.commit()
            wanted.told(batch.num_rows)
        connection.commit()
        wanted.hold(_read_back(connection, beside, schema))
        _run(connection, f"RENAME TABLE {_quoted(beside)} TO {_quoted(wanted.table)}")
    return LoadedTable(f"{address.database}:{wanted.table}", _notes(schema))


@contextmanager
def _writing(address: Address) -> Iterator[Any]:
    pymysql = load("pymysql", "mysql", "MySQL")
    try:
        with closing(pymysql.connect(**connection_parameters(address))) as connection:
            for setting in (f"sql_mode = '{_MODE}'", "time_zone = '+00:00'", "NAMES utf8mb4"):
                _run(connection, f"SET {setting}" if setting.startswith("NAMES") else f"SET SESSION {setting}")
            yield connection
    except pymysql.Error as error:
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        raise InputError(
            f"nothing was loaded into `{address.database}`: {_REASONS.get(code, f'it says {code}')}",
            "Check the address, the user's rights and the name of the table, which must be free.",
        ) from None


@contextmanager
def _alone(connection: Any, address: Address, table: str) -> Iterator[str]:
    """Yield the name of the table beside, which nobody else fills; it is gone afterwards, unless it was renamed."""
    digest = hashlib.sha256(f"{address.database}\0{table}".encode()).hexdigest()[:_LOCK_DIGITS]
    beside = f"lockgate-load-{digest}"
    if _run(connection, f"SELECT GET_LOCK('{beside}', {_WAIT_S})")[0][0] not in ("1", 1):
        raise InputError(f"another load of `{table}` runs", "Wait until it is done.")
    known = "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND BINARY table_name = "
    if _run(connection, known + _quoted_text(table)):
        raise InputError(
            f"there is a table `{table}` in `{address.database}` already", "Name another table, or drop that one first."
        )
    _run(connection, f"DROP TABLE IF EXISTS {_quoted(beside)}")
    try:
        yield beside
    finally:
        pymysql = load("pymysql", "mysql", "MySQL")
        with suppress(pymysql.Error, OSError):  # a connection that was lost: the next load clears it away
            _run(connection, f"DROP TABLE IF EXISTS {_quoted(beside)}")


def _run(connection: Any, statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _quoted_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _type_of(field: "pa.Field[Any]") -> str:
    if types.is_decimal(field.type):
        places, digits = field.type.scale, field.type.precision
        if 0 <= places <= min(digits, _MOST_PLACES) and digits <= _MOST_DIGITS:
            return f"DECIMAL({digits}, {places})"
    found = next((kind for is_kind, kind in _TYPES if is_kind(field.type)), None)
    if found is None:
        raise no_counterpart(field, "MySQL")
    return found


def _notes(schema: pa.Schema) -> tuple[str, ...]:
    return tuple(
        f"column `{field.name}` holds instants; they are there as date-times in UTC"
        for field in schema
        if types.is_timestamp(field.type) and field.type.tz
    )


def _statements(batch: pa.RecordBatch, most: int) -> Iterator[str]:
    """Return rows as lists of literals, each list about as long as a statement may be."""
    for start in range(0, batch.num_rows, _ROWS_AT_ONCE):
        part = batch.slice(start, _ROWS_AT_ONCE)
        cells = [_literals(column, field) for column, field in zip(part.columns, batch.schema, strict=True)]
        rows = _join(*cells, ",") if len(cells) > 1 else cells[0]
        held: list[str] = []
        size = 0
        for row in map(str, rows.to_pylist()):
            if held and size + len(row) > most:
                yield ",".join(held)
                held, size = [], 0
            held.append(f"({row})")
            size += 4 * len(row)
        yield ",".join(held)


def _literals(column: "pa.Array[Any]", field: "pa.Field[Any]") -> "pa.Array[Any]":
    """Return cells as literals of SQL: hexadecimal bytes, or text in quotes, which the column's type reads."""
    if types.is_floating(field.type) and _has_unheld(column):
        raise InputError(
            f"column `{field.name}` has numbers that MySQL does not hold: not finite, or a zero below zero",
            "Release it as CSV, where it is text, and load that.",
        )
    if types.is_binary(field.type):
        texts = pa.array([None if cell is None else f"X'{cell.hex()}'" for cell in column.to_pylist()], pa.string())
        return texts.fill_null("NULL")
    if types.is_boolean(field.type):
        column = column.cast(pa.int8())
    if types.is_timestamp(field.type) and field.type.tz:
        column = column.cast(pa.timestamp("us"))
    text = column.cast(pa.string())
    if types.is_string(field.type):
        text = pc.replace_substring(text, "'", "''")
    quote = pa.scalar("'")
    literals: pa.Array[Any] = _join(quote, text, quote, "").fill_null("NULL")
    return literals


def _has_unheld(column: "pa.Array[Any]") -> bool:
    numbers = column.drop_null().to_numpy(zero_copy_only=False)
    return bool((~np.isfinite(numbers) | ((numbers == 0) & np.signbit(numbers))).any())


def _read_back(connection: Any, table: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Return the rows in the types in which they were written; the server has flags as numbers."""
    sent = pa.schema([pa.field(one.name, pa.int8() if types.is_boolean(one.type) else one.type) for one in schema])
    for batch in streamed_rows(connection, f"SELECT * FROM {_quoted(table)}", sent):  # noqa: S608 - quoted
        yield batch.cast(schema)
