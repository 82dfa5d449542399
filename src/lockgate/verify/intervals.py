"""Confidence intervals of a share, at 95 %."""

from math import sqrt

_Z = 1.959963984540054
"""Quantile of the standard normal distribution at 97.5 %."""


def wilson(successes: float, trials: int) -> tuple[float, float]:
    """Return the bounds of a share at 95 % confidence; (0, 1) without a trial.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, _Z * _Z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    width = _Z / (1 + square / trials) * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return max(0.0, middle - width), min(1.0, middle + width)
