"""A connection to PostgreSQL that only reads, and the rows that come over it: COPY as text, typed, in bounded memory.

What the database says of a failure may quote a cell or an address, so only its code goes on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple, cast

import pyarrow as pa
from pyarrow import csv

from lockgate.tables.database_address import Address, secret_password
from lockgate.tables.optional import load
from lockgate.tables.typed_text import typed_batch
from lockgate.terms.errors import InputError

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
LOCK_TIMEOUT = "10s"
"""Who changes a table waits for who reads it, and others wait behind: a worker would wait for ever for its starter."""

_CONNECT_S = 15
_SILENT_S = 60
"""A connection that waits for workers is kept up; what lies between here and the server may forget it."""

_BLOCK_BYTES = 8 << 20
_COPY_DONE = -1
"""What libpq calls the end of a copy."""

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


class Moment(NamedTuple):
    """What a connection sees, for others to see too; never credentials.

    Attributes:
        snapshot: What the server calls it, as long as that connection stays in its transaction.
        server: When the server was started: another one may call something else the same.
    """

    snapshot: str
    server: str


_MOMENT = "SELECT pg_export_snapshot(), pg_postmaster_start_time()::text"
_SERVER = "SELECT pg_postmaster_start_time()::text"


@contextmanager
def reading(address: Address, moment: Moment | None = None) -> Iterator[Any]:
    """Yield a connection in a read-only transaction that sees one state.

    Args:
        address: Without a password.
        moment: Of another connection, which is seen; None for the state as it is now.

    Raises:
        InputError: If the server cannot be reached, or what is asked of it cannot be read.
    """
    psycopg = load("psycopg", "postgres", "PostgreSQL")
    try:
        with psycopg.connect(**connection_parameters(address)) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            if moment is not None:
                _join(connection, moment)
            for setting, value in SETTINGS.items():
                connection.execute("SELECT set_config(%s, %s, true)", (setting, value))
            yield connection
            connection.rollback()
    except psycopg.Error as error:
        raise InputError(
            f"`{address.database}` cannot be read as a PostgreSQL database: {_reason(error)}",
            "Check the address, the role's rights, the table and the query; a query may only select.",
        ) from None


def moment_of(connection: Any) -> Moment:
    """Return what a connection of `reading` sees."""
    return Moment(*connection.execute(_MOMENT).fetchone())


def _join(connection: Any, moment: Moment) -> None:
    """Have a new transaction see what another one sees, without ever waiting for a lock that waits for that one."""
    sql = load("psycopg.sql", "postgres", "PostgreSQL")
    connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(moment.snapshot)))
    connection.execute("SELECT set_config('lock_timeout', %s, true)", (LOCK_TIMEOUT,))
    if connection.execute(_SERVER).fetchone() != (moment.server,):
        raise InputError("another server answers", "Name one server.")


def connection_parameters(address: Address) -> dict[str, Any]:
    """Return what the driver needs to connect, the password from where it lies."""
    given = {"host": address.host, "port": address.port, "user": address.user, "password": secret_password(address)}
    return {
        **{key: value for key, value in given.items() if value},
        "dbname": address.database,
        "connect_timeout": _CONNECT_S,
        "keepalives_idle": _SILENT_S,
        "application_name": "lockgate",
        **address.options,
    }


def _reason(error: Any) -> str:
    code = str(getattr(error, "sqlstate", "") or "")
    if not code:
        return "it cannot be reached, or does not let the role in"
    return _REASONS.get(code) or _REASONS.get(code[:2]) or f"it says {code}"


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
