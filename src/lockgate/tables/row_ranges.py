"""A source cut into ranges of rows that several processes can read, each on its own.

Not every source can be: Parquet files can, and whatever has been copied into one (tables of databases, sheets, lakes);
nested columns cannot, because nobody knows before how many rows they give. Ranges begin at multiples of 65,536 rows,
and their batches hold exactly as many, so that a batch has the same rows however many of them a range has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from lockgate.tables.file_state import FileState, require_unchanged
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.parquet_file import ParquetSource
from lockgate.tables.remote_files import FetchedSource
from lockgate.tables.snapshot import SnapshotSource
from lockgate.tables.source import Source

RANGE_ROWS = 16 * FRAGMENT_ROWS
"""Rows of a range, unless a test says otherwise."""

_WORTH_IT = 2
"""Ranges of a source from which on it is cut."""

_MOST_BYTES = 1 << 30
"""Bytes of a batch at which it ends, whatever its rows; an array of text holds no more than twice as many."""

_LONGEST_GROUP = 2 * RANGE_ROWS
"""Rows of a row group up to which ranges are read from it; a longer one would be read again and again."""


@dataclass(frozen=True, slots=True)
class RowRanges:
    """The ranges of a source; picklable.

    Attributes:
        source: The files.
        rows: Of all of them.
        size: Rows of a range, a multiple of 65,536.
        copied: Of a copy, the files that it was made of as they were.
    """

    source: ParquetSource
    rows: int
    size: int
    copied: tuple[FileState, ...] = ()

    @property
    def numbers(self) -> range:
        """Return the numbers of the ranges, from 0."""
        return range(-(-self.rows // self.size))

    def batches(self, number: int, columns: Sequence[str] | None = None) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Return the rows of a range, encoded where the source is; each batch with the number of its first row.

        Args:
            number: Of the range.
            columns: Those wanted, as for `Source.batches`.

        Raises:
            InputError: If a file is damaged, or has changed since it was opened.
        """
        first = number * self.size
        for batch in _cut_evenly(self.source.range_batches(first, self.size, columns, encoded=True)):
            yield first, batch
            first += batch.num_rows
        require_unchanged(self.copied)


def _cut_evenly(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Return the same rows in batches of exactly 65,536, the last shorter; and where rows are very long, others too."""
    held: list[pa.RecordBatch] = []
    missing, size = FRAGMENT_ROWS, 0
    for batch in batches:
        rest = batch
        while rest.num_rows:
            held.append(rest.slice(0, missing))
            rest = rest.slice(missing)
            missing, size = missing - held[-1].num_rows, size + held[-1].nbytes
            if not missing or size > _MOST_BYTES:
                yield _joined(held)
                held, missing, size = [], missing or FRAGMENT_ROWS, 0
    if held:
        yield _joined(held)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)  # type: ignore[attr-defined] # stubs are older


def find_ranges(source: Source, size: int = RANGE_ROWS) -> RowRanges | None:
    """Return the ranges of a source; None where it cannot be cut, or is so small that it is not worth it.

    Args:
        source: Any.
        size: Rows of a range, a multiple of 65,536.

    Raises:
        InputError: If a file is damaged.
    """
    inner: object = source
    copied: tuple[FileState, ...] = ()
    while isinstance(inner, FetchedSource | SnapshotSource):
        copied += _absolute(inner.states) if isinstance(inner, SnapshotSource) else ()
        inner = inner.source if isinstance(inner, FetchedSource) else inner.rows
    if not isinstance(inner, ParquetSource) or inner.nesting is not None:
        return None
    groups, at_once = inner.groups()
    # where rows are long on the average, fewer are held at once than a batch of a range has
    if sum(groups) < _WORTH_IT * size or max(groups) > _LONGEST_GROUP or at_once < FRAGMENT_ROWS:
        return None
    return RowRanges(replace(inner, states=_absolute(inner.states)), sum(groups), size, copied)


def _absolute(states: tuple[FileState, ...]) -> tuple[FileState, ...]:
    """Return the same files by paths that mean the same to workers elsewhere."""
    return tuple(replace(state, path=state.path.absolute()) for state in states)
