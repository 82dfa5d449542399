"""What every kind of source is to those who read it."""

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

import pyarrow as pa

from lockgate.tables.file_state import FileState


class Source(Protocol):
    """Rows to be read in bounded memory."""

    @property
    def name(self) -> str:
        """Return a name for people: a file, a folder, a table; never credentials."""

    @property
    def format(self) -> str:
        """Return one word for the kind of file or database, such as `csv`."""

    @property
    def schema(self) -> pa.Schema:
        """Return the columns, each name once, plain types."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was assumed or passed over, for people."""

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows in source order, at most 65,536 a batch; every call begins anew.

        Args:
            columns: Those wanted, in the order in which they are wanted, at least one; None is all.
        """


@runtime_checkable
class OfFiles(Protocol):
    """A source that knows the files which it was opened on."""

    @property
    def states(self) -> tuple[FileState, ...]:
        """Return the files as they were when opened."""


def states_of(source: Source) -> tuple[FileState, ...]:
    """Return the files of a source as they were when opened; none where it does not lie in files of somebody else."""
    return source.states if isinstance(source, OfFiles) else ()
