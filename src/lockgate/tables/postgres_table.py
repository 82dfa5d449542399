"""A table, a view or a query of a PostgreSQL database as a source, by psycopg (extra `postgres`).

1. *Connect* without a password in the address; the transaction is read-only and sees one state of the database.
2. *Choose* the table among those that the role may read; its name goes into SQL as a quoted identifier, and only if the
   database itself has it. A query is parsed alone, as the declaration of a cursor, before it stands in anything else.
3. *Copy* the rows out as text in bounded memory, typed by what the database says of the columns, into a snapshot. A
   large table is read in ranges, several at once (`postgres_parts`).

Row-level security does not thin out the rows unseen: where it would, the database refuses.
"""

from functools import partial
from typing import Any

import pyarrow as pa

from lockgate.tables.database_address import Address, parse_address
from lockgate.tables.engine import Engine
from lockgate.tables.nesting import shown_tables
from lockgate.tables.optional import load
from lockgate.tables.plain_types import require_names
from lockgate.tables.postgres_parts import cut_blocks, read_pieces
from lockgate.tables.postgres_rows import OPTIONS, copied_rows, reading
from lockgate.tables.snapshot import Origin, SnapshotSource, held_snapshot, take_snapshot
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

SCHEMES = ("postgresql://", "postgres://")

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

_TABLES = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition
AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
ORDER BY n.nspname <> 'public', n.nspname, c.relname
"""


def open_postgres(reference: SourceReference, engine: Engine | None = None) -> SnapshotSource:
    """Return the source that reads a table or a query, as it is now.

    Args:
        reference: Address, and table (`name` or `schema.name`) or query; neither where there is one table only.
        engine: Whose workers share the reading, if they are of this machine; what is read is the same without.

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
    with reading(address) as connection:
        table = None if reference.query else _table(connection, address, reference)
        statement = _query(connection, reference.query) if table is None else _all_of(table)
        names, types = _columns(connection, statement)
        name = f"{address.database}:{_shown(*table)}" if table else address.database
        require_names(names, name)
        schema = pa.schema(zip(names, types, strict=True))
        ranges = cut_blocks(connection, statement, table) if table else None
        pieces = partial(read_pieces, (connection, address), ranges, engine) if ranges else None
        rows = partial(copied_rows, connection, statement)
        return take_snapshot(key, Origin(name, "postgresql", schema, rows, pieces=pieces))


def list_postgres(location: str) -> tuple[str, ...]:
    """Return the names of the tables and views that the role may read, those of `public` without their schema.

    Raises:
        InputError: If the database cannot be reached.
    """
    with reading(parse_address(location, OPTIONS)) as connection:
        return tuple(_shown(*found) for found in connection.execute(_TABLES).fetchall())


def _query(connection: Any, query: str) -> Any:
    sql = load("psycopg.sql", "postgres", "PostgreSQL")
    statement = sql.SQL(query.strip().rstrip(";"))
    # alone, so that it is whole in itself and cannot end what it is put into below
    connection.execute(sql.SQL("DECLARE probe NO SCROLL CURSOR FOR ") + statement, prepare=False)
    return statement


def _all_of(table: tuple[str, str]) -> Any:
    sql = load("psycopg.sql", "postgres", "PostgreSQL")
    return sql.SQL("SELECT * FROM {}").format(sql.Identifier(*table))


def _table(connection: Any, address: Address, reference: SourceReference) -> tuple[str, str]:
    """Return the schema and the name of the table that is asked for."""
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
    return schema, table


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
