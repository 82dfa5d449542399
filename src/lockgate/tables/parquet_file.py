"""Parquet files as a source: types are kept, layouts made plain, nested columns refused for now."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from lockgate.tables.file_state import FileState, open_bytes, require_unchanged, state_of, unreadable
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.plain_types import plain_batch, plain_schema
from lockgate.terms.errors import InputError

CELL_BYTES = 16 << 20
"""No cell may be longer."""

_BATCH_BYTES = 256 << 20
"""A batch holds no more rows than would be this long if each were as long as the average of its row group."""

_ENCRYPTED = b"PARE"
"""The last bytes of a file with an encrypted footer (Apache Parquet modular encryption, section 5.4)."""

_BUFFER_BYTES = 1 << 20
"""Column chunks are streamed through a buffer of this size; without one a whole chunk lies in memory."""


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """One or more Parquet files with the same plain schema, read one after the other.

    Attributes:
        name: For people.
        schema: Plain types.
        states: The files as they were when opened, in order.
        notes: What was assumed, for people.
        format: Always `parquet`.
    """

    name: str
    schema: pa.Schema
    states: tuple[FileState, ...]
    notes: tuple[str, ...] = ()
    format: str = "parquet"

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows in order, at most 65,536 a batch; of columns that are not wanted nothing is read.

        Raises:
            InputError: If a file is damaged, or has changed since it was opened.
        """
        for state in self.states:
            yield from self._read(state.path, list(self.schema.names if columns is None else columns))
            require_unchanged([state])

    def _read(self, path: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
        schema = pa.schema([self.schema.field(name) for name in columns])
        with _opened(path) as file:
            try:
                for batch in file.iter_batches(_rows_at_once(file.metadata), columns=columns):
                    plain = plain_batch(batch.select(columns), schema, path.name)
                    _require_short_cells(plain, path)
                    yield plain
            except (pa.ArrowException, OSError):
                raise _damaged(path) from None


def open_parquet(name: str, paths: tuple[Path, ...], notes: tuple[str, ...] = ()) -> ParquetSource:
    """Return the source that reads these files.

    Args:
        name: Display name.
        paths: At least one file, in the order in which they are read.
        notes: What has been assumed so far.

    Raises:
        InputError: If a file is missing, no Parquet, has a nested column, or its schema differs from the first one's.
    """
    states = tuple(state_of(path) for path in paths)
    schemas = []
    for path in paths:
        with _opened(path) as file:
            schemas.append(plain_schema(file.schema_arrow, path.name))
    for path, schema in zip(paths, schemas, strict=True):
        if not schema.equals(schemas[0]):
            raise InputError(
                f"the columns of `{path.name}` differ from those of `{paths[0].name}`",
                "Give files that are read together the same columns, types and order.",
            )
    return ParquetSource(name, schemas[0], states, notes)


def _rows_at_once(metadata: parquet.FileMetaData) -> int:
    """Return how many rows are read at once: fewer where they are long on the average of their row group."""
    groups = (metadata.row_group(place) for place in range(metadata.num_row_groups))
    longest = max((group.total_byte_size // max(1, group.num_rows) for group in groups), default=0)
    return max(1, min(FRAGMENT_ROWS, _BATCH_BYTES // max(1, longest)))


def _require_short_cells(batch: pa.RecordBatch, path: Path) -> None:
    for field, column in zip(batch.schema, batch.columns, strict=True):
        is_long = pa.types.is_string(field.type) or pa.types.is_binary(field.type)
        if is_long and column.nbytes > CELL_BYTES and _longest(column) > CELL_BYTES:
            raise InputError(
                f"column `{field.name}` of `{path.name}` holds a cell longer than {CELL_BYTES >> 20} MiB",
                "Leave the column out, or split its cells.",
            )


def _longest(column: "pa.Array[Any]") -> int:
    lengths: pa.Int32Array = pc.binary_length(column)  # type: ignore[call-overload] # text or bytes, as was asked
    return int(pc.max(lengths).as_py() or 0)


def _opened(path: Path) -> parquet.ParquetFile:
    try:
        return parquet.ParquetFile(path, buffer_size=_BUFFER_BYTES, pre_buffer=False)
    except pa.ArrowException:
        raise _damaged(path) from None
    except OSError as error:
        raise (unreadable(path, error) if error.errno else _damaged(path)) from None


def _damaged(path: Path) -> InputError:
    with open_bytes(path) as file:
        file.seek(-min(len(_ENCRYPTED), state_of(path).size), os.SEEK_END)
        if file.read() == _ENCRYPTED:
            return InputError(f"`{path.name}` is an encrypted Parquet file", "Write the file anew, unencrypted.")
    return InputError(f"`{path.name}` is no readable Parquet file", "Write the file anew, unencrypted.")
