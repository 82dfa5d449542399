"""How much there is to read of a source, as far as that is known before it is read."""

from pathlib import Path
from typing import NamedTuple

from lockgate.tables.csv_file import CsvSource
from lockgate.tables.json_file import JsonSource
from lockgate.tables.local_path import local_path
from lockgate.tables.parquet_file import ParquetSource
from lockgate.tables.partitioned import PartitionedSource
from lockgate.tables.remote_files import FetchedSource
from lockgate.tables.snapshot import SnapshotSource
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

_CSV_PASSES = 2
"""A file of CSV is read for its encoding and for its quotes before it is open; one that is not UTF-8 once more."""


class Extent(NamedTuple):
    """How much there is; 0 for what is not known.

    Attributes:
        rows: Of all files, from their footers.
        bytes: Of files of text.
        done: Rows that are done before it begins.
    """

    rows: int = 0
    bytes: int = 0
    done: int = 0


def extent_of(source: object) -> Extent:
    """Return how much one pass over a source reads.

    Args:
        source: Any.
    """
    inner = source
    while isinstance(inner, FetchedSource | SnapshotSource):
        inner = inner.source if isinstance(inner, FetchedSource) else inner.rows
    if isinstance(inner, ParquetSource | PartitionedSource) and not (inner.nesting and inner.nesting.table):
        return Extent(rows=sum(layout.rows for layout in inner.layouts()))
    if isinstance(inner, CsvSource):
        return Extent(bytes=sum(part.state.size for part in inner.parts))
    if isinstance(inner, JsonSource):
        return Extent(bytes=sum(state.size for state in inner.states))
    return Extent()


def extent_of_file(reference: SourceReference) -> Extent:
    """Return how much is read to open what a reference leads to, where that is one file.

    Args:
        reference: Any; not looked at further.
    """
    try:
        file = Path(local_path(reference.location))
        passes = _CSV_PASSES if file.suffix.lower() in (".csv", ".tsv") else 1
        return Extent(bytes=passes * file.stat().st_size if file.is_file() else 0)
    except (OSError, ValueError, InputError):  # no path at all
        return Extent()
