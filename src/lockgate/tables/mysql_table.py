"""A table, a view or a query of a MySQL or MariaDB database as a source, by PyMySQL (extra `mysql`).

As with PostgreSQL: no password in the address, a read-only transaction that sees one state, the table chosen among
those that the database has, rows streamed and not gathered in the driver, and of a failure only its number.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.tables.database_address import Address, parse_address, secret_password
from lockgate.tables.mysql_rows import SentRows
from lockgate.tables.nesting import shown_tables
from lockgate.tables.optional import load
from lockgate.tables.plain_types import require_names
from lockgate.tables.snapshot import Origin, SnapshotSource, Unfit, held_snapshot, take_snapshot
from lockgate.tables.typed_text import typed_batch
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

SCHEMES = ("mysql://", "mariadb://")

OPTIONS = frozenset({"socket", "ssl_ca"})
_CONNECT_S = 15
_BINARY = 63
"""Number of the character set of bytes."""

_TYPES: dict[int, pa.DataType] = {
    **dict.fromkeys((1, 2, 3, 8, 9, 13), pa.int64()),
    **dict.fromkeys((4, 5), pa.float64()),
    10: pa.date32(),
    12: pa.timestamp("us"),
    7: pa.timestamp("us", tz="UTC"),
}
"""Types by the number that the protocol gives them; all others are text, or bytes where the character set is none."""

_DECIMAL, _MOST_DIGITS = 246, 38
_UNSIGNED = 32
"""Flag of a column that has no sign."""

_BYTES = frozenset({16, 249, 250, 251, 252, 253, 254, 255})
"""Bit fields, and the types that are bytes if their character set is none."""

_REASONS = {
    1044: "the user may not read it",
    1045: "the user may not log in",
    1049: "there is no such database",
    1064: "the query is no single `select`",
    1142: "the user may not read it",
    1143: "the user may not read a column of it",
    1146: "there is no such table",
    1792: "the query writes",
    2003: "there is no connection",
    2006: "the connection was lost",
    2013: "the connection was lost",
}
_LISTING = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name"


def open_mysql(reference: SourceReference) -> SnapshotSource:
    """Return the source that reads a table or a query, as it is now.

    Args:
        reference: Address, and table or query; neither where there is one table only.

    Raises:
        InputError: If the database cannot be reached, the user may not read, or the table or query is wrong.
    """
    if reference.table and reference.query:
        raise InputError("expected `table` or `query`, found both", "Leave one of them out.")
    key = (reference.location, reference.table, reference.query)
    held = held_snapshot(key)
    if held:
        return held
    address = parse_address(reference.location, OPTIONS)
    with _reading(address) as connection:
        statement = _of_query(connection, reference.query)
        table = "" if statement else _chosen(connection, address, reference.table)
        statement = statement or f"SELECT * FROM `{table.replace('`', '``')}`"  # noqa: S608 - a name that the database has, quoted
        name = f"{address.database}:{table}" if table else address.database
        names, types = _columns(connection, statement)
        require_names(names, name)
        schema = pa.schema(zip(names, types, strict=True))
        origin = Origin(name, "mysql", schema, lambda typed: streamed_rows(connection, statement, typed))
        return take_snapshot(key, origin)


def list_mysql(location: str) -> tuple[str, ...]:
    """Return the names of the tables and views that the user may read.

    Raises:
        InputError: If the database cannot be reached.
    """
    with _reading(parse_address(location, OPTIONS)) as connection, connection.cursor() as cursor:
        cursor.execute(_LISTING)
        return tuple(row[0] for row in cursor.fetchall())


@contextmanager
def _reading(address: Address) -> Iterator[Any]:
    """Yield a connection in a read-only transaction that sees one state."""
    pymysql = load("pymysql", "mysql", "MySQL")
    try:
        with closing(pymysql.connect(**connection_parameters(address))) as connection:
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION time_zone = '+00:00'")
                cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            yield connection
    except pymysql.Error as error:
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        raise InputError(
            f"`{address.database}` cannot be read as a MySQL database: {_REASONS.get(code, f'it says {code}')}",
            "Check the address, the user's rights, the table and the query; a query may only select.",
        ) from None


def connection_parameters(address: Address) -> dict[str, Any]:
    """Return what the driver needs to connect, the password from where it lies."""
    options = Path("~/.my.cnf").expanduser()
    given = {
        "host": address.host,
        "port": address.port,
        "user": address.user,
        "password": secret_password(address) or os.environ.get("MYSQL_PWD"),
        "unix_socket": address.options.get("socket"),
        "ssl_ca": address.options.get("ssl_ca"),
        "read_default_file": str(options) if options.is_file() else None,
    }
    return {
        **{key: value for key, value in given.items() if value},
        "database": address.database,
        "charset": "utf8mb4",
        "connect_timeout": _CONNECT_S,
        "local_infile": False,
        "conv": load("pymysql.converters", "mysql", "MySQL").encoders,  # no decoders: cells stay text
    }


def _of_query(connection: Any, query: str) -> str:
    """Return what reads the rows of a query, which is parsed alone first, so that it cannot end what it is put into."""
    if not query:
        return ""
    alone = query.strip().rstrip(";")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {alone}")
        cursor.fetchall()
    return f"SELECT * FROM (\n{alone}\n) AS chosen"  # noqa: S608 - parsed alone; inside of `from` it can only select


def _chosen(connection: Any, address: Address, table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_LISTING)
        known = tuple(str(row[0]) for row in cursor.fetchall())
    if table in known or (not table and len(known) == 1):
        return table or known[0]
    what = f"no table `{table}`" if table else f"{len(known)} tables"
    raise InputError(
        f"{what} that this user may read in `{address.database}`"
        + (f", which has {shown_tables(known)}" if known else ""),
        "Name one of them as `table`." if known else "Grant the user the right to select.",
    )


def _columns(connection: Any, statement: str) -> tuple[list[str], list[pa.DataType]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({statement}\n) AS columns_of LIMIT 0")  # noqa: S608 - as above
        fields = cursor._result.fields  # noqa: SLF001 - the character set stands nowhere else
    return [field.name for field in fields], [_type_of(field) for field in fields]


def _type_of(field: Any) -> pa.DataType:
    if field.type_code == _DECIMAL:
        # the length is that of the text, with a point and a sign
        digits = field.length - (field.scale > 0) - (not field.flags & _UNSIGNED)
        digits = digits if max(field.scale, 1) <= digits <= _MOST_DIGITS else _MOST_DIGITS
        return pa.decimal128(digits, field.scale) if field.scale <= _MOST_DIGITS else pa.string()
    if field.type_code in _BYTES and field.charsetnr == _BINARY:
        return pa.binary()
    return _TYPES.get(field.type_code, pa.string())


def streamed_rows(connection: Any, statement: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Return the rows of a statement, typed by a schema, in bounded memory; `Unfit` for a value that is not."""
    cursors = load("pymysql.cursors", "mysql", "MySQL")
    with connection.cursor(cursors.SSCursor) as cursor:
        cursor.execute(statement)
        sent = SentRows(connection)
        for rows in sent.text_batches(schema):
            try:
                typed = typed_batch(rows, schema)
            except Unfit:
                sent.pass_over()  # as they are asked for again
                raise
            yield typed
