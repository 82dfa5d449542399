"""Counts of which only bounds are known."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A count that lies between two bounds, both included; an open upper bound is None.

    >>> Interval(40_000, 40_000) + Interval(60_000, None)
    Interval(low=100000, high=None)
    """

    low: int = 0
    high: int | None = None

    def __add__(self, other: "Interval") -> "Interval":
        """Return the bounds of the sum."""
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(self.low + other.low, high)

    @property
    def is_exact(self) -> bool:
        """Whether the count is known."""
        return self.low == self.high


def exactly(count: int) -> Interval:
    """Return the interval that holds one count."""
    return Interval(count, count)
