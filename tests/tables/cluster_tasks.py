"""Tasks for jobs on clusters, in a module that workers can import."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from lockgate.terms.errors import InputError


@dataclass(frozen=True)
class WaitsForLeave:
    """Says who does which fragment, and ends when there is a file `go`."""

    marks: Path

    def __call__(self, number: int, part: Path) -> int:
        (self.marks / f"{number}-{os.getpid()}").touch()
        while not (self.marks / "go").exists():
            time.sleep(0.05)
        part.write_text(f"of {number}")
        return number * 10

    def numbers(self) -> set[int]:
        return {int(mark.name.split("-")[0]) for mark in self.marks.glob("*-*")}

    def workers(self) -> set[int]:
        return {int(mark.name.split("-")[1]) for mark in self.marks.glob("*-*")}


@dataclass(frozen=True)
class FailsOn:
    """Fails on one fragment, with a column's name in the message."""

    number: int
    column: str

    def __call__(self, number: int, part: Path) -> int:
        if number == self.number:
            raise InputError(f"no column `{self.column}`", "Name another.")
        part.write_text("fine")
        return 1


@dataclass(frozen=True)
class TellsSettings:
    """Writes down what its environment says of reports of use."""

    def __call__(self, number: int, part: Path) -> int:
        part.write_text(
            json.dumps({name: os.environ.get(name) for name in ("DO_NOT_TRACK", "RAY_USAGE_STATS_ENABLED")})
        )
        return 1
