"""Values that change places: rank swapping of numbers, and post-randomisation (PRAM) of categories.

Rank swapping: values are sorted, and each changes places with one drawn among the next ones in order, up to a share of
all. Every value stays in its column, so that whatever one column tells by itself is as before; what two columns tell
together is blurred the more, the larger the share.

PRAM: each value is kept with a known probability, else drawn anew from the column's own values as often as they occur.
In expectation the counts of the column are as before (invariant PRAM); who counts combinations can take the matrix into
account, which is therefore published.

Neither hides that a value occurs: a rare extreme stays in the table, with another person. Missing values stay.

Source: Moore, "Controlled data-swapping techniques for masking public use microdata sets", 1996; Gouweleeuw, Kooiman,
Willenborg, de Wolf, "Post randomisation for statistical disclosure control: theory and implementation", 1998.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Texts
from lockgate.protect.mdav import Numbers
from lockgate.terms.errors import InputError

VERSION = "1"

Random = Callable[[int], bytes]
"""Returns so many random bytes of the system."""


def swap_ranks(column: Texts, share: Fraction, rng: Random) -> Texts:
    """Return the column with values in other rows, each moved by at most a share of all ranks.

    Args:
        column: Arrow array of numbers or days; nulls stay where they are.
        share: Above 0, at most 1: how far apart in order two values that change places may be.
        rng: Draws partners.

    Raises:
        InputError: If the share is out of range, or the values have no order.
    """
    check_share(share)
    if not (_is_number(column.type) or pa.types.is_temporal(column.type)):
        raise InputError(f"expected numbers or days to swap by rank, found `{column.type}`", "use PRAM for categories")
    there = np.flatnonzero(~np.asarray(column.is_null()))
    source = np.arange(len(column))
    source[there] = there[swapped_rows(np.asarray(_take(column, there)), share, rng)]
    return _take(column, source)


def swapped_rows(values: npt.NDArray[Any], share: Fraction, rng: Random) -> Numbers:
    """Return for each value the place of the one that it changes places with, its own where there is none.

    Args:
        values: With an order, none missing.
        share: Above 0, at most 1: how far apart in order two that change places may be.
        rng: Draws partners.
    """
    order = np.argsort(values, kind="stable")
    partner = _partners(len(order), max(1, int(len(order) * share)), rng)
    source = np.arange(len(order))
    source[order] = order[partner]
    return source


def check_share(share: Fraction) -> None:
    """Refuse a share out of range.

    Raises:
        InputError: If it is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise InputError(f"expected a share of ranks above 0 and at most 1, found `{share}`", "choose 0.05 to 0.15")


def post_randomise(column: Texts, keep: Fraction, rng: Random) -> tuple[Texts, npt.NDArray[np.float64]]:
    """Return the column after PRAM, and the matrix: the probability of each distinct value to become each other.

    Rows and columns of the matrix are the distinct values in the order of their first occurrence.

    Args:
        column: Arrow array; nulls stay.
        keep: Probability at which a value is kept without a draw, at least 0 and below 1.
        rng: Draws values.

    Raises:
        InputError: If the probability is out of range.
    """
    if not 0 <= keep < 1:
        raise InputError(f"expected a probability of at least 0 and below 1, found `{keep}`", "choose 0.8")
    there = np.flatnonzero(~np.asarray(column.is_null()))
    if not len(there):
        return column, np.empty((0, 0))
    draws = np.frombuffer(rng(16 * len(there)), dtype="<u8").reshape(2, -1)
    kept = draws[0] < np.uint64(int(keep * (1 << 64)))
    # drawing a row draws a value as often as it occurs; even to one in 2^64 / rows
    other = there[(draws[1] % np.uint64(len(there))).astype(np.int64)]
    source = np.arange(len(column))
    source[there] = np.where(kept, there, other)
    value_counts: Any = pc.value_counts
    counts = np.asarray(value_counts(column.drop_null()).field("counts"), dtype=np.float64)
    matrix = float(keep) * np.eye(len(counts)) + float(1 - keep) * (counts / counts.sum())[None, :]
    return _take(column, source), matrix


def _take(column: Texts, rows: Numbers) -> Texts:
    chosen: Texts = pa.array(rows, type=pa.int64())
    return column.take(chosen)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def _partners(count: int, reach: int, rng: Random) -> Numbers:
    """Return for each rank the rank it changes places with, itself where no partner is left."""
    partner = np.arange(count)
    draws = np.frombuffer(rng(8 * count), dtype="<u8").tolist() if count else []
    taken = [False] * count
    for rank, draw in enumerate(draws):
        if not taken[rank]:
            free = [other for other in range(rank + 1, min(rank + reach + 1, count)) if not taken[other]]
            if free:
                chosen = free[draw % len(free)]
                taken[chosen] = True
                partner[rank], partner[chosen] = chosen, rank
    return partner
