"""The loss of a group of values of one column, compiled; figures from `lockgate.protect.loss_tables`."""

# Arrays come one by one: taking them out of a tuple in a loop would cost more than the rest.
# ruff: noqa: PLR0913, PLR0917

from typing import Any

from lockgate.protect.kernel.compiling import compiled
from lockgate.protect.loss_tables import AT, GROUPS_AT, HAS_NULL, KIND, LEVELS, LINE, ORDERED, PAIRS, SET, WIDTH


@compiled
def group_loss(facts: Any, figures: Any, groups: Any, column: int, first: int, last: int, count: int) -> Any:
    """Return the loss of a group.

    Args:
        facts: Of a `LossTables`.
        figures: Likewise.
        groups: Likewise.
        column: Number of the column.
        first: Least code of the group.
        last: Greatest code; null's where the group holds a null.
        count: Number of distinct codes, looked at in columns of sets only.
    """
    kind, width, at = facts[column, KIND], facts[column, WIDTH], facts[column, AT]
    if kind == PAIRS:
        return figures[at + first * width + last]
    if first == last:
        return 0.0
    if kind == SET:
        return 1.0 if facts[column, HAS_NULL] and last == width - 1 else figures[at + count]
    if kind == LINE:
        ordered = facts[column, ORDERED]
        if last >= ordered:
            return 1.0
        span = figures[at + 2 * ordered]
        return (figures[at + ordered + last] - figures[at + first]) / span if span else 0.0
    level, start = 0, facts[column, GROUPS_AT]
    for above in range(facts[column, LEVELS]):
        level += groups[start + above * width + first] != groups[start + above * width + last]
    return figures[at + level * width + first]
