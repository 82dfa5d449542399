"""Special uniques: rows that few columns already single out (SUDA).

A *minimal sample unique* (MSU) of a row is a set of columns in which the row is alone, and in no subset of which it is.
The fewer columns an MSU has, and the more MSUs a row has, the likelier the row is alone in the population too.

* Score of an MSU of k columns: product of (n - i) for i = k to M, with n columns in all and sets of at most M columns,
  M = n - 1 unless told; 1 for the set of all columns. Score of a row: the sum over its MSUs; 0 without one.
* Contribution of a column: scores of the MSUs that it is in / all scores.
* DIS, the chance that a unique match is the right one, of a file with sampling fraction s: s n_1 / (s n_1 +
  2 (1 - s) n_2), with n_1 classes of one and n_2 classes of two.
* DIS-SUDA gives it to the rows that are alone by their scores: odds of a row in proportion to its score, so that the
  mean over these rows is DIS. (Programs differ in this last step; the order of rows is the same in all.)

The search visits sets of columns so that all subsets of a set come before it, divides only rows that are not alone yet,
and keeps for each set which rows are alone as bits.

Sources: Elliot, Manning, Ford, "A computational algorithm for handling the special uniques problem", 2002; Manning,
Haglin, Keane, "A recursive search algorithm for statistical disclosure assessment", 2008 (SUDA2); Skinner, Elliot, "A
measure of disclosure risk for microdata", 2002 (DIS).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import comb, prod

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.terms.errors import InputError
from lockgate.verify.classes import Floats, Ints, as_table, encode, number_rows, require_columns

_MOST_SETS = 100_000
_STEPS = 200
_DENSE = 4


@dataclass(frozen=True, slots=True, eq=False)
class SpecialUniques:
    """What the search found, in the order of the rows of the table.

    Attributes:
        columns: The columns that were searched.
        largest: Columns of a set at most.
        score: Of each row; 0 where it is not alone.
        dis_score: DIS-SUDA of each row, 0 to 1.
        smallest: Columns of the smallest MSU of each row; 0 where it has none.
        count: MSUs of each row.
        by_size: MSUs of 1, 2, ... columns.
        contribution: Share of each column in all scores.
        dis: DIS of the file.
    """

    columns: tuple[str, ...]
    largest: int
    score: Floats
    dis_score: Floats
    smallest: Ints
    count: Ints
    by_size: tuple[int, ...]
    contribution: tuple[tuple[str, float], ...]
    dis: float


def special_uniques(
    table: object, columns: Sequence[str], *, largest: int = 0, fraction: float = 0.01
) -> SpecialUniques:
    """Return the special uniques of a table; a missing cell is a value of its own.

    Args:
        table: Arrow, pandas or polars table, or lists by column.
        columns: Those that an attacker may know, at least two.
        largest: Columns of a set at most; 0 for all but one.
        fraction: Share of the population that is in the table, above 0, below 1.

    Raises:
        InputError: If a column is missing, or there are more than 100,000 sets to search.
    """
    read = as_table(table)
    require_columns(read, columns, "columns")
    most = largest or max(len(columns) - 1, 1)
    if not 1 <= most <= len(columns) or not 0 < fraction < 1:
        raise InputError("expected sets of 1 to all columns, and a fraction between 0 and 1", "mend them")
    if sum(comb(len(columns), size) for size in range(1, most + 1)) > _MOST_SETS:
        raise InputError(f"{len(columns)} columns have too many sets of {most}", "name fewer columns, or smaller sets")
    encoded = [encode(read, name) for name in columns]
    number, count = number_rows(encoded, read.num_rows)
    weights = np.bincount(number, minlength=count).astype(np.int64)
    first = np.zeros(count, dtype=np.int64)
    first[number[::-1]] = np.arange(read.num_rows)[::-1]
    search = _Search([column.codes[first] for column in encoded], weights, most)
    search.run()
    dis = _dis(weights, fraction)
    scores = search.score[number]
    return SpecialUniques(
        tuple(columns),
        most,
        scores,
        _spread(scores, dis),
        search.smallest[number],
        search.count[number],
        tuple(int(each) for each in search.by_size[1:]),
        tuple(zip(columns, _shares(search.by_column, float(search.score.sum())), strict=True)),
        dis,
    )


@dataclass(slots=True, eq=False)
class _Search:
    """The search over the distinct combinations; those of one row can be alone."""

    codes: list[Ints]
    weights: Ints
    largest: int
    score: Floats = field(init=False)
    smallest: Ints = field(init=False)
    count: Ints = field(init=False)
    by_size: Ints = field(init=False)
    by_column: Floats = field(init=False)
    _alone: dict[int, npt.NDArray[np.uint8]] = field(init=False)

    def __post_init__(self) -> None:
        size, width = len(self.weights), len(self.codes)
        self.score, self.by_column = np.zeros(size), np.zeros(width)
        self.smallest, self.count = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self.by_size = np.zeros(self.largest + 1, np.int64)
        self._alone = {0: np.packbits(np.zeros(size, np.bool_))}

    def run(self) -> None:
        """Visit every set."""
        rows = np.arange(len(self.weights))
        for subset, fresh in self._visit((), np.zeros(len(rows), np.int64), rows):
            self._note(subset, fresh)

    def _visit(self, chosen: tuple[int, ...], classes: Ints, rows: Ints) -> Iterator[tuple[tuple[int, ...], Ints]]:
        """Yield the sets that grow from a set by lower columns, in order of their bits, with who is newly alone."""
        for place in range(chosen[-1] if chosen else len(self.codes)):
            finer, weight = self._divide(classes, rows, place)
            alone = (weight == 1)[finer]
            yield (*chosen, place), rows[alone]
            if len(chosen) + 1 < self.largest:
                yield from self._visit((*chosen, place), finer[~alone], rows[~alone])

    def _divide(self, classes: Ints, rows: Ints, place: int) -> tuple[Ints, Ints]:
        column = self.codes[place][rows]
        width = int(column.max(initial=0)) + 1
        finer = classes * width + column
        if (int(classes.max(initial=0)) + 1) * width > _DENSE * max(len(finer), 1):
            finer = np.unique(finer, return_inverse=True)[1]
        return finer, np.bincount(finer, self.weights[rows]).astype(np.int64)

    def _note(self, subset: tuple[int, ...], fresh: Ints) -> None:
        """Keep who is alone in a set, and score those who are in none of its subsets."""
        bits = sum(1 << place for place in subset)
        without = [self._alone[bits & ~(1 << place)] for place in subset]
        new = np.zeros(len(self.weights), np.bool_)
        new[fresh] = True
        packed = np.packbits(new)
        self._alone[bits] = without[-1] | packed
        minimal = packed & ~np.bitwise_or.reduce(without)
        found = np.flatnonzero(np.unpackbits(minimal, count=len(self.weights)))
        size = len(subset)
        value = float(prod(len(self.codes) - i for i in range(size, min(self.largest, len(self.codes) - 1) + 1)))
        self.score[found] += value
        self.count[found] += 1
        self.smallest[found] = np.where(self.smallest[found] == 0, size, np.minimum(self.smallest[found], size))
        self.by_size[size] += len(found)
        self.by_column[list(subset)] += value * len(found)


def _dis(weights: Ints, fraction: float) -> float:
    one, two = int(np.count_nonzero(weights == 1)), int(np.count_nonzero(weights == 2))  # noqa: PLR2004 - pairs
    below = fraction * one + 2 * (1 - fraction) * two
    return fraction * one / below if below else 0.0


def _spread(scores: Floats, dis: float) -> Floats:
    """Return chances with odds in proportion to the scores and the mean given, over the rows with a score."""
    found = np.zeros(len(scores))
    has = scores > 0
    if not has.any() or dis <= 0:
        return found
    if dis >= 1:
        found[has] = 1.0
        return found
    values, place, many = np.unique(scores[has], return_inverse=True, return_counts=True)
    low, high = -60.0, 60.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        odds = np.exp(middle) * values / values.max()
        low, high = (low, middle) if float((odds / (1 + odds)) @ many) > dis * many.sum() else (middle, high)
    odds = np.exp(low) * values / values.max()
    found[has] = (odds / (1 + odds))[place]
    return found


def _shares(by_column: Floats, total: float) -> list[float]:
    return [float(each) / total if total else 0.0 for each in by_column]


def as_columns(found: SpecialUniques) -> pa.Table:
    """Return score, DIS score, smallest set and number of sets of each row as a table."""
    return pa.table(
        {"score": found.score, "dis_score": found.dis_score, "smallest": found.smallest, "sets": found.count}
    )
