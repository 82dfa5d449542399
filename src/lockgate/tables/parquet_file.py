"""Parquet files as a source: types are kept, layouts made plain, nested columns refused for now."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from lockgate.tables.file_state import FileState, require_unchanged, state_of, unreadable
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.plain_types import plain_batch, plain_schema
from lockgate.terms.errors import InputError

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

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Return the rows in order, at most 65,536 a batch.

        Raises:
            InputError: If a file is damaged, or has changed since it was opened.
        """
        for state in self.states:
            yield from self._read(state.path)
            require_unchanged([state])

    def _read(self, path: Path) -> Iterator[pa.RecordBatch]:
        with _opened(path) as file:
            try:
                for batch in file.iter_batches(FRAGMENT_ROWS):
                    yield plain_batch(batch, self.schema, path.name)
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


def _opened(path: Path) -> parquet.ParquetFile:
    try:
        return parquet.ParquetFile(path, buffer_size=_BUFFER_BYTES, pre_buffer=False)
    except pa.ArrowException:
        raise _damaged(path) from None
    except OSError as error:
        raise (unreadable(path, error) if error.errno else _damaged(path)) from None


def _damaged(path: Path) -> InputError:
    return InputError(f"`{path.name}` is no readable Parquet file", "Write the file anew, unencrypted.")
