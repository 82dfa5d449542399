"""How the rows of a file lie, so that some of them can be read without the others: found once, handed to workers."""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

import pyarrow as pa


class FileLayout(NamedTuple):
    """How the rows of one file lie.

    Attributes:
        groups: Rows of each row group or record batch, in order.
        rows_at_once: How many rows of average length a batch holds.
        coded: Columns of text that the file holds as a few codes a row.
    """

    groups: tuple[int, ...]
    rows_at_once: int
    coded: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        """Return the rows of the file."""
        return sum(self.groups)


class Wanted(NamedTuple):
    """The groups of a file that hold some rows.

    Attributes:
        file: Number of the file.
        first: Number in the source of the first row of the groups.
        groups: Their numbers.
    """

    file: int
    first: int
    groups: list[int]


def wanted_groups(layouts: Iterable[FileLayout], first: int, rows: int) -> list[Wanted]:
    """Return the groups of each file that hold some of the rows wanted; files without any are left out.

    Args:
        layouts: Of the files of a source, in order.
        first: Number of the first row wanted.
        rows: How many.
    """
    found = []
    start = 0
    for file, layout in enumerate(layouts):
        begin, start = start, start + layout.rows
        if begin >= first + rows:
            break
        if start <= first:
            continue
        begins = list(accumulate(layout.groups, initial=begin))
        groups = [
            number
            for number, size in enumerate(layout.groups)
            if size and begins[number] < first + rows and begins[number] + size > first
        ]
        if groups:  # a file that says less than nothing of a group has none
            found.append(Wanted(file, begins[groups[0]], groups))
    return found


def rows_within(batches: Iterable[pa.RecordBatch], begin: int, first: int, rows: int) -> Iterator[pa.RecordBatch]:
    """Return those of the rows of batches that are wanted; all batches are read to their end.

    Args:
        batches: One after the other.
        begin: Number in the source of their first row.
        first: Number of the first row wanted.
        rows: How many.
    """
    at = begin
    for batch in batches:
        left, right = max(first - at, 0), min(first + rows - at, batch.num_rows)
        at += batch.num_rows
        if left < right:
            yield batch.slice(left, right - left)
