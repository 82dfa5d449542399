"""Persons of a source counted exactly: by their key, those with sensitive data among them, and the youngest."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify import ages
from lockgate.classify.ages import AgeColumn
from lockgate.classify.persons import person_keys
from lockgate.flow.reconcile import CountedPersons
from lockgate.tables.distinct_keys import DistinctKeys
from lockgate.tables.job import read_found, write_found
from lockgate.tables.row_ranges import RowRanges

_KEYS, _FIGURES = "keys", "figures"


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be counted.

    Attributes:
        subject_key: Column that tells persons apart; empty counts each row as one.
        tells_age: Columns that tell ages.
        sensitive: Columns in which a value makes the person's data sensitive.
    """

    subject_key: str
    tells_age: tuple[AgeColumn, ...]
    sensitive: tuple[str, ...]

    @property
    def columns(self) -> frozenset[str]:
        """Return the columns that the answer depends on."""
        return frozenset({self.subject_key, *(column.name for column in self.tells_age), *self.sensitive} - {""})


class PersonCounter:
    """Counts the persons of rows as they come.

    Args:
        question: What is to be counted.
        as_of: Day on which ages are taken.
        key: Secret of the hashes of persons.
        folder: Where keys lie that do not fit in memory; they are removed at the end.
        limit: Rows up to which keys are held in memory.
    """

    def __init__(
        self, question: Question, as_of: date, key: bytes, folder: Path, limit: int = DistinctKeys.LIMIT
    ) -> None:
        self.question = question
        self._as_of = as_of
        self._key = key
        self._persons = DistinctKeys(folder, limit)
        self._youngest: int | None = None
        self._rows = self._sensitive_rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._persons.__exit__(kind, error, trace)

    def add(self, batch: pa.RecordBatch, first_row: int) -> None:
        """Count the rows of a batch.

        Args:
            batch: Has the columns of the question.
            first_row: Number of its first row in the source.
        """
        told = ages.fold(batch, self.question.tells_age, self._as_of)
        self._youngest = ages.merge_youngest(self._youngest, told.youngest)
        is_sensitive = told.is_child | _has_value(batch, self.question.sensitive)
        if self.question.subject_key:
            self._persons.add(person_keys(batch, self.question.subject_key, first_row, self._key), is_sensitive)
        self._rows += batch.num_rows
        self._sensitive_rows += int(np.count_nonzero(is_sensitive))

    def leave(self, folder: Path) -> None:
        """Leave what was counted in a new folder, for `join`; of no more rows than the limit."""
        folder.mkdir()
        self._persons.leave(folder / _KEYS)
        write_found((self._youngest, self._rows, self._sensitive_rows), folder / _FIGURES)

    def join(self, folder: Path) -> None:
        """Add what another counter has left of other rows; the folder has to stay until all are counted."""
        youngest, rows, sensitive_rows = read_found(folder / _FIGURES)
        self._youngest = ages.merge_youngest(self._youngest, youngest)
        self._rows += rows
        self._sensitive_rows += sensitive_rows
        self._persons.join(folder / _KEYS)

    def counted(self, persons_per_row: int) -> CountedPersons:
        """Return the persons of all rows added.

        Args:
            persons_per_row: How many persons a row is about, where no column tells them apart.
        """
        if self.question.subject_key:
            count, sensitive = self._persons.count()
        else:
            count, sensitive = self._rows * persons_per_row, self._sensitive_rows * persons_per_row
        return CountedPersons(count, sensitive, self._youngest, self._rows)


@dataclass(frozen=True, slots=True)
class CountRange:
    """Counts the persons of ranges of a source; picklable.

    Attributes:
        ranges: Of the source.
        question: What is to be counted.
        columns: Columns that are read.
        as_of: Day on which ages are taken.
        key: Secret of the hashes of persons.
    """

    ranges: RowRanges
    question: Question
    columns: tuple[str, ...]
    as_of: date
    key: bytes = field(repr=False)

    def __call__(self, number: int, part: Path) -> int:
        """Count one range."""
        rows = self.ranges.cut.span(number)[1]
        with PersonCounter(self.question, self.as_of, self.key, part.parent, rows) as counter:
            for first, batch in self.ranges.batches(number, self.columns):
                counter.add(batch, first)
            counter.leave(part)
        return rows


class CountAhead:
    """Counts persons while the evidence on what tells them apart is still gathered, by what the first rows say.

    Whether the guess was right is known at the end; if not, nothing of it is used.

    Args:
        folder: Where keys lie that do not fit in memory.
        as_of: Day on which ages are taken.
        key: Secret of the hashes of persons.
    """

    def __init__(self, folder: Path, as_of: date, key: bytes) -> None:
        self._make = partial(PersonCounter, as_of=as_of, key=key, folder=folder)
        self._held: tuple[pa.RecordBatch, int] | None = None
        self._counter: PersonCounter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._counter is not None:
            self._counter.__exit__(kind, error, trace)

    def add(self, batch: pa.RecordBatch, first_row: int, guess: Callable[[], Question]) -> None:
        """Count a batch; the first one is held until the second, because with one alone nothing has to be guessed."""
        if self._counter is None and self._held is None:
            self._held = (batch, first_row)
            return
        if self._counter is None:
            self._begin(guess())
        assert self._counter is not None, "begun"
        self._counter.add(batch, first_row)

    def answer(self, question: Question) -> PersonCounter | None:
        """Return the counter of all rows added; None if something else was counted."""
        if self._counter is None:
            self._begin(question)
        return self._counter if self._counter is not None and self._counter.question == question else None

    def _begin(self, question: Question) -> None:
        self._counter = self._make(question)
        if self._held is not None:
            self._counter.add(*self._held)
            self._held = None


def _has_value(batch: pa.RecordBatch, columns: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Return for each row whether any of the columns says something; an empty text says nothing."""
    found = np.zeros(batch.num_rows, np.bool_)
    for name in columns:
        column = batch.column(name)
        if isinstance(column, pa.DictionaryArray):
            column = column.cast(column.type.value_type)
        says = column.is_valid().to_numpy(zero_copy_only=False)
        if pa.types.is_string(column.type):
            says &= np.asarray(pc.not_equal(column, pa.scalar("")).fill_null(fill_value=False))
        found |= says
    return found
