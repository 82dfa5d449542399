"""Arrow tables in a file of our own, to be read back as they were: what workers leave for who started them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import ipc

from lockgate.tables.file_state import unreadable, unwritable


def write_tables(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write tables of any columns, each whole.

    Raises:
        LockgateError: If the disk is full or the folder may not be written.
    """
    try:
        with pa.OSFile(str(path), "wb") as file:
            for table in tables:
                with ipc.new_stream(file, table.schema) as writer:
                    writer.write_table(table)
    except OSError as error:
        raise unwritable(path, error) from error


def read_tables(path: Path) -> Iterator[pa.Table]:
    """Return the tables of a file, one after the other.

    Raises:
        InputError: If the file is missing.
    """
    try:
        file = pa.memory_map(str(path))
    except OSError as error:
        raise unreadable(path, error) from error
    with file:
        while file.tell() < file.size():
            yield ipc.open_stream(file).read_all()
