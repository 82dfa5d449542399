"""Rows cut into ranges: long ones, and towards the end short ones.

Whoever shares the ranges takes one after the other. Were all of them long, most would wait at the end for who took the
last; short ones alone would cost more, because every range leaves something to be merged.
"""

from dataclasses import dataclass

from lockgate.tables.fragments import FRAGMENT_ROWS

_SHORTER = 4
"""How many short ranges have the rows of a long one."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows cut into ranges; picklable.

    Attributes:
        rows: How many rows there are.
        size: Rows of a long range, a multiple of 65,536.
        short: Rows of a short one, likewise; the last range may have fewer.

    >>> cut = Cut(9 * 65_536 + 1, 4 * 65_536, 65_536)
    >>> [cut.span(number)[1] // 65_536 for number in cut.numbers]
    [4, 1, 1, 1, 1, 1, 0]
    """

    rows: int
    size: int
    short: int

    @property
    def numbers(self) -> range:
        """Return the numbers of the ranges, from 0."""
        return range(self._long + -(-(self.rows - self._long * self.size) // self.short))

    def span(self, number: int) -> tuple[int, int]:
        """Return the number of the first row of a range, and how many rows it has."""
        behind = max(number - self._long, 0)
        first = min(number, self._long) * self.size + behind * self.short
        return first, min(self.size if number < self._long else self.short, self.rows - first)

    @property
    def _long(self) -> int:
        """Return how many ranges are long: all but the last one that is full, and what is left behind it."""
        return max(self.rows // self.size - 1, 0) if self.short < self.size else self.rows // self.size


def cut_rows(rows: int, size: int, together: int = FRAGMENT_ROWS) -> Cut:
    """Return rows cut into ranges.

    Args:
        rows: How many, at least 0.
        size: Rows of a long range, a multiple of 65,536.
        together: Rows that are read or written together; a range that is shorter would cost as much as one that is not.
    """
    short = max(size // _SHORTER // FRAGMENT_ROWS * FRAGMENT_ROWS, min(size, FRAGMENT_ROWS))
    return Cut(rows, size, size if rows <= size or together > short else short)
