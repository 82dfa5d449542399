"""The best node of the lattice at which every group of equal labels keeps to the units of earlier releases.

Groups of a node are unions of groups of the nodes below it, and a union of groups that hold, of every unit, nobody or
enough persons, and satisfy the models, does so too. So a node holds if one below it does. Nodes come by rising loss; on
the way from the first one that may hold to the top, the lowest one that does is found by halves, and all below the
highest one that does not are out of the question. Nobody is suppressed to make a node hold.

Source: Kohlmayer, Prasser, Eckert, Kemper, Kuhn, "Flash: efficient, stable and optimal k-anonymity", 2012 (paths).
"""

from collections.abc import Sequence

import numpy as np

from lockgate.protect.codes import Codes
from lockgate.protect.lattice import Lattice, Node
from lockgate.protect.lattice_peel import nodes_by_loss
from lockgate.protect.lattice_problem import METRIC, Levels, make_levels
from lockgate.protect.lattice_yardstick import ColumnYardstick
from lockgate.protect.nested_items import Bools, Family, Items
from lockgate.protect.problem import Partition
from lockgate.protect.problem_models import require


def find_node(items: Items, shown: Bools, families: Sequence[Family]) -> Partition:
    """Return the classes of the best node; all combinations are withheld where none holds.

    Args:
        items: The combinations with their units.
        shown: Which of them can be shown.
        families: The units of each group of recipients.
    """
    levels = make_levels(items.problem)
    asked = _Asked(items, shown, families, levels)
    yardstick = ColumnYardstick(METRIC, levels.lattice, levels.items, suppresses=False)
    order = nodes_by_loss(levels.lattice, yardstick)
    best = _lowest_of_chain(order, asked) if len(order) < levels.lattice.nodes else _best(order, asked, yardstick)
    if best is None:
        return Partition(np.full(len(shown), -1), moves=asked.visited)
    group = asked.groups(best)
    classes = np.full(len(shown), -1)
    classes[shown] = np.unique(group[shown], return_inverse=True)[1]
    count = int(classes.max()) + 1
    at = np.repeat(levels.in_domains(best)[:, np.newaxis], count, axis=1)
    return Partition(classes, at, asked.visited)


def _best(order: Codes, asked: "_Asked", yardstick: ColumnYardstick) -> Node | None:
    """Return the node of least loss that holds, of all nodes by rising loss."""
    dead = np.zeros(asked.lattice.shape, dtype=bool)
    best, loss = None, np.inf
    for node in map(tuple, order.tolist()):
        if yardstick.bound(node) >= loss:
            break
        if dead[node]:
            continue
        path = _path(node, asked.lattice, yardstick)
        low = asked.lowest(path)
        if low:
            dead[tuple(slice(0, level + 1) for level in path[low - 1])] = True
        if low < len(path) and yardstick.bound(path[low]) < loss:
            best, loss = path[low], yardstick.bound(path[low])
    return best


def _lowest_of_chain(order: Codes, asked: "_Asked") -> Node | None:
    """Return the lowest node of a chain from the bottom to the top that holds."""
    chain: list[Node] = [tuple(node) for node in order.tolist()]
    low = asked.lowest(chain)
    return chain[low] if low < len(chain) else None


def _path(node: Node, lattice: Lattice, yardstick: ColumnYardstick) -> list[Node]:
    """Return the nodes from one to the top, each step the one that adds least loss."""
    path, highest = [node], lattice.highest
    while path[-1] != highest:
        own = path[-1]
        above = [(*own[:at], level + 1, *own[at + 1 :]) for at, level in enumerate(own) if level < highest[at]]
        path.append(min(above, key=lambda item: (yardstick.bound(item), item)))
    return path


class _Asked:
    """Whether nodes hold."""

    def __init__(self, items: Items, shown: Bools, families: Sequence[Family], levels: Levels) -> None:
        self._items, self._shown, self._families = items, shown, families
        self._maps = [attribute.maps for attribute in levels.lattice.attributes]
        self._requirement, self._entries = require(items.problem)
        self.lattice = levels.lattice
        self.visited = 0

    def lowest(self, chain: Sequence[Node]) -> int:
        """Return the place of the lowest node of a rising chain that holds; its length where none does."""
        low, high = 0, len(chain)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.holds(chain[middle]) else (middle + 1, high)
        return low

    def groups(self, node: Node) -> Codes:
        """Return the group of each combination."""
        number = np.zeros(len(self._shown), dtype=np.int64)
        for maps, level, code in zip(self._maps, node, self._items.problem.codes, strict=True):
            number = number * (int(maps[level].max()) + 1) + maps[level][code]
            number = np.unique(number, return_inverse=True)[1]
        return number

    def holds(self, node: Node) -> bool:
        """Whether every group keeps to the units and the models."""
        self.visited += 1
        items, shown = self._items, self._shown
        group = self.groups(node)
        group = np.unique(np.where(shown, group, -1), return_inverse=True)[1] - int(not shown.all())
        count = int(group.max(initial=-1)) + 1
        persons = items.count(group, count, shown)
        if not self._requirement.holds(persons, self._entries.histograms(group, self._requirement.slots)).all():
            return False
        for family, unit in zip(self._families, items.units, strict=True):
            pairs = group * (int(unit.max()) + 2) + unit + 1
            there = np.full(len(pairs), -1)
            there[shown] = np.unique(pairs[shown], return_inverse=True)[1]
            if (items.count(there, int(there.max(initial=-1)) + 1, shown) < family.least).any():
                return False
        return True
