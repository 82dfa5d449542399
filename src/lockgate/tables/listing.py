"""Every table that a reference leads to: one where the files belong together, else each file or table by itself."""

from dataclasses import replace
from pathlib import Path

from lockgate.tables.duckdb_table import list_duckdb
from lockgate.tables.excel_file import list_sheets
from lockgate.tables.json_document import list_members
from lockgate.tables.lake_table import lake_format
from lockgate.tables.local_path import local_path
from lockgate.tables.location import find_location, is_folder, is_known_file
from lockgate.tables.mysql_table import list_mysql
from lockgate.tables.postgres_table import list_postgres
from lockgate.tables.row_source import Source
from lockgate.tables.source import open_source
from lockgate.tables.sqlite_table import list_tables
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference


def list_sources(reference: SourceReference) -> tuple[SourceReference, ...]:
    """Return the tables of a reference, at least one.

    A database without a named table or query gives all its tables and views. A folder whose files are one table gives
    one source; any other folder gives every known file below it.

    Args:
        reference: File, glob, folder or database.

    Raises:
        InputError: If there is nothing to read.
    """
    folder = Path(local_path(reference.location))
    if not reference.location or not is_folder(folder):
        return _of_one_place(reference)
    if lake_format(folder):  # one table, which is read whole to be opened
        return (reference,)
    try:
        open_source(reference)
    except InputError:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and is_known_file(path))
        if not files:
            raise
        return tuple(one for path in files for one in _of_one_place(replace(reference, location=str(path))))
    return (reference,)


def tables_within(reference: SourceReference, source: Source) -> tuple[SourceReference, ...]:
    """Return the tables inside a table: one for each list of its nested columns; none where a table is named.

    Args:
        reference: What `source` was opened by.
        source: The table.
    """
    lists: tuple[str, ...] = getattr(source, "lists", ())
    return tuple(SourceReference(reference.location, one) for one in lists)


def _of_one_place(reference: SourceReference) -> tuple[SourceReference, ...]:
    found = find_location(reference)
    if reference.table or reference.query:
        return (reference,)
    match found.format:
        case "sqlite":
            tables = list_tables(found.paths[0])
        case "duckdb":
            tables = list_duckdb(found.paths[0])
        case "xlsx":
            tables = list_sheets(found.paths[0])
        case "postgresql":
            tables = list_postgres(reference.location)
        case "mysql":
            tables = list_mysql(reference.location)
        case "json":
            tables = list_members(found.paths)
        case _:
            tables = ()
    return tuple(SourceReference(reference.location, table) for table in tables) or (reference,)
