"""Tasks for jobs, in a module that workers can import."""

import json
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lockgate.tables.bytes_read import BytesRead
from lockgate.terms.errors import InputError


@dataclass(frozen=True)
class Writes:
    """Writes its number, and who did it."""

    rows: int = 10

    def __call__(self, number: int, part: Path) -> int:
        part.write_text(f"{number} {os.getpid()}")
        return self.rows


@dataclass(frozen=True)
class Tells:
    """Tells which files its process has open, and how many cores Arrow uses."""

    def __call__(self, number: int, part: Path) -> int:
        files = []
        for held in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                files.append(str(held.readlink()))
        part.write_text(json.dumps({"files": files, "cores": pa.cpu_count(), "watched": BytesRead.tell is not None}))
        return number


@dataclass(frozen=True)
class TellsRows:
    """Tells of four of its ten rows on the way; fragment 0 is killed then, the first time."""

    marks: Path

    def __call__(self, number: int, part: Path) -> int:
        assert BytesRead.tell_range is not None, "set by the engine"
        BytesRead.tell_range(4)
        if number == 0 and not (self.marks / "killed").exists():
            (self.marks / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        part.touch()
        return 10


@dataclass(frozen=True)
class Holds:
    """Writes who did it; holds very much."""

    much: bytes

    def __call__(self, number: int, part: Path) -> int:
        part.write_text(f"{os.getpid()}")
        return 1


@dataclass(frozen=True)
class Meets:
    """Says who it is and waits until so many fragments are at work or done."""

    marks: Path
    count: int

    def __call__(self, number: int, part: Path) -> int:
        self.marks.mkdir(exist_ok=True)
        (self.marks / f"{os.getpid()}-{number}").touch()
        while len(list(self.marks.iterdir())) < self.count:
            time.sleep(0.02)
        part.touch()
        return 1


@dataclass(frozen=True)
class IsKilled:
    """Is killed in the midst of one fragment, as often as said."""

    number: int
    times: int
    marks: Path

    def __call__(self, number: int, part: Path) -> int:
        part.write_text("half")
        if number == self.number and len(list(self.marks.iterdir())) < self.times:
            (self.marks / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        part.write_text(f"whole {number}")
        return 1


@dataclass(frozen=True)
class Fails:
    """Fails on one fragment."""

    number: int
    error: Exception

    def __call__(self, number: int, part: Path) -> int:
        part.write_text("half")
        if number == self.number:
            raise self.error
        return 1


@dataclass(frozen=True)
class Waits:
    """Says who it is and waits for a long time."""

    marks: Path

    def __call__(self, number: int, part: Path) -> int:
        (self.marks / str(os.getpid())).touch()
        time.sleep(600)
        return 1


def wrong_column() -> InputError:
    return InputError("no column `a`", "name another")
