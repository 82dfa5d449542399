"""A source scanned: verdicts, roles by measured uniqueness, persons counted exactly, grade.

Numbered steps, tagged in `scan_source`:

 1. Fold the evidence of every column over all rows, and solve it to verdicts.
 2. Fold a sample of the columns that could tell persons apart, and solve it to combinations; roles follow.
 3. Count persons by the subject key, those with sensitive data among them, and find the youngest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify import ages, scan, uniqueness
from lockgate.classify.assemble import assemble
from lockgate.classify.catalogue import IDENTIFYING
from lockgate.classify.persons import find_subject_key, person_keys
from lockgate.classify.text import identifier_spans
from lockgate.flow.progress import Progress
from lockgate.flow.reconcile import CountedPersons
from lockgate.laws.body import Laws
from lockgate.tables.source import Source
from lockgate.tables.spill import Spill
from lockgate.terms.category import Category
from lockgate.terms.classification import Classification, ColumnCombination, ColumnVerdict, PersonCount
from lockgate.terms.errors import InputError

SENSITIVE_IN = "CN"
"""The coded jurisdiction whose law counts persons with sensitive data."""

_CALLED_BY_WORDS = "person-name"
"""The type that words such as `client` announce, which stand in headers too."""


@dataclass(frozen=True, slots=True)
class ScanMeans:
    """What a scan is given beside the source.

    Attributes:
        laws: Which say what is sensitive where.
        as_of: Day on which ages are taken and the law is read.
        key: Secret of the hashes of persons and of examples.
        folder: Where partials spill.
        progress: Told of every batch.
    """

    laws: Laws
    as_of: date
    key: bytes
    folder: Path
    progress: Progress

    def sensitive_in(self, category: Category) -> tuple[str, ...]:
        """Return the jurisdictions whose law lists a category as sensitive on the day."""
        return self.laws.sensitive_in(category, self.as_of)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the columns of a source are, before persons are counted.

    Attributes:
        rows: Rows of the source.
        columns: Verdicts in the order of the source.
        combinations: Columns that together tell persons apart.
        subject_key: Column that tells persons apart; empty if none was found.
    """

    rows: int
    columns: tuple[ColumnVerdict, ...]
    combinations: tuple[ColumnCombination, ...]
    subject_key: str


def scan_source(source: Source, subject_key: str, means: ScanMeans, persons_per_row: int = 1) -> Classification:
    """Return what is in a source.

    Args:
        source: The data.
        subject_key: Column that tells persons apart; empty means found by the scan.
        means: What the scan is given beside it.
        persons_per_row: How many persons a row is about, where no column tells them apart.

    Raises:
        InputError: If the subject key is no column of the source, or the source cannot be read.
    """
    verdicts = find_verdicts(source, subject_key, means)  # 1, 2
    sensitive = tuple(verdict.name for verdict in verdicts.columns if SENSITIVE_IN in verdict.sensitive_in)
    counted = count_persons(source, verdicts, sensitive, means, persons_per_row)  # 3
    return classification_of(verdicts, counted)


def find_verdicts(source: Source, subject_key: str, means: ScanMeans) -> Verdicts:
    """Return what the columns of a source are.

    Raises:
        InputError: If the subject key is no column of the source, or the source cannot be read.
    """
    if subject_key and subject_key not in source.schema.names:
        raise InputError(f"data.subject_key: no column `{subject_key}` in `{source.name}`", "name a column of the data")
    _require_header(source)
    means.progress.step("scanning every row")
    partial, rows = scan.EMPTY, 0
    for batch in source.batches():
        partial = scan.merge(partial, scan.fold(batch))
        rows += batch.num_rows
        means.progress.rows(batch.num_rows)
    verdicts = scan.solve(partial, source.schema, means.as_of, means.key, means.sensitive_in)
    combinations = _measure_combinations(source, tuple(verdicts), rows, means.progress)
    assigned = uniqueness.assign_roles(verdicts, combinations)
    return Verdicts(rows, assigned, combinations, subject_key or find_subject_key(assigned))


def _require_header(source: Source) -> None:
    """Refuse column names that identify persons: names are shown, logged and released as they are.

    Raises:
        InputError: If a name is an identifier; the name is not told.
    """
    spans = identifier_spans(pa.array(source.schema.names, pa.string()))
    found = len({place for place, *_, type_ in spans if type_ in IDENTIFYING and type_ != _CALLED_BY_WORDS})
    if found:
        raise InputError(
            f"{found} column names of `{source.name}` identify persons: its first row seems to be data",
            "add a header above the first row, or rename the columns",
        )


def count_persons(
    source: Source, verdicts: Verdicts, sensitive: tuple[str, ...], means: ScanMeans, persons_per_row: int = 1
) -> CountedPersons:
    """Return the persons of a source, counted exactly.

    Args:
        source: The data.
        verdicts: Which say what tells persons and ages apart.
        sensitive: Columns in which a value makes the person's data sensitive.
        means: Day, keys, folder.
        persons_per_row: How many persons a row is about, where no column tells them apart.
    """
    means.progress.step("counting persons")
    tells_age = ages.age_columns(verdicts.columns)
    youngest: int | None = None
    rows = 0
    with Spill(means.folder, ("high", "low"), ("sensitive",)) as spill:
        for first, batch in numbered_batches(source):
            told = ages.fold(batch, tells_age, means.as_of)
            youngest = ages.merge_youngest(youngest, told.youngest)
            keys = person_keys(batch, verdicts.subject_key or None, first, means.key)
            flags = (_has_value(batch, sensitive) | told.is_child).astype(np.int64)
            spill.add(pa.table({"high": keys[:, 0], "low": keys[:, 1], "sensitive": flags}))
            rows += batch.num_rows
            means.progress.rows(batch.num_rows)
        count, of_them = 0, 0
        for table in spill.merged():
            count += table.num_rows
            of_them += int(np.count_nonzero(table.column("sensitive").to_numpy()))
    times = 1 if verdicts.subject_key else persons_per_row
    return CountedPersons(count * times, of_them * times, youngest, rows)


def classification_of(verdicts: Verdicts, counted: CountedPersons) -> Classification:
    """Return verdicts and persons as one classification."""
    persons = PersonCount(
        count=counted.count,
        by=verdicts.subject_key or "row",
        sensitive=counted.sensitive,
        youngest=counted.youngest,
    )
    return assemble(verdicts.columns, verdicts.combinations, persons, verdicts.rows)


def numbered_batches(source: Source) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield the batches of a source, each with the number of its first row."""
    first = 0
    for batch in source.batches():
        yield first, batch
        first += batch.num_rows


def _measure_combinations(
    source: Source, verdicts: tuple[ColumnVerdict, ...], rows: int, progress: Progress
) -> tuple[ColumnCombination, ...]:
    columns = uniqueness.candidates(verdicts, rows)
    if not columns:
        return ()
    progress.step("measuring who stands out")
    partial = uniqueness.empty(columns)
    for first, batch in numbered_batches(source):
        partial = uniqueness.merge(partial, uniqueness.fold(batch, columns, first, rows))
        progress.rows(batch.num_rows)
    return uniqueness.solve(partial, columns)


def _has_value(batch: pa.RecordBatch, columns: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Return for each row whether any of the columns says something; an empty text says nothing."""
    found = np.zeros(batch.num_rows, np.bool_)
    for name in columns:
        column = batch.column(name)
        says = column.is_valid().to_numpy(zero_copy_only=False)
        if pa.types.is_string(column.type):
            says &= np.asarray(pc.not_equal(column, pa.scalar("")).fill_null(False))  # noqa: FBT003 - the value filled in
        found |= says
    return found
