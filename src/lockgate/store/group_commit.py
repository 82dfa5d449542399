"""Many threads, few appends: whoever comes while an append runs goes with the next one.

Waiting for the disk costs the same for one entry as for a thousand, so it is paid once for all that have gathered. The
thread that finds no append running leads: it takes what has gathered, appends it in the order of arrival, and tells
each thread the number of its first leaf. Nobody is told before the append has returned. An append that fails, fails
for all that were in it; none of them may believe that its leaves are in the log, nor that they are not.

Several processes need no more than this: each leads its own threads, and the storage lets one of them append at a time.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lockgate.evidence.tiles import ENTRY_BYTES, TILE_WIDTH
from lockgate.terms.errors import EvidenceError, LockgateError

AT_ONCE = 64 * TILE_WIDTH
"""The most entries of one append, so that memory stays bounded and nobody waits for long."""


@dataclass(slots=True)
class _Waiting:
    entries: tuple[bytes, ...]
    first: int | None = None
    error: Exception | None = None

    @property
    def is_answered(self) -> bool:
        return self.first is not None or self.error is not None


class GroupCommit:
    """Appends of several threads, gathered.

    Args:
        append: Appends entries in order; returns the number of the first leaf once all are durable. Called by one
            thread at a time.
    """

    def __init__(self, append: Callable[[Sequence[bytes]], int]) -> None:
        self._append = append
        self._leading = threading.Lock()
        self._gathering = threading.Lock()
        self._gathered: list[_Waiting] = []

    def append(self, entries: Sequence[bytes]) -> int:
        """Return the number of the first new leaf, once all are durable; the leaves of one call stand together.

        Args:
            entries: New entries in order, at least one.

        Raises:
            LockgateError, EvidenceError: If the append that they were in failed; see the log's own `append`.
            ValueError: If there is no entry, or one is too long.
        """
        if not entries:
            raise ValueError("expected at least one entry")
        if any(len(entry) > ENTRY_BYTES for entry in entries):  # here, or it would spoil the append of the others
            raise ValueError(f"expected entries of at most {ENTRY_BYTES} bytes")
        mine = _Waiting(tuple(entries))
        with self._gathering:
            self._gathered.append(mine)
        while not mine.is_answered:
            with self._leading:
                if not mine.is_answered:
                    self._lead()
        if mine.error is not None:
            raise _again(mine.error)
        assert mine.first is not None
        return mine.first

    def _lead(self) -> None:
        """Append what has gathered; what does not fit is for the next to lead."""
        with self._gathering:
            taken, size = 0, 0
            for item in self._gathered:
                size += len(item.entries)
                if taken and size > AT_ONCE:
                    break
                taken += 1
            group, self._gathered = self._gathered[:taken], self._gathered[taken:]
        error: Exception = EvidenceError("the append was broken off", "Open the log again to see what it holds.")
        first: int | None = None
        try:
            first = self._append([entry for item in group for entry in item.entries])
        except Exception as problem:  # noqa: BLE001 - whatever it is, all that were in the group have to hear of it
            error = problem
        finally:  # also if the leader is stopped from the keyboard: the others must not wait for ever
            for item in group:
                if first is None:
                    item.error = error
                else:
                    item.first = first
                    first += len(item.entries)


def _again(error: Exception) -> Exception:
    """Return an error of its own for each thread: tracebacks are written into the errors they belong to."""
    if isinstance(error, LockgateError):
        told = type(error)(str(error), error.hint)
        told.__cause__ = error
        return told
    return error
