"""The compiled loops of microaggregation: a tree over the records that answers for what is left of them.

The tree is a balanced k-d tree whose nodes know the box and the least number of the records that are still there; it
is mended upwards when records leave. Distances are sums of squares in the order of the columns, and the bound of a
box is made by the same operations; rounding is monotone, so a bound never passes the distance of a record in the box,
and what is left out could not have been chosen. The answers are those of `mdav`, to the bit.

A tree is a tuple: points, records by leaf, which are there, boxes (low, high), least numbers, where leaves start, and
the leaf of each record.
"""

import numba
import numpy as np

from lockgate.protect.farthest_loops import find_farthest, make_heap, square_distance

_LEAF = 8
"""Most records of a leaf."""

# The functions below have no types: the compiler infers them.
# mypy: allow-untyped-defs
# ruff: noqa: ANN001, ANN201, ANN202


@numba.njit(cache=True, nogil=True)
def _plant(points):
    """Return the tree over records, and its depth; the widest column of each node is cut."""
    count, columns = points.shape
    depth = 0
    while (_LEAF << depth) < count:
        depth += 1
    leaves = 1 << depth
    order, start = np.arange(count), np.arange(leaves + 1) * count // leaves
    for level in range(depth):
        span = leaves >> level
        for first_leaf in range(0, leaves, span):
            low, high = start[first_leaf], start[first_leaf + span]
            records = order[low:high].copy()
            order[low:high] = records[np.argsort(points[records, _widest(points, records)], kind="mergesort")]
    boxes = np.empty((2 * leaves - 1, columns)), np.empty((2 * leaves - 1, columns))
    leaf_of = np.empty(count, np.int64)
    there, least = np.ones(count, np.bool_), np.empty(2 * leaves - 1, np.int64)
    tree = (points, order, there, boxes, least, start, leaf_of)
    for leaf in range(leaves):
        leaf_of[order[start[leaf] : start[leaf + 1]]] = leaf
        _mend_leaf(tree, leaf)
    for node in range(leaves - 2, -1, -1):
        _mend_node(tree, node)
    return tree, depth


@numba.njit(cache=True, nogil=True)
def _widest(points, records):
    widest, width = 0, -1.0
    for column in range(points.shape[1]):
        low, high = np.inf, -np.inf
        for record in records:
            low, high = min(low, points[record, column]), max(high, points[record, column])
        if high - low > width:
            widest, width = column, high - low
    return widest


@numba.njit(cache=True, nogil=True)
def _mend_leaf(tree, leaf):
    points, order, there, (low, high), least, start, _ = tree
    node = len(start) - 2 + leaf
    least[node] = len(order)
    low[node, :], high[node, :] = np.inf, -np.inf
    for place in range(start[leaf], start[leaf + 1]):
        record = order[place]
        if there[record]:
            least[node] = min(least[node], record)
            for column in range(points.shape[1]):
                low[node, column] = min(low[node, column], points[record, column])
                high[node, column] = max(high[node, column], points[record, column])


@numba.njit(cache=True, nogil=True)
def _mend_node(tree, node):
    _, _, _, (low, high), least, _, _ = tree
    left, right = 2 * node + 1, 2 * node + 2
    least[node] = min(least[left], least[right])
    for column in range(low.shape[1]):
        low[node, column] = min(low[left, column], low[right, column])
        high[node, column] = max(high[left, column], high[right, column])


@numba.njit(cache=True, nogil=True)
def _nearest_of_box(boxes, node, centre):
    low, high = boxes
    total = 0.0
    for column in range(len(centre)):
        difference = max(low[node, column] - centre[column], centre[column] - high[node, column], 0.0)
        total += difference * difference
    return total


@numba.njit(cache=True, nogil=True)
def _farthest_of_box(boxes, node, centre):
    low, high = boxes
    total = 0.0
    for column in range(len(centre)):
        below, above = low[node, column] - centre[column], high[node, column] - centre[column]
        total += max(below * below, above * above)
    return total


@numba.njit(cache=True, nogil=True)
def _push(stack, top, least, node, keys):
    """Put the children of a node on the stack so that the one with the smaller key is looked at first."""
    left, right = 2 * node + 1, 2 * node + 2
    if keys[0] > keys[1] or (keys[0] == keys[1] and least[left] > least[right]):
        left, right = right, left
    stack[top], stack[top + 1] = right, left


@numba.njit(cache=True, nogil=True)
def _farthest(tree, centre, stack):
    """Return the record farthest from a centre, the least number of several."""
    _, order, _, boxes, least, start, _ = tree
    count, inner = len(order), len(start) - 2
    best, found, top = -1.0, count, 1
    stack[0] = 0
    while top:
        top -= 1
        node = stack[top]
        bound = -1.0 if least[node] == count else _farthest_of_box(boxes, node, centre)
        if bound < best or (bound == best and least[node] >= found):
            continue
        if node < inner:
            keys = -_farthest_of_box(boxes, 2 * node + 1, centre), -_farthest_of_box(boxes, 2 * node + 2, centre)
            _push(stack, top, least, node, keys)
            top += 2
        else:
            best, found = _farthest_in_leaf(tree, node - inner, centre, best, found)
    return found


@numba.njit(cache=True, nogil=True)
def _farthest_in_leaf(tree, leaf, centre, best, found):
    points, order, there, _, _, start, _ = tree
    for place in range(start[leaf], start[leaf + 1]):
        record = order[place]
        if there[record]:
            distance = square_distance(points, record, centre)
            if distance > best or (distance == best and record < found):
                best, found = distance, record
    return best, found


@numba.njit(cache=True, nogil=True)
def _nearest(tree, centre, stack, near, chosen):
    """Put the nearest records in order of distance, then number, into `chosen`, as many as it holds."""
    _, order, _, boxes, least, start, _ = tree
    count, inner, last = len(order), len(start) - 2, len(chosen) - 1
    near[:], chosen[:] = np.inf, count
    top = 1
    stack[0] = 0
    while top:
        top -= 1
        node = stack[top]
        bound = np.inf if least[node] == count else _nearest_of_box(boxes, node, centre)
        if bound > near[last] or (bound == near[last] and least[node] >= chosen[last]):
            continue
        if node < inner:
            keys = _nearest_of_box(boxes, 2 * node + 1, centre), _nearest_of_box(boxes, 2 * node + 2, centre)
            _push(stack, top, least, node, keys)
            top += 2
        else:
            _nearest_in_leaf(tree, node - inner, centre, near, chosen)


@numba.njit(cache=True, nogil=True)
def _nearest_in_leaf(tree, leaf, centre, near, chosen):
    points, order, there, _, _, start, _ = tree
    for place in range(start[leaf], start[leaf + 1]):
        record = order[place]
        if not there[record]:
            continue
        distance, at = square_distance(points, record, centre), len(chosen)
        while at and (distance < near[at - 1] or (distance == near[at - 1] and record < chosen[at - 1])):
            at -= 1
            if at + 1 < len(chosen):
                near[at + 1], chosen[at + 1] = near[at], chosen[at]
        if at < len(chosen):
            near[at], chosen[at] = distance, record


@numba.njit(cache=True, nogil=True)
def _take_off(tree, members, high, low):
    """Take records out of the tree and off the sums of their columns (see `mdav_sums.take_off`)."""
    points, _, there, _, _, start, leaf_of = tree
    for member in members:
        there[member] = False
        for column in range(points.shape[1]):
            value = -points[member, column]
            total = high[column] + value
            part = total - high[column]
            low[column] += (high[column] - (total - part)) + (value - part)
            high[column] = total + low[column]
            low[column] -= high[column] - total
    for member in members:
        _mend_leaf(tree, leaf_of[member])
        node = len(start) - 2 + leaf_of[member]
        while node:
            node = (node - 1) // 2
            _mend_node(tree, node)


@numba.njit(cache=True, nogil=True)
def group_records(points, k, high, low, same):
    """Return the number of each record's group (see `mdav.group_records`); the sums of the columns are used up.

    Args:
        points: Standardised records.
        k: Least size of a group.
        high: Sums of the columns.
        low: What rounding left out of them.
        same: Records with equal ones beside each other, and where each run of equal ones starts.
    """
    tree, depth = _plant(points)
    before, gone = high / len(points), 0.0
    heap, slack = make_heap(points, same[0], same[1], before)
    count = len(points)
    group, left, number = np.full(count, -1, np.int64), count, 0
    stack, near, chosen = np.empty(2 * depth + 2, np.int64), np.empty(k), np.empty(k, np.int64)
    while left >= 2 * k:
        centre = high / left
        gone += np.sqrt(((centre - before) ** 2).sum())
        opposite = points[find_farthest(points, tree[2], heap, (gone, slack), centre)]
        before = centre
        pair = 2 if left >= 3 * k else 1
        for turn in range(pair):
            seed = points[_farthest(tree, opposite, stack)] if turn else opposite
            _nearest(tree, seed, stack, near, chosen)
            group[chosen] = number
            _take_off(tree, chosen, high, low)
            number += 1
            left -= k
    for record in range(count):
        if group[record] < 0:
            group[record] = number
    return group


@numba.njit(cache=True, nogil=True)
def nearest_centres(points, centres, wanted):
    """Return for each record the nearest centres in order of distance, then number, shape (records, wanted)."""
    tree, depth = _plant(centres)
    stack, near = np.empty(2 * depth + 2, np.int64), np.empty(wanted)
    found = np.empty((len(points), wanted), np.int64)
    for record in range(len(points)):
        _nearest(tree, points[record], stack, near, found[record])
    return found
