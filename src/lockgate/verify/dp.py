"""Checks on a released table of statistics with differential privacy, made without the code that drew the noise.

No look at a table can prove differential privacy. What can be seen is what a mistake would leave: a group that nobody
is in, a group twice, a count below nothing, a figure outside its bounds, noise that is missing or too small.

How large the noise came out is not told: released beside the table it would be a figure about the exact counts. The
test answers yes or no, and is made only over enough cells that its answer says nothing of a single one.

Source: for the test, H. Chernoff, Ann. Math. Stat. 1952, on a sum of exponential variables; Z. Ding et al., Detecting
Violations of Differential Privacy, CCS 2018 (why to test what was proved).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.terms.verification import Check

LEAST_CELLS = 50
"""Cells below which the noise is not tested."""

_CHANCE = 1e-6
"""How often noise that is as large as declared fails the test."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the plan says of a table.

    Attributes:
        by: Columns of the groups.
        keys: Public keys by column of `by`; empty if groups are hidden.
        counts: Columns of counts.
        bounds: Least and greatest value of other columns, by name.
        signed: Whether counts may be below 0.
    """

    by: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    counts: tuple[str, ...]
    bounds: Mapping[str, tuple[Decimal, Decimal]]
    signed: bool


def groups_of(batches: Iterable[pa.RecordBatch], by: Sequence[str]) -> pa.Table:
    """Return the groups of the original rows with the rows of each, as `by` and `rows`; keys as text.

    Args:
        batches: Original rows.
        by: Columns of the groups, at least one.
    """
    parts = []
    for batch in batches:
        texts = [pc.cast(batch.column(name), pa.string()) for name in by]
        table = pa.table([*texts, pa.array(np.ones(batch.num_rows, np.int64))], names=[*by, "rows"])
        parts.append(merge_groups([table], by))
    return merge_groups(parts, by)


def merge_groups(parts: Sequence[pa.Table], by: Sequence[str]) -> pa.Table:
    """Return the groups of all rows behind some tables of `groups_of`.

    Args:
        parts: With the rows of each group.
        by: Columns of the groups, at least one.
    """
    if not parts:
        return pa.table({**{name: pa.array([], pa.string()) for name in by}, "rows": pa.array([], pa.int64())})
    whole = pa.concat_tables(parts).group_by(list(by), use_threads=False).aggregate([("rows", "sum")])
    return whole.select([*by, "rows_sum"]).rename_columns([*by, "rows"])


def check_statistics(table: pa.Table, declared: Declared, groups: pa.Table | None) -> tuple[Check, ...]:
    """Return what can be seen of a released table.

    Args:
        table: As released.
        declared: What the plan says of it.
        groups: From `groups_of`, or None where the originals are not at hand.
    """
    keys = _keys(table, declared.by)
    twice = len(keys) - len(set(keys))
    checks = [_none("statistics-groups-once", twice, "Groups that stand in the table more than once.")]
    if declared.keys:
        expected = math.prod(len(values) for values in declared.keys)
        foreign = _foreign(table, declared)
        wrong = abs(expected - len(set(keys))) + foreign
        checks.append(
            _none("statistics-public-groups", wrong, "Public groups left out, and groups that are not public.")
        )
    elif groups is not None and declared.by:
        empty = len(set(keys) - set(_keys(groups, declared.by)))
        checks.append(_none("statistics-empty-groups", empty, "Groups shown that nobody is in."))
    if not declared.signed:
        below = sum(_outside(table[name], Decimal(0), None) for name in declared.counts)
        checks.append(_none("statistics-counts", below, "Counts below nothing."))
    outside = sum(_outside(table[name], low, high) for name, (low, high) in declared.bounds.items())
    checks.append(_none("statistics-bounds", outside, "Figures outside their declared bounds."))
    return tuple(checks)


def check_noise(table: pa.Table, declared: Declared, groups: pa.Table, column: str, scale: float) -> Check | None:
    """Return whether the noise on counts is at least as large as declared; None where that cannot be tested.

    Only counts of rows of which each is one person can be tested, because nothing else says which rows counted.
    Cells shown as 0 are left aside where counts are not signed.

    Args:
        table: As released.
        declared: What the plan says of it.
        groups: From `groups_of`.
        column: Column of counts.
        scale: Mean of the absolute noise: of the Laplace distribution its scale, of the Gaussian sigma * sqrt(2 / pi).
    """
    exact = dict(zip(_keys(groups, declared.by), _counts(groups, "rows"), strict=True))
    shown = zip(_keys(table, declared.by), _counts(table, column), strict=True)
    noise = [abs(count - exact.get(key, 0)) for key, count in shown if declared.signed or count > 0]
    if len(noise) < LEAST_CELLS or scale < 1:  # rounded to whole numbers, smaller noise is mostly 0
        return None
    ok = sum(noise) >= least_sum(len(noise), scale)
    return Check(
        "statistics-noise",
        float(ok),
        1.0,
        ok,
        f"Whether the noise on {len(noise)} counts is as large as declared: 1 if it is; its size is not told.",
    )


def least_sum(cells: int, scale: float) -> float:
    """Return what the absolute noise of some cells adds up to at least, but for one time in a million.

    For exponential variables of mean 1, the sum of n is at most n x with a probability of at most (x e^(1-x))^n; the
    absolute values of discrete Laplace and Gaussian noise vary no more. A tenth is left for their being whole.

    Args:
        cells: How many.
        scale: Mean of the absolute noise.
    """
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if middle > 0 and cells * (math.log(middle) + 1 - middle) > math.log(_CHANCE):
            high = middle
        else:
            low = middle
    return 0.9 * cells * scale * low


def _keys(table: pa.Table, by: Sequence[str]) -> list[tuple[str | None, ...]]:
    if not by:
        return [()] * table.num_rows
    return list(zip(*(table[name].to_pylist() for name in by), strict=True))


def _counts(table: pa.Table, name: str) -> list[int]:
    counts: list[int] = np.asarray(table[name], np.int64).tolist()
    return counts


def _foreign(table: pa.Table, declared: Declared) -> int:
    public = [set(values) for values in declared.keys]
    rows = _keys(table, declared.by)
    return sum(any(key not in known for key, known in zip(row, public, strict=True)) for row in rows)


def _outside(column: Any, low: Decimal, high: Decimal | None) -> int:
    values: list[Decimal | int | None] = column.to_pylist()
    return sum(value is not None and (value < low or (high is not None and value > high)) for value in values)


def _none(name: str, found: int, meaning: str) -> Check:
    return Check(name, float(found), 0.0, found == 0, meaning)
