"""Which original values a released label can stand for, column by column, and how much the label leaves open.

Values stand in an order in which intervals are stretches: null first, then numbers or days by size, then the rest by
text. A label covers a stretch of them, or single members (a one-of, a node of a hierarchy), or nothing where it does
not parse. The reading of labels is this room's own, on purpose: it shares nothing with the room that wrote them.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.label import Exact, Label, OneOf, Range, Suppressed, parse_label

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.signedinteger[Any]]
"""Numbers of values or of labels, in a type that is as short as it may be."""

Quantity = Decimal | date

_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.Z+-]+)?", re.ASCII)
_DAY_LENGTH = 10


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """What the labels of one column cover.

    Attributes:
        value_of: Code of each original value.
        label_of: Code of each label.
        low: By label, the first value of its stretch.
        high: By label, the last one; below `low` where there is no stretch.
        members: Sorted `value * labels + label` of single members.
        loss: By label, the normalised certainty penalty, 0 to 1.
        silent: By label, whether it says nothing.
    """

    value_of: Mapping[str | None, int]
    label_of: Mapping[str | None, int]
    low: Ints
    high: Ints
    members: Ints
    loss: npt.NDArray[np.float64]
    silent: Bools

    def covers(self, value: Codes, label: Codes) -> Bools:
        """Return for each pair of codes whether the label can stand for the value."""
        inside: Bools = (self.low[label] <= value) & (value <= self.high[label])
        if not len(self.members):
            return inside
        key = value.astype(np.int64) * len(self.low) + label
        place = np.minimum(np.searchsorted(self.members, key), len(self.members) - 1)
        inside |= self.members[place] == key
        return inside


def make_cover(
    values: Sequence[str | None],
    cells: Sequence[str | None],
    hierarchy: Hierarchy | None,
    *,
    labelled: bool,
    perturbed: bool = False,
) -> Cover:
    """Return the cover of one column.

    Args:
        values: Distinct original values; null is a value of its own.
        cells: Distinct released cells.
        hierarchy: The hierarchy whose nodes cells may name, or None.
        labelled: Whether the cells follow the grammar of labels; if not, a cell stands for itself alone.
        perturbed: Whether the cells were made of values that had been changed before: then each may stand for any
            value, and the loss counts what labels leave open beyond the change.
    """
    labels = [_read(cell, labelled=labelled) for cell in cells]
    texts, quantities = _ordered([value for value in values if value is not None], labels)
    value_of: dict[str | None, int] = {None: 0, **{text: code for code, text in enumerate(texts, start=1)}}
    nodes = _nodes(hierarchy, value_of) if hierarchy is not None and labelled else {}
    domain = _Domain(value_of, quantities, nodes, frozenset(values))
    low, high = np.ones(len(cells), dtype=np.int64), np.zeros(len(cells), dtype=np.int64)
    loss = np.ones(len(cells))
    members: list[int] = []
    for code, (cell, label) in enumerate(zip(cells, labels, strict=True)):
        stretch, singles = _covered(cell, label, domain)
        low[code], high[code] = stretch
        members += [single * len(cells) + code for single in singles]
        loss[code] = _loss(label, stretch, singles, domain)
        if perturbed and isinstance(label, Exact):
            loss[code] = 0.0
    if perturbed:
        low[:], high[:], members = 0, len(value_of) - 1, []
    silent = np.array([isinstance(label, Suppressed) for label in labels], dtype=bool)
    label_of = {cell: code for code, cell in enumerate(cells)}
    return Cover(value_of, label_of, low, high, np.array(sorted(members), dtype=np.int64), loss, silent)


@dataclass(frozen=True, slots=True)
class _Domain:
    value_of: Mapping[str | None, int]
    quantities: Sequence[Quantity]
    nodes: Mapping[str, tuple[int, ...]]
    observed: frozenset[str | None]


def _read(cell: str | None, *, labelled: bool) -> Label | None:
    """Return what a cell says; None for null and for what does not parse."""
    if cell is None:
        return None
    try:
        return parse_label(cell) if labelled else Exact(cell)
    except ValueError:
        return None


def _ordered(values: Sequence[str], labels: Sequence[Label | None]) -> tuple[list[str], list[Quantity]]:
    """Return the values in order, and the sizes of those at the front that have one."""
    first = next((label for label in labels if isinstance(label, Range)), None)
    if first is None:
        return sorted(values), []
    is_day = isinstance(quantity_of(first.low), date)
    sized, rest = [], []
    for text in values:
        quantity = quantity_of(text)
        if quantity is None or isinstance(quantity, date) is not is_day:
            rest.append(text)
        else:
            sized.append((quantity, text))
    sized.sort()
    return [text for _, text in sized] + sorted(rest), [quantity for quantity, _ in sized]


def quantity_of(text: str) -> Quantity | None:
    """Return the number or the day that a text says; None where it says neither."""
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text[:_DAY_LENGTH])
        except ValueError:
            return None
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _nodes(hierarchy: Hierarchy, value_of: Mapping[str | None, int]) -> dict[str, tuple[int, ...]]:
    """Return the observed values under each label of a hierarchy; a value's own label stands for the value alone."""
    under: dict[str, set[int]] = {}
    for value, path in hierarchy.paths.items():
        for name in path[1:] if value in value_of else ():
            under.setdefault(name, set()).add(value_of[value])
    return {name: tuple(sorted(codes)) for name, codes in under.items() if name not in hierarchy.paths}


def _covered(cell: str | None, label: Label | None, domain: _Domain) -> tuple[tuple[int, int], tuple[int, ...]]:
    """Return the stretch and the single members that a label covers."""
    nothing = (1, 0)
    match label:
        case None:
            return ((0, 0) if cell is None and None in domain.observed else nothing), ()
        case Suppressed():
            return (0, len(domain.value_of) - 1), ()
        case Range(low, high):
            return _stretch(low, high, domain.quantities), ()
        case OneOf(values):
            return nothing, tuple(domain.value_of[value] for value in values if value in domain.value_of)
        case Exact(text):
            if text in domain.nodes:
                return nothing, domain.nodes[text]
            code = domain.value_of.get(text)
            return (nothing if code is None else (code, code)), ()


def _stretch(low: str, high: str, quantities: Sequence[Quantity]) -> tuple[int, int]:
    least, most = quantity_of(low), quantity_of(high)
    if not quantities or type(least) is not type(quantities[0]) or type(most) is not type(quantities[0]):
        return 1, 0
    return bisect_left(quantities, least) + 1, bisect_right(quantities, most)


def _loss(label: Label | None, stretch: tuple[int, int], singles: Sequence[int], domain: _Domain) -> float:
    """Return the normalised certainty penalty of a label, on the values observed.

    An interval: its observed range over the whole observed range. Else: values covered but one, over all but one.
    `*`: 1. A label that covers nothing: 1.
    """
    low, high = stretch
    if isinstance(label, Suppressed) or (high < low and not singles):
        return 1.0
    if isinstance(label, Range):
        whole = _distance(domain.quantities[0], domain.quantities[-1])
        return _distance(domain.quantities[low - 1], domain.quantities[high - 1]) / whole if whole else 0.0
    return (max(high - low + 1, 0) + len(singles) - 1) / max(len(domain.observed) - 1, 1)


def _distance(least: Quantity, most: Quantity) -> float:
    if isinstance(least, date) and isinstance(most, date):
        return float((most - least).days)
    return float(Decimal(str(most)) - Decimal(str(least)))
