"""Progress on standard error: a line that moves on a terminal, elsewhere a line of JSON every two seconds."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, TextIO

from lockgate.cli.surroundings import Surroundings
from lockgate.flow.progress import Progress, Silent
from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.extent import Extent

_LEAST_S = 1.0
"""Seconds of a step after which its pace says something."""

_EVERY_S = 2.0
"""Seconds before the first line of JSON, and between two of them."""

_SWITCH = "LOCKGATE_PROGRESS"
"""Variable of the environment that is `off` where nobody wants to read of progress."""


class Pace:
    """How far the running step is: rows, how many a second, and the time left.

    How much there is, is told, as rows or for files of text as bytes; else it is that of the longest step before, since
    most steps look at every row of the source.

    Args:
        clock: Seconds that pass.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self.stage = "starting"
        self._most = 0
        self._begin(clock())

    def step(self, name: str) -> None:
        """Begin another step."""
        self._most = max(self._most, self.rows)
        self.stage = name
        self._begin(self._clock())

    def _begin(self, now: float) -> None:
        self.rows = self.bytes = 0
        self._extent, self._begun = Extent(), now

    def expect(self, extent: Extent) -> None:
        """Take how much the step reads."""
        self._extent = extent
        self.rows += extent.done

    def passed(self) -> float:
        """Return the seconds since the step began."""
        return self._clock() - self._begun

    @property
    def total(self) -> int:
        """Return the rows that there are; 0 if that is not known."""
        return self._extent.rows or (0 if self._extent.bytes else self._most)

    def a_second(self, passed: float) -> float | None:
        """Return the rows done a second; None if it is too early to say."""
        done = self.rows - self._extent.done
        return done / passed if done and passed >= _LEAST_S else None

    def left(self, passed: float) -> float | None:
        """Return the seconds left; None if that is not known."""
        done, total = self.rows - self._extent.done, self.total - self._extent.done
        if not total:
            done, total = self.bytes, self._extent.bytes
        return passed * (total - done) / done if 0 < done <= total and passed >= _LEAST_S else None


class Moving:
    """Shows the running step on a terminal.

    Args:
        bar: Of `rich`.
        clock: Seconds that pass.
    """

    def __init__(self, bar: Any, clock: Callable[[], float] = monotonic) -> None:
        self._bar = bar
        self._pace = Pace(clock)
        self._task = bar.add_task(self._pace.stage, total=None, rows="")

    def step(self, name: str) -> None:
        """Show another step."""
        self._pace.step(name)
        self._bar.update(self._task, description=name, rows="")

    def expect(self, extent: Extent) -> None:
        """Take how much the step reads."""
        self._pace.expect(extent)

    def rows(self, count: int) -> None:
        """Show how many rows of the step are done."""
        self._pace.rows += count
        self._show()

    def read(self, count: int) -> None:
        """Take bytes that were read of a file."""
        self._pace.bytes += count
        if not self._pace.rows:
            self._show()

    def _show(self) -> None:
        pace, passed = self._pace, self._pace.passed()
        a_second, left = pace.a_second(passed), pace.left(passed)
        words = [f"{pace.rows:,} rows"] if pace.rows else []
        words += [f"{a_second:,.0f} a second"] if a_second else []
        words += [f"{left:,.0f} s left"] if left and left >= 1 else []
        self._bar.update(self._task, rows=", ".join(words))


class Lines:
    """Writes a line of JSON every two seconds, the first after two: names of steps and numbers, nothing of the data.

    Args:
        out: Where they go.
        clock: Seconds that pass.
    """

    def __init__(self, out: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._out, self._clock = out, clock
        self._pace = Pace(clock)
        self._lock = Lock()
        self._next = clock() + _EVERY_S

    def step(self, name: str) -> None:
        """Tell of another step, if it is time."""
        with self._lock:
            self._pace.step(name)
        self._tell()

    def expect(self, extent: Extent) -> None:
        """Take how much the step reads."""
        with self._lock:
            self._pace.expect(extent)

    def rows(self, count: int) -> None:
        """Tell how many rows of the step are done, if it is time."""
        with self._lock:
            self._pace.rows += count
        self._tell()

    def read(self, count: int) -> None:
        """Take bytes that were read of a file."""
        with self._lock:
            self._pace.bytes += count
        self._tell()

    @contextmanager
    def kept_up(self) -> Iterator[None]:
        """Tell also while nothing is heard of a step."""
        done = Event()

        def tell() -> None:
            while not done.wait(_EVERY_S):
                self._tell()

        telling = Thread(target=tell, name="progress", daemon=True)
        telling.start()
        try:
            yield
        finally:
            done.set()
            telling.join()

    def _tell(self) -> None:
        with self._lock:
            now = self._clock()
            if now < self._next:
                return
            self._next = now + _EVERY_S
            pace, passed = self._pace, self._pace.passed()
            line = {
                "stage": pace.stage,
                "rows": pace.rows,
                "rows_total": pace.total or None,
                "rows_per_second": _rounded(pace.a_second(passed)),
                "seconds": _rounded(passed),
                "seconds_left": _rounded(pace.left(passed)),
            }
            with suppress(OSError, ValueError):  # of a reader that is gone
                self._out.write(json.dumps(line) + "\n")
                self._out.flush()


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 1)


@contextmanager
def watch(surroundings: Surroundings) -> Iterator[Progress]:
    """Show progress while a command works; nothing where `LOCKGATE_PROGRESS` is `off`."""
    if os.environ.get(_SWITCH, "") == "off":
        yield Silent()
        return
    if not surroundings.side.is_terminal:
        lines = Lines(surroundings.side.file)  # type: ignore[arg-type] # standard error
        with lines.kept_up(), _told_of_reading(lines):
            yield lines
        return
    rich = import_module("rich.progress")  # loaded where somebody watches
    columns = (
        rich.SpinnerColumn(),
        rich.TextColumn("{task.description}"),
        rich.TextColumn("{task.fields[rows]}"),
        rich.TimeElapsedColumn(),
    )
    with rich.Progress(*columns, console=surroundings.side, transient=True) as bar:
        moving = Moving(bar)
        with _told_of_reading(moving):
            yield moving


@contextmanager
def _told_of_reading(shown: Lines | Moving) -> Iterator[None]:
    before = BytesRead.tell, BytesRead.tell_rows
    BytesRead.tell, BytesRead.tell_rows = shown.read, shown.rows
    try:
        yield
    finally:
        BytesRead.tell, BytesRead.tell_rows = before
