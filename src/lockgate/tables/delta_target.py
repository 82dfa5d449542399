"""A new Delta table in a folder of this machine: written beside its place, read back, and moved there in one step.

What a load that was killed has left is a hidden folder, which the next load of the same table clears away; a lock on it
tells one that was killed from one that still runs.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet, types

from lockgate.tables.file_state import unwritable
from lockgate.tables.fragments import FRAGMENT_ROWS, rows_of
from lockgate.tables.optional import load
from lockgate.tables.sink import settle
from lockgate.tables.target import Load, LoadedTable, exact_batches, exact_schema, no_counterpart
from lockgate.terms.errors import InputError, LockgateError

_MOST_DIGITS = 38
_FRAGMENTS_A_FILE = 64
_NS_A_MS = 1_000_000

_NAME = re.compile(r"\w[\w .-]{0,99}", re.ASCII)
"""Libraries of Delta read names of folders as parts of addresses; what else may stand there, not all read alike."""


def load_delta(wanted: Load) -> LoadedTable:
    """Return the table that was made.

    Raises:
        InputError: If there is no such folder, the name is not free, or a type does not fit.
        LockgateError: If the disk is full, or the folder may not be written.
    """
    folder = Path(wanted.into)
    if not folder.is_dir():
        raise InputError(f"no folder `{folder}`", "Name the folder in which the table is to be, or a database.")
    if not _NAME.fullmatch(wanted.table):
        raise InputError(
            f"`{wanted.table[:40]}` cannot be the name of a Delta table", "Use letters, digits, spaces, `_`, `-`, `.`."
        )
    place = folder / wanted.table
    schema = exact_schema(wanted.source.schema)
    for field in schema:
        if not _is_of_delta(field.type):
            raise no_counterpart(field, "Delta")
    try:
        with _beside(place) as hidden:
            files = _write(hidden, wanted, schema)
            wanted.hold(_read_back(files, schema))
            if _named_by_log(hidden) != [path.name for path in files]:
                raise LockgateError("the log of the table does not name its files", "Look for who else writes there.")
            _require_free(place)
            hidden.rename(place)
            settle(folder)
    except OSError as error:
        raise unwritable(place, error) from error
    return LoadedTable(str(place))


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Yield an empty folder beside a place, which nobody else fills; it is gone afterwards, unless it was moved."""
    _require_free(place)
    hidden = place.with_name(f".{place.name}.loading")
    hidden.mkdir(exist_ok=True)
    lock = os.open(hidden, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"another load of `{place.name}` runs", "Wait until it is done.") from None
        _empty(hidden)
        try:
            yield hidden
        finally:
            if hidden.exists():
                shutil.rmtree(hidden, ignore_errors=True)
    finally:
        os.close(lock)


def _require_free(place: Path) -> None:
    if place.exists() or place.is_symlink():
        raise InputError(f"`{place.name}` is in `{place.parent}` already", "Name another table, or take that one away.")


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _write(folder: Path, wanted: Load, schema: pa.Schema) -> tuple[Path, ...]:
    """Return the files that were written, once one commit of the table's log has named them all."""
    deltalake = load("deltalake", "delta", "Delta Lake")
    transaction = load("deltalake.transaction", "delta", "Delta Lake")
    files: list[Path] = []
    batches = rows_of(exact_batches(wanted.source, schema), schema, FRAGMENT_ROWS)
    for batch in batches:
        files.append(folder / f"part-{len(files):05}.parquet")
        with parquet.ParquetWriter(files[-1], schema, compression="zstd") as writer:
            for one in chain([batch], islice(batches, _FRAGMENTS_A_FILE - 1)):
                writer.write_batch(one)
                wanted.told(one.num_rows)
        settle(files[-1])
    states = [(path.name, path.stat()) for path in files]
    added = [
        transaction.AddAction(name, found.st_size, {}, found.st_mtime_ns // _NS_A_MS, data_change=True, stats="{}")
        for name, found in states
    ]
    transaction.create_table_with_add_actions(
        str(folder), deltalake.Schema.from_arrow(schema), added, mode="error", description=wanted.note
    )
    settle(folder / "_delta_log")
    settle(folder)
    return tuple(files)


def _read_back(files: tuple[Path, ...], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for path in files:
        with parquet.ParquetFile(path, pre_buffer=False) as file:
            for batch in file.iter_batches(columns=schema.names):
                columns = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)]
                yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _named_by_log(folder: Path) -> list[str]:
    """Return the files that belong to the table, as its own library finds them."""
    deltalake = load("deltalake", "delta", "Delta Lake")
    return sorted(Path(uri).name for uri in deltalake.DeltaTable(str(folder)).file_uris())


def _is_of_delta(type_: Any) -> bool:
    if types.is_decimal(type_):
        return bool(0 <= type_.scale <= type_.precision <= _MOST_DIGITS)
    return bool(
        types.is_string(type_)
        or types.is_boolean(type_)
        or types.is_signed_integer(type_)
        or types.is_floating(type_)
        or types.is_date(type_)
        or types.is_binary(type_)
        or types.is_timestamp(type_)
    )
