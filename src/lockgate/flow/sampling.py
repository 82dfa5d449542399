"""The sample of rows on which uniqueness is measured, gathered as the rows come."""

from collections.abc import Sequence

import pyarrow as pa

from lockgate.classify import uniqueness
from lockgate.classify.uniqueness import SAMPLE_ROWS, UniquenessPartial


class Sample:
    """Gathers the sample of some columns.

    Args:
        columns: Which; none gathers nothing.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self._waiting = [uniqueness.empty(self.columns)]

    def add(self, batch: pa.RecordBatch, first_row: int) -> None:
        """Take the rows of a batch that belong to the sample so far.

        Args:
            batch: Has the columns.
            first_row: Number of its first row in the source.
        """
        if not self.columns:
            return
        self._waiting.append(uniqueness.fold(batch, self.columns, first_row, self._waiting[0].last_hash))
        # Partials wait, because most hold a few rows only and every merge orders all of them.
        if sum(len(partial.rows) for partial in self._waiting[1:]) > SAMPLE_ROWS // 2:
            self._waiting = [self.partial()]

    def partial(self) -> UniquenessPartial:
        """Return the sample of all rows added."""
        whole, *others = self._waiting
        for partial in others:
            whole = uniqueness.merge(whole, partial)
        return whole
