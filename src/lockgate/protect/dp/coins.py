"""Exact coins, many at once: uniform whole numbers, and coins that fall with a rational or an exponential probability.

Whole numbers only: no probability is ever rounded to a floating-point number, so that nothing of a value shows in the
low bits of its noise. How long a draw takes depends on the randomness alone, never on data.

Source: C. L. Canonne, G. Kamath, T. Steinke, The Discrete Gaussian for Differential Privacy, NeurIPS 2020, algorithms
1 and 2; I. Mironov, On Significance of the Least Significant Bits For Differential Privacy, CCS 2012 (why not floats).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rng = Callable[[int], bytes]
"""Gives so many bytes of the operating system's randomness."""

Flip = Callable[[Integers], Flags]
"""Flips one coin for each of the places asked for; each place has a probability of its own."""

LARGEST = 1 << 62
"""Bound of what is drawn below."""

_NARROW = 1 << 31


def uniform_below(rng: Rng, bound: int, count: int) -> Integers:
    """Return uniform whole numbers from 0 to `bound` - 1, by rejection.

    Args:
        rng: Randomness.
        bound: 1 to 2^62.
        count: How many.

    Raises:
        ValueError: If the bound is out of range.
    """
    if not 1 <= bound <= LARGEST:
        raise ValueError(f"expected a bound from 1 to 2^62, found {bound}")
    if bound == 1:
        return np.zeros(count, np.int64)
    kind, size = ("<u4", 4) if bound <= _NARROW else ("<u8", 8)
    mask = (1 << (bound - 1).bit_length()) - 1
    drawn = np.empty(count, np.int64)
    missing: Integers = np.arange(count)
    while len(missing):
        words = np.frombuffer(rng(size * len(missing)), kind) & np.dtype(kind).type(mask)
        drawn[missing] = words
        missing = missing[words >= bound]
    return drawn


def ratio_coin(rng: Rng, above: Integers | int, below: int) -> Flip:
    """Return coins that come up with probability `above` / `below`.

    Args:
        rng: Randomness.
        above: Whole numbers from 0 to `below`, one for each place, or one for all.
        below: 1 to 2^62.
    """
    numerators = np.asarray(above, np.int64)

    def flip(places: Integers) -> Flags:
        wanted = numerators[places] if numerators.ndim else numerators
        return uniform_below(rng, below, len(places)) < wanted

    return flip


def both(*coins: Flip) -> Flip:
    """Return coins that come up where all the given ones do: the product of their probabilities."""

    def flip(places: Integers) -> Flags:
        up = np.ones(len(places), np.bool_)
        for coin in coins:
            up[up] = coin(places[up])
        return up

    return flip


def exponential_coin(rng: Rng, flip: Flip) -> Flip:
    """Return coins that come up with probability exp(-p), where p from 0 to 1 is the probability of another coin.

    Source: Canonne, Kamath, Steinke 2020, algorithm 1.
    """

    def exponential(places: Integers) -> Flags:
        up = np.zeros(len(places), np.bool_)
        alive: Integers = np.arange(len(places))
        turn = 1
        while len(alive):
            goes_on = (uniform_below(rng, turn, len(alive)) == 0) & flip(places[alive])
            up[alive[~goes_on]] = turn % 2 == 1
            alive = alive[goes_on]
            turn += 1
        return up

    return exponential


def repeated(flip: Flip, times: Integers) -> Flip:
    """Return coins that come up if another comes up so many times in a row; with 0 they always come up.

    Args:
        flip: The other coins.
        times: At least 0, for each place.
    """

    def flips(places: Integers) -> Flags:
        up = np.ones(len(places), np.bool_)
        left = times[places].copy()
        alive = np.flatnonzero(left)
        while len(alive):
            goes_on = flip(places[alive])
            up[alive[~goes_on]] = False
            left[alive] -= 1
            alive = alive[goes_on & (left[alive] > 0)]
        return up

    return flips


def decay_coin(rng: Rng, whole: Integers, above: Integers, below: int) -> Flip:
    """Return coins that come up with probability exp(-(whole + above / below)).

    Args:
        rng: Randomness.
        whole: Whole part of each exponent, at least 0.
        above: Numerator of the rest of each, 0 to `below`.
        below: Their denominator, 1 to 2^62.

    Source: Canonne, Kamath, Steinke 2020, algorithm 1, second part.
    """
    return both(exponential_coin(rng, ratio_coin(rng, above, below)), repeated(unit_decay_coin(rng), whole))


def unit_decay_coin(rng: Rng) -> Flip:
    """Return coins that come up with probability exp(-1)."""
    return exponential_coin(rng, ratio_coin(rng, 1, 1))


def uniform_below_each(rng: Rng, bounds: Integers) -> Integers:
    """Return for each bound a uniform whole number from 0 to the bound - 1, by rejection.

    Args:
        rng: Randomness.
        bounds: 1 to 2^62 each.
    """
    mask = (bounds - 1).astype(np.uint64)
    for shift in (1, 2, 4, 8, 16, 32):
        mask |= mask >> np.uint64(shift)
    drawn = np.empty(len(bounds), np.int64)
    missing: Integers = np.arange(len(bounds))
    while len(missing):
        drawn[missing] = np.frombuffer(rng(8 * len(missing)), "<u8") & mask[missing]
        missing = missing[drawn[missing] >= bounds[missing]]
    return drawn
