"""Every change of the file system counted, and one of them made to end badly, or every one from there on."""

import errno
import io
import os
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn, Self

import pytest

from lockgate.evidence.disk import FileDisk


class Killed(BaseException):
    """The process is gone at this point: nothing that it would have done afterwards is done."""


class Fault(Enum):
    """How a change of the file system ends."""

    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    FAILED = "failed"
    FAILED_BUT_PERSISTED = "failed but persisted"
    FULL = "no space from here on"
    FULL_ONCE = "no space this once"
    STOPPED = "stopped from the keyboard"
    TORN_AND_KILLED = "killed in mid-write"
    TORN_AND_FAILED = "failed in mid-write"
    TORN_AND_FULL = "no space in mid-write"


TORN = frozenset({Fault.TORN_AND_KILLED, Fault.TORN_AND_FAILED, Fault.TORN_AND_FULL})
KILLING = frozenset({Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.TORN_AND_KILLED})

CHANGES = ("fsync", "rename", "replace", "mkdir", "unlink", "rmdir", "link", "open")
_WRITE = "write"


def kill() -> NoReturn:
    """End this process as the kernel does when memory runs out: nothing is flushed, nothing cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process went on")


def pretend_to_be_killed() -> NoReturn:
    """End the run; `FaultyDisk` lets nothing be changed from then on."""
    raise Killed


@dataclass(slots=True)
class FaultyDisk:
    """Counts changes; the one of a number ends badly.

    Attributes:
        at: Number of the change that ends badly, from 1; 0 for none.
        fault: How it ends. A torn write is one only where something is written; elsewhere nothing happens.
        within: The folder whose changes count; None for any.
        die: What ends the process.
        after: Told of every change that was made, for those who look on.
        seen: What was changed, in order, for messages.
    """

    at: int = 0
    fault: Fault = Fault.KILLED_BEFORE
    within: Path | None = None
    die: Callable[[], NoReturn] = pretend_to_be_killed
    after: Callable[[str, Path], None] | None = None
    seen: list[str] = field(default_factory=list)
    is_dead: bool = False

    @contextmanager
    def active(self) -> Iterator["FaultyDisk"]:
        """Stand between Python and the operating system."""
        with pytest.MonkeyPatch.context() as patch:
            for name in CHANGES:
                patch.setattr(os, name, self._wrapped(name, getattr(os, name)))
            patch.setattr(io, "open", self._wrapped(_WRITE, io.open))
            patch.setattr(FileDisk, "at_once", 1)  # one after the other, or no two runs would be alike
            yield self

    def _wrapped(self, name: str, change: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*given: Any, **named: Any) -> Any:
            if _only_reads(name, given, named):
                return change(*given, **named)
            path = _path_of(given[0], named.get("dir_fd"))
            if self.within is not None and not path.is_relative_to(self.within):
                return change(*given, **named)
            if self.is_dead:
                raise Killed
            self.seen.append(f"{name} {path}")
            done = self._end(name, lambda: change(*given, **named), takes_space=_takes_space(name, given))
            if self.after is not None:
                self.after(name, path)
            return done

        return wrapped

    def _end(self, name: str, change: Callable[[], Any], *, takes_space: bool) -> Any:
        number = len(self.seen)
        if self.fault is Fault.FULL and self.at and number >= self.at and takes_space:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.fault is Fault.FULL or number != self.at:
            return change()
        if self.fault in TORN:
            return _Torn(change(), self._end_badly) if name == _WRITE else change()
        if self.fault in (Fault.KILLED_AFTER, Fault.FAILED_BUT_PERSISTED):
            done = None
            with suppress(OSError):  # a change that comes to nothing, as a folder that is there, is one to end at too
                done = change()
            if isinstance(done, int):
                os.close(done)
            elif hasattr(done, "close"):
                done.close()
        return self._end_badly()

    def _end_badly(self) -> NoReturn:
        if self.fault in KILLING:
            self.is_dead = True
            self.die()
        if self.fault is Fault.STOPPED:
            raise KeyboardInterrupt
        code = errno.ENOSPC if self.fault in (Fault.FULL_ONCE, Fault.TORN_AND_FULL) else errno.EIO
        raise OSError(code, os.strerror(code))


class _Torn:
    """A file of whose first write only half reaches the disk."""

    def __init__(self, file: Any, end_badly: Callable[[], NoReturn]) -> None:
        self._file = file
        self._end_badly = end_badly

    def write(self, data: Any) -> NoReturn:
        self._file.write(data[: len(data) // 2])
        self._file.close()
        self._end_badly()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _path_of(given: object, folder: int | None) -> Path:
    """Return the path of what is changed; a descriptor is followed."""
    if isinstance(given, int):
        return Path(f"/proc/self/fd/{given}").readlink()
    path = Path(os.fsdecode(given))
    if folder is not None:
        path = Path(f"/proc/self/fd/{folder}").readlink() / path
    return path.absolute()


def _takes_space(name: str, given: tuple[Any, ...]) -> bool:
    """Whether a full disk refuses a change: not what removes, and not waiting for the names of a folder."""
    if name == "fsync":
        return not stat.S_ISDIR(os.fstat(given[0]).st_mode)
    return name not in ("unlink", "rmdir")


def _only_reads(name: str, given: tuple[Any, ...], named: dict[str, Any]) -> bool:
    if name == "open":
        return not given[1] & (os.O_WRONLY | os.O_RDWR)
    if name == _WRITE:
        mode = given[1] if len(given) > 1 else named.get("mode", "r")
        return not set("wax+") & set(mode)
    return False
