"""Every change of the file system counted, and one of them made to end badly, or every one from there on."""

import errno
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import pytest


class Killed(BaseException):
    """The process is gone at this point: nothing that it would have done afterwards is done."""


class Fault(Enum):
    """How a change of the file system ends."""

    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    FAILED = "failed"
    FAILED_BUT_PERSISTED = "failed but persisted"
    FULL = "no space from here on"
    STOPPED = "stopped from the keyboard"


CHANGES = ("fsync", "rename", "replace", "mkdir", "unlink", "rmdir", "link", "open")


@dataclass(slots=True)
class FaultyDisk:
    """Counts changes; the one of a number ends badly.

    Attributes:
        at: Number of the change that ends badly, from 1; 0 for none.
        fault: How it ends.
        seen: What was changed, in order, for messages.
    """

    at: int = 0
    fault: Fault = Fault.KILLED_BEFORE
    seen: list[str] = field(default_factory=list)
    is_dead: bool = False

    @contextmanager
    def active(self) -> Iterator["FaultyDisk"]:
        """Stand between Python and the operating system."""
        with pytest.MonkeyPatch.context() as patch:
            for name in CHANGES:
                patch.setattr(os, name, self._wrapped(name, getattr(os, name)))
            patch.setattr(io, "open", self._wrapped("write", io.open))
            yield self

    def _wrapped(self, name: str, change: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*given: Any, **named: Any) -> Any:
            if _only_reads(name, given, named):
                return change(*given, **named)
            if self.is_dead:
                raise Killed
            self.seen.append(f"{name} {given[0]}")
            return self._end(lambda: change(*given, **named), takes_space=_takes_space(name, given))

        return wrapped

    def _end(self, change: Callable[[], Any], *, takes_space: bool) -> Any:
        number = len(self.seen)
        if self.fault is Fault.FULL and self.at and number >= self.at and takes_space:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.fault is Fault.FULL or number != self.at:
            return change()
        if self.fault in (Fault.KILLED_AFTER, Fault.FAILED_BUT_PERSISTED):
            done = change()
            if isinstance(done, int):
                os.close(done)
            elif hasattr(done, "close"):
                done.close()
        if self.fault in (Fault.KILLED_BEFORE, Fault.KILLED_AFTER):
            self.is_dead = True
            raise Killed
        if self.fault is Fault.STOPPED:
            raise KeyboardInterrupt
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def _takes_space(name: str, given: tuple[Any, ...]) -> bool:
    """Whether a full disk refuses a change: not what removes, and not waiting for the names of a folder."""
    if name == "fsync":
        return not stat.S_ISDIR(os.fstat(given[0]).st_mode)
    return name not in ("unlink", "rmdir")


def _only_reads(name: str, given: tuple[Any, ...], named: dict[str, Any]) -> bool:
    if name == "open":
        return not given[1] & (os.O_WRONLY | os.O_RDWR)
    if name == "write":
        mode = given[1] if len(given) > 1 else named.get("mode", "r")
        return not set("wax+") & set(mode)
    return False
