"""A source cut into ranges of rows that several processes can read, each on its own.

Parquet files can be cut, folders of them, files of Arrow IPC, and whatever has been copied into Parquet (`file_copy`,
`snapshot`). Ranges begin at multiples of 65,536 rows, and their batches hold exactly as many, so that a batch has the
same rows however many of them a range has. Of a source of which rows are withheld, the rows that are kept are cut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import pyarrow as pa

from lockgate.tables.arrow_file import ArrowSource
from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.cut import Cut, cut_rows
from lockgate.tables.file_layout import FileLayout
from lockgate.tables.file_state import FileState, require_unchanged
from lockgate.tables.fragments import FRAGMENT_ROWS, one_batch
from lockgate.tables.kept_rows import KeptRows, KeptSource
from lockgate.tables.parquet_file import ParquetSource
from lockgate.tables.partitioned import PartitionedSource
from lockgate.tables.remote_files import FetchedSource
from lockgate.tables.row_source import Source
from lockgate.tables.snapshot import SnapshotSource

RANGE_ROWS = 16 * FRAGMENT_ROWS
"""Rows of a long range, unless a test says otherwise."""

_WORTH_IT = 2
"""Ranges of a source from which on it is cut."""

_MOST_BYTES = 1 << 30
"""Bytes of a batch at which it ends, whatever its rows; an array of text holds no more than twice as many."""

_LONGEST_GROUP = 2 * RANGE_ROWS
"""Rows of a row group up to which ranges are read from it; a longer one would be read again and again."""


class CutSource(Source, Protocol):
    """A source whose files can be read from anywhere; picklable."""

    @property
    def states(self) -> tuple[FileState, ...]:
        """Return the files as they were when opened."""

    def range_batches(
        self, first: int, rows: int, columns: Sequence[str] | None, layouts: Sequence[FileLayout]
    ) -> Iterator[pa.RecordBatch]:
        """Return some of the rows, encoded where the source is."""


@dataclass(frozen=True, slots=True)
class RowRanges:
    """The ranges of a source; picklable.

    Attributes:
        source: The files.
        layouts: How the rows of each lie.
        size: Rows of a long range, a multiple of 65,536.
        copied: Of a copy, the files that it was made of as they were.
        kept: Which rows are kept; None for all.
    """

    source: CutSource
    layouts: tuple[FileLayout, ...]
    size: int
    copied: tuple[FileState, ...] = ()
    kept: KeptRows | None = None

    @property
    def rows(self) -> int:
        """Return the rows of all ranges."""
        return sum(layout.rows for layout in self.layouts) if self.kept is None else self.kept.count

    @property
    def cut(self) -> Cut:
        """Return how the rows are cut: row groups that are longer than a short range are not read for several."""
        return cut_rows(
            self.rows, self.size, max((rows for layout in self.layouts for rows in layout.groups), default=0)
        )

    @property
    def numbers(self) -> range:
        """Return the numbers of the ranges, from 0."""
        return self.cut.numbers

    def batches(self, number: int, columns: Sequence[str] | None = None) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Return the rows of a range, encoded where the source is; each batch with the number of its first row.

        Args:
            number: Of the range.
            columns: Those wanted, as for `Source.batches`.

        Raises:
            InputError: If a file is damaged, or has changed since it was opened.
        """
        first, rows = self.cut.span(number)
        for batch in _cut_evenly(self._rows(first, rows, columns)):
            yield first, batch
            first += batch.num_rows
            if BytesRead.tell_range is not None:
                BytesRead.tell_range(batch.num_rows)
        require_unchanged(self.copied)

    def _rows(self, first: int, rows: int, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        if self.kept is None:
            return self.source.range_batches(first, rows, columns, self.layouts)
        begin, rows = self.kept.span(first, rows)
        return self.kept.of(self.source.range_batches(begin, rows, columns, self.layouts), begin)


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
                yield one_batch(held)
                held, missing, size = [], missing or FRAGMENT_ROWS, 0
    if held:
        yield one_batch(held)


def find_ranges(source: Source, size: int = RANGE_ROWS) -> RowRanges | None:
    """Return the ranges of a source; None where it cannot be cut, or is so small that it is not worth it.

    Args:
        source: Any.
        size: Rows of a long range, a multiple of 65,536.

    Raises:
        InputError: If a file is damaged.
    """
    inner: object = source
    copied: tuple[FileState, ...] = ()
    kept: KeptRows | None = None
    while isinstance(inner, FetchedSource | SnapshotSource | KeptSource):
        copied += _absolute(inner.states) if isinstance(inner, SnapshotSource) else ()
        kept = inner.kept if isinstance(inner, KeptSource) else kept
        inner = _within(inner)
    found = cut_source(inner)
    if found is None:
        return None
    ranges = RowRanges(found[0], found[1], size, copied, kept)
    return ranges if ranges.rows >= _WORTH_IT * size else None


def cut_source(source: object) -> tuple[CutSource, tuple[FileLayout, ...]] | None:
    """Return a source that can be read from anywhere, and how its rows lie; None where it cannot.

    Args:
        source: Of files.

    Raises:
        InputError: If a file is damaged.
    """
    if not isinstance(source, ParquetSource | PartitionedSource | ArrowSource):
        return None
    if source.nesting is not None and source.nesting.table:
        return None  # nobody knows before how many rows a list gives
    layouts = source.layouts()
    longest = max((rows for layout in layouts for rows in layout.groups), default=0)
    # where rows are long on the average, fewer are held at once than a batch of a range has
    at_once = min((layout.rows_at_once for layout in layouts), default=0)
    if longest > _LONGEST_GROUP or at_once < FRAGMENT_ROWS:
        return None
    return _anywhere(source), layouts


def _within(source: FetchedSource | SnapshotSource | KeptSource) -> object:
    if isinstance(source, KeptSource):
        return source.whole
    return source.source if isinstance(source, FetchedSource) else source.rows


def _anywhere(source: ParquetSource | PartitionedSource | ArrowSource) -> CutSource:
    """Return the source with its files by paths that mean the same to workers elsewhere."""
    if isinstance(source, PartitionedSource):
        return replace(source, parts=tuple(replace(one, states=_absolute(one.states)) for one in source.parts))
    return replace(source, states=_absolute(source.states))


def _absolute(states: tuple[FileState, ...]) -> tuple[FileState, ...]:
    """Return the same files by paths that mean the same to workers elsewhere."""
    return tuple(replace(state, path=state.path.absolute()) for state in states)
