"""Sums of columns in two parts, so that what is left of a table has a mean that is right to the last bit.

A plain sum drifts as records leave it, and which of two records is the farther one from the mean may turn on the last
bit. The two parts hold about 106 bits.
"""

from math import fsum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def sum_exactly(points: Floats) -> tuple[Floats, Floats]:
    """Return the sum of each column: rounded, and what rounding left out."""
    high, low = np.empty(points.shape[1]), np.empty(points.shape[1])
    for column in range(points.shape[1]):
        values = points[:, column].tolist()
        high[column] = total = fsum(values)
        low[column] = fsum([*values, -total])
    return high, low


def take_off(high: Floats, low: Floats, records: Floats) -> None:
    """Take records off the sums of their columns, in place, one after the other.

    Source: Knuth, The Art of Computer Programming 2, 4.2.2 (TwoSum); Dekker, "A floating-point technique for extending
    the available precision", 1971 (FastTwoSum).
    """
    for record in records:
        value = -record
        total = high + value
        part = total - high
        low += (high - (total - part)) + (value - part)
        high[:] = total + low
        low -= high - total
