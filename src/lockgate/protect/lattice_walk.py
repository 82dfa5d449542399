"""The best node of a lattice that is looked at whole: best-first, with monotone pruning. The answer is exact.

Nodes come by rising bound. A node is closed, so that it need not be grouped, if

* it was grouped;
* its bound, or the value that a node below would have if nothing were suppressed, is no less than the best value;
* it lies below a node that is not anonymous, where anonymity is monotone: nothing suppressed and any model, or rows
  suppressed and only models that a class keeps whatever it is united with (sizes and distinct values; entropy,
  recursive diversity, closeness, presence and likeness are not such). Of the others only sizes close.

Where anonymity is monotone, a chain of open nodes is followed upwards from the next node and its boundary found by
halving: a node high up that fails closes many. Of nodes that are equally good, one is taken that has no other one level
below it.

Sources: LeFevre, DeWitt, Ramakrishnan, "Incognito", SIGMOD 2005 (pruning); El Emam et al., JAMIA 2009 (bounds under
suppression); Kohlmayer, Prasser, Eckert, Kemper, Kuhn, "Flash: efficient, stable and optimal k-anonymity", PASSAT 2012
(chains and halving).
"""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from lockgate.protect.lattice import Lattice, Node
from lockgate.protect.lattice_groups import Grouper, Tally
from lockgate.protect.lattice_yardstick import Yardstick


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search found.

    Attributes:
        tally: Of the best node; None where no node is anonymous, or none was met.
        value: Its value; infinite where there is none.
        is_optimum: Whether no node is better, and where there is none, whether no node is anonymous.
        visited: Nodes that were grouped.
    """

    tally: Tally | None
    value: float
    is_optimum: bool
    visited: int


class Walk:
    """A search over all nodes of one lattice.

    Attributes:
        best: The best node so far.
        value: Its value.
    """

    def __init__(self, lattice: Lattice, grouper: Grouper, yardstick: Yardstick) -> None:
        """Open all nodes.

        Args:
            lattice: Small enough for an array of its nodes.
            grouper: Over its items.
            yardstick: The metric.
        """
        self.best: Tally | None = None
        self.value = float("inf")
        self._lattice, self._grouper, self._yardstick = lattice, grouper, yardstick
        self._shape = lattice.shape
        self._bounds = np.ascontiguousarray(yardstick.bounds(lattice)).ravel()
        self._closed = np.zeros(lattice.nodes, dtype=bool)
        self._block = self._closed.reshape(self._shape)
        self._strides = [int(np.prod(self._shape[at + 1 :], dtype=np.int64)) for at in range(len(self._shape))]
        self._above: list[tuple[float, int]] = []

    def run(self, moves: int, should_stop: Callable[[], bool]) -> Found:
        """Return the best node.

        Args:
            moves: The most nodes to group, about.
            should_stop: Asked before each node; the search ends where it says so.
        """
        heights = np.zeros(self._shape, dtype=np.int16)
        for at, size in enumerate(self._shape):
            heights += np.arange(size, dtype=np.int16).reshape(
                [-1 if axis == at else 1 for axis in range(heights.ndim)]
            )
        order = np.lexsort((heights.ravel(), self._bounds))
        for index in order.tolist():
            if self._bounds[index] >= self.value:
                break
            if self._closed[index]:
                continue
            if self._grouper.visited >= moves or should_stop():
                return Found(self.best, self.value, is_optimum=False, visited=self._grouper.visited)
            if self._grouper.may_close:
                self._halve(self._chain(index))
            else:
                self._visit(index)
        while self._goes_down():
            pass
        return Found(self.best, self.value, is_optimum=True, visited=self._grouper.visited)

    def _goes_down(self) -> bool:
        """Whether a node one level below the best is as good; it is the best from now on."""
        node = () if self.best is None else self.best.node
        for at, (level, low) in enumerate(zip(node, self._lattice.lowest, strict=False)):
            if level == low:
                continue
            tally = self._grouper.tally((*node[:at], level - 1, *node[at + 1 :]), by_label=self._yardstick.by_label)
            if tally.is_anonymous and self._yardstick.value(tally) <= self.value:
                self.best, self.value = tally, self._yardstick.value(tally)
                return True
        return False

    def _chain(self, index: int) -> list[int]:
        """Return open nodes from one upwards, each time to the one of least bound."""
        chain, place = [index], list(self._levels(index))
        while True:
            steps = [
                (float(self._bounds[index + stride]), index + stride, at)
                for at, stride in enumerate(self._strides)
                if place[at] + 1 < self._shape[at] and not self._closed[index + stride]
            ]
            bound, index, at = min(steps, default=(float("inf"), 0, 0))
            if bound >= self.value:
                return chain
            chain.append(index)
            place[at] += 1

    def _halve(self, chain: list[int]) -> None:
        low, high = 0, len(chain) - 1
        while low <= high:
            middle = (low + high) // 2
            if self._closed[chain[middle]] or self._visit(chain[middle]):
                high = middle - 1
            else:
                low = middle + 1

    def _visit(self, index: int) -> bool:
        """Group a node, close what follows from it, and return whether it is anonymous."""
        place = self._levels(index)
        node: Node = tuple(low + at for low, at in zip(self._lattice.lowest, place, strict=True))
        tally = self._grouper.tally(node, by_label=self._yardstick.by_label)
        self._closed[index] = True
        if tally.closes_below:
            self._block[tuple(slice(0, at + 1) for at in place)] = True
        if tally.is_anonymous:
            value = self._yardstick.value(tally)
            if value < self.value:
                self.best, self.value = tally, value
                self._close_worse()
        bound = self._yardstick.bound_of(tally)
        if bound >= self.value:
            self._close_above(place)
        elif bound > self._bounds[index]:
            heappush(self._above, (-bound, index))
        return tally.is_anonymous

    def _close_worse(self) -> None:
        while self._above and -self._above[0][0] >= self.value:
            self._close_above(self._levels(heappop(self._above)[1]))

    def _close_above(self, place: Node) -> None:
        self._block[tuple(slice(at, None) for at in place)] = True

    def _levels(self, index: int) -> Node:
        return tuple(index // stride % size for stride, size in zip(self._strides, self._shape, strict=True))
