"""Privacy loss: what differentially private releases cost, how costs compose, and what a budget still allows.

Whole numbers only: epsilon and rho in millionths, delta in 10^-15ths. Whatever has to be rounded is rounded to the
strict side: a cost up, what may be spent down. Logarithms are taken in decimal arithmetic of 40 digits, whose results
are rounded correctly, with a margin far above the last digit.

Source: C. Dwork et al., Calibrating Noise to Sensitivity, TCC 2006 (epsilon); M. Bun, T. Steinke, Concentrated
Differential Privacy, TCC 2016 (rho; composition; proposition 1.4: epsilon gives rho = epsilon^2 / 2); C. L. Canonne,
G. Kamath, T. Steinke, The Discrete Gaussian for Differential Privacy, 2020, corollary 13 (rho to epsilon and delta).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal

MICRO = 10**6
"""Units of epsilon and rho in one."""

DELTA_UNITS = 10**15
"""Units of delta in one."""

LARGEST_EPSILON = 1000 * MICRO
"""Above it nothing is protected and a number was mistyped."""

LARGEST_DELTA = DELTA_UNITS // 1000
"""Above it a declared delta is mistyped: with delta 1 even a group of one person would be shown."""

_EXACT = Context(prec=40)
_MARGIN = Decimal("1e-20")
_STEPS = 60


@dataclass(frozen=True, slots=True)
class PrivacyLoss:
    """What one release costs, or may cost.

    Attributes:
        epsilon: Its part under pure differential privacy, in millionths.
        rho: Its part under zero-concentrated differential privacy, in millionths.
        delta: Probability of what neither part covers, in 10^-15ths.
    """

    epsilon: int = 0
    rho: int = 0
    delta: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no cost."""
        if min(self.epsilon, self.rho, self.delta) < 0:
            raise ValueError("expected no negative part in a privacy loss")
        if self.delta > DELTA_UNITS or max(self.epsilon, self.rho) > LARGEST_EPSILON:
            raise ValueError("expected epsilon and rho of at most 1000, and delta of at most 1")

    def as_json(self) -> dict[str, int]:
        """Return the loss as a JSON object of whole numbers."""
        return {"epsilon_micro": self.epsilon, "rho_micro": self.rho, "delta_femto": self.delta}


def parse_loss(value: Mapping[str, object]) -> PrivacyLoss:
    """Return the loss that `PrivacyLoss.as_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: If the object was not written by it.
    """
    parts = [value[name] for name in ("epsilon_micro", "rho_micro", "delta_femto")]
    if len(value) != len(parts):
        raise ValueError("expected the three parts of a privacy loss and nothing else")
    whole = [part for part in parts if isinstance(part, int) and not isinstance(part, bool)]
    if len(whole) != len(parts):
        raise TypeError("expected whole numbers in a privacy loss")
    return PrivacyLoss(*whole)


def units_of(number: Decimal, units: int) -> int:
    """Return a declared number in its units.

    Args:
        number: At least 0.
        units: `MICRO` or `DELTA_UNITS`.

    Raises:
        ValueError: If the number is negative, no number, or finer than the units.

    >>> units_of(Decimal("0.5"), MICRO)
    500000
    """
    if not number.is_finite() or number < 0 or number > LARGEST_EPSILON // MICRO:
        raise ValueError("expected a number, 0 or more")
    scaled = _EXACT.multiply(number, Decimal(units))
    if scaled != int(scaled):
        raise ValueError(f"expected a multiple of 1/{units}")
    return int(scaled)


def rho_of(epsilon: int) -> int:
    """Return the rho that a pure loss costs at most, in millionths, rounded up.

    >>> rho_of(1_000_000)
    500000
    """
    return -(-epsilon * epsilon // (2 * MICRO))


def epsilon_of(rho: int, delta: int) -> int:
    """Return the epsilon of a loss under zero-concentrated differential privacy at a delta, in millionths, rounded up.

    Every order alpha above 1 gives a bound that holds; a good one is looked for.

    Args:
        rho: In millionths, at least 0.
        delta: In 10^-15ths, above 0.

    Raises:
        ValueError: If delta is 0: then no epsilon holds.

    >>> epsilon_of(100_000, 1_000_000_000)
    2141939
    """
    if rho == 0:
        return 0
    if delta <= 0:
        raise ValueError("expected a delta above 0")
    exact_rho = _EXACT.divide(Decimal(rho), Decimal(MICRO))
    log_delta = _EXACT.ln(_EXACT.divide(Decimal(delta), Decimal(DELTA_UNITS)))
    low, high = Decimal("1e-6"), Decimal("1e12")  # alpha - 1, searched by thirds of its logarithm
    for _ in range(_STEPS):
        third = _EXACT.power(_EXACT.divide(high, low), _EXACT.divide(Decimal(1), Decimal(3)))
        left, right = _EXACT.multiply(low, third), _EXACT.divide(high, third)
        if _bound(exact_rho, log_delta, left) <= _bound(exact_rho, log_delta, right):
            high = right
        else:
            low = left
    bound = _EXACT.add(_bound(exact_rho, log_delta, low), _MARGIN)
    return max(0, int(_EXACT.multiply(bound, Decimal(MICRO)).to_integral_value(ROUND_CEILING)))


def rho_within(epsilon: int, delta: int) -> int:
    """Return the largest rho, in millionths, whose epsilon at a delta is not above the given one.

    Args:
        epsilon: In millionths.
        delta: In 10^-15ths, above 0.
    """
    low, high = 0, LARGEST_EPSILON
    while low < high:
        middle = (low + high + 1) // 2
        if epsilon_of(middle, delta) <= epsilon:
            low = middle
        else:
            high = middle - 1
    return low


def is_within(losses: Sequence[PrivacyLoss], budget: PrivacyLoss) -> bool:
    """Return whether losses, composed, are within a budget.

    A budget in rho counts a pure loss by `rho_of`; a budget in epsilon and delta turns the sum of rho into epsilon
    at the delta that the losses leave. A budget names one of the two.

    Args:
        losses: Of all releases, each as it was reserved.
        budget: The most that may be spent in all.
    """
    delta = sum(loss.delta for loss in losses)
    needs_delta = not budget.rho and any(loss.rho for loss in losses)
    if delta > budget.delta or (needs_delta and delta == budget.delta):
        return False
    return spent_of(losses, budget) <= (budget.rho or budget.epsilon)


def spent_of(losses: Sequence[PrivacyLoss], budget: PrivacyLoss) -> int:
    """Return what losses, composed, take of a budget, in its rho or its epsilon, in millionths, rounded up.

    Args:
        losses: Of all releases, each as it was reserved.
        budget: The most that may be spent in all; where its delta is used up, the least delta stands in for it.
    """
    rho = sum(loss.rho for loss in losses)
    if budget.rho:
        return rho + sum(rho_of(loss.epsilon) for loss in losses)
    left = budget.delta - sum(loss.delta for loss in losses)
    return sum(loss.epsilon for loss in losses) + epsilon_of(rho, max(left, 1))


def _bound(rho: Decimal, log_delta: Decimal, above_one: Decimal) -> Decimal:
    """Return the epsilon that the order alpha = 1 + `above_one` gives."""
    alpha = _EXACT.add(above_one, Decimal(1))
    log_share = _EXACT.ln(_EXACT.divide(above_one, alpha))  # ln(1 - 1/alpha)
    gain = _EXACT.subtract(_EXACT.multiply(alpha, log_share), _EXACT.ln(above_one))
    return _EXACT.add(_EXACT.multiply(alpha, rho), _EXACT.divide(_EXACT.subtract(gain, log_delta), above_one))
