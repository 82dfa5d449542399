"""Many threads, few appends: whoever comes while an append runs goes with the next one.

Waiting for the disk costs the same for one entry as for a thousand, so it is paid once for all that have gathered. The
thread that finds no append running leads: it takes what has gathered, appends it in the order of arrival, and tells
each thread the number of its first leaf. Then the oldest of those who have come meanwhile leads; everybody else sleeps
until told, so that nobody who was answered waits for an append that is none of his. Nobody is told before the append
has returned. An append that fails, fails for all that were in it; none of them may believe that its leaves are in the
log, nor that they are not.

Threads that have been answered come back a moment later, most of them. Left to itself, the next append begins without
them, and they fall into two halves that wait for each other. So a leader first waits until as many have gathered as
there were, but no longer than a small part of what the last append took.

Several processes need no more than this: each leads its own threads, and the storage lets one of them append at a time.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lockgate.evidence.tiles import ENTRY_BYTES, TILE_WIDTH
from lockgate.terms.errors import EvidenceError, LockgateError

AT_ONCE = 64 * TILE_WIDTH
"""The most entries of one append, so that memory stays bounded and nobody waits for long."""

_PART = 0.25
"""The longest wait for others, as a part of the time of the last append."""


@dataclass(slots=True)
class _Waiting:
    entries: tuple[bytes, ...]
    called: threading.Event = field(default_factory=threading.Event)
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
        self._gathering = threading.Condition()
        self._gathered: list[_Waiting] = []
        self._is_led = False
        self._expected = 1
        self._took_s = 0.0

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
            self._gathering.notify()
            leads, self._is_led = not self._is_led, True
        if not leads:
            self._wait(mine)
        if not mine.is_answered:
            self._lead(mine)
        if mine.error is not None:
            raise _again(mine.error)
        assert mine.first is not None
        return mine.first

    def _wait(self, mine: _Waiting) -> None:
        """Sleep until answered or called to lead; who is stopped from the keyboard takes its entries away if it can."""
        try:
            mine.called.wait()
        except BaseException:
            with self._gathering:
                self._gathered = [item for item in self._gathered if item is not mine]
                if mine.called.is_set() and not mine.is_answered:
                    self._call_next()
            raise

    def _lead(self, mine: _Waiting) -> None:
        """Append what has gathered, then let another lead; what does not fit is for that one."""
        group: list[_Waiting] = []
        try:
            with self._gathering:
                self._gathering.wait_for(lambda: len(self._gathered) >= self._expected, self._took_s * _PART)
                group = self._take()
            self._append_group(group)
        finally:
            with self._gathering:
                if not mine.is_answered:  # stopped from the keyboard before it began
                    self._gathered = [item for item in self._gathered if item is not mine]
                self._expected = len(group) + len(self._gathered)
                self._call_next()

    def _take(self) -> list[_Waiting]:
        taken, size = 0, 0
        for item in self._gathered:
            size += len(item.entries)
            if taken and size > AT_ONCE:
                break
            taken += 1
        group, self._gathered = self._gathered[:taken], self._gathered[taken:]
        return group

    def _append_group(self, group: list[_Waiting]) -> None:
        error: Exception = EvidenceError("the append was broken off", "Open the log again to see what it holds.")
        first: int | None = None
        began = time.monotonic()
        try:
            first = self._append([entry for item in group for entry in item.entries])
        except Exception as problem:  # noqa: BLE001 - whatever it is, all that were in the group have to hear of it
            error = problem
        finally:  # also if the leader is stopped from the keyboard: the others must not wait for ever
            self._took_s = time.monotonic() - began
            for item in group:
                if first is None:
                    item.error = error
                else:
                    item.first = first
                    first += len(item.entries)
                item.called.set()

    def _call_next(self) -> None:
        """Make the oldest of those who wait the leader; none, if nobody does. Call it with the lock."""
        if self._gathered:
            self._gathered[0].called.set()
        else:
            self._is_led = False


def _again(error: Exception) -> Exception:
    """Return an error of its own for each thread: tracebacks are written into the errors they belong to."""
    if isinstance(error, LockgateError):
        told = type(error)(str(error), error.hint)
        told.__cause__ = error
        return told
    return error
