"""The metrics of `lockgate.protect.lattice_metric` on the nodes of one lattice: values, and bounds to prune by.

A metric of columns is a sum over rows for each column, then a mean over columns. For each level the sum is known
beforehand as it would be if nothing were suppressed; a suppressed row adds what its label says.
"""

from math import fsum, prod
from typing import Protocol

import numpy as np

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Reals
from lockgate.protect.lattice import Attribute, Items, Lattice, Node, positions_of
from lockgate.protect.lattice_groups import Tally, Truths
from lockgate.protect.lattice_metric import ENTROPIES, OF_CLASSES, Domain, Mean, Metric, MetricKind


class Yardstick(Protocol):
    """A metric on the nodes of one lattice."""

    @property
    def by_label(self) -> bool:
        """Whether a tally has to count suppressed rows by label."""

    def bounds(self, lattice: Lattice) -> Reals:
        """Return what the value of each node and of every node above it is at least; of the lattice's shape."""

    def bound_of(self, tally: Tally) -> float:
        """Return the same of a node that has been grouped, as much as that tells more; else 0."""

    def value(self, tally: Tally) -> float:
        """Return the value of an anonymous node."""


class ClassYardstick:
    """A metric of classes."""

    by_label = False

    def __init__(self, metric: Metric, lattice: Lattice, items: Items) -> None:
        """Count the labels of each level.

        Args:
            metric: About sizes of classes.
            lattice: Over the attributes of the items.
            items: With at least one row.
        """
        self._kind, self._total = metric.kind, items.total
        self._most = int(np.count_nonzero(items.rows))
        self._labels = [
            np.array([len(labels) for labels in attribute.labels], dtype=np.float64) for attribute in lattice.attributes
        ]

    def bounds(self, lattice: Lattice) -> Reals:
        """Return the values as if all rows were spread evenly over all combinations of labels."""
        classes = np.ones(lattice.shape)
        for at, labels in enumerate(self._labels):
            classes *= _along(labels[lattice.lowest[at] : lattice.highest[at] + 1], at, len(self._labels))
        spread = self._total / np.minimum(classes, self._most)
        return spread if self._kind is MetricKind.AVERAGE_CLASS_SIZE else spread * self._total

    def bound_of(self, tally: Tally) -> float:
        """Return the value if nothing were suppressed."""
        is_average = self._kind is MetricKind.AVERAGE_CLASS_SIZE
        return self._total / tally.groups if is_average else float(tally.squares)

    def value(self, tally: Tally) -> float:
        """Return the value; of squares as a float, exact up to 2 ** 53."""
        match self._kind:
            case MetricKind.AVERAGE_CLASS_SIZE:
                return self._total / (tally.kept + (tally.lost > 0))
            case MetricKind.DISCERNIBILITY:
                return float(tally.kept_squares + tally.lost * self._total)
            case _:
                return float(tally.squares)


class ColumnYardstick:
    """A metric of columns."""

    def __init__(self, metric: Metric, lattice: Lattice, items: Items, *, suppresses: bool) -> None:
        """Measure each level of each attribute.

        Args:
            metric: About columns.
            lattice: Over the attributes of the items.
            items: With at least one row.
            suppresses: Whether rows may be suppressed.
        """
        self._kind, self._mean = metric.kind, metric.mean_of_columns
        self.by_label = suppresses and metric.kind not in _BLIND
        is_per_row = metric.kind not in ENTROPIES and metric.kind is not MetricKind.HEIGHT
        self._rows = float(items.total) if is_per_row else 1.0
        self._sums: list[Reals] = []
        self._extra: list[list[Reals]] = []
        self._bound: list[Reals] = []
        for at, attribute in enumerate(lattice.attributes):
            rows = np.bincount(items.codes[:, at], items.rows, minlength=len(attribute.values)).astype(np.float64)
            sums, extra, bound = _levels(attribute, rows, metric)
            self._sums.append(sums)
            self._extra.append(extra)
            self._bound.append((bound if suppresses else sums) / self._rows)

    def bounds(self, lattice: Lattice) -> Reals:
        """Return the values as if nothing were suppressed, or what is less."""
        count = len(self._bound)
        parts = [
            _along(bound[low : high + 1], at, count)
            for at, (bound, low, high) in enumerate(zip(self._bound, lattice.lowest, lattice.highest, strict=True))
        ]
        return np.broadcast_to(_together(parts, self._mean), lattice.shape)

    def bound(self, node: Node) -> float:
        """Return the bound of one node."""
        return float(_together([bound[level] for bound, level in zip(self._bound, node, strict=True)], self._mean))

    def bound_of(self, _tally: Tally) -> float:
        """Return 0: levels tell all."""
        return 0.0

    def value(self, tally: Tally) -> float:
        """Return the value."""
        return float(_together(self.by_column(tally), self._mean))

    def by_column(self, tally: Tally) -> list[Reals]:
        """Return the figure of each column."""
        sums = [own[level] for own, level in zip(self._sums, tally.node, strict=True)]
        if tally.lost and tally.lost_by_label is not None and self.by_label:
            extra = [own[level] for own, level in zip(self._extra, tally.node, strict=True)]
            parts = np.split(tally.lost_by_label, np.cumsum([len(own) for own in extra])[:-1])
            sums = [own + self._added(part, of) for own, part, of in zip(sums, parts, extra, strict=True)]
        return [own / self._rows for own in sums]

    def _added(self, lost: Codes, extra: Reals) -> float:
        """Return what suppressed rows, counted by label, add to the sum of a column."""
        if self._kind is MetricKind.ENTROPY:
            some = lost[lost > 0].astype(np.float64)
            return -_product(some, np.log2(some / some.sum()))
        return _product(lost, extra)


def make_yardstick(
    metric: Metric, lattice: Lattice, items: Items, *, suppresses: bool
) -> ClassYardstick | ColumnYardstick:
    """Return the metric on the nodes of a lattice.

    Args:
        metric: The metric.
        lattice: Over the attributes of the items.
        items: With at least one row.
        suppresses: Whether rows may be suppressed.
    """
    if metric.kind in OF_CLASSES:
        return ClassYardstick(metric, lattice, items)
    return ColumnYardstick(metric, lattice, items, suppresses=suppresses)


def domain_shares(attribute: Attribute, rows: Reals, domain: Domain) -> list[Reals]:
    """Return by level and label what a cell with the label loses, 0 to 1.

    Args:
        attribute: The column.
        rows: Rows of each of its values; a value without any is not observed.
        domain: What counts.
    """
    if attribute.losses is not None:
        return list(attribute.losses)
    if domain is Domain.HIERARCHY:
        return [(under - 1.0) / max(attribute.domain - 1, 1) for under in attribute.leaves]
    observed = rows > 0
    numbers = positions_of(attribute) if domain is Domain.OBSERVED else None
    if numbers is None:
        counts = [np.bincount(own, observed, minlength=1) for own in attribute.maps]
        return [np.maximum(count - 1.0, 0.0) / max(int(observed.sum()) - 1, 1) for count in counts]
    return [
        _spans(own, numbers, observed, len(labels))
        for own, labels in zip(attribute.maps, attribute.labels, strict=True)
    ]


def _spans(label: Codes, numbers: Reals, observed: Truths, labels: int) -> Reals:
    """Return the share of the observed range that the observed numbers of each label span; 1 with a null among them."""
    at = np.flatnonzero(observed & ~np.isnan(numbers))
    low, high = np.full(labels, np.inf), np.full(labels, -np.inf)
    np.minimum.at(low, label[at], numbers[at])
    np.maximum.at(high, label[at], numbers[at])
    whole = float(np.ptp(numbers[at])) if len(at) else 0.0
    shares = np.where(high > low, (high - low) / (whole or 1.0), 0.0)
    null = np.flatnonzero(observed & np.isnan(numbers))
    mixed = np.zeros(labels, dtype=bool)
    mixed[label[null]] = np.isfinite(low[label[null]])
    return np.where(mixed, 1.0, shares)


_BLIND = frozenset({MetricKind.PRECISION_MONOTONE, MetricKind.HEIGHT, MetricKind.ENTROPY_MONOTONE})
"""Metrics of columns that do not look at suppression."""


def _levels(attribute: Attribute, rows: Reals, metric: Metric) -> tuple[Reals, list[Reals], Reals]:
    """Return by level the sum over rows if none is suppressed, by label what a suppressed row adds, and a bound."""
    by_label = [
        np.bincount(own, rows, minlength=len(labels)).astype(np.float64)
        for own, labels in zip(attribute.maps, attribute.labels, strict=True)
    ]
    if metric.kind in ENTROPIES:
        total = float(rows.sum())
        sums = np.array([_bits(count) for count in by_label]) - _bits(by_label[0])
        return sums, [np.log2(total / np.maximum(count, 1.0)) for count in by_label], sums
    if metric.kind is MetricKind.HEIGHT:
        heights = np.arange(attribute.levels, dtype=np.float64)
        return heights, [np.zeros(len(count)) for count in by_label], heights
    if metric.kind is MetricKind.LOSS:
        shares = domain_shares(attribute, rows, metric.domain)
    else:
        height = max(attribute.levels - 1, 1)
        shares = [np.full(len(count), level / height) for level, count in enumerate(by_label)]
    cell, suppressed = metric.weights
    sums = np.array([_product(count, share) * cell for count, share in zip(by_label, shares, strict=True)])
    least = [
        _product(count, np.minimum(cell * share, suppressed)) for count, share in zip(by_label, shares, strict=True)
    ]
    return sums, [suppressed - cell * share for share in shares], np.array(least)


def _bits(counts: Reals) -> float:
    return _product(counts, np.log2(np.maximum(counts, 1.0)))


def _product(counts: Reals | Codes, figures: Reals) -> float:
    """Return the sum of products, rounded once: that of a matrix library depends on the processor, and nodes on it."""
    return fsum((counts * figures).tolist())


def _along(values: Reals, axis: int, axes: int) -> Reals:
    """Return the values along one axis of an array of several."""
    return values.reshape([-1 if at == axis else 1 for at in range(axes)])


def _together(figures: list[Reals], mean: Mean) -> Reals:
    """Return the mean of the figures of columns, one after the other, so that one node and all nodes round alike."""
    count = len(figures)
    total = figures[0]
    if mean is Mean.MAXIMUM:
        for figure in figures[1:]:
            total = np.maximum(total, figure)
        return total
    if mean is Mean.GEOMETRIC:
        return np.asarray(prod((figure + 1.0) ** (1.0 / count) for figure in figures) - 1.0)
    for figure in figures[1:]:
        total = total + figure
    return total / count if mean is Mean.ARITHMETIC else total
