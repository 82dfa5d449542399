"""Quantiles of groups with differential privacy: permute-and-flip over a grid of declared values, with exact coins.

Candidates are at most 1,025 values evenly from the lower bound to the upper. With n rows of a group, a candidate c
for the quantile a/b misses by u(c) = max(0, a n - b #{x <= c}, b #{x < c} - a n), which one row more or less changes
by max(a, b - a) at most; so one person with m rows in all groups together changes all misses together by m times
that. Each candidate's coin comes up with probability exp(-epsilon (u(c) - u*) / (2 m max(a, b - a))), u* the least
miss; of those that come up one is taken uniformly, which is the same as asking them in random order.

Source: R. McKenna, D. Sheldon, Permute-and-Flip: A new mechanism for differentially private selection, NeurIPS 2020.
"""

from fractions import Fraction
from math import isqrt

import numpy as np
import numpy.typing as npt

from lockgate.protect.dp.coins import Integers, Rng, decay_coin, uniform_below_each
from lockgate.protect.dp.plan import bounds_of, quantile_ratio
from lockgate.terms.privacy_loss import MICRO
from lockgate.terms.statistic import Statistic

STEPS = 1024
"""Most steps of the grid of candidates."""

_WHOLE = 1 << 62

Counts = npt.NDArray[np.int64]


def grid_of(statistic: Statistic) -> Integers:
    """Return the candidates of a quantile in units, rising from the lower bound to the upper."""
    bounds = bounds_of(statistic)
    step = -(-(bounds.high - bounds.low) // STEPS)
    grid = np.arange(bounds.low, bounds.high, step, dtype=np.int64)
    return np.append(grid, bounds.high)


def cells_of(units: Integers, statistic: Statistic) -> Integers:
    """Return for each value its cell: 2j + 1 on candidate j, 2j + 2 between candidates j and j + 1."""
    grid = grid_of(statistic)
    cells: Integers = np.searchsorted(grid, units, side="left") + np.searchsorted(grid, units, side="right")
    return cells


def misses(counts: Counts, statistic: Statistic) -> Counts:
    """Return how far each candidate misses the quantile in each group.

    Args:
        counts: Rows of each cell of each group, shape (groups, 2 * candidates + 1).
        statistic: The quantile.
    """
    above, below = quantile_ratio(statistic)
    upto = np.cumsum(counts, axis=1)
    total = upto[:, -1:] * above
    missed: Counts = np.maximum(np.maximum(total - below * upto[:, 1::2], below * upto[:, 0:-1:2] - total), 0)
    return missed


def choose(rng: Rng, counts: Counts, statistic: Statistic, epsilon: int, max_rows: int) -> Integers:
    """Return a noisy quantile of each group in units.

    Args:
        rng: Randomness.
        counts: Rows of each cell of each group, shape (groups, 2 * candidates + 1).
        statistic: The quantile.
        epsilon: What it may cost, in millionths, for all groups together.
        max_rows: Rows of one person in all groups together.
    """
    above, below = quantile_ratio(statistic)
    missed = misses(counts, statistic)
    missed -= missed.min(axis=1, keepdims=True)
    return grid_of(statistic)[select(rng, missed, Fraction(epsilon, 2 * max_rows * max(above, below - above) * MICRO))]


def select(rng: Rng, missed: Counts, rate: Fraction) -> Integers:
    """Return for each row the place of one candidate, by permute-and-flip.

    Args:
        rng: Randomness.
        missed: How far each candidate is from the best of its row, at least 0 and 0 for one of them.
        rate: A candidate's coin comes up with probability exp(-rate * missed).
    """
    exponent = missed.reshape(-1)
    if rate.numerator * int(exponent.max(initial=0)) < _WHOLE:
        whole, rest = np.divmod(exponent * rate.numerator, rate.denominator)
    else:
        exact = [divmod(int(item) * rate.numerator, rate.denominator) for item in exponent]
        whole = np.array([min(item[0], _WHOLE) for item in exact], np.int64)
        rest = np.array([item[1] for item in exact], np.int64)
    up = decay_coin(rng, whole, rest, rate.denominator)(np.arange(len(exponent))).reshape(missed.shape)
    nth = uniform_below_each(rng, up.sum(axis=1, dtype=np.int64))
    return np.asarray(np.argmax(np.cumsum(up, axis=1) > nth[:, None], axis=1), np.int64)


def epsilon_under(rho: int) -> int:
    """Return the largest epsilon, in millionths, that costs at most a rho, in millionths: rho = epsilon^2 / 2.

    >>> epsilon_under(500_000)
    1000000
    """
    return isqrt(2 * rho * MICRO)
