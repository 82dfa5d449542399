"""A table, a view or a query of a DuckDB file as a source, by duckdb (extra `duckdb`); the file is only read.

No extension is fetched or loaded and nothing outside of the file is touched, whatever the query says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.tables.file_state import open_bytes, state_of
from lockgate.tables.nesting import find_nesting, list_notes, shown_tables
from lockgate.tables.optional import load
from lockgate.tables.plain_types import plain_batch, plain_schema
from lockgate.tables.snapshot import Origin, SnapshotSource, held_snapshot, take_snapshot
from lockgate.terms.errors import InputError

_ROWS = 16_384
_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
}
_LISTING = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_catalog = current_database() ORDER BY table_schema <> 'main', table_schema, table_name
"""


def open_duckdb(path: Path, table: str, query: str) -> SnapshotSource:
    """Return the source that reads a table or a query.

    Args:
        path: The file.
        table: Name of a table or view (`name` or `schema.name`); may be left out where there is one only.
        query: One `select`; excludes `table`.

    Raises:
        InputError: If the file is no DuckDB database, or the table or query is wrong.
    """
    if table and query:
        raise InputError("expected `table` or `query`, found both", "Leave one of them out.")
    with open_bytes(path):
        states = (state_of(path), state_of(path.with_name(path.name + ".wal")))
    key = (states, table, query)
    held = held_snapshot(key)
    if held:
        return held
    with _reading(path) as (duckdb, connection):
        statement, shown = (_selecting(duckdb, connection, query), "") if query else _chosen(connection, path, table)
        name = f"{path.name}:{shown}" if shown else path.name
        found: pa.Schema = connection.sql(f"SELECT * FROM ({statement}\n) LIMIT 0").to_arrow_table().schema  # noqa: S608 - parsed alone, names quoted
        nesting = find_nesting(found, "", name)
        schema = _in_utc(plain_schema(nesting.schema() if nesting else found, name))
        notes = list_notes(nesting.lists, "", name) if nesting else ()

        def rows(typed: pa.Schema) -> Iterator[pa.RecordBatch]:
            for batch in connection.sql(statement).to_arrow_reader(_ROWS):
                for part in nesting.unnest(batch, typed.names) if nesting else [batch]:
                    yield plain_batch(part, typed, name)

        return take_snapshot(key, Origin(name, "duckdb", schema, rows, notes, states))


def list_duckdb(path: Path) -> tuple[str, ...]:
    """Return the names of the tables and views, those of `main` without their schema.

    Raises:
        InputError: If the file is no DuckDB database.
    """
    with open_bytes(path):
        pass
    with _reading(path) as (_, connection):
        return tuple(_shown(*found) for found in connection.execute(_LISTING).fetchall())


@contextmanager
def _reading(path: Path) -> Iterator[tuple[Any, Any]]:
    """Yield the library and a connection; what it says of a failure may quote a cell, so only its kind goes on."""
    duckdb = load("duckdb", "duckdb", "DuckDB")
    try:
        with duckdb.connect(str(path), read_only=True, config=_SETTINGS) as connection:
            yield duckdb, connection
    except (duckdb.Error, pa.ArrowException) as error:
        raise InputError(
            f"`{path.name}` cannot be read as a DuckDB database ({type(error).__name__})",
            "Check that nobody writes to the file, the table and the query; a query may only select from it.",
        ) from None


def _selecting(duckdb: Any, connection: Any, query: str) -> str:
    """Return the query if it is one `select`, parsed alone."""
    found = connection.extract_statements(query)
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise InputError("the query is no single `select`", "Write one `select`.")
    return str(query.strip().rstrip(";"))


def _chosen(connection: Any, path: Path, table: str) -> tuple[str, str]:
    found = connection.execute(_LISTING).fetchall()
    wanted = [one for one in found if table in ("", ".".join(one), _shown(*one))]
    if len(wanted) != 1:
        known = tuple(_shown(*one) for one in found)
        what = f"no table `{table}`" if table else f"{len(found)} tables"
        raise InputError(
            f"{what} in `{path.name}`" + (f", which has {shown_tables(known)}" if known else ""),
            "Name one of them as `table`.",
        )
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in wanted[0])
    return f"SELECT * FROM {quoted}", _shown(*wanted[0])  # noqa: S608 - a name that the database has, quoted


def _in_utc(schema: pa.Schema) -> pa.Schema:
    """Return the schema with times of a zone in UTC, whatever the zone of this machine."""
    return pa.schema(
        [
            field.with_type(pa.timestamp(field.type.unit, "UTC"))
            if pa.types.is_timestamp(field.type) and field.type.tz
            else field
            for field in schema
        ]
    )


def _shown(schema: str, table: str) -> str:
    return table if schema == "main" else f"{schema}.{table}"
