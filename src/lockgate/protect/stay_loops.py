"""The loop that finds stays; `compiled_stays` compiles it, and lists instead of arrays make it quick without that."""

from typing import Any


def mark_stays(axes: Any, time_s: Any, stop: Any, limit: Any, ends: Any) -> None:
    """Write the last point of each stay at its first one; points where no stay begins are left alone.

    Args:
        axes: The three members of the points as unit vectors, by person and time.
        time_s: Seconds of each point.
        stop: For each point the end of its person's points.
        limit: Squared straight distance up to which points are together, and least seconds of a stay.
        ends: Written to.
    """
    x, y, z = axes
    first, count = 0, len(x)
    while first < count:
        last = first
        while last + 1 < stop[first]:
            across, along, up = x[last + 1] - x[first], y[last + 1] - y[first], z[last + 1] - z[first]
            if across * across + along * along + up * up > limit[0]:
                break
            last += 1
        if time_s[last] - time_s[first] >= limit[1]:
            ends[first] = last
            first = last
        first += 1
