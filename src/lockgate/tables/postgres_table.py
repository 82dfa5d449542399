"""A table, a view or a query of a PostgreSQL database as a source, by psycopg (extra `postgres`).

1. *Connect* without a password in the address; the transaction is read-only and sees one state of the database.
2. *Choose* the table among those that the role may read; its name goes into SQL as a quoted identifier, and only if the
   database itself has it. A query is parsed alone, as the declaration of a cursor, before it stands in anything else.
3. *Copy* the rows out as text in bounded memory, typed by what the database says of the columns, into a snapshot.

Row-level security does not thin out the rows unseen: where it would, the database refuses. What the database says of a
failure may quote a cell or an address, so only its code goes on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

import pyarrow as pa
from pyarrow import csv

from lockgate.tables.database_address import Address, parse_address, secret_password
from lockgate.tables.nesting import shown_tables
from lockgate.tables.optional import load
from lockgate.tables.plain_types import require_names
from lockgate.tables.snapshot import Origin, SnapshotSource, held_snapshot, take_snapshot
from lockgate.tables.typed_text import typed_batch
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

SCHEMES = ("postgresql://", "postgres://")

OPTIONS = frozenset({"host", "service", "sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs"})
SETTINGS = {
    "datestyle": "ISO, YMD",
    "timezone": "UTC",
    "intervalstyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "client_encoding": "UTF8",
    "synchronize_seqscans": "off",
    "row_security": "off",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
_CONNECT_S = 15
_BLOCK_BYTES = 8 << 20
_COPY_DONE = -1
"""What libpq calls the end of a copy."""

_MOST_DIGITS = 38

_TYPES: dict[int, pa.DataType] = {
    16: pa.bool_(),
    17: pa.binary(),
    20: pa.int64(),
    21: pa.int64(),
    23: pa.int64(),
    26: pa.int64(),
    700: pa.float64(),
    701: pa.float64(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1184: pa.timestamp("us", tz="UTC"),
}
"""Types by object identifier (pg_type.dat); all others are read as the text that PostgreSQL writes."""

_NUMERIC = 1700

_REASONS = {
    "28": "the role may not log in",
    "3D": "there is no such database",
    "42501": "the role may not read it, or row-level security would leave rows out",
    "42P01": "there is no such table",
    "42601": "the query is no single `select`",
    "25006": "the query writes",
    "57": "the server ended the connection",
    "08": "the connection was lost",
    "53": "the server has no room left",
}

_TABLES = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition
AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
ORDER BY n.nspname <> 'public', n.nspname, c.relname
"""


def open_postgres(reference: SourceReference) -> SnapshotSource:
    """Return the source that reads a table or a query, as it is now.

    Args:
        reference: Address, and table (`name` or `schema.name`) or query; neither where there is one table only.

    Raises:
        InputError: If the database cannot be reached, the role may not read, or the table or query is wrong.
    """
    if reference.table and reference.query:
        raise InputError("expected `table` or `query`, found both", "Leave one of them out.")
    key = (reference.location, reference.table, reference.query)
    held = held_snapshot(key)
    if held:
        return held
    address = parse_address(reference.location, OPTIONS)
    with _reading(address) as connection:
        statement, shown = _statement(connection, address, reference)
        names, types = _columns(connection, statement)
        name = f"{address.database}:{shown}" if shown else address.database
        require_names(names, name)
        schema = pa.schema(zip(names, types, strict=True))
        origin = Origin(name, "postgresql", schema, lambda typed: copied_rows(connection, statement, typed))
        return take_snapshot(key, origin)


def list_postgres(location: str) -> tuple[str, ...]:
    """Return the names of the tables and views that the role may read, those of `public` without their schema.

    Raises:
        InputError: If the database cannot be reached.
    """
    with _reading(parse_address(location, OPTIONS)) as connection:
        return tuple(_shown(*found) for found in connection.execute(_TABLES).fetchall())


@contextmanager
def _reading(address: Address) -> Iterator[Any]:
    """Yield a connection in a read-only transaction that sees one state."""
    psycopg = load("psycopg", "postgres", "PostgreSQL")
    try:
        with psycopg.connect(**connection_parameters(address)) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            for setting, value in SETTINGS.items():
                connection.execute("SELECT set_config(%s, %s, true)", (setting, value))
            yield connection
            connection.rollback()
    except psycopg.Error as error:
        raise InputError(
            f"`{address.database}` cannot be read as a PostgreSQL database: {_reason(error)}",
            "Check the address, the role's rights, the table and the query; a query may only select.",
        ) from None


def connection_parameters(address: Address) -> dict[str, Any]:
    """Return what the driver needs to connect, the password from where it lies."""
    given = {"host": address.host, "port": address.port, "user": address.user, "password": secret_password(address)}
    return {
        **{key: value for key, value in given.items() if value},
        "dbname": address.database,
        "connect_timeout": _CONNECT_S,
        "application_name": "lockgate",
        **address.options,
    }


def _reason(error: Any) -> str:
    code = str(getattr(error, "sqlstate", "") or "")
    if not code:
        return "it cannot be reached, or does not let the role in"
    return _REASONS.get(code) or _REASONS.get(code[:2]) or f"it says {code}"


def _statement(connection: Any, address: Address, reference: SourceReference) -> tuple[Any, str]:
    """Return what reads the rows, and the name of the table; of a query the name is empty."""
    sql = load("psycopg.sql", "postgres", "PostgreSQL")
    if reference.query:
        query = sql.SQL(reference.query.strip().rstrip(";"))
        # alone, so that it is whole in itself and cannot end what it is put into below
        connection.execute(sql.SQL("DECLARE probe NO SCROLL CURSOR FOR ") + query, prepare=False)
        return query, ""
    found = connection.execute(_TABLES).fetchall()
    wanted = [one for one in found if reference.table in ("", ".".join(one), _shown(*one))]
    if len(wanted) != 1:
        known = tuple(_shown(*one) for one in found)
        what = f"no table `{reference.table}`" if reference.table else f"{len(found)} tables"
        raise InputError(
            f"{what} that this role may read in `{address.database}`"
            + (f", which has {shown_tables(known)}" if known else ""),
            "Name one of them as `table`." if known else "Grant the role the right to select.",
        )
    schema, table = wanted[0]
    return sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table)), _shown(schema, table)


def _shown(schema: str, table: str) -> str:
    return table if schema == "public" else f"{schema}.{table}"


def _columns(connection: Any, statement: Any) -> tuple[list[str], list[pa.DataType]]:
    sql = load("psycopg.sql", "postgres", "PostgreSQL")
    connection.execute(sql.SQL("DECLARE columns NO SCROLL CURSOR FOR ") + statement, prepare=False)
    found = connection.execute("FETCH 0 FROM columns").description or ()
    connection.execute("CLOSE columns")
    return [column.name for column in found], [_type_of(column) for column in found]


def _type_of(column: Any) -> pa.DataType:
    if column.type_code == _NUMERIC:
        digits, scale = column.precision, column.scale
        is_fixed = digits is not None and scale is not None and 0 <= scale <= digits <= _MOST_DIGITS
        return pa.decimal128(digits, scale) if is_fixed else pa.string()
    return _TYPES.get(column.type_code, pa.string())


def copied_rows(connection: Any, statement: Any, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Return the rows of a statement, typed by a schema, in bounded memory; `Unfit` for a value that is not."""
    sql = load("psycopg.sql", "postgres", "PostgreSQL")
    copy = (
        sql.SQL("COPY (") + statement + sql.SQL("\n) TO STDOUT (FORMAT csv)")
    )  # a comment at its end ends with the line
    with connection.cursor() as cursor, cursor.copy(copy) as rows:
        for block in _blocks(rows, connection.pgconn):
            table = csv.read_csv(
                cast("IO[bytes]", pa.BufferReader(block)),
                read_options=csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=schema.names),
                parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
                convert_options=csv.ConvertOptions(
                    column_types=dict.fromkeys(schema.names, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                ),
            )
            for batch in table.to_batches():
                yield typed_batch(batch, schema)


def _blocks(rows: Any, pgconn: Any) -> Iterator[bytearray]:
    """Return whole rows in blocks; the server sends each row as a message of its own.

    Messages that are there are taken from libpq at once; the driver's own way costs several times as much a row. Where
    none is there, it is the driver that waits, since it lets itself be interrupted.
    """
    held, length = bytearray(), 0
    while length != _COPY_DONE:
        length, data = pgconn.get_copy_data(1)
        if length > 0:
            held += data  # at once, as objects that are kept cost twice as much
        elif length == _COPY_DONE:
            _require_whole(pgconn)
        else:
            data = rows.read()
            held += data
            length = len(data) or _COPY_DONE
        if len(held) >= _BLOCK_BYTES or (length == _COPY_DONE and held):
            yield held
            held = bytearray()


def _require_whole(pgconn: Any) -> None:
    """Raise what the server says at the end of a copy, if it is anything but that all is sent."""
    psycopg = load("psycopg", "postgres", "PostgreSQL")
    while result := pgconn.get_result():
        if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(result)
