"""The domain of one quasi-identifier: the order of its values, the loss of a group of them, and the group's label.

Four kinds, chosen in `lockgate.protect.domain_choice`:

* `TreeDomain` for a hierarchy: a group is named by the lowest node that stands for all of it.
* `RangeDomain` for numbers, and for days: a group is named by an interval whose
  bounds are rounded outward to a grid (`lockgate.protect.readings`), so that it does not tell exact extremes.
* `RangeDomain` too where the cells are intervals already, from an earlier generalisation.
* `SetDomain` for other values: a group is named by its values, up to a limit; `*` beyond.

A null is a value of its own: alone it stays null, together with any other value the label is `*`. Loss is the
normalised certainty penalty on the observed domain: 0 for one value, 1 for `*`; see `lockgate.verify.loss` for the
definition that counts.

Source: Xu et al., "Utility-based anonymization using local recoding", KDD 2006, definition 2.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.protect.codes import Codes
from lockgate.terms.label import Exact, OneOf, Range, render_label

Reals = npt.NDArray[np.float64]

LARGEST_SET = 12
"""The most values that a one-of label names unless more are asked for: what a person can take in."""

STAR = "*"


@dataclass(frozen=True, slots=True, eq=False)
class RangeDomain:
    """Numbers or days in their order, then what cannot be ordered: null, and cells that say nothing.

    Attributes:
        cells: What a group of one value is labelled, by code; None for null.
        lows: Lower bound of a group whose first value this is, as text; ordered values only.
        highs: Upper bound of a group whose last value this is.
        low_at: Position of the lower bound on the number line, cut to the observed domain.
        high_at: Position of the upper bound.
    """

    cells: tuple[str | None, ...]
    lows: tuple[str, ...]
    highs: tuple[str, ...]
    low_at: Reals
    high_at: Reals

    @property
    def levels(self) -> int:
        """Return the number of levels: the value, and `*`."""
        return 2

    def cost(self, first: Codes, last: Codes, _count: Codes) -> Reals:
        """Return the loss of groups given by their first and last code and number of distinct codes."""
        ordered = len(self.lows)
        if not ordered:
            return np.asarray(first != last, dtype=np.float64)
        span = float(self.high_at[-1] - self.low_at[0])
        top = ordered - 1
        spread = self.high_at[np.minimum(last, top)] - self.low_at[np.minimum(first, top)]
        share = spread / span if span else np.zeros(len(first))
        return np.where(first == last, 0.0, np.where(last > top, 1.0, share))

    def label(self, codes: Codes) -> str | None:
        """Return the label of a group of distinct codes in rising order."""
        first, last = int(codes[0]), int(codes[-1])
        if first == last:
            return self.cells[first]
        return STAR if last >= len(self.lows) else render_label(Range(self.lows[first], self.highs[last]))

    def label_at(self, level: int, code: int) -> str | None:
        """Return the label of a value at level 0, `*` above."""
        return STAR if level else self.cells[code]

    def cost_at(self, level: int, _code: int) -> float:
        """Return the loss of that label."""
        return float(level > 0)


@dataclass(frozen=True, slots=True, eq=False)
class TreeDomain:
    """Values in the order of a hierarchy, so that every node is a run of codes; null last.

    Attributes:
        groups: Shape (levels, values): number of the node above each value; level 0 the value, the last one all.
        labels: By level and node, the label; None for null.
        costs: By level and node, the loss.
    """

    groups: Codes
    labels: tuple[tuple[str | None, ...], ...]
    costs: tuple[Reals, ...]

    @property
    def levels(self) -> int:
        """Return the number of levels, from the value to `*`."""
        return len(self.groups)

    def cost(self, first: Codes, last: Codes, _count: Codes) -> Reals:
        """Return the loss of groups given by their first and last code and number of distinct codes."""
        level = self._level(first, last)
        loss = np.zeros(len(first))
        for number, costs in enumerate(self.costs):
            here = level == number
            loss[here] = costs[self.groups[number, first[here]]]
        return loss

    def label(self, codes: Codes) -> str | None:
        """Return the label of a group of distinct codes in rising order."""
        level = int(self._level(codes[:1], codes[-1:])[0])
        return self.label_at(level, int(codes[0]))

    def label_at(self, level: int, code: int) -> str | None:
        """Return the label of the node of a level above a value; the last level is `*`."""
        return self.labels[level][int(self.groups[level, code])]

    def cost_at(self, level: int, code: int) -> float:
        """Return the loss of that label."""
        return float(self.costs[level][self.groups[level, code]])

    def _level(self, first: Codes, last: Codes) -> Codes:
        level = np.zeros(len(first), dtype=np.int64)
        for groups in self.groups[:-1]:
            level += groups[first] != groups[last]
        return level


@dataclass(frozen=True, slots=True, eq=False)
class SetDomain:
    """Values in the order of their text; null last.

    Attributes:
        values: The values.
        has_null: Whether the last one is null.
        largest: The most values that a label names.
    """

    values: tuple[str | None, ...]
    has_null: bool
    largest: int = LARGEST_SET

    @property
    def levels(self) -> int:
        """Return the number of levels: the value, and `*`."""
        return 2

    def cost(self, _first: Codes, last: Codes, count: Codes) -> Reals:
        """Return the loss of groups given by their first and last code and number of distinct codes.

        The last code must be null's where the group holds a null.
        """
        total = len(self.values)
        share = (count - 1) / max(total - 1, 1)
        mixed = (last == total - 1) & self.has_null
        return np.where(count == 1, 0.0, np.where(mixed | (count > self.largest), 1.0, share))

    def label(self, codes: Codes) -> str | None:
        """Return the label of a group of distinct codes in rising order."""
        texts = [self.values[int(code)] for code in codes]
        if len(texts) == 1:
            return None if texts[0] is None else render_label(Exact(texts[0]))
        if len(texts) > self.largest or len(texts) == len(self.values):
            return STAR
        named = [text for text in texts if text is not None]
        return STAR if len(named) < len(texts) else render_label(OneOf(tuple(sorted(named))))

    def label_at(self, level: int, code: int) -> str | None:
        """Return the label of a value at level 0, `*` above."""
        return STAR if level else self.label(np.array([code]))

    def cost_at(self, level: int, _code: int) -> float:
        """Return the loss of that label."""
        return float(level > 0)


Domain = RangeDomain | TreeDomain | SetDomain
