"""A good node of a lattice with too many nodes to look at: downwards from the top, boxed by moves.

The best anonymous node met so far is taken, and all nodes one level below it are looked at. Where anonymity is
monotone, nothing below a node that fails is anonymous, so it is left; else it is taken up after those that are
anonymous. If nothing is left before the moves are used up, every anonymous node was looked at and the best is the
optimum.
"""

from collections.abc import Callable
from heapq import heappop, heappush

from lockgate.protect.lattice import Lattice, Node
from lockgate.protect.lattice_groups import Grouper, Tally
from lockgate.protect.lattice_walk import Found
from lockgate.protect.lattice_yardstick import Yardstick


def descend(
    lattice: Lattice, grouper: Grouper, yardstick: Yardstick, moves: int, should_stop: Callable[[], bool]
) -> Found:
    """Return the best node met, and whether it is the optimum.

    Args:
        lattice: The nodes.
        grouper: Over its items.
        yardstick: The metric.
        moves: The most nodes to group, at least 1 is.
        should_stop: Asked before each node but the first.
    """
    best: Tally | None = None
    value = float("inf")
    waiting: list[tuple[bool, float, Node]] = []
    seen = {lattice.highest}
    pending = [lattice.highest]
    while pending or waiting:
        if not pending:
            pending = _below(lattice, heappop(waiting)[2], seen)
            continue
        if grouper.visited and (grouper.visited >= moves or should_stop()):
            return Found(best, value, is_optimum=False, visited=grouper.visited)
        tally = grouper.tally(pending.pop(), by_label=yardstick.by_label)
        own = yardstick.value(tally) if tally.is_anonymous else float(tally.lost)
        if tally.is_anonymous and own < value:
            best, value = tally, own
        if not tally.closes_below:
            heappush(waiting, (not tally.is_anonymous, own, tally.node))
    return Found(best, value, is_optimum=True, visited=grouper.visited)


def _below(lattice: Lattice, node: Node, seen: set[Node]) -> list[Node]:
    """Return the nodes one level below that were not seen, and note them as seen."""
    found = []
    for at, level in enumerate(node):
        below = (*node[:at], level - 1, *node[at + 1 :])
        if level > lattice.lowest[at] and below not in seen:
            seen.add(below)
            found.append(below)
    return found
