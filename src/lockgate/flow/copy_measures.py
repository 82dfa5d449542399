"""The independent measures of a copy, taken beside the mapping, range by range where passes are shared.

Measuring is `verify`'s and knows nothing of how the copy was made: it gets released rows, original rows and persons.
"""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.residual import ResidualSearch
from lockgate.evidence.data_hash import DataHash
from lockgate.flow.composing import Composing
from lockgate.flow.copy_plan import CopyPlan
from lockgate.flow.following import Following
from lockgate.flow.population import CountedPopulation, Population
from lockgate.tables.job import read_found, write_found
from lockgate.tables.spill import Spill
from lockgate.tables.table_file import read_tables, write_tables
from lockgate.terms.measure import MeasureKind
from lockgate.terms.verification import Attack, VerificationReport
from lockgate.verify import attacks, counts, crowds, figures, fold, promises, report, residual, utility
from lockgate.verify.population import Presence, presence_of

_WEIGHTS = (fold.WEIGHT,)
_PAIRS, _SECRETS, _VALUES, _SOURCE_VALUES, _CROWDS = "pairs", "secrets", "values", "source-values", "crowds"
_FIGURES = "figures"


class Measuring:
    """The independent measures of one copy, fed beside the mapping.

    Args:
        plan: What is measured by what.
        following: Follows the records of the copy.
        folder: Where partials spill.
        stack: Closes the spills.
    """

    def __init__(self, plan: CopyPlan, following: Following, folder: Path, stack: ExitStack) -> None:
        self._plan = plan
        self._following = following
        released = plan.protection.schema.names
        self._by_person = plan.persons_repeat
        self.rows_in = 0
        self.source_hash = DataHash(plan.passes.source.schema)
        self.population: CountedPopulation | None = None
        self._residual: dict[str, int] = {}
        self._find = ResidualSearch()
        quasi = plan.quasi_identifiers
        keys = {
            _PAIRS: fold.pair_keys(released, quasi, by_person=self._by_person),
            _SECRETS: fold.secret_keys(released, quasi),
            _VALUES: fold.value_keys(released, quasi, by_person=self._by_person),
            _SOURCE_VALUES: fold.value_keys((), (), by_person=self._by_person),
        }
        if plan.counts_persons:
            keys[_PAIRS] = [f"o:{name}" for name in quasi] + (list(fold.PERSON) if self._by_person else [])
        self._modelled = promises.columns_of(plan.protection.plan.models)
        steps = plan.protection.plan.steps
        self._crowd = next((step for step in steps if step.kind is MeasureKind.CROWD_PLACE), None)
        keys[_CROWDS] = crowds.crowd_keys(self._crowd.columns if self._crowd else ())
        self._spills = {
            name: stack.enter_context(Spill(folder, columns, _WEIGHTS, encoded=name in (_PAIRS, _SECRETS)))
            for name, columns in keys.items()
        }

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
            self._spills[_PAIRS].add(
                fold.fold_original(batch, persons if self._by_person else None, plan.quasi_identifiers)
            )
            return
        rows = np.asarray(kept, dtype=np.int64)
        self._following.rows(batch, persons, released, rows)
        original = batch if len(rows) == batch.num_rows else batch.take(rows)
        theirs = persons[rows] if self._by_person else None
        self._spills[_PAIRS].add(fold.fold(released, original, theirs, plan.quasi_identifiers))
        self._spills[_SECRETS].add(fold.fold_sensitive(released, plan.quasi_identifiers, plan.sensitive))
        if self._modelled:
            columns = (plan.quasi_identifiers, self._modelled)
            self._spills[_VALUES].add(fold.fold_values(released, original, theirs, columns))
            everybody = persons if self._by_person else None
            self._spills[_SOURCE_VALUES].add(fold.fold_source_values(batch, everybody, self._modelled))
        if self._crowd:
            self._spills[_CROWDS].add(crowds.fold_crowds(released, persons[rows], self._crowd.columns))

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

    def leave(self, folder: Path) -> None:
        """Leave all that was measured in a folder, for `join`."""
        for name, spill in self._spills.items():
            write_tables(folder / f"{name}.tables", spill.merged(in_order=False))
        found = self.rows_in, self.source_hash, self._residual, self._following.part()
        write_found(found, folder / _FIGURES)

    def join(self, folder: Path) -> None:
        """Take what was measured of the rows behind those so far."""
        for name, spill in self._spills.items():
            for table in read_tables(folder / f"{name}.tables"):
                spill.add(table)
        rows, hash_, residual_, following = read_found(folder / _FIGURES)
        self.rows_in += rows
        self.source_hash.join(hash_)
        self._residual = residual.merge(self._residual, residual_)
        self._following.join(following)

    def report(
        self, composing: Composing, population: Population | None
    ) -> tuple[VerificationReport, tuple[Attack, ...]]:
        """Return the figures of the whole copy.

        Args:
            composing: What holds it against earlier releases.
            population: All persons from whom those of the source were drawn; None where none is given.
        """
        plan, protection = self._plan, self._plan.protection
        reading = figures.Reading(plan.hierarchies, protection.labelled, protection.perturbed)
        requirement = report.Requirement(
            k=protection.plan.k,
            suppression_limit=1.0 if plan.counts_persons else protection.plan.suppression_limit,
            rows=self.rows_in - protection.rows_not_chosen,
            persons_by=plan.persons_by,
            shows_persons=plan.shows_persons,
        )
        pairs = self._spills[_PAIRS].drain(in_order=plan.counts_persons or population is not None)
        if plan.counts_persons:
            table = pa.Table.from_batches(protection.finish(), schema=protection.schema)
            return counts.solve(table, pairs, self._residual, reading, requirement), ()
        numbered = figures.number_pairs(pairs, reading)
        presence = self._presence(population, pairs, reading)
        pairs = pairs.select([name for name in pairs.column_names if name in fold.PERSON])  # the rest are numbers now
        measured = figures.measure(pairs, self._spills[_SECRETS].drain(), reading, numbered)
        models = protection.plan.models
        promised = promises.solve(models, replace(self._evidence(measured), presence=presence)) if models else []
        promised += promises.check_population(models, presence)
        if self._crowd:
            promised = [*promised, crowds.crowd_check(self._spills[_CROWDS].table(), int(self._crowd.parameter("k")))]
        left_out = max(requirement.rows - measured.rows, 0)
        useful = utility.measure_utility(numbered, reading, k=protection.plan.k, left_out=left_out)
        further = [*promised, *utility.as_checks(useful)]
        found = report.solve(measured, self._residual, requirement, further)
        checks = composing.explained(found.checks)
        return report.in_order(checks, found.quasi_identifiers, found.persons_by), attacks.solve(measured)

    def _presence(self, population: Population | None, pairs: pa.Table, reading: figures.Reading) -> Presence | None:
        if population is None:
            return None
        self.population = population.measure(fold.columns_of(pairs, "o"))
        return presence_of(fold.spelled_out(pairs), self.population.table, reading)

    def _evidence(self, measured: figures.Figures) -> promises.Evidence:
        plan = self._plan
        return promises.Evidence(
            classes=self._spills[_VALUES].table() if self._modelled else None,
            source=self._spills[_SOURCE_VALUES].table() if self._modelled else None,
            labelled=plan.protection.labelled,
            k=measured.k,
            hierarchies=plan.hierarchies,
        )
