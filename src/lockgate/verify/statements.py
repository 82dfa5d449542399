"""Statements that single out a released row, and of how many people they are true.

A statement is a conjunction over columns of a released row: of a label, that it covers the value; of a number or day,
that the value is at least or at most the row's, on the side of the middle where the row stands; of other cells, that
the value reads alike.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lockgate.verify.classes import Bools, Floats, Ints, encode
from lockgate.verify.coverage import make_cover
from lockgate.verify.figures import Reading
from lockgate.verify.keyed_choice import keyed_numbers
from lockgate.verify.nearest import sizes_of

_STATEMENTS = 300
_TRIES = 3_000
_WIDEST = 6


def single_out(
    released: pa.Table, people: tuple[pa.Table, ...], reading: Reading, seed: bytes, *, is_wide: bool
) -> list[Ints]:
    """Return for each group of people, by statement, the number of people of whom it is true.

    Args:
        released: Text cells of the copy.
        people: Text values of each group, same columns.
        reading: How released cells are to be read.
        seed: Of the choice of statements.
        is_wide: Whether statements are about several columns, else about one.
    """
    columns = [_Column.of(released, people, name, reading) for name in released.column_names]
    wanted = _wide(columns, released.num_rows, seed) if is_wide else _narrow(columns)
    kept: list[tuple[int, tuple[int, ...]]] = []
    for row, chosen in wanted:
        if len(kept) == _STATEMENTS:
            break
        if int(np.logical_and.reduce([columns[at].alike(row) for at in chosen]).sum()) == 1:
            kept.append((row, chosen))
    return [
        np.array(
            [np.logical_and.reduce([columns[at].true_of(row, group) for at in chosen]).sum() for row, chosen in kept],
            dtype=np.int64,
        )
        for group in range(len(people))
    ]


def _wide(columns: list["_Column"], rows: int, seed: bytes) -> list[tuple[int, tuple[int, ...]]]:
    """Return rows with some of their columns, two at least, by the seed."""
    if len(columns) <= 1 or not rows:  # some columns are two at least
        return []
    numbers = keyed_numbers(seed, "statements", 3 * _TRIES).reshape(-1, 3)
    most = min(_WIDEST, len(columns))
    found = []
    for row, width, order in numbers.tolist():
        places = np.argsort(keyed_numbers(order.to_bytes(8, "big"), "columns", len(columns)), kind="stable")
        found.append((row % rows, tuple(sorted(places[: 2 + width % (most - 1)].tolist()))))
    return found


def _narrow(columns: list["_Column"]) -> list[tuple[int, tuple[int, ...]]]:
    """Return rows with one column in which they may be alone: extremes, and values that come once."""
    found: list[tuple[int, tuple[int, ...]]] = []
    for place, column in enumerate(columns):
        count = np.bincount(column.code, minlength=1)
        once = np.flatnonzero(count[column.code] == 1)
        if column.sizes is not None and len(column.code):
            once = np.unique([int(np.nanargmin(column.sizes)), int(np.nanargmax(column.sizes))])
        found += [(int(row), (place,)) for row in once]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """One column of the copy and of the groups of people.

    Attributes:
        code: Code of each released cell.
        sizes: Size of each released cell; None where cells are no numbers or days.
        middle: Median of the sizes.
        people: Size of each person's value, or its code for `covers`, by group.
        covers: Whether the cell of a code is true of the value of a code; None where sizes are compared.
    """

    code: Ints
    sizes: Floats | None
    middle: float
    people: tuple[Floats, ...]
    covers: Bools | None

    @classmethod
    def of(cls, released: pa.Table, people: tuple[pa.Table, ...], name: str, reading: Reading) -> "_Column":
        """Return a column."""
        cells = encode(released, name)
        groups = [encode(group, name) for group in people]
        texts = [cells.values.to_pylist(), *(group.values.to_pylist() for group in groups)]
        labelled = name in reading.labelled
        sizes = None if labelled else sizes_of([text for each in texts for text in each])
        if sizes is not None and not np.isnan(sizes[cells.codes]).all():
            ends = np.cumsum([len(each) for each in texts])
            parts = [sizes[end - len(each) : end] for end, each in zip(ends, texts, strict=True)]
            own = parts[0][cells.codes]
            theirs = tuple(part[group.codes] for part, group in zip(parts[1:], groups, strict=True))
            return cls(cells.codes, own, float(np.nanmedian(own)), theirs, None)
        values = list(dict.fromkeys(text for each in texts[1:] for text in each))
        cover = make_cover(values, texts[0], reading.hierarchies.get(name), labelled=labelled)
        grid = [
            cover.covers(
                np.array([cover.value_of[value] for value in values], dtype=np.int64),
                np.full(len(values), cover.label_of[cell], dtype=np.int64),
            )
            for cell in texts[0]
        ]
        place = {value: at for at, value in enumerate(values)}
        coded = tuple(
            np.array([place[text] for text in each], dtype=np.float64)[group.codes]
            for each, group in zip(texts[1:], groups, strict=True)
        )
        return cls(cells.codes, None, 0.0, coded, np.array(grid, dtype=np.bool_).reshape(len(texts[0]), len(values)))

    def alike(self, row: int) -> Bools:
        """Return of which released rows the statement of a row is true."""
        if self.sizes is None:
            found: Bools = self.code == self.code[row]
            return found
        return self._beyond(self.sizes, float(self.sizes[row]))

    def true_of(self, row: int, group: int) -> Bools:
        """Return of which people of a group the statement of a row is true."""
        if self.sizes is None:
            assert self.covers is not None
            found: Bools = self.covers[self.code[row]][self.people[group].astype(np.int64)]
            return found
        return self._beyond(self.people[group], float(self.sizes[row]))

    def _beyond(self, sizes: Floats, bound: float) -> Bools:
        if np.isnan(bound):
            missing: Bools = np.isnan(sizes)
            return missing
        found: Bools = sizes >= bound if bound > self.middle else sizes <= bound
        return found
