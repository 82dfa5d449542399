"""Passes over a source: its batches with the keyed hashes of their persons, as a whole or range by range."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.persons import person_keys
from lockgate.flow.progress import Progress
from lockgate.flow.scanning import numbered_batches
from lockgate.flow.sharing import Jobs, Sharing
from lockgate.tables.cut import Cut
from lockgate.tables.job import Task
from lockgate.tables.read_ahead import read_ahead
from lockgate.tables.row_ranges import RowRanges
from lockgate.tables.row_source import Source

Persons = npt.NDArray[np.uint64]
NumberedBatch = tuple[pa.RecordBatch, Persons]


@dataclass(frozen=True, slots=True)
class Passes:
    """Passes over a source.

    A source without rows gives one batch without rows, so that every partial has its columns.

    Attributes:
        source: The data.
        subject_key: Column that tells persons apart; empty counts each row as one.
        key: Secret of the hashes.
        encoded: Whether text that repeats itself may come as dictionary arrays.
        ranges: Of the source, where passes are shared; else None.
        sharing: How they are.
        jobs: Where what is shared lies; as long as passes are.
    """

    source: Source
    subject_key: str
    key: bytes = field(repr=False)
    encoded: bool = False
    ranges: RowRanges | None = None
    sharing: Sharing = field(default_factory=Sharing)
    jobs: Jobs | None = None

    def __call__(self, columns: Collection[str] | None = None) -> Iterator[NumberedBatch]:
        """Begin a pass over all rows, in this process; some columns, or all."""
        nothing = pa.RecordBatch.from_pylist([], schema=self.source.schema)
        is_empty = True
        for first, batch in numbered_batches(self.source, self._read(columns), encoded=self.encoded):
            is_empty = False
            yield batch, person_keys(batch, self.subject_key or None, first, self.key)
        if is_empty:
            yield nothing, person_keys(nothing, self.subject_key or None, 0, self.key)

    def of_range(
        self, number: int, columns: Collection[str] | None = None
    ) -> Iterator[tuple[int, pa.RecordBatch, Persons]]:
        """Return the batches of a range, each with the number of its first row and the hashes of its persons."""
        assert self.ranges is not None, "who asks has the number of a range"
        for first, batch in read_ahead(self.ranges.batches(number, self._read(columns))):
            yield first, batch, person_keys(batch, self.subject_key or None, first, self.key)

    def _read(self, columns: Collection[str] | None) -> list[str] | None:
        """Return the columns that are read: those wanted, what tells persons apart, and one at least."""
        names = self.source.schema.names
        if columns is None:
            return None
        return [name for name in names if name in columns or name == self.subject_key] or names[:1]

    def for_workers(self) -> "Passes":
        """Return the same passes, picklable; over a source that is cut."""
        assert self.ranges is not None, "who asks has a task for ranges"
        return replace(self, source=self.ranges.source, sharing=Sharing(), jobs=None)

    def left(self) -> tuple[Path, ...]:
        """Return what shared passes have left so far, but for what a run that is interrupted is to go on from."""
        return tuple(self.jobs.begun) if self.jobs is not None and not self.sharing.resumes else ()

    def parts(self, name: str, task: Task, progress: Progress, cut: Cut | None = None) -> Iterator[Path]:
        """Return the parts of a shared pass in the order of the ranges, see `Sharing.parts`.

        Args:
            name: What is done, for people.
            task: What is done to each range.
            progress: Told of the rows of each range.
            cut: What is passed over in place of the source; None for the source.
        """
        assert self.ranges is not None, "who asks has a task for ranges"
        assert self.jobs is not None, "as ranges are given"
        return self.sharing.parts(self.jobs.begin(name), task, cut or self.ranges.cut, progress)
