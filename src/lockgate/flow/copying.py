"""The protected copy: rows mapped, measured beside their originals, put in keyed order, written to the staged folder.

Mapping and measuring share one pass over the source. Measuring is `verify`'s and knows nothing of how the copy was
made: it gets released rows, original rows and persons.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.residual import ResidualSearch
from lockgate.evidence.data_hash import DataHash
from lockgate.flow.composing import Composing
from lockgate.flow.nested import NestedProtection
from lockgate.flow.population import CountedPopulation, Population
from lockgate.flow.progress import Progress
from lockgate.flow.protection import NumberedBatch
from lockgate.protect.pipeline import Protection
from lockgate.tables.order import shuffled
from lockgate.tables.read_ahead import read_ahead
from lockgate.tables.sink import write_table, written_as
from lockgate.tables.source import encoded_batches, open_source
from lockgate.tables.spill import Spill
from lockgate.terms.category import Category
from lockgate.terms.classification import Classification
from lockgate.terms.column import ColumnRole, Treatment
from lockgate.terms.facts import Facts
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.measure import Measure, MeasureKind
from lockgate.terms.verification import Attack, VerificationReport
from lockgate.verify import attacks, counts, crowds, figures, fold, promises, report, residual, utility
from lockgate.verify.population import Presence, presence_of

_WEIGHTS = (fold.WEIGHT,)


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What a copy is made of and measured by.

    Attributes:
        protection: Solved.
        batches: Starts a pass over the source.
        quasi_identifiers: Columns that tell persons apart.
        sensitive: Columns whose values nobody should learn.
        looked_at: Released columns in which no direct identifier may be left.
        hierarchies: Hierarchies by column.
        persons_by: Column that tells persons apart, or `row`.
        shows_persons: Whether a released column shows which rows are of one person.
        order: Sort keys of released rows.
        composing: What holds the copy against earlier releases.
        population: All persons from whom those of the source were drawn; None where none is given.
    """

    protection: Protection | NestedProtection
    batches: Callable[[], Iterator[NumberedBatch]]
    quasi_identifiers: tuple[str, ...]
    sensitive: tuple[str, ...]
    looked_at: tuple[str, ...]
    hierarchies: Mapping[str, Hierarchy]
    persons_by: str
    shows_persons: bool
    order: Callable[[int, int], npt.NDArray[np.uint64]]
    composing: Composing
    population: Population | None = None

    @property
    def counts_persons(self) -> bool:
        """Whether the copy holds counts instead of rows."""
        return any(step.kind is MeasureKind.AGGREGATE for step in self.protection.plan.steps)


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


class Measuring:
    """The independent measures of one copy, fed beside the mapping.

    Args:
        plan: What is measured by what.
        schema: Of the source.
        folder: Where partials spill.
        stack: Closes the spills.
    """

    def __init__(self, plan: CopyPlan, schema: pa.Schema, folder: Path, stack: ExitStack) -> None:
        self._plan = plan
        released = plan.protection.schema.names
        self._by_person = plan.persons_by != "row"
        self.rows_in = 0
        self.source_hash = DataHash(schema)
        self.population: CountedPopulation | None = None
        self._residual: dict[str, int] = {}
        self._find = ResidualSearch()
        quasi = plan.quasi_identifiers
        if plan.counts_persons:
            keys = [f"o:{name}" for name in quasi] + (list(fold.PERSON) if self._by_person else [])
        else:
            keys = fold.pair_keys(released, quasi, by_person=self._by_person)
        self._pairs = stack.enter_context(Spill(folder, keys, _WEIGHTS, encoded=True))
        secrets = fold.secret_keys(released, quasi)
        self._secrets = stack.enter_context(Spill(folder, secrets, _WEIGHTS, encoded=True))
        self._modelled = promises.columns_of(plan.protection.plan.models)
        classes = fold.value_keys(released, quasi, by_person=self._by_person)
        self._values = stack.enter_context(Spill(folder, classes, _WEIGHTS))
        steps = plan.protection.plan.steps
        self._crowd = next((step for step in steps if step.kind is MeasureKind.CROWD_PLACE), None)
        crowd_columns = crowds.crowd_keys(self._crowd.columns if self._crowd else ())
        self._crowds = stack.enter_context(Spill(folder, crowd_columns, _WEIGHTS))
        everything = fold.value_keys((), (), by_person=self._by_person)
        self._source_values = stack.enter_context(Spill(folder, everything, _WEIGHTS))

    def rows(
        self, batch: pa.RecordBatch, persons: npt.NDArray[np.uint64], released: pa.RecordBatch, kept: object
    ) -> None:
        """Measure the released rows of one batch beside their originals.

        Args:
            batch: Rows of the source.
            persons: Hashes of their persons.
            released: Released rows.
            kept: Which rows of the batch they are.
        """
        plan = self._plan
        self.rows_in += batch.num_rows
        if plan.counts_persons:
            self._pairs.add(fold.fold_original(batch, persons if self._by_person else None, plan.quasi_identifiers))
            return
        rows = np.asarray(kept, dtype=np.int64)
        plan.composing.rows(batch, persons, released, rows)
        original = batch if len(rows) == batch.num_rows else batch.take(rows)
        theirs = persons[rows] if self._by_person else None
        self._pairs.add(fold.fold(released, original, theirs, plan.quasi_identifiers))
        self._secrets.add(fold.fold_sensitive(released, plan.quasi_identifiers, plan.sensitive))
        if self._modelled:
            columns = (plan.quasi_identifiers, self._modelled)
            self._values.add(fold.fold_values(released, original, theirs, columns))
            everybody = persons if self._by_person else None
            self._source_values.add(fold.fold_source_values(batch, everybody, self._modelled))
        if self._crowd:
            self._crowds.add(crowds.fold_crowds(released, persons[rows], self._crowd.columns))

    def contents(self, batch: pa.RecordBatch, released: pa.RecordBatch) -> None:
        """Hash the rows of one batch of the source, and look for direct identifiers in the released ones.

        Beside `rows`, with which it shares nothing.
        """
        self.source_hash.add(batch)
        if not self._plan.counts_persons:
            self.look_at(released)

    def look_at(self, released: pa.RecordBatch) -> None:
        """Look for direct identifiers that are left."""
        found = residual.fold(released, self._plan.looked_at, self._find)
        self._residual = residual.merge(self._residual, found)

    def report(self) -> tuple[VerificationReport, tuple[Attack, ...]]:
        """Return the figures of the whole copy."""
        plan, protection = self._plan, self._plan.protection
        reading = figures.Reading(plan.hierarchies, protection.labelled, protection.perturbed)
        requirement = report.Requirement(
            k=protection.plan.k,
            suppression_limit=1.0 if plan.counts_persons else protection.plan.suppression_limit,
            rows=self.rows_in - protection.rows_not_chosen,
            persons_by=plan.persons_by,
            shows_persons=plan.shows_persons,
        )
        pairs = self._pairs.table()
        if plan.counts_persons:
            table = pa.Table.from_batches(protection.finish(), schema=protection.schema)
            return counts.solve(table, pairs, self._residual, reading, requirement), ()
        numbered = figures.number_pairs(pairs, reading)
        measured = figures.measure(pairs, self._secrets.table(), reading, numbered)
        presence = self._presence(pairs, reading)
        models = protection.plan.models
        promised = promises.solve(models, replace(self._evidence(measured), presence=presence)) if models else []
        promised += promises.check_population(models, presence)
        if self._crowd:
            promised = [*promised, crowds.crowd_check(self._crowds.table(), int(self._crowd.parameter("k")))]
        left_out = max(requirement.rows - measured.rows, 0)
        useful = utility.measure_utility(numbered, reading, k=protection.plan.k, left_out=left_out)
        further = [*promised, *utility.as_checks(useful)]
        found = report.solve(measured, self._residual, requirement, further)
        checks = plan.composing.explained(found.checks)
        return report.in_order(checks, found.quasi_identifiers, found.persons_by), attacks.solve(measured)

    def _presence(self, pairs: pa.Table, reading: figures.Reading) -> Presence | None:
        if self._plan.population is None:
            return None
        self.population = self._plan.population.measure(fold.columns_of(pairs, "o"))
        return presence_of(fold.spelled_out(pairs), self.population.table, reading)

    def _evidence(self, measured: figures.Figures) -> promises.Evidence:
        plan = self._plan
        return promises.Evidence(
            classes=self._values.table() if self._modelled else None,
            source=self._source_values.table() if self._modelled else None,
            labelled=plan.protection.labelled,
            k=measured.k,
            hierarchies=plan.hierarchies,
        )


def make_copy(
    plan: CopyPlan, schema: pa.Schema, staged: Path, form: tuple[str, str], work: Path, progress: Progress
) -> MadeCopy:
    """Return the copy, written and measured.

    Args:
        plan: What it is made of.
        schema: Of the source.
        staged: Folder for the data file; exists.
        form: Stem of the data file, and its format.
        work: Where partials and unsorted rows go.
        progress: Told of every batch.
    """
    stem, format_ = form
    with ExitStack() as stack:
        measuring = Measuring(plan, schema, work, stack)
        released = _released(plan, measuring, progress)
        rows = shuffled(released, plan.order, work)
        file = write_table(staged, stem, rows, plan.protection.schema, written_as(format_))
        progress.step("verifying the copy")
        with ThreadPoolExecutor(1, "hashing") as pool:
            hashed = pool.submit(hash_file, file)
            verification, tried = measuring.report()
            measured = hashed.result()
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


def hash_file(file: Path) -> DataHash:
    """Return the data hash of a file as a reader gets it."""
    source = open_source(SourceReference(str(file)))
    measured = DataHash(source.schema)
    for batch in read_ahead(encoded_batches(source)):
        measured.add(batch)
    return measured


def _await(measured: Iterable[Future[None]]) -> None:
    for part in measured:
        part.result()


def _released(plan: CopyPlan, measuring: Measuring, progress: Progress) -> Iterator[pa.RecordBatch]:
    progress.step("protecting every row")
    with ThreadPoolExecutor(2, "measuring") as pool:  # one batch is measured while the next is protected
        measured: list[Future[None]] = []
        for batch, persons in plan.batches():
            released, kept = plan.protection.map_with_rows(batch, persons)
            _await(measured)
            measured = [
                pool.submit(measuring.rows, batch, persons, released, kept),
                pool.submit(measuring.contents, batch, released),
            ]
            progress.rows(batch.num_rows)
            yield released
        _await(measured)
    for released in plan.protection.finish():
        measuring.look_at(released)
        yield released
