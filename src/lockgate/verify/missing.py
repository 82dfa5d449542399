"""How many rows may be the same person's where cells are missing: a missing cell equals every value.

Rows are matched by pattern of missing cells: for each pair of patterns, on the columns that both have. The work grows
with the square of the patterns that occur, each time with the distinct combinations of the two only.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lockgate.verify.classes import Codes, Floats, Ints, encode, number_rows


def matching_weights(table: pa.Table, columns: Sequence[str], weights: Sequence[Floats]) -> list[Floats]:
    """Return for each row the sums of some weights over all rows that match it, itself among them.

    Args:
        table: Any.
        columns: In which rows are compared.
        weights: Each one number a row, such as ones for the number of rows.
    """
    encoded = [encode(table, name) for name in columns]
    missing = [np.asarray(column.values.is_null(), np.bool_)[column.codes] for column in encoded]
    pattern = np.zeros(table.num_rows, dtype=np.int64)
    for column in missing:  # numbered, not packed: any number of columns goes
        pattern = np.unique(pattern * 2 + column, return_inverse=True)[1]
    count = int(pattern.max(initial=-1)) + 1
    rows_of = [np.flatnonzero(pattern == number) for number in range(count)]
    found = [np.zeros(table.num_rows) for _ in weights]
    for mine in rows_of:
        for others in rows_of:
            both = [
                column
                for column, gone in zip(encoded, missing, strict=True)
                if not gone[mine[0]] and not gone[others[0]]
            ]
            ours, theirs, size = _numbered_together(both, mine, others)
            for sums, weight in zip(found, weights, strict=True):
                sums[mine] += np.bincount(theirs, weight[others], minlength=size)[ours]
    return found


def _numbered_together(columns: Sequence[Codes], mine: Ints, others: Ints) -> tuple[Ints, Ints, int]:
    """Return the combinations of two sets of rows under the same numbers."""
    rows = np.concatenate([mine, others])
    number, size = number_rows([Codes(column.codes[rows], column.values) for column in columns], len(rows))
    return number[: len(mine)], number[len(mine) :], size
