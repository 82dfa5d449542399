"""Progress on standard error: a line that moves on a terminal, nothing where nobody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from time import monotonic
from typing import Any

from lockgate.cli.surroundings import Surroundings
from lockgate.flow.progress import Progress, Silent

_LEAST_S = 1.0
"""Seconds of a step after which its pace says something."""


class Moving:
    """Shows the running step with the rows done, how many a second, and the time left.

    How many rows there are is known from the longest step before: most steps look at every row of the source.

    Args:
        bar: Of `rich`.
        clock: Seconds that pass.
    """

    def __init__(self, bar: Any, clock: Callable[[], float] = monotonic) -> None:
        self._bar, self._clock = bar, clock
        self._task = bar.add_task("starting", total=None, rows="")
        self._rows = self._most = 0
        self._begun = clock()

    def step(self, name: str) -> None:
        """Show another step."""
        self._most = max(self._most, self._rows)
        self._rows, self._begun = 0, self._clock()
        self._bar.update(self._task, description=name, rows="")

    def rows(self, count: int) -> None:
        """Show how many rows of the step are done."""
        self._rows += count
        words = f"{self._rows:,} rows"
        passed = self._clock() - self._begun
        if self._rows and passed >= _LEAST_S:
            words += f", {self._rows / passed:,.0f} a second"
            left = passed * (self._most - self._rows) / self._rows
            words += f", {left:,.0f} s left" if left >= 1 else ""
        self._bar.update(self._task, rows=words)


@contextmanager
def watch(surroundings: Surroundings) -> Iterator[Progress]:
    """Show progress while a command works, if standard error is a terminal."""
    if not surroundings.side.is_terminal:
        yield Silent()
        return
    rich = import_module("rich.progress")  # loaded where somebody watches
    columns = (
        rich.SpinnerColumn(),
        rich.TextColumn("{task.description}"),
        rich.TextColumn("{task.fields[rows]}"),
        rich.TimeElapsedColumn(),
    )
    with rich.Progress(*columns, console=surroundings.side, transient=True) as bar:
        yield Moving(bar)
