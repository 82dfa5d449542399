"""What an unknown fact can still be, and how an article's question splits that in two."""

from lockgate.terms.facts import FactValue
from lockgate.terms.interval import Interval

Possible = frozenset[FactValue] | Interval
"""The values that a fact can still have: some of a finite list, or a count between bounds."""

Test = frozenset[FactValue] | int
"""A question: is the fact one of these, or does the count reach this number."""

EITHER: frozenset[FactValue] = frozenset({True, False})
"""What an unknown flag can be."""


def split(possible: Possible, test: Test) -> tuple[Possible | None, Possible | None]:
    """Return the values for which the answer is yes, and those for which it is no; None where there are none.

    >>> split(Interval(0, None), 100)
    (Interval(low=100, high=None), Interval(low=0, high=99))
    """
    if isinstance(possible, Interval):
        if not isinstance(test, int):
            raise TypeError("a count is tested against a number")
        return _split_count(possible, test)
    if isinstance(test, int):
        raise TypeError("a finite list is tested against a set")
    return (possible & test) or None, (possible - test) or None


def meet(one: Possible, other: Possible) -> Possible | None:
    """Return the values that both allow; None where there are none."""
    if isinstance(one, Interval) and isinstance(other, Interval):
        low = max(one.low, other.low)
        highs = [bound for bound in (one.high, other.high) if bound is not None]
        high = min(highs) if highs else None
        return None if high is not None and high < low else Interval(low, high)
    if isinstance(one, Interval) or isinstance(other, Interval):
        raise TypeError("a count meets a count, a list a list")
    return (one & other) or None


def _split_count(count: Interval, threshold: int) -> tuple[Interval | None, Interval | None]:
    if count.low >= threshold:
        return count, None
    if count.high is not None and count.high < threshold:
        return None, count
    return Interval(threshold, count.high), Interval(count.low, threshold - 1)
