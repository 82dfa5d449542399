"""Cells as the loops of the kernel read them: offsets into one block of bytes, straight from Arrow's buffers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Cells as the loops read them.

    Attributes:
        offsets: First byte of each cell, and the end of the last.
        data: All bytes; read-only wherever they lie, so that to the loops all are of one type and compiled code fits.
    """

    offsets: Offsets
    data: Bytes

    @property
    def lengths(self) -> Numbers:
        """Bytes of each cell."""
        return np.diff(self.offsets)


def block_of(values: Any) -> Block:
    """Return the cells of a string array as a block, without copying them.

    Args:
        values: Of type string or large string, sliced or not, without nulls.
    """
    _, offsets, data = values.buffers()
    width = np.int64 if pa.types.is_large_string(values.type) else np.int32
    count = len(values)
    if offsets is None or not count:
        return Block(np.zeros(count + 1, np.int64), _bytes_of(None))
    found = np.frombuffer(offsets, width, count + 1, values.offset * np.dtype(width).itemsize)
    return Block(found.astype(np.int64), _bytes_of(data))


def _bytes_of(data: Any) -> Bytes:
    cells = np.zeros(8, np.uint8) if data is None or not data.size else np.frombuffer(data, np.uint8)
    cells.flags.writeable = False
    return cells


def count_characters(block: Block) -> Numbers:
    """Return the number of characters of every cell."""
    first, last = int(block.offsets[0]), int(block.offsets[-1])
    starts = np.concatenate([[0], np.cumsum((block.data[first:last] & 0xC0) != 0x80)])  # noqa: PLR2004 - RFC 3629
    return np.diff(starts[block.offsets - first])
