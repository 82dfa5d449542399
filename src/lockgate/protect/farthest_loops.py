"""The compiled loops that find the record farthest from a mean that moves little by little.

A record that was d away when the mean was last looked at is at most d + s away now, where s is how far the mean has
gone since. Records stand in a heap by d minus the way of the mean at that time, so that the order of these bounds
never changes while the mean moves; a search takes records off the top and measures them until no bound reaches the
best. A slack far above the rounding of roots and sums keeps what is close; what decides are squared distances as
everywhere.

Records that are equal stand for one place, which gives its least record that is still there.

A heap is a tuple: bounds, places, how many there are, the records of places one after the other, where places start,
and the first record of each that may still be there.
"""

import numba
import numpy as np

# The functions below have no types: the compiler infers them.
# mypy: allow-untyped-defs
# ruff: noqa: ANN001, ANN201, ANN202

_SLACK = 1e-9


@numba.njit(cache=True, nogil=True)
def make_heap(points, members, starts, centre):
    """Return the heap over places, bounds measured from a centre, and the slack."""
    count = len(starts) - 1
    bounds, places = np.empty(count), np.arange(count)
    for place in range(count):
        bounds[place] = np.sqrt(square_distance(points, members[starts[place]], centre))
    order = np.argsort(-bounds, kind="mergesort")
    slack = _SLACK * (1.0 + bounds[order[0]])
    size = np.array([count])
    return (bounds[order], places[order], size, members, starts, starts[:-1].copy()), slack


@numba.njit(cache=True, nogil=True)
def square_distance(points, record, centre):
    """Return the squared distance of a record from a centre, summed in the order of the columns."""
    total = 0.0
    for column in range(len(centre)):
        difference = points[record, column] - centre[column]
        total += difference * difference
    return total


@numba.njit(cache=True, nogil=True)
def _sink(bounds, places, size, at):
    bound, place = bounds[at], places[at]
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and bounds[child + 1] > bounds[child]:
            child += 1
        if bounds[child] <= bound:
            break
        bounds[at], places[at] = bounds[child], places[child]
        at = child
    bounds[at], places[at] = bound, place


@numba.njit(cache=True, nogil=True)
def _rise(bounds, places, at):
    bound, place = bounds[at], places[at]
    while at and bounds[(at - 1) // 2] < bound:
        bounds[at], places[at] = bounds[(at - 1) // 2], places[(at - 1) // 2]
        at = (at - 1) // 2
    bounds[at], places[at] = bound, place


@numba.njit(cache=True, nogil=True)
def _first_there(heap, there, place):
    """Return the least record of a place that is still there, -1 where none is."""
    _, _, _, members, starts, heads = heap
    while heads[place] < starts[place + 1]:
        if there[members[heads[place]]]:
            return members[heads[place]]
        heads[place] += 1
    return -1


@numba.njit(cache=True, nogil=True)
def find_farthest(points, there, heap, way, centre):
    """Return the record farthest from the centre, the least number of several.

    Args:
        points: All records.
        there: Which are left; at least one.
        heap: From `make_heap`.
        way: How far the centre has gone since the heap was made, and the slack.
        centre: The centre.
    """
    bounds, places, size, _, _, _ = heap
    gone, slack = way
    best, found, taken, total = -1.0, len(points), 0, size[0]
    while size[0] and (best < 0.0 or bounds[0] + gone + slack >= np.sqrt(best)):
        place = places[0]
        size[0] -= 1
        bounds[0], places[0] = bounds[size[0]], places[size[0]]
        _sink(bounds, places, size[0], 0)
        record = _first_there(heap, there, place)
        if record >= 0:
            square = square_distance(points, record, centre)
            if square > best or (square == best and record < found):
                best, found = square, record
            taken += 1  # kept behind the heap, in the room that it left
            bounds[total - taken], places[total - taken] = np.sqrt(square) - gone, place
    for back in range(total - taken, total):
        bounds[size[0]], places[size[0]] = bounds[back], places[back]
        _rise(bounds, places, size[0])
        size[0] += 1
    return found
