"""Keys of 128 bits counted exactly in bounded memory, and how many of them any row marks.

1. *Add*: keys wait until there are more than the limit; then equal ones become one.
2. *Flush*: if more than half of the limit is left, they go to disk in rising order.
3. *Count*: the range of keys is cut into parts that fit in memory; each part is read from every flush.

Keys are hashes, so that ranges of one width hold about as many keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lockgate.tables.file_state import unwritable

_WORD = 8
_KEY_BYTES = 2 * _WORD + 1
_BUCKETS = 1024
_BOUNDS = np.array([2**64 // _BUCKETS * bucket for bucket in range(1, _BUCKETS)], np.uint64)


@dataclass(frozen=True, slots=True)
class _Keys:
    """Keys by their halves, and whether each is marked."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    marked: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.high)

    def part(self, first: int, last: int) -> "_Keys":
        """Return some of the keys."""
        return _Keys(self.high[first:last], self.low[first:last], self.marked[first:last])


@dataclass(frozen=True, slots=True)
class _Flush:
    """Rising keys on disk: all first halves, all second halves, all marks."""

    path: Path
    count: int

    def part(self, first: int, last: int) -> _Keys:
        """Return some of the keys."""
        count, second = last - first, self.count * _WORD
        return _Keys(
            np.fromfile(self.path, np.uint64, count, offset=first * _WORD),
            np.fromfile(self.path, np.uint64, count, offset=second + first * _WORD),
            np.fromfile(self.path, np.bool_, count, offset=2 * second + first),
        )


class DistinctKeys:
    """A counter of keys.

    Args:
        folder: Exists; what does not fit in memory goes there and is removed at the end.
        limit: Keys held in memory at once, at least 2.

    >>> with DistinctKeys(Path(".")) as keys:
    ...     keys.add(np.array([[7, 1], [9, 2], [7, 1]], np.uint64), np.array([False, False, True]))
    ...     keys.count()
    (2, 1)
    """

    LIMIT = 1_000_000

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._outer = folder
        self._folder: Path | None = None
        self._limit = max(limit, 2)
        self._waiting: list[_Keys] = []
        self._held = 0
        self._flushes: list[tuple[list[int], _Flush]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting, self._held = [], 0
        if self._folder is not None:
            rmtree(self._folder, ignore_errors=True)

    def add(self, keys: NDArray[np.uint64], marked: NDArray[np.bool_]) -> None:
        """Add keys, which may repeat.

        Args:
            keys: Of shape (keys, 2).
            marked: Of each, whether it is to be counted as marked; one mark is enough for a key.

        Raises:
            LockgateError: If the disk is full or the folder may not be written.
        """
        self._waiting.append(_Keys(keys[:, 0], keys[:, 1], marked))
        self._held += len(keys)
        if self._held > self._limit:
            whole = _compacted(self._waiting)
            self._waiting, self._held = [whole], len(whole)
            if self._held > self._limit // 2:
                self._flush(whole)

    def leave(self, file: Path) -> None:
        """Leave the keys in a new file, for `join`; of a counter whose limit is more than it was given.

        Raises:
            LockgateError: If the disk is full or the folder may not be written.
        """
        _write(_compacted(self._waiting), file)

    def join(self, file: Path) -> None:
        """Add the keys that another counter has left; the file stays, and has to as long as this one counts."""
        count = file.stat().st_size // _KEY_BYTES
        high = np.fromfile(file, np.uint64, count)
        self._flushes.append((_cuts(high), _Flush(file, count)))

    def count(self) -> tuple[int, int]:
        """Return how many keys there are, and how many of them are marked."""
        whole = _compacted(self._waiting)
        pieces: list[tuple[list[int], _Flush | _Keys]] = [*self._flushes, (_cuts(whole.high), whole)]
        count = marked = 0
        for first, last in self._ranges([cuts for cuts, _ in pieces]):
            joined = _compacted([keys.part(cuts[first], cuts[last]) for cuts, keys in pieces])
            count += len(joined)
            marked += int(np.count_nonzero(joined.marked))
        return count, marked

    def _ranges(self, cuts: list[list[int]]) -> Iterator[tuple[int, int]]:
        """Return ranges of buckets that hold about as many keys as fit in memory, at least one bucket each."""
        first = held = 0
        for bucket, size in enumerate(np.diff(np.sum(cuts, axis=0)).tolist()):
            if held and held + size > self._limit:
                yield first, bucket
                first, held = bucket, 0
            held += size
        yield first, _BUCKETS

    def _flush(self, whole: _Keys) -> None:
        if self._folder is None:
            self._folder = _new_folder(self._outer)
        path = self._folder / f"{len(self._flushes)}.keys"
        _write(whole, path)
        self._flushes.append((_cuts(whole.high), _Flush(path, len(whole))))
        self._waiting, self._held = [], 0


def _new_folder(outer: Path) -> Path:
    try:
        return Path(mkdtemp(prefix="keys-", dir=outer))
    except OSError as error:
        raise unwritable(outer, error) from error


def _write(keys: _Keys, path: Path) -> None:
    try:
        with path.open("wb") as file:
            for half in (keys.high, keys.low, keys.marked):
                half.tofile(file)
    except OSError as error:
        raise unwritable(path.parent, error) from error


def _cuts(high: NDArray[np.uint64]) -> list[int]:
    """Return where each bucket of rising keys begins, and the end of the last."""
    return [0, *np.searchsorted(high, _BOUNDS).tolist(), len(high)]


def _compacted(parts: list[_Keys]) -> _Keys:
    """Return the keys once each, rising, marked if any of the same key is."""
    if not parts:
        return _Keys(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.bool_))
    high, low, marked = (np.concatenate([getattr(part, half) for part in parts]) for half in ("high", "low", "marked"))
    if not len(high):
        return _Keys(high, low, marked)
    order = np.argsort(high)
    is_same, differs = _neighbours(high[order], low[order])
    if (is_same & differs).any():
        # two keys with the same first half: one in 2^64 pairs
        order = np.lexsort((low, high))
        is_same, differs = _neighbours(high[order], low[order])
    starts = np.flatnonzero(np.append([True], ~(is_same & ~differs)))
    first = order[starts]
    return _Keys(high[first], low[first], np.logical_or.reduceat(marked[order], starts))


def _neighbours(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return of each key but the first whether its first half is that of the key before, and its second half is not."""
    return high[1:] == high[:-1], low[1:] != low[:-1]
