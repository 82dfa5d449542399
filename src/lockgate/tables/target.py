"""What is loaded into a database or a lake: a new table with the rows of one file, seen by nobody before it is held.

Every writer does the same four things: it makes a table that nobody else sees, fills it, hands what can be read from it
to `hold`, and lets others see it only if that raises nothing. Whatever fails before leaves no table.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
from pyarrow import types

from lockgate.tables.row_source import Source
from lockgate.terms.errors import InputError


@dataclass(frozen=True, slots=True)
class Load:
    """A table to be made.

    Attributes:
        into: Address of a database, or a folder of tables.
        table: Its name, which must be free.
        source: The rows.
        note: Kept with the table, where the database keeps such: what the rows are.
        hold: Takes the rows as they are read back, in their order, and raises if they are not the ones.
        told: Called with the number of rows written since the last call.
    """

    into: str
    table: str
    source: Source
    note: str
    hold: Callable[[Iterator[pa.RecordBatch]], None]
    told: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """A table that was made.

    Attributes:
        name: For people: of the database and of the table; never credentials.
        notes: Where a type has no exact counterpart, what stands for it.
    """

    name: str
    notes: tuple[str, ...] = ()


def exact_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema in which rows are written and read back: instants and times in microseconds.

    Args:
        schema: Plain types.
    """
    return pa.schema([pa.field(field.name, _exact(field.type)) for field in schema])


def exact_batches(source: Source, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Return the rows of a source in a schema that `exact_schema` gave.

    Raises:
        InputError: If a time is finer than a microsecond.
    """
    for batch in source.batches():
        columns = []
        for column, field in zip(batch.columns, schema, strict=True):
            try:
                columns.append(column.cast(field.type))
            except pa.ArrowInvalid:
                raise InputError(
                    f"column `{field.name}` has times finer than a microsecond, which the database cannot hold",
                    "Round them before the release.",
                ) from None
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def no_counterpart(field: "pa.Field[pa.DataType]", what: str) -> InputError:
    """Return the error of a column whose type a database does not have."""
    return InputError(
        f"column `{field.name}` is of the type {field.type}, for which {what} has no exact counterpart",
        "Release it as CSV, where it is text, and load that.",
    )


def require_short_names(schema: pa.Schema, table: str, most: int, what: str) -> None:
    """Hold names against the length at which a database cuts them.

    Raises:
        InputError: If a name is empty, holds a NUL, or is longer.
    """
    for name in (table, *schema.names):
        if not name or "\0" in name or len(name.encode()) > most:
            raise InputError(
                f"{what} takes names of 1 to {most} bytes without NUL, found `{name[:40]}`", "Choose another name."
            )


def _exact(type_: pa.DataType) -> pa.DataType:
    if types.is_timestamp(type_):
        return pa.timestamp("us", tz="UTC" if type_.tz else None)
    if types.is_time(type_):
        return pa.time64("us")
    return pa.date32() if types.is_date(type_) else type_
