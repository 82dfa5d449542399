"""Microaggregation: every record shows the mean of a group of at least k records that lie close together.

>>> import numpy as np
>>> heights = np.array([[170.0], [171.0], [172.0], [190.0], [191.0], [192.0]])
>>> microaggregate(heights, 3).released[:, 0].tolist()
[171.0, 171.0, 171.0, 191.0, 191.0, 191.0]

1. Columns are standardised: minus their mean, by their sample standard deviation (n - 1). Groups do not depend on the
   divisor, nor does the loss. A column of one value tells nobody apart and counts for nothing.
2. Records are grouped: by MDAV, or by MDAV and then made tighter. Then one column alone gets the best groups there are.
3. Each record gets the means of its group, in the units of the columns.

Loss: 100 SSE / SST over the standardised columns; SSE is the sum of squared distances to the means of the groups, SST
to the mean of all. 0 where nothing differs.

Missing values: a record with one is in no group, and all its cells come out missing. Columns of categories have no mean
and are refused; they are generalised instead. Where several records are of one person, persons are grouped by the
means of their records, so that k counts persons.

What comes out is k-anonymous over these columns taken together, and over these alone. Means of small groups move with
each member: this is not differential privacy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, sqrt

import numpy as np
import pyarrow as pa

from lockgate.protect.codes import Texts
from lockgate.protect.mdav import Numbers, group_records
from lockgate.protect.mdav_sums import Floats
from lockgate.protect.neighbourhoods import regroup_nearby
from lockgate.protect.ordered_groups import group_sorted
from lockgate.protect.regrouping import regroup
from lockgate.terms.compiled_code import load_code
from lockgate.terms.errors import InputError

VERSION = "1"

MOST_MOVES = 1_000_000
"""Moves after which groups are made no tighter, unless said otherwise."""

_MOST_NEIGHBOURHOODS = 1_000
"""Neighbourhoods that are grouped anew: some seconds of work, of most use in tables of a few thousand records."""

_LOOPS = "lockgate.protect.mdav_loops"
_ENOUGH_RECORDS = 2_000
"""Records from which on compiled code is loaded."""


class Grouping(StrEnum):
    """How records are grouped.

    `mdav`: as published. `refined`: MDAV, then made tighter by moves and by grouping neighbourhoods anew; for one
    column the best groups there are.
    """

    MDAV = "mdav"
    REFINED = "refined"


@dataclass(frozen=True, slots=True, eq=False)
class Microaggregation:
    """What microaggregation brought.

    Attributes:
        released: Means of the groups, shape (records, columns); NaN in all cells of a record with a missing value.
        group: Number of each record's group, from 0; -1 for a record with a missing value.
        loss_percent: 100 SSE / SST over the records that have groups, 0 to 100.
        moves: Moves and neighbourhoods grouped anew that made groups tighter.
    """

    released: Floats
    group: Numbers
    loss_percent: float
    moves: int


def microaggregate(
    matrix: Floats,
    k: int,
    grouping: Grouping = Grouping.MDAV,
    *,
    persons: Numbers | None = None,
    most_moves: int = MOST_MOVES,
) -> Microaggregation:
    """Return the records with the means of their groups in place of their values.

    Args:
        matrix: Shape (records, columns), numbers; NaN where a value is missing.
        k: Least number of records of a group, at least 2.
        grouping: How records are grouped.
        persons: A number for each record's person; None where each record is a person of its own.
        most_moves: Moves after which groups are made no tighter.

    Raises:
        InputError: If k is below 2, fewer than k persons have no missing value, or a value is infinite.
    """
    values = np.ascontiguousarray(matrix, dtype=np.float64)
    _check(values, k, persons)
    whole = np.flatnonzero(~np.isnan(values).any(axis=1))
    records = values[whole]
    if persons is None:
        owner, units = np.arange(len(records)), records
    else:
        owner = np.unique(np.asarray(persons)[whole], return_inverse=True)[1].astype(np.int64)
        units = _means(records, owner)
    if len(units) < k:
        raise InputError(
            f"expected at least {k} persons without a missing value for groups of {k}, found {len(units)}",
            "lower k, or drop the columns",
        )
    unit_group, moves = _group(standardise(units), k, grouping, most_moves)
    of_record = unit_group[owner]
    means = _means(units, unit_group)[of_record]
    released, group = np.full_like(values, np.nan), np.full(len(values), -1, dtype=np.int64)
    released[whole], group[whole] = means, of_record
    return Microaggregation(released, group, information_loss(records, means), moves)


def microaggregate_columns(
    columns: Sequence[Texts], k: int, grouping: Grouping = Grouping.MDAV, persons: Numbers | None = None
) -> tuple[list[Texts], Microaggregation]:
    """Return columns of means, null in every column where one was null, and what microaggregation brought.

    Args:
        columns: Arrow arrays of numbers of the same length, grouped together.
        k: Least number of persons of a group, at least 2.
        grouping: How records are grouped.
        persons: A number for each record's person; None where each record is a person of its own.

    Raises:
        InputError: As `microaggregate`, and if a column is not of numbers.
    """
    for column in columns:
        if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
            raise InputError(
                f"expected numbers to take means of, found a column of `{column.type}`",
                "generalise a column of categories, and cast numbers in text to numbers",
            )
    values = [np.asarray(column.cast(pa.float64(), safe=False).fill_null(np.nan)) for column in columns]
    matrix = np.stack(values, axis=1) if values else np.empty((0, 0))
    result = microaggregate(matrix, k, grouping, persons=persons)
    missing = result.group < 0
    released: list[Texts] = [pa.array(result.released[:, place], mask=missing) for place in range(len(columns))]
    return released, result


def standardise(records: Floats) -> Floats:
    """Return the columns minus their means, by their sample standard deviations; 0 for a column of one value.

    Args:
        records: Shape (records, columns), finite.
    """
    standard = np.zeros_like(records)
    for place in range(records.shape[1]):
        column = records[:, place]
        if len(column) and column.min() < column.max():
            scaled = _scaled(column)
            apart = scaled - fsum(scaled.tolist()) / len(scaled)
            standard[:, place] = apart / sqrt(fsum((apart * apart).tolist()) / (len(apart) - 1))
    return standard


def information_loss(records: Floats, released: Floats) -> float:
    """Return 100 SSE / SST over the standardised columns; 0 where nothing differs.

    Args:
        records: Shape (records, columns), finite.
        released: What stands in their place.
    """
    lost, whole = 0.0, 0.0
    for before, after in zip(records.T, released.T, strict=True):
        if len(before) and before.min() < before.max():
            scaled = _scaled(before)
            spread = scaled - fsum(scaled.tolist()) / len(scaled)
            difference = np.ldexp(before - after, -_exponent(before))
            lost += fsum((difference * difference).tolist()) / fsum((spread * spread).tolist())
            whole += 1.0
    return 100 * lost / whole if whole else 0.0


def _scaled(column: Floats) -> Floats:
    """Return a column by a power of two, which rounds nothing, so that squares of its values stay in range."""
    scaled: Floats = np.ldexp(column, -_exponent(column))
    return scaled


def _exponent(column: Floats) -> int:
    return int(np.frexp(np.abs(column).max())[1])


def _check(values: Floats, k: int, persons: Numbers | None) -> None:
    if values.ndim != 2 or not values.shape[1]:  # noqa: PLR2004 - records and columns
        raise InputError("expected a table of records and at least one column", "name the columns to take means of")
    if k <= 1:  # a group of one is the record itself
        raise InputError(f"expected groups of at least 2 records, found k = `{k}`", "choose k of 3 or more")
    if np.isinf(values).any():
        place = int(np.flatnonzero(np.isinf(values).any(axis=1))[0])
        raise InputError(f"expected finite numbers, found an infinite one in row {place + 1}", "mend the column")
    if persons is not None and len(persons) != len(values):
        raise ValueError("expected a person for each record")


def _group(points: Floats, k: int, grouping: Grouping, most_moves: int) -> tuple[Numbers, int]:
    if grouping is Grouping.REFINED and points.shape[1] == 1:
        return group_sorted(points[:, 0], k), 0
    loops = load_code(_LOOPS) if len(points) >= _ENOUGH_RECORDS else None
    group = group_records(points, k, loops)
    if grouping is Grouping.MDAV:
        return group, 0
    group, moves = regroup(points, group, k, most_moves, loops)
    group, changed = regroup_nearby(points, group, k, min(_MOST_NEIGHBOURHOODS, most_moves - moves), loops)
    return group, moves + changed


def _means(records: Floats, group: Numbers) -> Floats:
    """Return the mean of each group, right to the last bit whatever the order of the records."""
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group))
    means = np.empty((len(ends), records.shape[1]))
    for place in range(records.shape[1]):
        column = records[order, place].tolist()
        begin = 0
        for number, end in enumerate(ends.tolist()):
            means[number, place] = fsum(column[begin:end]) / (end - begin)
            begin = end
    return means
