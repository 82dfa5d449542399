"""Generalisation hierarchies: which node stands for which values, level by level."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A tree over the values of one column, given as one path from leaf to root for each value.

    Attributes:
        column: The column it generalises.
        paths: For each value its labels from itself up to the root, all of the same length, at least one.
            Values stand in the order of the hierarchy, so that neighbours generalise together.
    """

    column: str
    paths: Mapping[str, tuple[str, ...]]

    @property
    def height(self) -> int:
        """Return the number of steps from a value to the root."""
        return len(next(iter(self.paths.values()))) - 1

    def leaves_under(self, label: str) -> frozenset[str]:
        """Return the values that a label stands for; empty for a label that is not in the tree.

        A value's own label stands for the value alone.
        """
        if label in self.paths:
            return frozenset({label})
        return frozenset(value for value, path in self.paths.items() if label in path)


def make_hierarchy(column: str, rows: list[tuple[str, ...]]) -> Hierarchy:
    """Return the hierarchy whose rows run from a value to the root.

    Args:
        column: The column it generalises.
        rows: One row a value; rows of equal length.

    Raises:
        ValueError: If there is no row, rows differ in length, a value comes twice, or a label has two parents.

    >>> make_hierarchy("sex", [("Male", "*"), ("Female", "*")]).leaves_under("*") == {"Male", "Female"}
    True
    """
    if not rows:
        raise ValueError("expected at least one row")
    paths: dict[str, tuple[str, ...]] = {}
    parents: dict[tuple[int, str], str] = {}
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise ValueError(f"expected {len(rows[0])} labels in row {number}, found {len(row)}")
        if row[0] in paths:
            raise ValueError(f"row {number} names a value a second time")
        for level, (label, parent) in enumerate(pairwise(row)):
            if parents.setdefault((level, label), parent) != parent:
                raise ValueError(f"a label of level {level} has two parents, the second in row {number}")
        paths[row[0]] = row
    return Hierarchy(column, paths)
