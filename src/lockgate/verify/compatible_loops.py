"""The loop that counts the rows of compatible classes, as plain Python that `compiled_compatible` compiles.

Combinations come sorted, so that neighbours begin alike; for each column so far the classes that are left are held,
and only what differs from the neighbour before is looked at anew.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]


def count_rows(
    values: Numbers, labels: Numbers, covers: tuple[npt.NDArray[np.uint8], Ints], rows: Ints, found: Ints
) -> None:
    """Count for each combination the rows of the classes whose labels cover its values.

    Args:
        values: Codes of values, shape (columns, combinations), sorted by the first column, then the second, and so on.
        labels: Codes of labels, shape (columns, classes).
        covers: For each column and value which labels cover it, one behind the other, and where each column begins and
            how many labels it has, shape (columns, 2).
        rows: Rows of each class.
        found: Is filled; zeros of one element a combination.
    """
    columns, count = values.shape
    left: Any = np.empty((columns, labels.shape[1]), dtype=np.int32)
    lengths = np.zeros(columns, dtype=np.int64)
    for item in range(count):
        first = 0
        while item > 0 and first < columns and values[first, item] == values[first, item - 1]:
            first += 1
        if first == columns:
            found[item] = found[item - 1]
            continue
        for column in range(first, columns):
            begin = covers[1][column, 0] + values[column, item] * covers[1][column, 1]
            candidates = labels.shape[1] if column == 0 else lengths[column - 1]
            kept = 0
            total = 0
            for place in range(candidates):
                number = place if column == 0 else left[column - 1, place]
                if covers[0][begin + labels[column, number]]:
                    left[column, kept] = number
                    kept += 1
                    total += rows[number]
            lengths[column] = kept
            found[item] = total
