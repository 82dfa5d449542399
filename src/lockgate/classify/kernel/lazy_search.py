"""The automaton of matches inside text, made as cells ask for it: one pass over the bytes says what stands in a cell.

It tells cells in which nothing stands, and the matches of those in which all are under way at the end, as in every cell
that is an identifier. Others are left to a search from place to place.
"""

from threading import Lock
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from lockgate.classify.kernel.block import Block, Numbers

MOST_STATES = 1 << 16
_MOST_INTS, _MOST_HITS = 1 << 22, 1 << 19
_FEW = 1_024
_MANY = 1 << 21
_BLOCK = 64
_CHARACTERS = 256


class LazySearch:
    """The automaton as far as it is known; grows under a lock, is read without one.

    Args:
        main: Tables of the search from place to place (see `machine.search_cells`).
        branches: Recogniser of each, and whether a match of it is a hit as it is.
        loops: The compiled loops.
    """

    def __init__(self, main: tuple[Any, ...], branches: tuple[Any, ...], loops: ModuleType) -> None:
        self.loops = loops
        _, first, ascii_context, pages, contexts, table, out, out_at_end, rows, row_branch, row_delay = main
        blocks, classes = np.unique(contexts.reshape(-1, _BLOCK), axis=0, return_inverse=True)
        block_of = classes.reshape(len(contexts), -1)[pages].reshape(-1).astype(np.int64)
        self._search = (
            np.ascontiguousarray(first[1]),
            np.ascontiguousarray(ascii_context),
            block_of,
            np.ascontiguousarray(blocks),
            table,
            out,
            out_at_end,
            rows,
            row_branch,
            row_delay,
            *branches,
        )
        self._states = (
            np.zeros(MOST_STATES * _CHARACTERS, np.uint16),
            np.zeros(_MOST_INTS, np.int32),
            np.zeros(MOST_STATES, np.int64),
            np.zeros(2 << MOST_STATES.bit_length(), np.uint32),
            np.zeros(MOST_STATES, np.uint32),
            np.zeros(MOST_STATES, np.bool_),
        )
        self._ends = (
            np.zeros(MOST_STATES, np.int64),
            np.zeros(MOST_STATES, np.int64),
            np.zeros((_MOST_HITS, 3), np.int32),
        )
        self._counts = np.zeros(3, np.int64)
        self._left = 0
        self._lock = Lock()
        loops.start_search(len(first[1]) - 1, self._search, self._states, self._ends, self._counts)

    @property
    def walk(self) -> tuple[Any, ...]:
        """The tables on which cells are walked again (see `walking.walk_cells`)."""
        lazy, keys, key_at, _, _, has_matched = self._states
        _, _, _, _, table, _, out_at_end, *delays, _, _ = self._search
        return lazy, keys, key_at, has_matched, table, out_at_end, *delays

    @property
    def is_exhausted(self) -> bool:
        """Whether so many cells have found no room in it that it should be begun anew."""
        return self._left > _MANY

    def run(self, block: Block, cells: Numbers) -> tuple[npt.NDArray[np.uint32], tuple[Any, ...]]:
        """Return what is said of some cells of a block, by cell, and the matches by what is said.

        Returns:
            See `codes.NOTHING`.
        """
        found = np.zeros(len(block.offsets) - 1, np.uint32)
        starts, ends = block.offsets[:-1], block.offsets[1:]
        automaton = (block.data, self._states[0], self._states[4])
        if not self.loops.step_cells(cells, starts, ends, automaton, found):
            return found, self._ends
        missed = cells[found[cells] == 0]
        if len(missed) > _FEW:
            self._grow(missed[:_FEW], block, found)
            missed = missed[_FEW:]
            self.loops.step_cells(missed, starts, ends, automaton, found)
            missed = missed[found[missed] == 0]
        if len(missed):
            self._grow(missed, block, found)
        return found, self._ends

    def _grow(self, cells: Numbers, block: Block, found: npt.NDArray[np.uint32]) -> None:
        with self._lock:
            self.loops.grow_search(
                (cells, block.offsets, block.data), self._search, self._states, self._ends, self._counts, found
            )
            self._left += int((found[cells] == 0).sum())
