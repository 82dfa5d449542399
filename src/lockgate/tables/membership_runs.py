"""Which class each record is in, in the order of links and in bounded memory, however many records there are.

1. *Add*: entries wait until there are as many as the limit; then equal ones become one.
2. *Flush*: if more than half of the limit is left, they go to disk in the order of their links.
3. *Read*: the range of links is cut into parts that fit in memory; each part is read from every flush.

Links are keyed hashes, so that ranges of one width hold about as many of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from numpy.typing import NDArray

from lockgate.tables.file_state import unwritable

_BUCKETS = 1024
_BOUNDS = np.array([2**64 // _BUCKETS * bucket for bucket in range(1, _BUCKETS)], np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Entries of a partition, columns of the same length.

    Attributes:
        links: Of records.
        classes: Class of each.
        weight: Rows behind each.
        people: Hash of the person of each; empty where a link is a person, or rows are.
    """

    links: NDArray[np.uint64]
    classes: NDArray[np.int32]
    weight: NDArray[np.int32]
    people: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.links)

    @property
    def columns(self) -> tuple[NDArray[np.generic], ...]:
        """Return the columns in the order of a file."""
        return (self.links, self.classes, self.weight, self.people)

    def part(self, first: int, last: int) -> "Entries":
        """Return some of the entries."""
        return Entries(
            self.links[first:last], self.classes[first:last], self.weight[first:last], self.people[first:last]
        )


@dataclass(frozen=True, slots=True)
class _Flush:
    """Entries on disk, column after column, in the order of their links."""

    path: Path
    count: int
    has_people: bool

    def part(self, first: int, last: int) -> Entries:
        """Return some of the entries."""
        count, size = last - first, self.count
        return Entries(
            np.fromfile(self.path, np.uint64, count, offset=8 * first),
            np.fromfile(self.path, np.int32, count, offset=8 * size + 4 * first),
            np.fromfile(self.path, np.int32, count, offset=12 * size + 4 * first),
            np.fromfile(self.path, np.uint64, count if self.has_people else 0, offset=16 * size + 8 * first),
        )


class MembershipRuns:
    """The entries of one partition as they come.

    Args:
        folder: Exists; what does not fit in memory goes there, for whom the folder belongs to to remove.
        limit: Entries held in memory at once, at least 2.

    >>> runs = MembershipRuns(Path("."))
    >>> runs.add(np.array([9, 3, 9], np.uint64), np.array([0, 1, 0]), None)
    >>> [(part.links.tolist(), part.classes.tolist(), part.weight.tolist()) for part in runs.parts()]
    [([3, 9], [1, 0], [1, 2])]
    """

    def __init__(self, folder: Path, limit: int = 2_000_000) -> None:
        self._outer = folder
        self._folder: Path | None = None
        self._limit = max(limit, 2)
        self._waiting: list[Entries] = []
        self._held = 0
        self._flushes: list[tuple[list[int], _Flush]] = []

    def add(self, links: NDArray[np.uint64], classes: NDArray[np.integer], people: NDArray[np.uint64] | None) -> None:
        """Add a row for each link.

        Args:
            links: Of the rows.
            classes: Class of each.
            people: Hash of the person of each, where a link is not the person's; given always or never.

        Raises:
            LockgateError: If the disk is full or the folder may not be written.
        """
        for start in range(0, len(links), self._limit):
            some = slice(start, start + self._limit)
            who = np.zeros(0, np.uint64) if people is None else people[some]
            rows = Entries(links[some], classes[some].astype(np.int32), np.ones(len(links[some]), np.int32), who)
            self._waiting.append(rows)
            self._held += len(rows)
            if self._held > self._limit:
                self._compact()

    def parts(self) -> Iterator[Entries]:
        """Return the entries in the order of their links, then their classes, each link and class once.

        There is at least one part.
        """
        whole = _compacted(self._waiting)
        pieces: list[tuple[list[int], _Flush | Entries]] = [*self._flushes, (_cuts(whole), whole)]
        first = held = 0
        for bucket, size in enumerate(np.diff(np.sum([cuts for cuts, _ in pieces], axis=0)).tolist()):
            if held and held + size > self._limit:
                yield _compacted([entries.part(cuts[first], cuts[bucket]) for cuts, entries in pieces])
                first, held = bucket, 0
            held += size
        yield _compacted([entries.part(cuts[first], cuts[-1]) for cuts, entries in pieces])

    def _compact(self) -> None:
        whole = _compacted(self._waiting)
        self._waiting, self._held = [whole], len(whole)
        if self._held <= self._limit // 2:
            return
        try:
            if self._folder is None:
                self._folder = Path(mkdtemp(prefix="membership-", dir=self._outer))
            path = self._folder / f"{len(self._flushes)}.entries"
            with path.open("wb") as file:
                for column in whole.columns:
                    column.tofile(file)
        except OSError as error:
            raise unwritable(self._folder or self._outer, error) from error
        self._flushes.append((_cuts(whole), _Flush(path, len(whole), bool(len(whole.people)))))
        self._waiting, self._held = [], 0


def _cuts(entries: Entries) -> list[int]:
    """Return where each bucket of rising links begins, and the end of the last."""
    return [0, *np.searchsorted(entries.links, _BOUNDS).tolist(), len(entries)]


def _compacted(parts: list[Entries]) -> Entries:
    """Return the entries by link and class, each once with the rows of all."""
    if not parts:
        return Entries(np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint64))
    links, classes, weight, people = map(np.concatenate, zip(*(part.columns for part in parts), strict=True))
    order = np.argsort(links)
    links, sorted_classes = links[order], classes[order]
    is_same_link, is_same_class = links[1:] == links[:-1], sorted_classes[1:] == sorted_classes[:-1]
    if (is_same_link & ~is_same_class).any():  # a record is in several classes: rare, and takes longer
        within = np.lexsort((sorted_classes, links))
        order, sorted_classes = order[within], sorted_classes[within]
        is_same_class = sorted_classes[1:] == sorted_classes[:-1]
    weight, is_same = weight[order], is_same_link & is_same_class
    if not is_same.any():
        return Entries(links, sorted_classes, weight, people[order] if len(people) else people)
    starts = np.flatnonzero(np.append([True], ~is_same))
    rows = np.add.reduceat(weight, starts, dtype=np.int32)
    return Entries(links[starts], sorted_classes[starts], rows, people[order[starts]] if len(people) else people)
