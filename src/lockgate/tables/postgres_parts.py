"""A large table of PostgreSQL read in ranges of its blocks, by several connections at once that see the same moment.

1. *Cut* the table, by its length alone, where the server finds the rows of some blocks without reading others (a Tid
   Range Scan: tables and materialised views as PostgreSQL itself keeps them, from 14 on). Whatever else there is (a
   view, a foreign table, one of partitions) is read whole.
2. *Hold* what the first connection sees: it stays in its transaction as long as others read.
3. *Read* each range into a Parquet file, by a worker with a connection of its own. The address holds no password; a
   worker takes it from where the first connection did.
4. *Read here* what workers could not: a server that takes no more connections, a lock that somebody waits for. If it
   is the server that is gone, this is where it is told.
5. *Join* the files in the order of the ranges. That is the order of a sequential scan that begins with the first block.

So the copy is the same bytes whoever reads it. A cluster's workers would need the password too: none is asked.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.database_address import Address
from lockgate.tables.engine import Engine
from lockgate.tables.job import make_job, part_of, parts_in_order
from lockgate.tables.optional import load
from lockgate.tables.postgres_rows import Moment, copied_rows, moment_of, reading
from lockgate.tables.snapshot import write_rows
from lockgate.terms.errors import InputError

RANGE_BYTES = 32 << 20
"""Bytes of a range as the server holds it, unless a test says otherwise."""

_WORTH_IT = 2
"""Ranges from which on a table is cut."""

MOST_CONNECTIONS = 8
"""A server has others to serve, and commonly takes a hundred."""

_BLOCKS = """
SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int, current_setting('block_size')::int
WHERE has_function_privilege('pg_export_snapshot()', 'EXECUTE')
"""


@dataclass(frozen=True, slots=True)
class BlockRanges:
    """A table cut into ranges of blocks; picklable.

    Attributes:
        statement: SQL that reads all rows.
        blocks: Of the table.
        size: Blocks of a range.
    """

    statement: str
    blocks: int
    size: int

    @property
    def numbers(self) -> range:
        """Return the numbers of the ranges, from 0."""
        return range(-(-self.blocks // self.size))

    def rows_of(self, number: int) -> Any:
        """Return SQL that reads the rows of a range; the last one goes on to wherever the table ends."""
        sql = load("psycopg.sql", "postgres", "PostgreSQL")
        where = f" WHERE ctid >= '({number * self.size},0)'"
        if number < self.numbers[-1]:
            where += f" AND ctid < '({(number + 1) * self.size},0)'"
        return sql.SQL(self.statement + where)


@dataclass(frozen=True, slots=True)
class ReadRange:
    """The task of a range.

    Attributes:
        address: Of the server.
        moment: What is seen.
        ranges: Of the table.
        schema: Types of the columns.
    """

    address: Address
    moment: Moment
    ranges: BlockRanges
    schema: pa.Schema

    def __call__(self, number: int, part: Path) -> int:
        """Write the rows of a range."""
        with reading(self.address, self.moment) as connection:
            return _read_range(connection, self.ranges, number, self.schema, part)


def cut_blocks(connection: Any, statement: Any, table: tuple[str, str]) -> BlockRanges | None:
    """Return the ranges of a table; None where it is read whole.

    Args:
        connection: Of `reading`, which has read of the table, so that nobody may write it anew.
        statement: Reads all rows.
        table: Its schema and name.
    """
    psycopg, sql = load("psycopg", "postgres", "PostgreSQL"), load("psycopg.sql", "postgres", "PostgreSQL")
    try:
        with connection.transaction():  # a savepoint: a server may not know what it is asked here
            name = sql.Identifier(*table).as_string(connection)
            found = connection.execute(_BLOCKS, (name,)).fetchone()
            if found is None or not found[0]:
                return None
            blocks, block_bytes = found
            ranges = BlockRanges(statement.as_string(connection), blocks, max(RANGE_BYTES // block_bytes, 1))
            if len(ranges.numbers) < _WORTH_IT:
                return None
            plan = connection.execute(sql.SQL("EXPLAIN (FORMAT JSON) ") + ranges.rows_of(0)).fetchone()[0]
            return ranges if plan[0]["Plan"]["Node Type"] == "Tid Range Scan" else None
    except psycopg.Error:
        return None


def read_pieces(
    first: tuple[Any, Address], ranges: BlockRanges, engine: Engine | None, schema: pa.Schema, folder: Path
) -> Generator[Path]:
    """Yield the Parquet files of a table in the order of its rows.

    Args:
        first: The connection whose moment is seen, and its address.
        ranges: Of the table.
        engine: Whose workers read, if they are of this machine; None for this process.
        schema: Types of the columns.
        folder: For this user only; where the files lie.

    Raises:
        InputError: If the rows cannot be read.
        Unfit: If a value does not fit its type.
    """
    connection, address = first

    def run(job: Path, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        left = dict.fromkeys(numbers)
        if engine is not None and engine.name == "local" and engine.workers > 1:
            make_job(job, ReadRange(address, moment_of(connection), ranges, schema))
            for number, rows in _run_by_workers(engine, job, numbers):
                del left[number]
                yield number, rows
        for number in left:
            yield number, _read_range(connection, ranges, number, schema, part_of(job, number))

    return parts_in_order(folder, ranges.numbers, run, BytesRead.tell_rows or (lambda _: None))


def _run_by_workers(engine: Engine, job: Path, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the ranges that workers read, as they are finished; some may be missing."""
    spared = max(engine.workers - MOST_CONNECTIONS, 0)
    engine.lend(spared)
    try:
        with closing(engine.run(job, numbers)) as run:  # type: ignore[type-var] # a generator of ours
            yield from run
    except InputError:
        pass
    finally:
        engine.lend(-spared)


def _read_range(connection: Any, ranges: BlockRanges, number: int, schema: pa.Schema, part: Path) -> int:
    return write_rows(part, copied_rows(connection, ranges.rows_of(number), schema), schema)
