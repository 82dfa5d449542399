"""What a kind of hierarchy is: a function from the values of a column to their paths."""

from collections.abc import Callable, Mapping
from decimal import Decimal

Parameters = tuple[Decimal, ...]
"""Numbers that a person gave with the name of a kind, such as the widths of bands; none takes the kind's own choice."""

Paths = Mapping[str, tuple[str, ...] | None]
"""For each value its labels up to the root, all of one length, in the hierarchy's order; None: not of this kind."""

Kind = Callable[[Mapping[str, int], Parameters], Paths]
"""A kind of hierarchy: from the rows by value, nulls left out, and the parameters."""


def of_each(values: Mapping[str, int], path_of: Callable[[str], tuple[str, ...] | None]) -> Paths:
    """Return the paths of values by themselves, those under one node beside each other.

    Args:
        values: Rows by value.
        path_of: Returns the labels of a value up to the root, or None.
    """
    return in_order({value: path_of(value) for value in values})


def in_order(paths: Paths) -> Paths:
    """Return paths by their labels from the root, uncovered values first."""
    return dict(sorted(paths.items(), key=lambda item: (item[1] or ())[::-1]))
