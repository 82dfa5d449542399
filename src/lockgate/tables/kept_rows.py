"""Rows of a source that are kept, the others withheld: one bit a row, so that nobody is looked up twice."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.tables.file_state import FileState
from lockgate.tables.row_source import Source, states_of

_BLOCK_BYTES = 8_192
"""Bytes of marks whose kept rows are counted ahead."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptRows:
    """Which rows of a source are kept; picklable.

    Attributes:
        marks: One bit a row, the first in the highest bit of the first byte; 1 is kept.
        before: How many are kept before each block of 65,536 rows, and how many in all.
    """

    marks: npt.NDArray[np.uint8]
    before: npt.NDArray[np.int64]

    @property
    def count(self) -> int:
        """Return how many rows are kept."""
        return int(self.before[-1])

    def span(self, first: int, count: int) -> tuple[int, int]:
        """Return where some kept rows begin in the source, and how many of its rows it is until they end.

        Args:
            first: Number of the first of them among the kept rows.
            count: How many; fewer at the end.
        """
        last = min(first + count, self.count) - 1
        if last < first:
            return 0, 0
        begin, end = self._place(first), self._place(last)
        return begin, end - begin + 1

    def of(self, batches: Iterable[pa.RecordBatch], first: int = 0) -> Iterator[pa.RecordBatch]:
        """Return the kept rows of batches.

        Args:
            batches: Of the source, one after the other.
            first: Number of their first row in it.
        """
        for batch in batches:
            kept = np.flatnonzero(self._bits(first, batch.num_rows))
            first += batch.num_rows
            if len(kept) == batch.num_rows:
                yield batch
            elif len(kept):
                yield batch.take(pa.array(kept, pa.int64()))

    def _bits(self, first: int, count: int) -> npt.NDArray[np.uint8]:
        start = first // 8
        bits = np.unpackbits(self.marks[start : (first + count + 7) // 8])
        return bits[first - 8 * start :][:count]

    def _place(self, number: int) -> int:
        """Return where in the source a kept row is, given its number among them."""
        block = int(np.searchsorted(self.before, number, side="right")) - 1
        first = block * 8 * _BLOCK_BYTES
        bits = np.flatnonzero(self._bits(first, 8 * _BLOCK_BYTES))
        return first + int(bits[number - int(self.before[block])])


def keep_rows(parts: Iterable[npt.NDArray[np.bool_]]) -> KeptRows:
    """Return which rows are kept.

    Args:
        parts: For some rows after the other, whether each is kept.
    """
    packed: list[npt.NDArray[np.uint8]] = []
    rest = np.zeros(0, np.bool_)
    for part in parts:
        joined = np.concatenate([rest, part])
        whole = len(joined) // 8 * 8
        packed.append(np.packbits(joined[:whole]))
        rest = joined[whole:]
    marks = np.concatenate([*packed, np.packbits(rest)])
    counts = [int(np.bitwise_count(marks[at : at + _BLOCK_BYTES]).sum()) for at in range(0, len(marks), _BLOCK_BYTES)]
    return KeptRows(marks, np.cumsum([0, *counts], dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class KeptSource:
    """A source without the rows that are withheld.

    Attributes:
        whole: The source with all rows.
        kept: Which are kept.
    """

    whole: Source
    kept: KeptRows

    @property
    def name(self) -> str:
        """Return the name of the whole source."""
        return self.whole.name

    @property
    def format(self) -> str:
        """Return the format of the whole source."""
        return self.whole.format

    @property
    def schema(self) -> pa.Schema:
        """Return the columns of the whole source."""
        return self.whole.schema

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was assumed of the whole source."""
        return self.whole.notes

    @property
    def states(self) -> tuple[FileState, ...]:
        """Return the files of the whole source as they were when opened."""
        return states_of(self.whole)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the kept rows in order, at most 65,536 a batch."""
        return self.kept.of(self.whole.batches(columns))
