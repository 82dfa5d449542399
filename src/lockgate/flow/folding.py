"""A pass over a source that folds its rows into something small, in this process or shared by ranges of rows.

For checks: what is wrong with the rows is told apart from what hinders reading them here. The first is a finding, the
second ends the check, because nothing was found.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import pyarrow as pa

from lockgate.classify.residual import ResidualSearch
from lockgate.evidence.data_hash import DataHash
from lockgate.flow.progress import Progress, open_told, tell_pass
from lockgate.flow.scanning import numbered_batches
from lockgate.flow.sharing import Jobs, Sharing
from lockgate.tables.job import read_found, write_found
from lockgate.tables.read_ahead import read_ahead
from lockgate.tables.row_ranges import RowRanges
from lockgate.tables.row_source import Source
from lockgate.tables.spill import Spill
from lockgate.tables.table_file import read_tables, write_tables
from lockgate.terms.errors import InputError, LockgateError
from lockgate.terms.flow_request import SourceReference
from lockgate.verify import fold, residual

_TABLE, _FIGURES = "classes.tables", "figures"


class Hindered(Exception):  # noqa: N818 - carries the error
    """Rows could not be read here, which says nothing of them.

    Args:
        error: What stood against it.
    """

    def __init__(self, error: LockgateError) -> None:
        super().__init__(str(error))
        self.error = error


class RowsFold(Protocol):
    """What is kept of rows."""

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the next rows."""

    def leave(self, folder: Path) -> None:
        """Leave what is kept in a folder, for `join`."""

    def join(self, folder: Path) -> None:
        """Take what is kept of the rows behind those so far."""


Begun = TypeVar("Begun", bound=RowsFold)
Begin = Callable[[pa.Schema, Path, ExitStack], Begun]
"""From the columns of a source, a folder for what spills, and what closes it, to a fold without rows; picklable."""


@dataclass(frozen=True, slots=True)
class FoldMeans:
    """What passes are made with.

    Attributes:
        folder: For this user only; as long as the check.
        jobs: Where what is shared lies, below it.
        sharing: How it is shared.
        progress: Told of the rows.
        stack: Closes what spills.
    """

    folder: Path
    jobs: Jobs
    sharing: Sharing
    progress: Progress
    stack: ExitStack

    def opened(self, reference: SourceReference) -> Source:
        """Return a source as it is read, see `Sharing.opened`.

        Raises:
            InputError: If it cannot be read.
        """
        try:
            source = open_told(reference, self.progress, self.sharing.engine)
            return self.sharing.opened(source, self.progress)
        except LockgateError as error:
            raise _judged(error) from error

    def folded(self, name: str, source: Source, begin: Begin[Begun]) -> Begun:
        """Return all rows of a source folded.

        Args:
            name: What is done, for people.
            source: The rows.
            begin: Makes the fold.

        Raises:
            InputError: If the rows cannot be read wherever it is tried.
            Hindered: If they cannot be read here and now, such as for want of room or workers.
        """
        try:
            tell_pass(self.progress, name, source)
            return self._folded(name, source, begin, self.sharing)
        except LockgateError as error:
            found = _judged(error)
            if self.sharing.engine.name != "local":  # a worker elsewhere may not see what is sound here
                self._folded(name, source, begin, Sharing(range_rows=self.sharing.range_rows))
                raise Hindered(error) from error
            raise found from error

    def _folded(self, name: str, source: Source, begin: Begin[Begun], sharing: Sharing) -> Begun:
        whole = begin(source.schema, self.folder, self.stack)
        ranges = sharing.ranges_of(source)
        if ranges is None:
            for _, batch in numbered_batches(source, encoded=True):
                whole.add(batch)
                self.progress.rows(batch.num_rows)
            return whole
        for part in sharing.parts(
            self.jobs.begin(name.replace(" ", "-")), FoldRows(begin, ranges), ranges.cut, self.progress
        ):
            whole.join(part)
        return whole


def _judged(error: LockgateError) -> InputError:
    """Return the error of rows that are not sound.

    Raises:
        Hindered: If it is none.
    """
    if isinstance(error, InputError):
        return error
    raise Hindered(error) from error


@dataclass(frozen=True, slots=True)
class FoldRows:
    """Folds the ranges of a source; picklable.

    Attributes:
        begin: Makes the fold.
        ranges: Of the source.
    """

    begin: Begin[RowsFold]
    ranges: RowRanges

    def __call__(self, number: int, part: Path) -> int:
        """Fold one range."""
        part.mkdir(mode=0o700)
        rows = 0
        with ExitStack() as stack:
            found = self.begin(self.ranges.source.schema, part, stack)
            for _, batch in read_ahead(self.ranges.batches(number)):
                found.add(batch)
                rows += batch.num_rows
            found.leave(part)
        return rows


class HashFold:
    """The data hash of rows."""

    def __init__(self, schema: pa.Schema) -> None:
        self.hash = DataHash(schema)

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the next rows."""
        self.hash.add(batch)

    def leave(self, folder: Path) -> None:
        """Leave the hash in a folder."""
        write_found(self.hash, folder / _FIGURES)

    def join(self, folder: Path) -> None:
        """Take the hash of the rows behind those so far."""
        found = read_found(folder / _FIGURES)
        assert isinstance(found, DataHash)
        self.hash.join(found)


def begin_hash(schema: pa.Schema, _folder: Path, _stack: ExitStack) -> HashFold:
    """Return the hash of no rows."""
    return HashFold(schema)


class ClassesFold:
    """The classes of a copy, and the cells in which a direct identifier is left.

    Args:
        schema: Of the copy.
        quasi_identifiers: Columns that tell persons apart.
        looked_at: Columns that may hold no direct identifier.
        folder: Where classes spill.
        stack: Closes them.
    """

    def __init__(
        self,
        schema: pa.Schema,
        columns: tuple[tuple[str, ...], tuple[str, ...]],
        folder: Path,
        stack: ExitStack,
    ) -> None:
        self._quasi, self._looked_at = columns
        self._find = ResidualSearch()
        self.residual: dict[str, int] = {}
        nothing = fold.fold_released(pa.RecordBatch.from_pylist([], schema=schema), self._quasi)
        keys = [name for name in nothing.column_names if name != fold.WEIGHT]
        self._spill = stack.enter_context(Spill(folder, keys, [fold.WEIGHT], encoded=True))
        self._spill.add(nothing)

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the next rows."""
        self._spill.add(fold.fold_released(batch, self._quasi))
        self.residual = residual.merge(self.residual, residual.fold(batch, self._looked_at, self._find))

    def leave(self, folder: Path) -> None:
        """Leave classes and counts in a folder."""
        write_tables(folder / _TABLE, self._spill.merged(in_order=False))
        write_found(self.residual, folder / _FIGURES)

    def join(self, folder: Path) -> None:
        """Take those of the rows behind those so far."""
        for table in read_tables(folder / _TABLE):
            self._spill.add(table)
        found = read_found(folder / _FIGURES)
        assert isinstance(found, dict)
        self.residual = residual.merge(self.residual, found)

    def classes(self) -> pa.Table:
        """Return the classes."""
        return self._spill.table()


@dataclass(frozen=True, slots=True)
class BeginClasses:
    """Begins `ClassesFold`; picklable.

    Attributes:
        quasi_identifiers: Columns that tell persons apart.
        looked_at: Columns that may hold no direct identifier.
    """

    quasi_identifiers: tuple[str, ...]
    looked_at: tuple[str, ...] = ()

    def __call__(self, schema: pa.Schema, folder: Path, stack: ExitStack) -> ClassesFold:
        """Return the fold of no rows."""
        return ClassesFold(schema, (self.quasi_identifiers, self.looked_at), folder, stack)
