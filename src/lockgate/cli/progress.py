"""Progress on standard error: a line that moves on a terminal, nothing where nobody watches."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from lockgate.cli.surroundings import Surroundings
from lockgate.flow.progress import Progress, Silent


class _Moving:
    """Shows the running step with the rows done."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._task = bar.add_task("starting", total=None, rows="")
        self._rows = 0

    def step(self, name: str) -> None:
        """Show another step."""
        self._rows = 0
        self._bar.update(self._task, description=name, rows="")

    def rows(self, count: int) -> None:
        """Show how many rows of the step are done."""
        self._rows += count
        self._bar.update(self._task, rows=f"{self._rows:,} rows")


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
        yield _Moving(bar)
