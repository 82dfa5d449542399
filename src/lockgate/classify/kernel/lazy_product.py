"""All groups as one automaton, made as cells ask for it: one pass over the bytes tells every pattern.

The product of all groups would have more states than any memory; the cells of a column ask for a few of them. A cell
that meets a missing one is walked again beside the others of its kind, and what it needs is added.
"""

from threading import Lock
from types import ModuleType

import numpy as np
import numpy.typing as npt

from lockgate.classify.kernel.block import Block
from lockgate.classify.kernel.group import Group

Rows = npt.NDArray[np.uint16]
RowNumbers = npt.NDArray[np.uint32]

MOST_STATES = 1 << 16
"""States, so that they fit in two bytes; cells that need more are walked group by group."""
MOST_ROWS = 1 << 18
"""Rows above which the automaton is begun anew, so that memory is bounded."""

FIRST_ROWS = 1 << 12
_FEW = 1_024
"""Cells that are walked before the others are tried again with what they added."""


class LazyProduct:
    """The automaton as far as it is known; grows under a lock, is read without one.

    Args:
        groups: All passes.
        loops: The compiled loops.
    """

    def __init__(self, groups: tuple[Group, ...], loops: ModuleType) -> None:
        self.loops = loops
        self._groups = (
            tuple(np.ascontiguousarray(group.table) for group in groups),
            np.stack([group.class_of for group in groups]),
            tuple(group.accept for group in groups),
        )
        width = len(groups)
        self._states = (
            np.zeros(MOST_STATES << 8, np.uint16),
            np.zeros((MOST_STATES, width), np.uint16),
            _slots(MOST_STATES),
            np.zeros(MOST_STATES, np.uint32),
        )
        self._rows = (np.zeros((FIRST_ROWS, width), np.uint16), _slots(FIRST_ROWS))
        self._counts = np.zeros(2, np.int64)
        self._lock = Lock()
        first = np.array([group.start for group in groups], np.uint16)
        loops.start_product(first, self._groups[2], self._states, self._rows, self._counts)

    @property
    def is_full(self) -> bool:
        """Whether it should be begun anew."""
        states, rows = self._counts.tolist()
        return bool(states + 1 >= len(self._states[1]) or rows >= MOST_ROWS)

    def run(self, block: Block) -> tuple[RowNumbers, Rows]:
        """Return the row of every cell, and the rows: the accept number of each group."""
        found = np.zeros(len(block.offsets) - 1, np.uint32)
        everything = np.arange(len(found))
        starts, ends = block.offsets[:-1], block.offsets[1:]
        table, row_of = self._states[0], self._states[3]
        missing = self.loops.step_cells(everything, starts, ends, (block.data, table, row_of), found)
        missed = np.flatnonzero(found == 0) if missing else everything[:0]
        if len(missed) > _FEW:
            self._grow(missed[:_FEW], block, found)
            missed = missed[_FEW:]
            self.loops.step_cells(missed, starts, ends, (block.data, table, row_of), found)
            missed = missed[found[missed] == 0]
        if len(missed):
            self._grow(missed, block, found)
        with self._lock:
            return found, self._rows[0]

    def _grow(self, cells: npt.NDArray[np.int64], block: Block, found: RowNumbers) -> None:
        with self._lock:
            used = int(self._counts[1])
            size = len(self._rows[0])
            if used + len(cells) >= size - 1:
                while used + len(cells) >= size - 1:
                    size *= 2
                accepts = np.zeros((size, self._rows[0].shape[1]), np.uint16)
                accepts[: used + 1] = self._rows[0][: used + 1]
                slots = _slots(size)
                self.loops.fill_slots(accepts, used, slots)
                self._rows = (accepts, slots)
            self.loops.grow_product(
                (cells, block.offsets, block.data), self._groups, self._states, self._rows, self._counts, found
            )


def _slots(keys: int) -> npt.NDArray[np.uint32]:
    """Return empty slots, a power of two that is twice the keys at least."""
    return np.zeros(2 << keys.bit_length(), np.uint32)
