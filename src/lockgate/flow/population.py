"""The population that privacy models speak of: all persons from whom those of the data were drawn.

It never leaves the holder: its rows are folded like those of the data, once for the search for classes and once for
the measuring of the copy; a statement keeps its hash and the number of its rows.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.persons import person_keys
from lockgate.evidence.data_hash import DataHash
from lockgate.flow.progress import Progress, tell_pass
from lockgate.protect.pipeline import Protection
from lockgate.tables.row_source import Source
from lockgate.tables.source import describe_files, open_source
from lockgate.tables.spill import Spill
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.measure import MeasureKind
from lockgate.terms.protected import Plan
from lockgate.verify import fold

Persons = npt.NDArray[Any]

_LABELLING = frozenset({MeasureKind.GENERALISE, MeasureKind.K_ANONYMISE, MeasureKind.AGGREGATE})
"""Measures after which cells are labels, which can be held against the values of a population."""

_WITHOUT_CELLS = frozenset({MeasureKind.DROP, MeasureKind.FEWER_PERSONS})


@dataclass(frozen=True, slots=True)
class Population:
    """A table of all persons, and how they are told apart.

    Attributes:
        reference: Where it lies.
        source: The table.
        subject_key: Column that tells its persons apart; empty where each row is one person.
        key: Secret of the hashes of persons.
        work: Where partials spill.
        progress: Told of every batch.
    """

    reference: SourceReference
    source: Source
    subject_key: str
    key: bytes
    work: Path
    progress: Progress

    def fold_for(self, protection: Protection) -> pa.Table:
        """Return the population folded as a protection asks for it."""
        keys = protection.population_keys(by_person=bool(self.subject_key))
        return self._folded(keys, protection.fold_population)[0]

    def measure(self, quasi_identifiers: Sequence[str]) -> "CountedPopulation":
        """Return the population folded over the original values of the quasi-identifiers, its hash and rows."""
        keys = [f"o:{name}" for name in quasi_identifiers] + (list(fold.PERSON) if self.subject_key else [])
        table, hash_ = self._folded(keys, lambda batch, who: fold.fold_original(batch, who, quasi_identifiers))
        return CountedPopulation(table, hash_.rows, hash_.root(), self.source.name, self.reference)

    def _folded(
        self, keys: Sequence[str], fold_batch: Callable[[pa.RecordBatch, Persons | None], pa.Table]
    ) -> tuple[pa.Table, DataHash]:
        tell_pass(self.progress, "reading the population", self.source)
        hash_ = DataHash(self.source.schema)
        with Spill(self.work, keys, [fold.WEIGHT]) as spill:
            for first, batch in self._batches():
                hash_.add(batch)
                who = person_keys(batch, self.subject_key, first, self.key) if self.subject_key else None
                spill.add(fold_batch(batch, who))
                self.progress.rows(batch.num_rows)
            return spill.table(), hash_

    def _batches(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        first = 0
        for batch in self.source.batches():
            yield first, batch
            first += batch.num_rows


@dataclass(frozen=True, slots=True)
class CountedPopulation:
    """A population as far as a copy is measured against it.

    Attributes:
        table: Merged partials of `lockgate.verify.fold.fold_original`.
        rows: Its rows.
        data_hash: Its data hash.
        name: For people.
        reference: Where it lies.
    """

    table: pa.Table
    rows: int
    data_hash: str
    name: str
    reference: SourceReference

    def as_json(self) -> dict[str, Any]:
        """Return what a statement says of it: never a row."""
        files = [item._asdict() for item in describe_files(self.reference)]
        return {"source": self.name, "files": files, "rows": self.rows, "data_hash": self.data_hash}


def find_population(
    reference: SourceReference | None, data: Source, subject_key: str, plan: Plan, means: tuple[bytes, Path, Progress]
) -> Population | None:
    """Return the population that the flow file names, checked against data and plan; None if it names none.

    Args:
        reference: Where it lies.
        data: The data that were drawn from it.
        subject_key: Column that tells the persons of the data apart; the population's too if it has the column.
        plan: How the data are protected.
        means: Secret of the hashes of persons, where partials spill, who is told.

    Raises:
        InputError: If it cannot be read, has no rows, lacks a quasi-identifier or has it in another type, or if the
            plan changes the values of a quasi-identifier, so that nothing can be held against the population.
    """
    if reference is None:
        return None
    source = open_source(reference)
    for name in plan.quasi_identifiers:
        _check_column(name, source, data)
    kinds = {name: step.kind for step in plan.steps if step.kind not in _LABELLING for name in step.columns}
    changed = [name for name in plan.quasi_identifiers if kinds.get(name) not in (None, *_WITHOUT_CELLS)]
    if changed:
        raise InputError(
            f"column `{changed[0]}` is changed by `{kinds[changed[0]].value}`, so that it cannot be held against the"
            " population",
            "take protect.population out, or use `generalise`",
        )
    if next((True for batch in source.batches() if batch.num_rows), None) is None:
        raise InputError(f"the population `{source.name}` has no rows", "name the table of all persons")
    key = subject_key if subject_key in source.schema.names else ""
    return Population(reference, source, key, *means)


def _check_column(name: str, source: Source, data: Source) -> None:
    if name not in source.schema.names:
        raise InputError(
            f"the population `{source.name}` has no column `{name}`",
            f"its columns are: {', '.join(source.schema.names)}",
        )
    ours, theirs = (_family(table.schema.field(name).type) for table in (data, source))
    if ours != theirs and "text" not in (ours, theirs):
        raise InputError(
            f"column `{name}` holds {theirs} in the population, and {ours} in the data",
            "write both alike",
        )


def _family(kind: pa.DataType) -> str:
    """Return what kind of values a type holds; text may hold any, as a CSV file does."""
    if pa.types.is_integer(kind):
        return "whole numbers"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "numbers with decimals"
    if pa.types.is_temporal(kind):
        return "days or times"
    return "yes or no" if pa.types.is_boolean(kind) else "text"
