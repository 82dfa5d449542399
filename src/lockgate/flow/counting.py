"""Persons of a source counted exactly: by their key, those with sensitive data among them, and the youngest."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
    """

    def __init__(self, question: Question, as_of: date, key: bytes, folder: Path) -> None:
        self.question = question
        self._as_of = as_of
        self._key = key
        self._persons = DistinctKeys(folder)
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
            says &= np.asarray(pc.not_equal(column, pa.scalar("")).fill_null(False))  # noqa: FBT003 - the value filled in
        found |= says
    return found
