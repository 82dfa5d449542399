"""Groups of one column with the least sum of squares there can be.

In a best grouping of one column the groups are stretches of its sorted values, of k to 2k - 1 records each; so the best
one is a shortest path from one cut to the next.

Source: Hansen, Mukherjee, "A polynomial algorithm for optimal univariate microaggregation", 2003.
"""

import numpy as np

from lockgate.protect.mdav import Numbers
from lockgate.protect.mdav_sums import Floats


def group_sorted(values: Floats, k: int) -> Numbers:
    """Return the number of each record's group, from 0 by rising values.

    Args:
        values: Finite, standardised values, at least k of them.
        k: Least size of a group, at least 1.
    """
    count = len(values)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    total = np.concatenate(([0.0], np.cumsum(ordered)))
    squares = np.concatenate(([0.0], np.cumsum(ordered * ordered)))
    least = np.full(count + 1, np.inf)  # least sum of squares of the first so many records
    before = np.zeros(count + 1, dtype=np.int64)  # where the last group of these begins
    least[0] = 0.0
    for end in range(k, count + 1, k):  # k ends at once: none of their groups begins after the first of them
        ends = np.arange(end, min(end + k, count + 1))[:, None]
        begins = ends - np.arange(k, 2 * k)[None, :]
        at = np.maximum(begins, 0)
        sums = total[ends] - total[at]
        spread = np.maximum(squares[ends] - squares[at] - sums * sums / (ends - at), 0.0)
        cost = np.where(begins >= 0, least[at] + spread, np.inf)
        best = np.argmin(cost, axis=1)
        rows = np.arange(len(ends))
        least[ends[:, 0]] = cost[rows, best]
        before[ends[:, 0]] = begins[rows, best]
    group = np.empty(count, dtype=np.int64)
    end, number = count, 0
    while end:
        begin = int(before[end])
        group[order[begin:end]] = number
        end, number = begin, number + 1
    return number - 1 - group
