"""The sample of persons on which uniqueness is measured, gathered as the rows come."""

from collections.abc import Sequence

import pyarrow as pa

from lockgate.classify import uniqueness
from lockgate.classify.uniqueness import SAMPLE_PERSONS, UniquenessPartial


class Sample:
    """Gathers the sample of some columns.

    Args:
        columns: Which; none gathers nothing.
        subject_key: Column that tells persons apart; empty if each row counts as one.
    """

    def __init__(self, columns: Sequence[str], subject_key: str = "") -> None:
        self.columns = tuple(columns)
        self.subject_key = subject_key
        self.rows = 0
        self._waiting = [uniqueness.empty(self.columns)]

    def add(self, batch: pa.RecordBatch, first_row: int) -> None:
        """Take the rows of a batch that belong to the sample so far.

        Args:
            batch: Has the columns, and the subject key.
            first_row: Number of its first row in the source.
        """
        self.rows += batch.num_rows
        if not self.columns:
            return
        last = self._waiting[0].last_hash
        self._waiting.append(uniqueness.fold(batch, self.columns, first_row, last, self.subject_key))
        # Partials wait, because most hold a few rows only and every merge orders all of them.
        if sum(len(partial.rows) for partial in self._waiting[1:]) > SAMPLE_PERSONS // 2:
            self._waiting = [self.partial()]

    def join(self, partial: UniquenessPartial, rows: int) -> None:
        """Take the sample of other rows, and their number."""
        self.rows += rows
        if self.columns:
            self._waiting = [uniqueness.merge(self.partial(), partial)]

    def partial(self) -> UniquenessPartial:
        """Return the sample of all rows added."""
        whole, *others = self._waiting
        for partial in others:
            whole = uniqueness.merge(whole, partial)
        return whole
