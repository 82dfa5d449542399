"""How far columns together tell persons apart, measured; and the roles that follow.

Measured on rows, not persons, and on at most 50 000 of them, chosen by a hash of the row number: the same rows
whatever the batches are. A sample makes rows look more unique than they are in the whole: an error on the safe side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.cells import placed_cells
from lockgate.classify.distinct import hash_values
from lockgate.terms.category import IMPERSONAL, Category
from lockgate.terms.classification import ColumnCombination, ColumnVerdict
from lockgate.terms.column import ColumnRole, Verdict

SAMPLE_ROWS = 50_000
MOST_COLUMNS = 12
"""More candidates are not measured together; those that are quasi-identifiers by type come first."""

_ALL_SUBSETS = 9
_LARGEST_SUBSET = 3
_LEAST_VALUES = 3
_LEAST_GAIN = 0.01
_DENSE = 4_000_000
_LAST = 2**64 - 1

Codes = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class UniquenessPartial:
    """A sample of rows, without any value.

    Attributes:
        rows: Hash of the number of each row; rising.
        cells: Hash of each cell, one row a row and one column a candidate; 0 for null.
    """

    rows: Hashes
    cells: Hashes

    @property
    def last_hash(self) -> int:
        """Greatest hash of a row that may still come into the sample."""
        return int(self.rows[-1]) if len(self.rows) == SAMPLE_ROWS else _LAST


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


def fold(batch: pa.RecordBatch, columns: Sequence[str], first_row: int, last_hash: int = _LAST) -> UniquenessPartial:
    """Return the sampled rows of one batch.

    Args:
        batch: Rows of a source.
        columns: From `candidates`, or more: see `narrow`.
        first_row: Number of the batch's first row in the source.
        last_hash: Of the partial so far, which saves work; the sample is the same.
    """
    hashes = _mix(np.arange(first_row, first_row + batch.num_rows, dtype=np.uint64))
    chosen = np.flatnonzero(hashes <= np.uint64(last_hash))
    chosen = chosen[np.argsort(hashes[chosen])][:SAMPLE_ROWS]
    rows = pa.array(chosen, pa.int64())
    cells = np.zeros((len(chosen), len(columns)), np.uint64)
    for place, name in enumerate(columns):
        values, codes = placed_cells(batch.column(name).take(rows))
        cells[:, place] = np.append(hash_values(values), np.uint64(0))[codes]
    return UniquenessPartial(hashes[chosen], cells)


def narrow(partial: UniquenessPartial, columns: Sequence[str], wanted: Sequence[str]) -> UniquenessPartial:
    """Return the sample with some of its columns."""
    return replace(partial, cells=partial.cells[:, [columns.index(name) for name in wanted]])


def merge(a: UniquenessPartial, b: UniquenessPartial) -> UniquenessPartial:
    """Return the sample of both parts; associative and commutative."""
    rows = np.concatenate([a.rows, b.rows])
    order = np.argsort(rows)[:SAMPLE_ROWS]
    return UniquenessPartial(rows[order], np.concatenate([a.cells, b.cells])[order])


def empty(columns: Sequence[str]) -> UniquenessPartial:
    """Return the sample of no rows: identity of `merge`."""
    return UniquenessPartial(np.zeros(0, np.uint64), np.zeros((0, len(columns)), np.uint64))


def solve(partial: UniquenessPartial, columns: Sequence[str]) -> tuple[ColumnCombination, ...]:
    """Return how unique rows are in combinations of columns, the most telling first.

    All subsets of up to nine columns; of more, those of up to three columns and the full set.

    Args:
        partial: The merged sample.
        columns: Those of the sample, in its order.
    """
    rows = len(partial.rows)
    if not rows or not columns:
        return ()
    codes = [
        np.unique(partial.cells[:, place], return_inverse=True)[1].astype(np.int64) for place in range(len(columns))
    ]
    largest = len(columns) if len(columns) <= _ALL_SUBSETS else _LARGEST_SUBSET
    measured = dict(_subsets(codes, np.zeros(rows, np.int64), (), largest))
    everything = tuple(range(len(columns)))
    if everything not in measured:
        measured[everything] = _unique_rows(codes)
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


def _subsets(
    codes: list[Codes], classes: Codes, chosen: tuple[int, ...], largest: int
) -> Iterator[tuple[tuple[int, ...], int]]:
    for place in range(chosen[-1] + 1 if chosen else 0, len(codes)):
        finer, unique = _refine(classes, codes[place])
        yield (*chosen, place), unique
        if len(chosen) + 1 < largest:
            yield from _subsets(codes, finer, (*chosen, place), largest)


def _unique_rows(codes: list[Codes]) -> int:
    classes, unique = np.zeros(len(codes[0]), np.int64), 0
    for column in codes:
        classes, unique = _refine(classes, column)
    return unique


def _refine(classes: Codes, column: Codes) -> tuple[Codes, int]:
    """Return the classes divided by a further column, and how many of them hold one row."""
    width = int(column.max()) + 1
    combined = classes * width + column
    if (int(classes.max()) + 1) * width <= _DENSE:
        counts = np.bincount(combined)
        finer = (np.cumsum(counts > 0) - 1)[combined]
    else:
        _, finer, counts = np.unique(combined, return_inverse=True, return_counts=True)
    return finer.astype(np.int64), int(np.count_nonzero(counts == 1))


def _mix(numbers: Hashes) -> Hashes:
    """Return a hash of each number: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, figure 16)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
