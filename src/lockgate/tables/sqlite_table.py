"""A table, a view or a query of an SQLite database as a source; the database is opened for reading only.

SQLite types values, not columns, so the rows are read twice, first for the types and then for the rows. An authorizer
lets a query read and compute and nothing else: no attached file, no pragma, no write.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from lockgate.tables.file_state import FileState, open_bytes, require_unchanged, state_of
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.json_values import ColumnKind, as_array, mixed_notes
from lockgate.tables.plain_types import require_names
from lockgate.terms.errors import InputError

CELL_BYTES = 16 << 20
"""No cell may be longer."""

_BATCH_BYTES = 64 << 20
"""A batch holds no more rows than would be this long if each were as long as the longest."""

_FETCHED_ROWS = 64
_STEPS = 100_000
"""Steps of the database between two looks at the keyboard: a view may never end."""

_REASONS = {
    "SQLITE_BUSY": "another program has it locked",
    "SQLITE_LOCKED": "another program has it locked",
    "SQLITE_CORRUPT": "it is damaged or cut off",
    "SQLITE_NOTADB": "it is no database, or an encrypted one",
    "SQLITE_TOOBIG": f"a cell is longer than {CELL_BYTES >> 20} MiB",
    "SQLITE_AUTH": "the query does more than select",
    "SQLITE_CANTOPEN": "the system does not let it be opened",
}
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
_TABLES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SqliteSource:
    """The rows of one table, view or query.

    Attributes:
        name: For people: the file, and the table if one is named.
        schema: Types that all values seen fit.
        states: The database and its write-ahead log as they were when opened.
        statement: The query that reads the rows.
        notes: What was assumed, for people.
        format: Always `sqlite`.
        batch_rows: Rows that are read at once, fewer where they are long.
    """

    name: str
    schema: pa.Schema
    states: tuple[FileState, ...]
    statement: str
    notes: tuple[str, ...] = ()
    format: str = "sqlite"
    batch_rows: int = FRAGMENT_ROWS

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows in the order in which the database yields them, at most 65,536 a batch.

        Raises:
            InputError: If the database has changed since it was opened.
        """
        names = self.schema.names if columns is None else columns
        schema = pa.schema([self.schema.field(name) for name in names])
        places = [self.schema.get_field_index(name) for name in names]
        with _reading(self.states[0].path) as connection:
            cursor = connection.execute(self.statement)
            while rows := cursor.fetchmany(self.batch_rows):
                cells = list(zip(*rows, strict=True))
                yield pa.RecordBatch.from_arrays(
                    [as_array(cells[place], field.type) for place, field in zip(places, schema, strict=True)],
                    schema=schema,
                )
        require_unchanged(self.states)


def open_sqlite(path: Path, table: str = "", query: str = "", notes: tuple[str, ...] = ()) -> SqliteSource:
    """Return the source that reads a table or a query.

    Args:
        path: The database.
        table: Name of a table or view; may be left out where the database has one only.
        query: One `select`; excludes `table`.
        notes: What has been assumed so far.

    Raises:
        InputError: If the file is no database, the table is missing or not the only one, or the query does not run.
    """
    if table and query:
        raise InputError("expected `table` or `query`, found both", "Leave one of them out.")
    with open_bytes(path):
        states = (state_of(path), state_of(path.with_name(path.name + "-wal")))
    with _reading(path) as connection:
        if not query:
            table = _chosen_table(connection, path, table)
        statement = query.strip().rstrip(";") or f'SELECT * FROM "{table.replace(chr(34), chr(34) * 2)}"'  # noqa: S608 - quoted
        name = f"{path.name}:{table}" if table else path.name
        cursor = connection.execute(statement)
        names = [column[0] for column in cursor.description or ()]
        require_names(names, name)
        kinds = {column: ColumnKind() for column in names}
        longest = 1
        while rows := cursor.fetchmany(_FETCHED_ROWS):
            for kind, values in zip(kinds.values(), zip(*rows, strict=True), strict=True):
                kind.add(values)
            longest = max(longest, *map(_length, rows))
    require_unchanged(states)
    schema = pa.schema([(column, kind.type()) for column, kind in kinds.items()])
    notes = (*notes, *mixed_notes(kinds, name))
    batch_rows = max(1, min(FRAGMENT_ROWS, _BATCH_BYTES // longest))
    return SqliteSource(name, schema, states, statement, notes, batch_rows=batch_rows)


def _length(row: tuple[object, ...]) -> int:
    """Return about how much a row holds: its text and bytes."""
    return sum([len(value) for value in row if isinstance(value, (str, bytes))])


def list_tables(path: Path) -> tuple[str, ...]:
    """Return the names of the tables and views of a database, sorted.

    Raises:
        InputError: If the file is no database.
    """
    with open_bytes(path):
        state_of(path)
    with _reading(path) as connection:
        return _names_of_tables(connection)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection that can only read; what the database says of a failure may quote a cell, so it stays here."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)
        with closing(connection):
            connection.set_authorizer(_authorize)
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, CELL_BYTES)
            connection.set_progress_handler(_go_on, _STEPS)
            yield connection
    except sqlite3.Error as error:
        if _is_interrupted(error):
            raise KeyboardInterrupt from None
        raise InputError(
            f"`{path.name}` cannot be read as an SQLite database: {_reason(error)}",
            "Check the file, the table and the query; a query may only select.",
        ) from None
    except UnicodeDecodeError:  # of a name; the message would quote it
        raise InputError(
            f"`{path.name}` cannot be read as an SQLite database: a name in it is not UTF-8", "Check the file."
        ) from None


def _go_on() -> int:
    """Let the database go on; a key pressed meanwhile is raised here and makes it stop."""
    return 0


def _is_interrupted(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT"


def _reason(error: sqlite3.Error) -> str:
    name = str(getattr(error, "sqlite_errorname", ""))
    if not name:  # the driver's own message of text that is none quotes it
        return "text in it is not UTF-8" if isinstance(error, sqlite3.OperationalError) else type(error).__name__
    return _REASONS.get(name, name)


def _authorize(action: int, *_details: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _names_of_tables(connection: sqlite3.Connection) -> tuple[str, ...]:
    listing = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    return tuple(sorted(str(row[0]) for row in connection.execute(listing)))


def _chosen_table(connection: sqlite3.Connection, path: Path, table: str) -> str:
    tables = _names_of_tables(connection)
    if table in tables or (not table and len(tables) == 1):
        return table or tables[0]
    if not tables:
        raise InputError(f"`{path.name}` has no tables", "Name a database with at least one table.")
    known = ", ".join(f"`{one}`" for one in tables[:_TABLES_SHOWN])
    more = f" and {len(tables) - _TABLES_SHOWN} more" if len(tables) > _TABLES_SHOWN else ""
    found = f"no table `{table}` in" if table else "several tables in"
    raise InputError(f"{found} `{path.name}`, which has {known}{more}", "Name one of them as `table`.")
