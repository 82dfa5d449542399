"""Who of the copy is nearest to a known person: for copies that were perturbed and not only generalised.

The distance of a person and a released row is the mean over the shared columns of a distance from 0 to 1 (Gower 1971):

* a label (interval, one-of, node of a hierarchy): 0 if it covers the person's value, else 1; `*` covers all;
* numbers and days, where both sides are such: their difference over the range of both sides together;
* else 0 if they read alike, 1 if not; missing is alike to missing.

Released rows that read alike in the shared columns are one candidate with a weight. Source: Pagliuca, Seri, "Some
results of individual ranking method on the system of enterprise accounts annual survey", 1999, and Domingo-Ferrer,
Torra, "A quantitative comparison of disclosure control methods for microdata", 2001 (distance-based record linkage).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.verify.classes import Floats, Ints, encode, number_rows
from lockgate.verify.coverage import make_cover, quantity_of
from lockgate.verify.figures import Reading

_CELLS = 1 << 23
"""Distances that are laid out at once."""

_SAME = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The released rows as an attacker compares them.

    Attributes:
        columns: Columns that are compared.
        rows: Text cells of the distinct candidates.
        weight: Rows behind each.
        number: Candidate of each released row.
    """

    columns: tuple[str, ...]
    rows: pa.Table
    weight: Ints
    number: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The nearest candidates of each person.

    Attributes:
        distance: To the nearest row, 0 to 1.
        second: To the second nearest row; the same where two rows are equally near; 1 where there is none.
        rows: Rows that are equally near.
        own: Of them, those of the persons' own candidates, where these are known.
        votes: By person, rows of each group among the nearest, where groups are asked for.
    """

    distance: Floats
    second: Floats
    rows: Ints
    own: Ints
    votes: Ints


def make_candidates(released: pa.Table, columns: Sequence[str]) -> Candidates:
    """Return the distinct released rows over some columns."""
    texts = as_texts(released, columns)
    number, count = number_rows([encode(texts, name) for name in columns], texts.num_rows)
    first = np.zeros(count, dtype=np.int64)
    first[number[::-1]] = np.arange(texts.num_rows)[::-1]
    return Candidates(tuple(columns), texts.take(first), np.bincount(number, minlength=count).astype(np.int64), number)


def as_texts(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Return some columns of a table as text."""
    return pa.table({name: table[name].cast(pa.string()) for name in columns})


def find_nearest(
    persons: pa.Table,
    candidates: Candidates,
    reading: Reading,
    *,
    own: Ints | None = None,
    groups: npt.NDArray[np.float64] | None = None,
) -> Nearest:
    """Return the nearest candidates of each person.

    Args:
        persons: Their true values, with the columns of the candidates.
        candidates: The released rows.
        reading: How released cells are to be read.
        own: Candidate of each person's own row; None where that is unknown.
        groups: Rows of each candidate in each of some groups, shape (candidates, groups).
    """
    count, width = persons.num_rows, len(candidates.weight)
    measures = [_Measure.of(persons, candidates, name, reading) for name in candidates.columns]
    distance, second = np.ones(count), np.ones(count)
    rows, held = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    votes = np.zeros((count, 0 if groups is None else groups.shape[1]), dtype=np.int64)
    step = max(1, _CELLS // max(width, 1))
    for at in range(0, count if width else 0, step):
        here = slice(at, min(at + step, count))
        total = np.zeros((here.stop - at, width))
        for measure in measures:
            measure.add_to(total, here)
        total /= max(len(measures), 1)
        distance[here] = total.min(axis=1)
        near = total <= distance[here][:, None] + _SAME
        rows[here] = near @ candidates.weight
        total[near] = np.inf
        further = total.min(axis=1)
        second[here] = np.where(rows[here] > 1, distance[here], np.where(np.isfinite(further), further, 1.0))
        if own is not None:
            held[here] = near[np.arange(near.shape[0]), own[here]]
        if groups is not None:
            votes[here] = np.rint(near @ groups).astype(np.int64)
    return Nearest(distance, second, rows, held, votes)


@dataclass(frozen=True, slots=True, eq=False)
class _Measure:
    """The distances of one column: by sizes, or by a grid of values and cells.

    Attributes:
        value: Size or code of each person's value.
        cell: Size or code of each candidate's cell.
        grid: Distance of each value and cell; None where sizes are compared.
    """

    value: npt.NDArray[np.float64]
    cell: npt.NDArray[np.float64]
    grid: Floats | None

    @classmethod
    def of(cls, persons: pa.Table, candidates: Candidates, name: str, reading: Reading) -> "_Measure":
        """Return the distances of a column."""
        values, cells = encode(persons, name), encode(candidates.rows, name)
        mine, theirs = values.values.to_pylist(), cells.values.to_pylist()
        sizes = None if name in reading.labelled else sizes_of([*mine, *theirs])
        if sizes is not None:
            return cls(sizes[: len(mine)][values.codes], sizes[len(mine) :][cells.codes], None)
        cover = make_cover(mine, theirs, reading.hierarchies.get(name), labelled=name in reading.labelled)
        of_value = np.array([cover.value_of[value] for value in mine], dtype=np.int64)
        of_cell = np.array([cover.label_of[cell] for cell in theirs], dtype=np.int64)
        pairs = np.repeat(of_value, len(theirs)), np.tile(of_cell, len(mine))
        grid: Floats = 1.0 - cover.covers(*pairs).reshape(len(mine), len(theirs)).astype(np.float64)
        return cls(values.codes.astype(np.float64), cells.codes.astype(np.float64), grid)

    def add_to(self, total: Floats, here: slice) -> None:
        """Add the distances of some persons to all candidates."""
        if self.grid is not None:
            rows = self.grid[self.value[here].astype(np.int64)]
            total += rows[:, self.cell.astype(np.int64)]
            return
        apart = np.abs(self.value[here][:, None] - self.cell[None, :])
        total += np.where(np.isnan(apart), np.isnan(self.value[here])[:, None] ^ np.isnan(self.cell)[None, :], apart)


def sizes_of(texts: Sequence[str | None]) -> Floats | None:
    """Return values scaled to a range of 1, missing as nan; None where one is neither a number nor a day."""
    found = [None if text is None else quantity_of(text) for text in texts]
    kinds = {type(size) for size in found if size is not None}
    if len(kinds) != 1 or any(size is None and text is not None for size, text in zip(found, texts, strict=True)):
        return None
    sizes = np.array([np.nan if size is None else _as_number(size) for size in found])
    low, high = float(np.nanmin(sizes)), float(np.nanmax(sizes))
    return (sizes - low) / (high - low) if high > low else sizes * 0.0


def _as_number(size: Decimal | date) -> float:
    return float(size.toordinal()) if isinstance(size, date) else float(size)
