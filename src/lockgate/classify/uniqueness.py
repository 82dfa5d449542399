"""How far columns together tell persons apart, measured; and the roles that follow.

Measured on persons: on at most 50 000 of them, chosen by a hash of their key, and on at most four rows of each, chosen
by a hash of the row number: the same rows whatever the batches are. Where no column tells persons apart, each row
counts as one. A row stands out in a combination of columns if only its own person has these values. A sample makes
rows stand out more than they do in the whole: an error on the safe side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.cells import placed_cells
from lockgate.classify.distinct import hash_values
from lockgate.terms.category import IMPERSONAL, Category
from lockgate.terms.classification import ColumnCombination, ColumnVerdict
from lockgate.terms.column import ColumnRole, Verdict

SAMPLE_PERSONS = 50_000
ROWS_OF_ONE = 4
MOST_COLUMNS = 30
"""More candidates are not measured together; those that are quasi-identifiers by type come first."""

_ALL_SUBSETS = 15
_LARGEST_SUBSET = 3
_LEAST_VALUES = 3
_LEAST_GAIN = 0.01
_NOTHING_LEFT = 0.002
"""Share of rows: a combination to which all columns together add no more is not divided further."""

_SPARSE = 4
"""Possible classes a row above which those that are there are numbered anew."""

_LAST = 2**64 - 1

Codes = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class UniquenessPartial:
    """A sample of persons with some of their rows, without any value.

    Attributes:
        persons: Hash of the person of each row; rising.
        rows: Hash of the number of each row; rising for each person.
        cells: Hash of each cell, one row a row and one column a candidate; 0 for null.
        seen: Rows of which it is the sample.
    """

    persons: Hashes
    rows: Hashes
    cells: Hashes
    seen: int = 0

    @property
    def last_hash(self) -> int:
        """Greatest hash of a person that may still come into the sample."""
        return int(self.persons[-1]) if self._count() == SAMPLE_PERSONS else _LAST

    @property
    def sampled_persons(self) -> int:
        """Persons in the sample; 0 if every row is in it."""
        return 0 if len(self.rows) == self.seen else self._count()

    def _count(self) -> int:
        return int(np.count_nonzero(np.diff(self.persons))) + bool(len(self.persons))


def candidates(verdicts: Sequence[ColumnVerdict], rows: int) -> tuple[str, ...]:
    """Return the columns whose combinations are worth measuring, in the order of the source.

    Quasi-identifiers by type, and of a table about persons the columns without a type that have three values or more:
    what a column of two values adds is at most a factor of two.

    Args:
        verdicts: On all columns.
        rows: Of the source.
    """
    ranked = sorted(
        (
            (item.role is not ColumnRole.QUASI_IDENTIFIER, -item.evidence.get("distinct", 0.0), place)
            for place, item in enumerate(verdicts)
            if item.role is ColumnRole.QUASI_IDENTIFIER or _may_be_lifted(item, rows)
        )
    )
    return tuple(verdicts[place].name for place in sorted(place for *_, place in ranked[:MOST_COLUMNS]))


def fold(
    batch: pa.RecordBatch, columns: Sequence[str], first_row: int, last_hash: int = _LAST, subject_key: str = ""
) -> UniquenessPartial:
    """Return the sampled rows of one batch.

    Args:
        batch: Rows of a source.
        columns: From `candidates`, or more: see `narrow`.
        first_row: Number of the batch's first row in the source.
        last_hash: Of the partial so far, which saves work; the sample is the same.
        subject_key: Column that tells persons apart, compared letter by letter; empty if each row counts as one.
    """
    rows = _mix(np.arange(first_row, first_row + batch.num_rows, dtype=np.uint64))
    persons = _owners(batch.column(subject_key), rows) if subject_key else rows
    chosen = np.flatnonzero(persons <= np.uint64(last_hash))
    chosen = chosen[_sample(persons[chosen], rows[chosen])]
    some = batch.select(list(columns)).take(pa.array(chosen, pa.int64()))
    return UniquenessPartial(persons[chosen], rows[chosen], hash_cells(some), batch.num_rows)


def narrow(partial: UniquenessPartial, columns: Sequence[str], wanted: Sequence[str]) -> UniquenessPartial:
    """Return the sample with some of its columns."""
    return replace(partial, cells=partial.cells[:, [columns.index(name) for name in wanted]])


def hash_cells(batch: pa.RecordBatch) -> Hashes:
    """Return a hash of each cell, one row a row; 0 for null."""
    cells = np.zeros((batch.num_rows, batch.num_columns), np.uint64)
    for place, column in enumerate(batch.columns):
        values, codes = placed_cells(column)
        cells[:, place] = np.append(hash_values(values), np.uint64(0))[codes]
    return cells


def hash_owners(batch: pa.RecordBatch, first_row: int, subject_key: str) -> Hashes:
    """Return a hash of the person of each row, as `fold` tells persons apart."""
    rows = _mix(np.arange(first_row, first_row + batch.num_rows, dtype=np.uint64))
    return _owners(batch.column(subject_key), rows) if subject_key else rows


def join_hashes(cells: Hashes) -> Hashes:
    """Return one hash for the cells of each row."""
    joined: Hashes = np.zeros(len(cells), np.uint64)
    for column in cells.T:
        joined = _mix(joined ^ column)
    return joined


def merge(a: UniquenessPartial, b: UniquenessPartial) -> UniquenessPartial:
    """Return the sample of both parts; associative and commutative."""
    persons, rows = np.concatenate([a.persons, b.persons]), np.concatenate([a.rows, b.rows])
    kept = _sample(persons, rows)
    return UniquenessPartial(persons[kept], rows[kept], np.concatenate([a.cells, b.cells])[kept], a.seen + b.seen)


def empty(columns: Sequence[str]) -> UniquenessPartial:
    """Return the sample of no rows: identity of `merge`."""
    nothing = np.zeros(0, np.uint64)
    return UniquenessPartial(nothing, nothing, np.zeros((0, len(columns)), np.uint64))


def solve(partial: UniquenessPartial, columns: Sequence[str]) -> tuple[ColumnCombination, ...]:
    """Return how unique rows are in combinations of columns, the most telling first.

    All subsets of up to fifteen columns; of more, those of up to three columns and the full set. A subset to which all
    columns together add next to nothing stands for everything that contains it.

    Args:
        partial: The merged sample.
        columns: Those of the sample, in its order.
    """
    rows = len(partial.rows)
    if not rows or not columns:
        return ()
    table = _gather(partial)
    everything = tuple(range(len(columns)))
    largest = len(columns) if len(columns) <= _ALL_SUBSETS else _LARGEST_SUBSET
    limit = int(table.weights[table.persons >= 0].sum())
    search = _Search(table, largest, limit - int(_NOTHING_LEFT * rows))
    measured = dict(search.below(np.arange(len(table.persons)), np.zeros(len(table.persons), np.int64), (), 0))
    measured[everything] = limit
    found = [
        ColumnCombination(tuple(columns[place] for place in places), unique / rows)
        for places, unique in measured.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item.unique_share, len(item.columns), item.columns)))


def assign_roles(verdicts: Sequence[ColumnVerdict], measured: Sequence[ColumnCombination]) -> tuple[ColumnVerdict, ...]:
    """Return the verdicts with the roles that measured uniqueness gives.

    A column without a type becomes a quasi-identifier if it makes one row in a hundred unique that was not, beside
    any measured set of columns.

    Args:
        verdicts: From the scan.
        measured: From `solve`.
    """
    shares = {frozenset(item.columns): item.unique_share for item in measured}
    gains: dict[str, float] = {}
    for columns, share in shares.items():
        for column in columns:
            rest = columns - {column}
            if not rest or rest in shares:
                gains[column] = max(gains.get(column, 0.0), share - shares.get(rest, 0.0))
    return tuple(
        replace(item, role=ColumnRole.QUASI_IDENTIFIER)
        if _is_open(item) and gains.get(item.name, 0.0) >= _LEAST_GAIN
        else item
        for item in verdicts
    )


def _is_open(verdict: ColumnVerdict) -> bool:
    """Return whether a column is about persons and its role is not fixed by its type."""
    is_typed = verdict.verdict in (Verdict.CONFIRMED, Verdict.SUSPECTED)
    open_role = verdict.role is ColumnRole.ORDINARY and verdict.category is not Category.FREE_TEXT
    return open_role and not is_typed and verdict.category not in IMPERSONAL


def _may_be_lifted(verdict: ColumnVerdict, rows: int) -> bool:
    return _is_open(verdict) and round(verdict.evidence.get("distinct", 0.0) * rows) >= _LEAST_VALUES


def _owners(column: "pa.Array[Any]", rows: Hashes) -> Hashes:
    """Return a hash of the person of each row; a row without a key counts as a person of its own."""
    values, codes = placed_cells(column)
    owners: Hashes = np.append(_mix(hash_values(values)), np.uint64(0))[codes]
    without = codes == len(values)
    owners[without] = rows[without]
    return owners


def _sample(persons: Hashes, rows: Hashes) -> npt.NDArray[np.intp]:
    """Return the places of the rows to keep: of the persons with the least hashes, of each the rows with the least."""
    order = np.lexsort((rows, persons))
    starts = np.flatnonzero(np.concatenate([[True], np.diff(persons[order]) != 0])) if len(order) else order
    if len(starts) > SAMPLE_PERSONS:
        order, starts = order[: starts[SAMPLE_PERSONS]], starts[:SAMPLE_PERSONS]
    sizes = np.diff(np.append(starts, len(order)))
    return order[np.arange(len(order)) - np.repeat(starts, sizes) < ROWS_OF_ONE]


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The distinct full combinations of a sample.

    Attributes:
        codes: Small numbers for the cells, one array a column.
        persons: Number of the only person that has it; -1 if several have.
        weights: Rows that have it.
    """

    codes: list[Codes]
    persons: Codes
    weights: Codes


def _gather(partial: UniquenessPartial) -> _Table:
    _, first, places = np.unique(join_hashes(partial.cells), return_index=True, return_inverse=True)
    places = places.reshape(-1)
    persons = np.unique(partial.persons, return_inverse=True)[1].astype(np.int64)
    owners = persons[first]
    owners[places[persons != owners[places]]] = -1
    codes = [np.unique(column, return_inverse=True)[1].astype(np.int64) for column in partial.cells[first].T]
    return _Table(codes, owners, np.bincount(places, minlength=len(first)).astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """The search through the subsets of columns, each dividing the classes of the one before.

    Attributes:
        table: What is divided.
        largest: Columns of a subset at most.
        enough: Rows that stand out from which on no further column is added.
    """

    table: _Table
    largest: int
    enough: int

    def below(
        self, rows: Codes, classes: Codes, chosen: tuple[int, ...], alone: int
    ) -> Iterator[tuple[tuple[int, ...], int]]:
        """Yield the subsets that begin with some columns, and how many rows stand out in each.

        Args:
            rows: Combinations that do not stand out yet.
            classes: Their classes by the chosen columns.
            chosen: Places of columns, rising.
            alone: Rows that stand out already.
        """
        for place in range(chosen[-1] + 1 if chosen else 0, len(self.table.codes)):
            finer, count = _divide(classes, self.table.codes[place][rows])
            stands = self._stand_out(finer, count, self.table.persons[rows])
            unique = alone + int(self.table.weights[rows[stands]].sum())
            yield (*chosen, place), unique
            if len(chosen) + 1 < self.largest and unique < self.enough:
                yield from self.below(rows[~stands], finer[~stands], (*chosen, place), unique)

    @staticmethod
    def _stand_out(classes: Codes, count: int, persons: Codes) -> npt.NDArray[np.bool_]:
        one = np.empty(count, np.int64)
        one[classes] = persons  # any of them: where all are the same, it is the one
        shared = np.zeros(count, np.bool_)
        shared[classes[(persons < 0) | (persons != one[classes])]] = True
        return ~shared[classes]


def _divide(classes: Codes, column: Codes) -> tuple[Codes, int]:
    """Return the classes divided by a further column, and a number that all of them are below."""
    if not len(classes):
        return classes, 0
    width = int(column.max()) + 1
    count = (int(classes.max()) + 1) * width
    combined = classes * width + column
    if count <= _SPARSE * len(classes):
        return combined, count
    found, finer = np.unique(combined, return_inverse=True)
    return finer.reshape(-1).astype(np.int64), len(found)


def _mix(numbers: Hashes) -> Hashes:
    """Return a hash of each number: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, figure 16)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
