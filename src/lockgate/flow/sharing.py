"""How the passes over a source are shared among workers, and what cannot be shared.

A pass is a task for each range of rows (`lockgate.tables.row_ranges`) and a merge of the parts in the order of the
ranges. Ranges depend on the source alone, never on the engine or on how many workers there are, and whether a pass is
shared depends on source and plan alone: so one worker gives the same bytes as many.

Not shared, because a row depends on more than itself and what was solved before:

* tokens of the vault, which are drawn and kept one after the other;
* classes nested in those of earlier releases, whose units are looked up in what the store holds.

Nor are sources that cannot be cut (`lockgate.tables.row_ranges.find_ranges`).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from lockgate.flow.progress import Progress, tell_extent, tell_pass
from lockgate.tables.cut import Cut
from lockgate.tables.engine import Engine
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.extent import Extent
from lockgate.tables.file_copy import COPIED_BYTES, copied_if_large
from lockgate.tables.job import Task, make_job, parts_in_order, unfinished
from lockgate.tables.row_ranges import RANGE_ROWS, RowRanges, find_ranges
from lockgate.tables.row_source import Source
from lockgate.terms.measure import MeasureKind
from lockgate.terms.protected import Plan

_NOT_SHARED = frozenset({MeasureKind.TOKENISE})


Found = TypeVar("Found")


class Jobs:
    """The jobs of one run, in the order in which they are begun.

    Args:
        folder: Where they lie; made when the first is begun.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()  # workers may be elsewhere
        self.begun: list[Path] = []

    def begin(self, name: str) -> Path:
        """Return the folder of the next job; the same in every run of the same steps.

        Args:
            name: What is done, for people.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self.begun.append(self._folder / f"{len(self.begun) + 1}-{name}")
        return self.begun[-1]


@dataclass(frozen=True, slots=True)
class Sharing:
    """What passes over a source are shared by.

    Attributes:
        engine: Runs fragments.
        range_rows: Rows of a long range, a multiple of 65,536.
        copied_bytes: Bytes from which on a file that cannot be cut is copied into one that can.
        resumes: Whether parts that an earlier run has left are used, and left when this one is interrupted.
    """

    engine: Engine = field(default_factory=lambda: LocalEngine(1))
    range_rows: int = RANGE_ROWS
    copied_bytes: int = COPIED_BYTES
    resumes: bool = False

    def opened(self, source: Source, progress: Progress) -> Source:
        """Return a source as it is read: a large file that cannot be cut is copied once.

        Raises:
            InputError: If the source cannot be read.
        """
        is_told = False

        def tell(rows: int) -> None:
            nonlocal is_told
            if not is_told:
                tell_pass(progress, "reading the table", source)
            is_told = True
            progress.rows(rows)

        return copied_if_large(source, self.copied_bytes, tell) or source

    def ranges_of(self, source: Source, plan: Plan | None = None) -> RowRanges | None:
        """Return the ranges of a source; None where a pass over it is not shared.

        Args:
            source: Any.
            plan: How it is protected; None where it is only read.
        """
        if plan is not None and any(step.kind in _NOT_SHARED for step in plan.steps):
            return None
        return find_ranges(source, self.range_rows)

    def beside(self, pool: Executor, work: Callable[[], Found]) -> "Future[Found]":
        """Return what comes of work that this process does beside what workers do; it takes the core of one of them.

        Args:
            pool: Does it.
            work: Is done.
        """
        self.engine.lend(1)
        begun = pool.submit(work)
        begun.add_done_callback(lambda _: self.engine.lend(-1))
        return begun

    def parts(self, folder: Path, task: Task, cut: Cut, progress: Progress) -> Iterator[Path]:
        """Return the parts of a pass in the order of the ranges, each as soon as those before are made too.

        Args:
            folder: Of the job; parts that are there are used.
            task: What is done to each range.
            cut: The source, or the copy, cut into ranges.
            progress: Told of the rows of each range.

        Raises:
            LockgateError: What the task raises.
        """
        make_job(folder, task)
        missing = unfinished(folder, cut.numbers)
        to_do = sum(cut.span(number)[1] for number in missing)
        tell_extent(progress, Extent(cut.rows, done=cut.rows - to_do))
        yield from parts_in_order(folder, cut.numbers, self.engine.run, progress.rows)
