"""The protected copy: rows mapped, measured beside their originals, put in keyed order, written to the staged folder.

Mapping and measuring share one pass over the source, which may be shared among workers: each maps a range of rows, and
leaves them parted by their sort keys beside what it measured.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shutil import rmtree

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.flow.composing import Composing
from lockgate.flow.copy_file import hash_file, write_shared
from lockgate.flow.copy_measures import Measuring
from lockgate.flow.copy_plan import CopyPlan
from lockgate.flow.population import CountedPopulation, Population
from lockgate.flow.progress import Progress
from lockgate.flow.protection import without_holder
from lockgate.protect.pipeline import Protection
from lockgate.tables.job import read_found, write_found
from lockgate.tables.order import KeyedBatch, shuffled
from lockgate.tables.order_parts import OrderPart, part_rows
from lockgate.tables.side_thread import side_threads
from lockgate.tables.sink import write_table, written_as
from lockgate.terms.category import Category
from lockgate.terms.classification import Classification
from lockgate.terms.column import ColumnRole, Treatment
from lockgate.terms.facts import Facts
from lockgate.terms.measure import Measure, MeasureKind
from lockgate.terms.verification import Attack, VerificationReport
from lockgate.verify import report

Rows = npt.NDArray[np.int64]

_ROWS = "rows"
_UNUSUAL = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class MadeCopy:
    """A copy on the disk, with what was measured of it.

    Attributes:
        file: The data file.
        rows_in: Rows of the source.
        rows_out: Rows of the copy.
        source_hash: Data hash of the source.
        data_hash: Data hash of the copy, as a reader of the file gets it.
        columns: Hashes of its columns by name.
        source_columns: Hashes of the source's columns by name.
        verification: Independent figures.
        attacks: How far attacks on it come.
        population: What it was measured against; None where none is given.
    """

    file: Path
    rows_in: int
    rows_out: int
    source_hash: str
    data_hash: str
    columns: Mapping[str, str]
    source_columns: Mapping[str, str]
    verification: VerificationReport
    attacks: tuple[Attack, ...]
    population: CountedPopulation | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What a copy is held against, beside its originals.

    Attributes:
        composing: Earlier releases.
        population: All persons from whom those of the source were drawn; None where none is given.
    """

    composing: Composing
    population: Population | None = None


def make_copy(
    plan: CopyPlan, beside: Beside, staged: Path, form: tuple[str, str], work: Path, progress: Progress
) -> MadeCopy:
    """Return the copy, written and measured.

    Args:
        plan: What it is made of.
        beside: What it is held against.
        staged: Folder for the data file; exists.
        form: Stem of the data file, and its format.
        work: Where partials and unsorted rows go.
        progress: Told of every batch.
    """
    stem, format_ = form
    with ExitStack() as stack:
        measuring = Measuring(plan, beside.composing.following, work, stack)
        progress.step("protecting every row")
        parts = _joined(plan, measuring, work, progress) if plan.is_shared else []
        with side_threads(1, "reporting") as pool:
            report_ = partial(_report, measuring, beside)
            # where workers have measured all rows already, the report is made while they write them
            early = plan.passes.sharing.beside(pool, report_) if plan.is_shared else None
            place, schema = (staged, stem, written_as(format_)), plan.protection.schema
            if plan.is_shared:
                file = write_shared(place, parts, schema, plan.passes, work, progress)
            else:
                rows = shuffled(_released(plan, measuring, progress), work)
                file = write_table(place[0], place[1], rows, schema, place[2])
            progress.step("verifying the copy")
            reported = early or pool.submit(report_)
            for left in plan.passes.left():  # beside the reading, not when all wait for the end
                pool.submit(partial(rmtree, left, ignore_errors=True))
            measured = hash_file(file, plan.passes, progress)
            verification, tried = reported.result()
        rows_in, source_hash = measuring.rows_in, measuring.source_hash
    return MadeCopy(
        file=file,
        rows_in=rows_in,
        rows_out=measured.rows,
        source_hash=source_hash.root(),
        data_hash=measured.root(),
        columns=measured.columns(),
        source_columns=source_hash.columns(),
        verification=verification,
        attacks=tried,
        population=measuring.population,
    )


def _report(measuring: Measuring, beside: Beside) -> tuple[VerificationReport, tuple[Attack, ...]]:
    """Return the figures of the whole copy, who is in which class made ready to be kept."""
    found = measuring.report(beside.composing, beside.population)
    beside.composing.prepare()
    return found


def stem_of(name: str) -> str:
    """Return the stem of the data file: the source's, in letters that every file system takes."""
    return _UNUSUAL.sub("-", Path(name).stem).strip("-.") or "data"


def not_empty(copy: MadeCopy, k: int, found: Classification | None) -> MadeCopy:
    """Return the copy, which fails verification where it holds nothing.

    Args:
        copy: As it was made.
        k: The promise of the plan, 0 for none.
        found: What the scan found, for the number of persons; None without a scan.
    """
    persons = found.persons.count if found else copy.rows_in
    source = copy.rows_in, k, persons
    return replace(copy, verification=report.check_not_empty(copy.verification, copy.rows_out, source))


def columns_looked_at(facts: Facts, released: list[str], steps: Collection[Measure] = ()) -> tuple[str, ...]:
    """Return the released columns that may hold no direct identifier.

    All but those released in clear on purpose, and those encrypted in their own form: what stands there has the form
    of an identifier and is none.

    Args:
        facts: Of the copy.
        released: Columns of the copy.
        steps: What was done to it.
    """
    encrypted = {name for step in steps if step.kind is MeasureKind.ENCRYPT for name in step.columns}
    in_clear = encrypted | {
        column.name
        for column in facts.columns
        if column.treatment is Treatment.NONE
        and (column.role is ColumnRole.DIRECT_IDENTIFIER or column.category is Category.FREE_TEXT)
    }
    return tuple(name for name in released if name not in in_clear)


def _await(measured: Iterable[Future[None]]) -> None:
    for part in measured:
        part.result()


def _released(plan: CopyPlan, measuring: Measuring, progress: Progress) -> Iterator[KeyedBatch]:
    """Return the released rows with their sort keys, measured on the way; all in this process."""
    first = 0
    with side_threads(2, "measuring") as pool:  # one batch is measured while the next is protected
        measured: list[Future[None]] = []
        for batch, persons in plan.passes():
            released, kept = plan.protection.map_with_rows(batch, persons)
            _await(measured)
            measured = [
                pool.submit(measuring.rows, batch, persons, released, kept),
                pool.submit(measuring.contents, batch, released),
            ]
            progress.rows(batch.num_rows)
            yield _keyed(plan, first, batch, released, kept)
            first += batch.num_rows
        _await(measured)
    yield from _counted(plan, measuring)


def _keyed(plan: CopyPlan, first: int, batch: pa.RecordBatch, released: pa.RecordBatch, kept: Rows) -> KeyedBatch:
    keys = plan.order(first, batch.num_rows)
    return released, keys if released.num_rows == batch.num_rows else keys[kept]


def _counted(plan: CopyPlan, measuring: Measuring) -> Iterator[KeyedBatch]:
    """Return the counts, where the copy holds them instead of rows."""
    first = 0
    for released in plan.protection.finish():
        measuring.look_at(released)
        yield released, plan.order(first, released.num_rows)
        first += released.num_rows


@dataclass(frozen=True, slots=True)
class _Map:
    """Maps and measures the ranges of a source; picklable.

    Attributes:
        plan: What the copy is made of.
    """

    plan: CopyPlan

    def __call__(self, number: int, part: Path) -> int:
        """Map and measure one range."""
        part.mkdir(mode=0o700)
        with ExitStack() as stack:
            measuring = Measuring(self.plan, self.plan.following.begin(), part, stack)
            rows = part_rows(self._released(number, measuring), part)
            measuring.leave(part)
        write_found(rows, part / _ROWS)
        return measuring.rows_in

    def _released(self, number: int, measuring: Measuring) -> Iterator[KeyedBatch]:
        for first, batch, persons in self.plan.passes.of_range(number):
            released, kept = self.plan.protection.map_with_rows(batch, persons)
            measuring.rows(batch, persons, released, kept)
            measuring.contents(batch, released)
            yield _keyed(self.plan, first, batch, released, kept)


def _joined(plan: CopyPlan, measuring: Measuring, work: Path, progress: Progress) -> list[OrderPart]:
    """Return the released rows of all ranges, what was measured of them joined."""
    assert isinstance(plan.protection, Protection), "as is_shared says"
    task = _Map(replace(plan, protection=without_holder(plan.protection), passes=plan.passes.for_workers()))
    found = []
    for part in plan.passes.parts("copy", task, progress):
        measuring.join(part)
        rows: OrderPart | None = read_found(part / _ROWS)
        if rows is not None:
            found.append(rows.moved_to(part))
    if plan.counts_persons:
        folder = work / "counts"
        folder.mkdir(mode=0o700, exist_ok=True)
        counts = part_rows(_counted(plan, measuring), folder)
        found += [counts] if counts else []
    return found
