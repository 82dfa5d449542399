"""The labels of classes: each group of values is named once, however many classes have it."""

from typing import Any

import numpy as np
import pyarrow as pa

from lockgate.protect.codes import Codes, Texts, distinct_keys, numbered
from lockgate.protect.domains import Domain, Reals, SetDomain
from lockgate.protect.problem import Partition, Problem


def label_classes(problem: Problem, found: Partition) -> tuple[tuple[Texts, ...], float]:
    """Return for each column the labels of the classes, encoded, and the sum of the loss over rows and columns.

    A suppressed row loses 1 in each column.

    Args:
        problem: The combinations and the domains of their columns.
        found: Their classes.
    """
    kept = np.flatnonzero(found.classes >= 0)
    order = kept[np.argsort(found.classes[kept], kind="stable")]
    classes = found.classes[order]
    starts = np.flatnonzero(np.diff(classes, prepend=-1))
    weight = np.add.reduceat(problem.rows[order], starts) if len(starts) else starts
    total = float((problem.rows.sum() - weight.sum()) * len(problem.domains))
    labels = []
    for column, domain in enumerate(problem.domains):
        code = problem.codes[column][order]
        names: Texts = _encoded([]).take(np.zeros(0, np.int64))
        if not len(starts):
            losses = np.zeros(0)
        elif found.levels is not None:
            names, losses = _at_levels(domain, found.levels[column], code[starts])
        elif isinstance(domain, SetDomain):
            names, losses = _sets(domain, classes, code)
        else:
            first, last = np.minimum.reduceat(code, starts), np.maximum.reduceat(code, starts)
            names, losses = _stretches(domain, first, last)
        labels.append(_shortened(names))
        total += float((losses * weight).sum())  # a matrix library rounds as the processor likes
    return tuple(labels), total


def _stretches(domain: Domain, first: Codes, last: Codes) -> tuple[Texts, Reals]:
    """Return the labels and losses of groups of which the first and the last code say all."""
    width = int(last.max()) + 1
    pairs, of_class = numbered(first * width + last, width * width)
    names = _encoded([domain.label(np.array(divmod(int(pair), width))) for pair in pairs])
    return names.take(of_class), domain.cost(first, last, 1 + (first < last))


def _at_levels(domain: Domain, levels: Codes, code: Codes) -> tuple[Texts, Reals]:
    """Return the labels and losses of groups that are labelled at a level, whatever they hold."""
    width = int(code.max()) + 1
    pairs, of_class = numbered(levels * width + code, (int(levels.max()) + 1) * width)
    places = [divmod(int(pair), width) for pair in pairs]
    names = _encoded([domain.label_at(*place) for place in places])
    losses = np.array([domain.cost_at(*place) for place in places])
    return names.take(of_class), losses[of_class]


def _sets(domain: SetDomain, classes: Codes, code: Codes) -> tuple[Texts, Reals]:
    """Return the labels and losses of groups of which every code counts; classes stand one behind the other."""
    width = int(code.max()) + 1
    pairs = distinct_keys(classes * width + code)
    starts = np.flatnonzero(np.diff(pairs // width, prepend=-1))
    counts = np.diff(np.append(starts, len(pairs)))
    values = pairs % width
    groups = [tuple(values[start : start + count].tolist()) for start, count in zip(starts, counts, strict=True)]
    named = {group: domain.label(np.array(group)) for group in dict.fromkeys(groups)}
    losses = domain.cost(values[starts], values[starts + counts - 1], counts)
    return _encoded([named[group] for group in groups]), losses


def _shortened(labels: Any) -> Texts:
    """Return encoded labels whose indices are as short as they may be: every worker holds them."""
    count = len(labels.dictionary)
    type_ = next(type_ for type_ in (pa.int8(), pa.int16(), pa.int32()) if count < 1 << (type_.bit_width - 1))
    return pa.DictionaryArray.from_arrays(labels.indices.cast(type_), labels.dictionary)


def _encoded(labels: list[str | None]) -> Texts:
    return pa.array(labels, type=pa.string()).dictionary_encode()
