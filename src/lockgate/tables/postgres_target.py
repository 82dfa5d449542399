"""A new table in PostgreSQL, in one transaction: made, filled by COPY, read back, and only then committed.

Names go into SQL as quoted identifiers, cells as CSV, so that neither can be read as SQL. What the database says of a
failure may quote a cell or an address, so only its code goes on.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from pyarrow import csv, types

from lockgate.tables.database_address import parse_address
from lockgate.tables.optional import load
from lockgate.tables.postgres_rows import OPTIONS, SETTINGS, connection_parameters, copied_rows
from lockgate.tables.target import Load, LoadedTable, exact_batches, exact_schema, no_counterpart, require_short_names
from lockgate.terms.errors import InputError

_LONGEST_NAME = 63
_MOST_DIGITS = 1_000

_ONE_PROCESS = {"max_parallel_workers_per_gather": "0", "synchronous_commit": "on"}
"""Rows are read back in the order in which they were written; what is committed is on disk."""

_TYPES: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (types.is_string, "text"),
    (types.is_boolean, "boolean"),
    (types.is_int64, "bigint"),
    (types.is_uint32, "bigint"),
    (types.is_uint64, "numeric(20, 0)"),
    (types.is_int32, "integer"),
    (types.is_uint16, "integer"),
    (types.is_integer, "smallint"),
    (types.is_float32, "real"),
    (types.is_float64, "double precision"),
    (types.is_date, "date"),
    (types.is_time, "time(6)"),
    (types.is_binary, "bytea"),
    (lambda type_: types.is_timestamp(type_) and bool(type_.tz), "timestamptz(6)"),
    (types.is_timestamp, "timestamp(6)"),
)
"""The first that fits counts."""

_REASONS: Mapping[str, str] = {
    "28": "the role may not log in",
    "3D": "there is no such database",
    "3F": "there is no such schema",
    "42501": "the role may not make a table there",
    "42P07": "there is a table, a view or an index of this name already",
    "42P16": "it does not take such a table",
    "42701": "it does not take such a table",
    "54011": "it does not take so many columns",
    "22": "a value does not fit, such as a text with a NUL or a day beyond its calendar",
    "53": "the server has no room left",
    "57": "the server ended the connection",
    "08": "the connection was lost",
    "25006": "the server only reads",
}


def load_postgres(wanted: Load) -> LoadedTable:
    """Return the table that was made.

    Raises:
        InputError: If the name is not free, the role may not, or a type or value does not fit.
    """
    address = parse_address(wanted.into, OPTIONS)
    schema = exact_schema(wanted.source.schema)
    kinds = [_type_of(field) for field in schema]
    with _writing(connection_parameters(address), address.database) as connection:
        sql = load("psycopg.sql", "postgres", "PostgreSQL")
        place = _place(connection, wanted.table)
        require_short_names(schema, place[-1], _LONGEST_NAME, "PostgreSQL")
        table = sql.Identifier(*place)
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind))
            for name, kind in zip(schema.names, kinds, strict=True)
        )
        connection.execute(sql.SQL("CREATE TABLE {} ({})").format(table, columns), prepare=False)
        connection.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(table, sql.Literal(wanted.note)))
        with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(table)) as to:
            for batch in exact_batches(wanted.source, schema):
                to.write(_csv(batch))
                wanted.told(batch.num_rows)
        wanted.hold(copied_rows(connection, sql.SQL("SELECT * FROM {}").format(table), schema))
    return LoadedTable(f"{address.database}:{'.'.join(place)}")


@contextmanager
def _writing(parameters: Mapping[str, Any], database: str) -> Iterator[Any]:
    """Yield a connection in a transaction, which is committed at the end and undone by any failure."""
    psycopg = load("psycopg", "postgres", "PostgreSQL")
    try:
        with psycopg.connect(**parameters) as connection:
            for setting, value in {**SETTINGS, **_ONE_PROCESS}.items():
                connection.execute("SELECT set_config(%s, %s, true)", (setting, value))
            yield connection
    except psycopg.Error as error:
        raise InputError(
            f"nothing was loaded into `{database}`: {_reason(error)}",
            "Check the address, the role's rights and the name of the table, which must be free.",
        ) from None


def _reason(error: Any) -> str:
    code = str(getattr(error, "sqlstate", "") or "")
    if not code:
        return "it cannot be reached, does not let the role in, or the connection was lost"
    return _REASONS.get(code) or _REASONS.get(code[:2]) or f"it says {code}"


def _place(connection: Any, table: str) -> tuple[str, ...]:
    """Return schema and name; a name without a schema is made where the role makes its tables."""
    schema, _, name = table.partition(".")
    if (
        name
        and "\0" not in schema
        and connection.execute("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", (schema,)).fetchone()
    ):
        return schema, name
    return (table,)


def _type_of(field: "pa.Field[Any]") -> str:
    if types.is_decimal(field.type) and 0 <= field.type.scale <= field.type.precision <= _MOST_DIGITS:
        return f"numeric({field.type.precision}, {field.type.scale})"
    found = next((kind for is_kind, kind in _TYPES if is_kind(field.type)), None)
    if found is None:
        raise no_counterpart(field, "PostgreSQL")
    return found


def _csv(batch: pa.RecordBatch) -> memoryview:
    """Return rows as CSV, in which all text is quoted, so that an empty one is no null."""
    columns = [_hexadecimal(column) if types.is_binary(column.type) else column for column in batch.columns]
    sink = pa.BufferOutputStream()
    table = pa.Table.from_arrays(columns, names=batch.schema.names)
    csv.write_csv(table, sink, csv.WriteOptions(include_header=False, quoting_style="needed"))
    return memoryview(sink.getvalue())


def _hexadecimal(column: "pa.Array[Any]") -> "pa.Array[Any]":
    cells = [None if cell is None else f"\\x{cell.hex()}" for cell in column.to_pylist()]
    return pa.array(cells, pa.string())
