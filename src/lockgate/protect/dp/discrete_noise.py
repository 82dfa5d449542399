"""Discrete Laplace and discrete Gaussian noise on whole numbers, exact for any rational scale.

Both are drawn by rejection from exact coins. What is drawn beyond 2^62, which happens with probability below 2^-180,
stays at the bound: the scale is at most 2^55.

Source: C. L. Canonne, G. Kamath, T. Steinke, The Discrete Gaussian for Differential Privacy, NeurIPS 2020, algorithms
2 (Laplace) and 3 (Gaussian; here the proposal's scale is sigma itself, which keeps every number whole).
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from lockgate.protect.dp.coins import (
    Flags,
    Integers,
    Rng,
    both,
    exponential_coin,
    ratio_coin,
    repeated,
    uniform_below,
    unit_decay_coin,
)

LARGEST_SCALE = 1 << 55
"""Largest numerator of a scale."""

_MOST_STEPS = 126
"""Steps of one scale that a draw may go out: (126 + 1) * 2^55 < 2^62."""


def discrete_laplace(rng: Rng, scale: Fraction, count: int) -> Integers:
    """Return draws of the discrete Laplace distribution: P(x) is proportional to exp(-|x| / scale).

    Args:
        rng: Randomness.
        scale: Above 0; numerator at most 2^55.
        count: How many.

    Raises:
        ValueError: If the scale is out of range.
    """
    above, below = _checked(scale)
    return _fill(count, lambda wanted: _try_laplace(rng, above, below, wanted))


def discrete_gaussian(rng: Rng, sigma: Fraction, count: int) -> Integers:
    """Return draws of the discrete Gaussian distribution: P(x) is proportional to exp(-x^2 / (2 sigma^2)).

    Args:
        rng: Randomness.
        sigma: Above 0; numerator at most 2^55.
        count: How many.

    Raises:
        ValueError: If sigma is out of range.
    """
    above, below = _checked(sigma)
    return _fill(count, lambda wanted: _try_gaussian(rng, above, below, wanted))


def _checked(scale: Fraction) -> tuple[int, int]:
    if scale <= 0 or scale.numerator > LARGEST_SCALE or scale.denominator > LARGEST_SCALE:
        raise ValueError("expected a scale above 0 with a numerator of at most 2^55")
    return scale.numerator, scale.denominator


def _fill(count: int, attempt: Callable[[int], tuple[Integers, Flags]]) -> Integers:
    """Return the first so many accepted draws."""
    parts: list[Integers] = [np.zeros(0, np.int64)]
    missing = count
    while missing > 0:
        drawn, accepted = attempt(missing + missing // 2 + 8)
        kept = drawn[accepted][:missing]
        parts.append(kept)
        missing -= len(kept)
    return np.concatenate(parts)


def _try_laplace(rng: Rng, above: int, below: int, count: int) -> tuple[Integers, Flags]:
    """Return draws and which of them are accepted.

    A uniform part of one step of the scale, accepted as exp(-part), and a geometric number of whole steps.
    """
    part = uniform_below(rng, above, count)
    accepted = exponential_coin(rng, ratio_coin(rng, part, above))(np.arange(count))
    steps = _geometric(rng, count)
    size = (part + above * steps) // below
    is_negative = uniform_below(rng, 2, count) == 1
    accepted &= ~(is_negative & (size == 0))  # 0 has one sign only
    return np.where(is_negative, -size, size), accepted


def _geometric(rng: Rng, count: int) -> Integers:
    """Return how often a coin of probability exp(-1) comes up before it does not."""
    coin = unit_decay_coin(rng)
    steps = np.zeros(count, np.int64)
    alive: Integers = np.arange(count)
    while len(alive):
        alive = alive[coin(alive)]
        steps[alive] += 1
    return np.minimum(steps, _MOST_STEPS)


def _try_gaussian(rng: Rng, above: int, below: int, count: int) -> tuple[Integers, Flags]:
    """Return discrete Laplace draws of scale sigma, each accepted with probability exp(-(|x| - sigma)^2 / 2 sigma^2).

    With sigma = u / v and | v |x| - u | = q u + r, the exponent is q^2 / 2 + q r / u + (r / u)^2 / 2: three coins, of
    whole numbers below 2^62 all of them.
    """
    drawn = _fill(count, lambda wanted: _try_laplace(rng, above, below, wanted))
    whole, rest = np.divmod(np.abs(below * np.abs(drawn) - above), above)
    part = ratio_coin(rng, rest, above)
    half = ratio_coin(rng, 1, 2)
    accept = both(
        exponential_coin(rng, both(half, part, part)),
        repeated(exponential_coin(rng, half), whole * whole),
        repeated(exponential_coin(rng, part), whole),
    )
    return drawn, accept(np.arange(count))
