"""Numbers with noise of a discrete Laplace distribution, in whole multiples of a unit.

A number is rounded to the unit, so that its last digits tell nothing, and a whole number k of units is added, with
probability proportional to exp(-|k| / scale). The distribution is tabulated to 2^-63 in decimals; there is no binary
fraction anywhere. What lies outside given bounds is brought to the bound.

By itself this is not differential privacy: nothing bounds what one person contributes, equal cells of one person share
a draw, and nobody counts what is spent. For that there are the statistics with a budget.

Draws come from the system's randomness (`fresh_draws`), and then must be made once and kept; or from the person and the
value under a key (`person_draws.draw_by_person_and_value`), so that asking again averages nothing away.
Source: A. Ghosh, T. Roughgarden, M. Sundararajan, Universally utility-maximizing privacy mechanisms, STOC 2009
(the two-sided geometric distribution).
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.protect.codes import Texts
from lockgate.protect.person_draws import Draws
from lockgate.protect.readings import number_of
from lockgate.protect.rounding import multiple, nearest
from lockgate.protect.unfit import Treated, Unfit, settle
from lockgate.terms.errors import InputError

VERSION = "1"

USE = b"noise"
"""What draws by person are for, here."""

SCALE_AT_MOST = 10_000

_BITS = 63
_WORD_BYTES = 8
_DECIMALS = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Noise:
    """Which noise is added.

    Attributes:
        unit: What is added comes in whole multiples of it; above 0.
        scale: Of the distribution, in units: above 0, at most 10,000. Its standard deviation is near 1.4 scales.
        low: Least number that is released, or None.
        high: Greatest, or None.
    """

    unit: Decimal
    scale: Decimal
    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self) -> None:
        if (
            not (self.unit.is_finite() and self.unit > 0 and self.scale.is_finite())
            or not 0 < self.scale <= SCALE_AT_MOST
        ):
            raise InputError(
                f"expected a unit above 0 and a scale above 0 and up to {SCALE_AT_MOST} units", "Name a greater unit."
            )
        if self.low is None or self.high is None:
            return
        if _upwards(self.low, self.unit) > _downwards(self.high, self.unit):
            raise InputError("expected a multiple of the unit between both bounds", "Move the bounds apart.")


def fresh_draws(rows: int, rng: Callable[[int], bytes]) -> Draws:
    """Return a draw for each row.

    Args:
        rows: How many.
        rng: Returns so many bytes of the operating system's randomness.
    """
    return np.frombuffer(rng(rows * _WORD_BYTES), dtype="<u8").astype(np.uint64)


def add_noise(texts: Texts, noise: Noise, draws: Draws, unfit: Unfit) -> Treated:
    """Return numbers with noise; null stays null.

    Args:
        texts: Numbers as text.
        noise: Which noise.
        draws: One word for each row, every value as likely as another.
        unfit: What to do about cells that are no numbers.

    Raises:
        InputError: If cells are no numbers and such cells are refused.
    """
    added = units_of(draws, noise.scale).tolist()
    cells = [
        None if text is None else _noisy(text, noise, units)
        for text, units in zip(texts.to_pylist(), added, strict=True)
    ]
    return settle(pa.array(cells, type=pa.string()), texts, unfit, "numbers")


def units_of(draws: Draws, scale: Decimal) -> npt.NDArray[np.int64]:
    """Return the whole number of the discrete Laplace distribution that each draw stands for."""
    size = np.searchsorted(_table(scale), draws >> np.uint64(1), side="right").astype(np.int64)
    return np.where(draws & np.uint64(1), -size, size)


def _noisy(text: str, noise: Noise, units: int) -> str | None:
    number = number_of(text)
    if number is None:
        return None
    count = nearest(number, noise.unit) + units
    if noise.low is not None:
        count = max(count, _upwards(noise.low, noise.unit))
    if noise.high is not None:
        count = min(count, _downwards(noise.high, noise.unit))
    return multiple(count, noise.unit)


def _upwards(bound: Decimal, unit: Decimal) -> int:
    """Return the least multiple of a unit that is not below a bound."""
    count = nearest(bound, unit)
    return count + 1 if Decimal(multiple(count, unit)) < bound else count


def _downwards(bound: Decimal, unit: Decimal) -> int:
    """Return the greatest multiple of a unit that is not above a bound."""
    return -_upwards(bound.copy_negate(), unit)


@lru_cache(maxsize=8)
def _table(scale: Decimal) -> npt.NDArray[np.uint64]:
    """Return for each size the words, of 63 bits, that stand for it or a smaller one; the size after has the rest."""
    exact = _DECIMALS
    ratio = exact.exp(exact.divide(Decimal(-1), scale))
    tail = exact.divide(exact.multiply(Decimal(2), ratio), exact.add(Decimal(1), ratio))
    whole = Decimal(1 << _BITS)
    table: list[int] = []
    while True:  # P(size > m) = 2 q^(m+1) / (1 + q)
        outside = int(exact.multiply(tail, whole))
        if outside == 0:
            return np.array(table, dtype=np.uint64)
        table.append((1 << _BITS) - outside)
        tail = exact.multiply(tail, ratio)
