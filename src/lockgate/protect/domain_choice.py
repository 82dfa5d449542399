"""Which domain a quasi-identifier has, from its distinct values, what is known of the column, and the labels wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

import numpy as np

from lockgate.protect.codes import Codes
from lockgate.protect.domains import LARGEST_SET, STAR, Domain, RangeDomain, Reals, SetDomain, TreeDomain
from lockgate.protect.readings import (
    day_of,
    day_step,
    number_of,
    number_step,
    round_day,
    round_number,
    write_number,
)
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.label import Exact, Range, parse_label, render_label

Point = tuple[float, str, str]
"""A value on the number line, and the lower and upper bound that an interval from or to it shows."""


class Labels(StrEnum):
    """What released cells may say beside single values and `*`.

    `hierarchy`: the nodes of the hierarchy, where a column has one, numbers too. `interval`: intervals for numbers and
    days, nodes for words. `set`: intervals for numbers and days, choices of any number of values for words. A column
    of words without a hierarchy always gets choices.
    """

    HIERARCHY = "hierarchy"
    INTERVAL = "interval"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The labels that are wanted.

    Attributes:
        labels: Their kind.
        largest_set: The most values that a choice names, at least 2; None for twelve, or any number where sets are
            wanted.
    """

    labels: Labels = Labels.INTERVAL
    largest_set: int | None = None

    def limit(self, count: int) -> int:
        """Return the most values that a choice out of a number of values names."""
        default = count if self.labels is Labels.SET else LARGEST_SET
        return default if self.largest_set is None else self.largest_set


def choose_domain(
    column: str,
    values: Sequence[str | None],
    hierarchy: Hierarchy | None,
    vocabulary: Vocabulary,
    *,
    generalised: bool,
) -> tuple[tuple[str | None, ...], Domain]:
    """Return the distinct values in the order of their codes, and the domain over them.

    Args:
        column: Name, for messages.
        values: Distinct values in any order, null among them where it occurs.
        hierarchy: The column's hierarchy, or None.
        vocabulary: The labels that are wanted.
        generalised: Whether the cells are labels already, from an earlier generalisation.

    Raises:
        InputError: If the hierarchy does not cover a value.
    """
    texts = sorted(value for value in values if value is not None)
    null: tuple[None, ...] = (None,) if len(texts) < len(values) else ()
    if generalised:
        return _ranges_domain(texts, null)
    if hierarchy is not None and texts and vocabulary.labels is Labels.HIERARCHY:
        return _tree_domain(column, texts, null, hierarchy)
    points = _number_points(texts) or _day_points(texts)
    if points:
        return _points_domain(points, null)
    if hierarchy is not None and texts and vocabulary.labels is Labels.INTERVAL:
        return _tree_domain(column, texts, null, hierarchy)
    found = (*texts, *null)
    return found, SetDomain(found, bool(null), vocabulary.limit(len(found)))


def _number_points(texts: Sequence[str]) -> dict[str, Point]:
    read = [(number, text) for text in texts if (number := number_of(text)) is not None]
    if not read or len(read) < len(texts):
        return {}
    step = number_step([number for number, _ in read])
    points = {}
    for number, text in sorted(read):
        low, high = round_number(number, step)
        points[text] = (float(number), write_number(low), write_number(high))
    return points


def _day_points(texts: Sequence[str]) -> dict[str, Point]:
    read = [(day, text) for text in texts if (day := day_of(text)) is not None]
    if not read or len(read) < len(texts):
        return {}
    step = day_step([day for day, _ in read])
    points = {}
    for day, text in sorted(read):
        low, high = round_day(day, step)
        points[text] = (float(day.toordinal()), low.isoformat(), high.isoformat())
    return points


def _points_domain(points: Mapping[str, Point], null: tuple[None, ...]) -> tuple[tuple[str | None, ...], Domain]:
    """Points come in rising order; a bound's position is that of the observed value next to it inside."""
    texts = list(points)
    at = np.array([points[text][0] for text in texts])
    lows, highs = [points[text][1] for text in texts], [points[text][2] for text in texts]
    low_at = at[np.searchsorted(at, [_position(bound) for bound in lows], side="left")]
    high_at = at[np.searchsorted(at, [_position(bound) for bound in highs], side="right") - 1]
    cells = (*(render_label(Exact(text)) for text in texts), *null)
    return (*texts, *null), RangeDomain(cells, tuple(lows), tuple(highs), low_at, high_at)


def _position(bound: str) -> float:
    day = day_of(bound)
    return float(Decimal(bound)) if day is None else day.toordinal()


def _ranges_domain(texts: Sequence[str], null: tuple[None, ...]) -> tuple[tuple[str | None, ...], Domain]:
    """Intervals in the order of their bounds; `*` and null cannot be ordered. They were rounded when made."""
    bounds = {text: parse_label(text) for text in texts if text != STAR}
    ranges = {text: label for text, label in bounds.items() if isinstance(label, Range)}
    if len(ranges) < len(bounds):
        raise ValueError("expected intervals only")
    ordered = sorted(ranges, key=lambda text: (_position(ranges[text].low), _position(ranges[text].high)))
    apart = (*(text for text in texts if text == STAR), *null)
    # an upper bound may lie below that of an interval that starts earlier: keep the highest so far
    highs: list[str] = []
    for text in ordered:
        high = ranges[text].high
        highs.append(max(highs[-1], high, key=_position) if highs else high)
    low_at = np.array([_position(ranges[text].low) for text in ordered])
    high_at = np.array([_position(high) for high in highs])
    cells = (*ordered, *apart)
    domain = RangeDomain(cells, tuple(ranges[text].low for text in ordered), tuple(highs), low_at, high_at)
    return cells, domain


def _tree_domain(
    column: str, texts: Sequence[str], null: tuple[None, ...], hierarchy: Hierarchy
) -> tuple[tuple[str | None, ...], Domain]:
    missing = sum(text not in hierarchy.paths for text in texts)
    if missing:
        raise InputError(
            f"column `{column}` has {missing} distinct values that its hierarchy does not cover",
            "Add the values to the hierarchy file or leave the hierarchy out.",
        )
    height = hierarchy.height
    order = _tree_order(hierarchy)
    values = (*sorted(texts, key=order.__getitem__), *null)
    groups = np.zeros((height + 2, len(values)), dtype=np.int64)
    names: list[list[str | None]] = []
    for level in range(height + 1):
        above = [None if value is None else hierarchy.paths[value][level] for value in values]
        fresh = [True] + [left != right for left, right in pairwise(above)]
        groups[level] = np.cumsum(fresh) - 1
        names.append([name for name, is_first in zip(above, fresh, strict=True) if is_first])
    costs = [(np.bincount(row) - 1.0) / max(len(values) - 1, 1) for row in groups]
    labels = [[None if name is None else render_label(Exact(name)) for name in level] for level in names] + [[STAR]]
    for level in range(height, -1, -1):
        _lift(level, groups, labels, costs, _unusable(hierarchy, level, names[level]))
    return values, TreeDomain(groups, tuple(map(tuple, labels)), tuple(costs))


def _tree_order(hierarchy: Hierarchy) -> dict[str, int]:
    """Values by the order in which their nodes come in the hierarchy, root first, so that each node is one run."""
    seen: dict[tuple[int, str], int] = {}
    for path in hierarchy.paths.values():
        for level, label in enumerate(path):
            seen.setdefault((level, label), len(seen))
    height = hierarchy.height
    ordered = sorted(
        hierarchy.paths,
        key=lambda value: tuple(seen[level, hierarchy.paths[value][level]] for level in range(height, -1, -1)),
    )
    return {value: position for position, value in enumerate(ordered)}


def _unusable(hierarchy: Hierarchy, level: int, names: Sequence[str | None]) -> list[int]:
    """Return the nodes of a level whose name does not stand for exactly their values, or stands for all of them."""
    under: dict[str, set[str]] = {}
    anywhere: dict[str, set[str]] = {}
    for value, path in hierarchy.paths.items():
        under.setdefault(path[level], set()).add(value)
        for name in path:
            anywhere.setdefault(name, set()).add(value)
    if level == 0:
        return []
    return [
        node
        for node, name in enumerate(names)
        if name is not None
        and (
            under[name] != anywhere[name]
            or len(under[name]) == len(hierarchy.paths)
            or _is_value(hierarchy, name, under)
        )
    ]


def _is_value(hierarchy: Hierarchy, name: str, under: Mapping[str, set[str]]) -> bool:
    return name in hierarchy.paths and len(under[name]) > 1


def _lift(level: int, groups: Codes, labels: list[list[str | None]], costs: list[Reals], nodes: Sequence[int]) -> None:
    """Give nodes of a level the label and the loss of the node above, which has its final ones."""
    for node in nodes:
        above = int(groups[level + 1, np.flatnonzero(groups[level] == node)[0]])
        labels[level][node] = labels[level + 1][above]
        costs[level][node] = costs[level + 1][above]
