"""How far every subset of some columns tells rows apart.

Of a subset: *uniqueness* is the share of rows that are alone in their class; *distinction* the share of classes among
rows; *separation* the share of pairs of rows that differ (Motwani, Xu, "Efficient algorithms for masking and finding
quasi-identifiers", 2007). A row that is alone in a subset is alone in all that contain it, so its search ends there.

Up to fifteen columns all subsets are measured. Beyond, level by level up to subsets of three, and then only supersets
of the most telling ones: that is a search, and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa

from lockgate.verify.classes import AS_IT_STANDS, Codes, Ints, Rules, as_table, encode, require_columns

ALL_SUBSETS = 15
"""Columns up to which all subsets are measured."""

_BREADTH = 200
_FULL_LEVELS = 3
_DENSE = 4


@dataclass(frozen=True, slots=True)
class Subset:
    """How far some columns tell rows apart; shares are 0 to 1.

    Attributes:
        columns: The columns, in the order of the question.
        classes: Distinct combinations.
        uniqueness: Share of rows that are alone.
        distinction: Combinations / rows.
        separation: Share of pairs of rows that differ; 1 for fewer than two rows.
    """

    columns: tuple[str, ...]
    classes: int
    uniqueness: float
    distinction: float
    separation: float


@dataclass(frozen=True, slots=True)
class SubsetFigures:
    """All subsets that were measured.

    Attributes:
        rows: Rows of the table.
        is_complete: Whether every subset was measured.
        subsets: By number of columns, then in the order of the columns.
    """

    rows: int
    is_complete: bool
    subsets: tuple[Subset, ...]

    def least_identifying(self, uniqueness: float) -> tuple[Subset, ...]:
        """Return the minimal subsets of at least a uniqueness: none of their own subsets reaches it."""
        found: list[Subset] = []
        for subset in self.subsets:
            inside = set(subset.columns)
            if subset.uniqueness >= uniqueness and not any(inside > set(other.columns) for other in found):
                found.append(subset)
        return tuple(found)


def all_subsets(table: object, columns: Sequence[str], rules: Rules = AS_IT_STANDS) -> SubsetFigures:
    """Return how far the subsets of some columns tell rows apart.

    Args:
        table: Arrow, pandas or polars table, or lists by column.
        columns: Those whose subsets are asked for, at least one.
        rules: Only `missing` counts; every row is there whatever it reads.

    Raises:
        InputError: If a column is missing.
    """
    read = as_table(table)
    require_columns(read, columns, "columns")
    encoded = [encode(read, name) for name in columns]
    if rules.missing == "excluded":
        present = np.logical_and.reduce([~_missing(column) for column in encoded])
        encoded = [Codes(column.codes[present], column.values) for column in encoded]
    counted = _Counted(tuple(columns), *_distinct_rows(encoded))
    if len(columns) <= ALL_SUBSETS:
        found = counted.below((), np.zeros(len(counted.weights), np.int64), np.arange(len(counted.weights)), 0)
        ordered = sorted(found, key=lambda item: (len(item[0]), item[0]))
        return SubsetFigures(counted.rows, is_complete=True, subsets=tuple(subset for _, subset in ordered))
    return SubsetFigures(counted.rows, is_complete=False, subsets=tuple(counted.level_by_level()))


def _missing(column: Codes) -> "np.typing.NDArray[np.bool_]":
    nulls = np.asarray(column.values.is_null(), np.bool_)
    return nulls[column.codes]


def _distinct_rows(encoded: Sequence[Codes]) -> tuple[list[Ints], Ints]:
    """Return the codes of the distinct full combinations by column, and the rows behind each."""
    rows = len(encoded[0].codes)
    table = pa.table([pa.array(column.codes) for column in encoded], names=[str(at) for at in range(len(encoded))])
    grouped = table.append_column("rows", pa.array(np.ones(rows, np.int64)))
    found = grouped.group_by([str(at) for at in range(len(encoded))], use_threads=False).aggregate([("rows", "sum")])
    codes = [np.asarray(found[str(at)], dtype=np.int64) for at in range(len(encoded))]
    return codes, np.asarray(found["rows_sum"], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """The distinct full combinations of a table."""

    columns: tuple[str, ...]
    codes: list[Ints]
    weights: Ints

    @property
    def rows(self) -> int:
        return int(self.weights.sum())

    def below(
        self, chosen: tuple[int, ...], classes: Ints, rows: Ints, alone: int
    ) -> list[tuple[tuple[int, ...], Subset]]:
        """Return the figures of all subsets that begin with some columns, each dividing the classes before it.

        Args:
            chosen: Places of columns, rising.
            classes: Class of each combination that is not alone yet.
            rows: Places of these combinations.
            alone: Rows that are alone already.
        """
        found = []
        for place in range(chosen[-1] + 1 if chosen else 0, len(self.codes)):
            finer, weight = self._divide(classes, rows, place)
            subset = (*chosen, place)
            found.append((subset, self._figures(subset, weight, alone)))
            single = (weight == 1)[finer]
            found += self.below(subset, finer[~single], rows[~single], alone + int(np.count_nonzero(single)))
        return found

    def level_by_level(self) -> list[Subset]:
        """Return all subsets up to three columns, then those that grow from the most telling ones."""
        found: list[Subset] = []
        front: list[tuple[int, ...]] = [()]
        everywhere = np.arange(len(self.weights))
        for level in range(1, len(self.codes) + 1):
            if level <= _FULL_LEVELS:
                wanted = list(combinations(range(len(self.codes)), level))
            else:
                grown = {tuple(sorted({*one, place})) for one in front for place in range(len(self.codes))}
                wanted = sorted(one for one in grown if len(one) == level)
            measured = []
            for subset in wanted:
                classes = np.zeros(len(self.weights), np.int64)
                weight = self.weights
                for place in subset:
                    classes, weight = self._divide(classes, everywhere, place)
                measured.append((self._figures(subset, weight, 0), subset))
            found += [figures for figures, _ in measured]
            measured.sort(key=lambda item: (-item[0].uniqueness, -item[0].distinction, item[1]))
            front = [subset for _, subset in measured[:_BREADTH]]
            if measured[0][0].distinction * self.rows >= len(self.weights):
                break  # no further column can tell more apart
        return found

    def _divide(self, classes: Ints, rows: Ints, place: int) -> tuple[Ints, Ints]:
        """Return the classes divided by one more column, numbered without gaps where that is worth it, and weights."""
        column = self.codes[place][rows]
        width = int(column.max(initial=0)) + 1
        finer = classes * width + column
        room = (int(classes.max(initial=0)) + 1) * width
        if room > _DENSE * max(len(finer), 1):
            finer = np.unique(finer, return_inverse=True)[1]
        return finer, np.bincount(finer, self.weights[rows]).astype(np.int64)

    def _figures(self, subset: tuple[int, ...], weight: Ints, alone: int) -> Subset:
        rows = self.rows
        unique = alone + int(np.count_nonzero(weight == 1))
        classes = alone + int(np.count_nonzero(weight))
        pairs = rows * (rows - 1) / 2
        together = float((weight * (weight - 1.0) / 2).sum())
        return Subset(
            tuple(self.columns[place] for place in subset),
            classes,
            unique / rows if rows else 0.0,
            classes / rows if rows else 0.0,
            1 - together / pairs if pairs else 1.0,
        )
