"""Folders of Parquet parted by the values of columns (`country=CN/day=2026-11-22/…`), as Hive and Spark write them.

The columns of the folders' names stand behind those of the files, as text, since the names say no type. Source: Apache
Hive, dynamic partitions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from lockgate.tables.file_layout import FileLayout
from lockgate.tables.file_state import FileState
from lockgate.tables.nesting import Nesting, list_notes
from lockgate.tables.parquet_file import ParquetSource, open_parquet
from lockgate.tables.plain_types import require_names
from lockgate.tables.small_batches import join_small
from lockgate.terms.errors import InputError

_NULL = "__HIVE_DEFAULT_PARTITION__"

Values = tuple[tuple[str, str | None], ...]
"""Name and value of each column that the folders of a file say, outermost first."""


@dataclass(frozen=True, slots=True)
class PartitionedSource:
    """Parquet files with the same columns, in folders with the same keys, read one after the other.

    Attributes:
        name: For people.
        schema: Columns of the files, then those of the folders.
        parts: The files in order.
        values: What the folders of each file say.
        notes: What was assumed, for people.
        format: Always `parquet`.
    """

    name: str
    schema: pa.Schema
    parts: tuple[ParquetSource, ...]
    values: tuple[Values, ...]
    notes: tuple[str, ...] = ()
    format: str = "parquet"

    @property
    def lists(self) -> tuple[str, ...]:
        """Return the tables within, one for each list; empty where one of them is read."""
        return self.parts[0].lists

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows in order, at most 65,536 a batch.

        Raises:
            InputError: If a file is damaged, or has changed since it was opened.
        """
        return join_small(self._batches(list(self.schema.names if columns is None else columns)))

    def _batches(self, names: list[str]) -> Iterator[pa.RecordBatch]:
        for part, values in zip(self.parts, self.values, strict=True):
            for batch in part.batches(_own(part, names, values)):
                yield _beside(batch, names, values)

    @property
    def states(self) -> tuple[FileState, ...]:
        """Return the files as they were when opened."""
        return tuple(state for part in self.parts for state in part.states)

    @property
    def nesting(self) -> Nesting | None:
        """Return how the columns of the files come out of nested ones; None where none is nested."""
        return self.parts[0].nesting

    def layouts(self) -> tuple[FileLayout, ...]:
        """Return how the rows of each file lie, as `ParquetSource.layouts` does.

        Raises:
            InputError: If a file is damaged.
        """
        return tuple(layout for part in self.parts for layout in part.layouts())

    def range_batches(
        self, first: int, rows: int, columns: Sequence[str] | None, layouts: Sequence[FileLayout]
    ) -> Iterator[pa.RecordBatch]:
        """Return some of the rows, as `ParquetSource.range_batches` does; what folders say comes encoded.

        Raises:
            InputError: If a file is damaged, or has changed since it was opened.
        """
        names = list(self.schema.names if columns is None else columns)
        coded = frozenset.intersection(*(layout.coded for layout in layouts))
        begin = 0
        for part, values, layout in zip(self.parts, self.values, layouts, strict=True):
            left, right = max(first - begin, 0), min(first + rows - begin, layout.rows)
            begin += layout.rows
            if left < right:
                alike = layout._replace(coded=coded)
                for batch in part.range_batches(left, right - left, _own(part, names, values), [alike]):
                    yield _beside(batch, names, values, encoded=True)


def open_partitioned(
    name: str, paths: tuple[Path, ...], values: tuple[Values, ...], notes: tuple[str, ...] = (), table: str = ""
) -> PartitionedSource:
    """Return the source that reads these files.

    Args:
        name: Display name.
        paths: At least one file, in the order in which they are read.
        values: What the folders of each file say.
        notes: What has been assumed so far.
        table: Path of the list whose elements are the rows; empty for the records.

    Raises:
        InputError: If `open_parquet` refuses the files, or a column stands in files and folders.
    """
    whole = open_parquet(name, paths, (), table)
    keys = [key for key, _ in values[0]]
    both = [key for key in keys if key in whole.schema.names]
    if both:
        raise InputError(
            f"column `{both[0]}` of `{name}` stands in the files and in the names of folders",
            "Leave it out of the files.",
        )
    schema = pa.schema([*whole.schema, *(pa.field(key, pa.string()) for key in keys)])
    require_names(schema.names, name)
    parts = tuple(ParquetSource(name, whole.schema, (state,), nesting=whole.nesting) for state in whole.states)
    lists = list_notes(whole.nesting.lists, table, name) if whole.nesting else ()
    return PartitionedSource(name, schema, parts, values, (*notes, *lists))


def _own(part: ParquetSource, names: list[str], values: Values) -> list[str]:
    """Return the columns of a file that are read: at least one, which counts its rows."""
    said = dict(values)
    return [name for name in names if name not in said] or part.schema.names[:1]


def _beside(batch: pa.RecordBatch, names: list[str], values: Values, *, encoded: bool = False) -> pa.RecordBatch:
    """Return a batch with what the folders say beside its columns, in the order of the names."""
    said = {name: _repeated(value, batch.num_rows, encoded=encoded) for name, value in values if name in names}
    cells = [said[name] if name in said else batch.column(name) for name in names]
    return pa.RecordBatch.from_arrays(cells, names=names)


def _repeated(value: str | None, rows: int, *, encoded: bool) -> "pa.Array[Any]":
    if not encoded:
        return pa.repeat(pa.scalar(value, pa.string()), rows)
    code = pa.scalar(None if value is None else 0, pa.int32())
    texts = pa.array([] if value is None else [value], pa.string())
    return pa.DictionaryArray.from_arrays(pa.repeat(code, rows), texts)


def folder_values(path: Path, top: Path) -> Values:
    """Return what the folders between a file and the folder of the table say.

    Raises:
        InputError: If one of them is not named `key=value`.
    """
    found = []
    for folder in path.relative_to(top).parts[:-1]:
        key, is_parted, value = folder.partition("=")
        if not is_parted or not key:
            raise InputError(
                f"the folder `{top.name}` is parted by keys, and a folder in it is not named `key=value`",
                "Name the files by a glob.",
            )
        found.append((unquote(key), None if value == _NULL else unquote(value)))
    return tuple(found)
