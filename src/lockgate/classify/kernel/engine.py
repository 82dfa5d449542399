"""The kernel at work: tables laid out for reading, and the loops over cells, compiled or not.

Compiled code takes a third of a second to load, and seconds to make when it is run for the first time on a machine; so
it is loaded once there are cells enough to repay that. Before, and where `numba` is absent,
NumPy steps all cells of an array together over the same tables: the answers are the same.
"""

from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from lockgate.classify.kernel.block import Block, Bytes, Numbers, count_characters
from lockgate.classify.kernel.group import Group
from lockgate.classify.kernel.hashing import hash_plainly
from lockgate.classify.kernel.lazy_product import LazyProduct, RowNumbers, Rows
from lockgate.classify.kernel.lazy_search import LazySearch
from lockgate.classify.kernel.tables import Tables, load_tables
from lockgate.terms.compiled_code import is_loaded, load_code

ENOUGH_CELLS = 4_000
"""Cells of one array from which on compiled code is loaded."""

_MOST_HITS = 64
"""Identifiers in one cell; one with more is searched in Python."""

_MOST_ROOM, _MOST_MATCHES = 1 << 10, 1 << 14
"""Room for the hits of one cell at least, and for the matches among which they are chosen."""

View = tuple[Numbers, Numbers, Bytes]
"""Cells, offsets, bytes."""

Done = tuple[int, int, int]
"""Hits written, cells done, cells left to another way."""

LONGEST_PLAIN = 2_048
"""Bytes of the longest cell that is stepped without compiled code."""


_LOOPS = "lockgate.classify.kernel.machine"


def machine(cells: int = ENOUGH_CELLS) -> ModuleType | None:
    """Return the compiled loops, or None where there are too few cells to load them for, or they are not to be had.

    Args:
        cells: How many there are; once loaded, compiled code is used for any number.
    """
    return load_code(_LOOPS) if cells >= ENOUGH_CELLS or is_loaded(_LOOPS) else None


Mask = npt.NDArray[np.bool_]


class Engine:
    """The tables of today, laid out, with the loops over them."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.places = {
            label: [(number, place) for number, group in enumerate(tables.groups) for place in _places(group, label)]
            for label in dict.fromkeys(label for group in tables.groups for label in group.labels)
        }
        self._product: LazyProduct | None = None
        self._search: tuple[Any, ...] | None = None
        self._lazy_search: LazySearch | None = None

    def run(self, block: Block, loops: ModuleType) -> tuple[RowNumbers, Rows]:
        """Return the row of every cell, and the rows: the accept number in each group."""
        product = self._product
        if product is None or product.is_full:
            product = self._product = LazyProduct(self.tables.groups, loops)
        return product.run(block)

    def search(self, block: Block, cells: Numbers, codes: Numbers, loops: ModuleType) -> npt.NDArray[np.int64]:
        """Return the identifiers inside some cells: rows of cell, first byte, byte after the last, recogniser.

        A cell that only Python can search has one row with -1 for a recogniser.
        """
        main, small, items = self._search_arrays()
        if self._lazy_search is None or self._lazy_search.is_exhausted:
            self._lazy_search = LazySearch(main, self._plain_branches(), loops)
        lazy = self._lazy_search
        found, said = lazy.run(block, cells)
        checked = (*items, codes)
        places, free = np.zeros((_MOST_HITS, 4), np.int64), np.zeros(len(codes), np.int64)
        branches = len(items[0])
        matches = np.empty((_MOST_MATCHES, 3), np.int64)
        room = (places, np.full(branches, -1, np.int64), np.zeros(branches, np.int64), free)

        def tell(view: View, hits: Numbers, rest: Numbers) -> Done:
            done: Done = loops.tell_ends(view, found, said, codes, hits, rest)
            return done

        def walk(view: View, hits: Numbers, rest: Numbers) -> Done:
            done: Done = loops.walk_cells(view, lazy.walk, small, checked, hits, (places, matches, free), rest)
            return done

        def look(view: View, hits: Numbers, _rest: Numbers) -> Done:
            written, more = loops.search_cells(view, main, small, checked, hits, room)
            return written, more, 0

        hits = []
        for way in (tell, walk, look):  # each does what it can and leaves the rest to the next, which takes longer
            told, cells = _gather(way, cells, block)
            hits.append(told)
        return np.concatenate(hits)

    def _plain_branches(self) -> tuple[npt.NDArray[np.int64], Mask]:
        """Return the recogniser of each branch, and whether a match of it is a hit as it is."""
        search = self.tables.search
        assert search is not None, "asked only where there are tables"
        items = search.items.astype(np.int64)
        return items, (search.group == 0) & ~np.isin(items, self.tables.loose)

    def _search_arrays(self) -> tuple[Any, ...]:
        if self._search is None:
            search = self.tables.search
            assert search is not None, "asked only where there are tables"
            wide = np.ascontiguousarray(search.table[:, search.class_of])
            first = wide[search.starts]
            ascii_context = search.contexts[search.pages[0]][:128]
            entries = search.delays >= 0
            main = (
                first.any(axis=1),
                first,
                ascii_context,
                search.pages,
                search.contexts,
                wide.reshape(-1),
                search.out,
                search.out_at_end,
                np.concatenate([[0], np.cumsum(entries.sum(axis=1))]),
                np.nonzero(entries)[1],
                search.delays[entries].astype(np.int64),
            )
            small = (search.small, search.small_out, search.small_at_end)
            self._search = (main, small, (search.items, search.before, search.group))
        return self._search


def hash_block(block: Block, loops: ModuleType | None) -> tuple[npt.NDArray[np.uint64], Numbers]:
    """Return the hash and the number of characters of every cell."""
    count = len(block.offsets) - 1
    if loops is None:
        return hash_plainly(block.offsets, block.data), count_characters(block)
    hashes, characters = np.empty(count, np.uint64), np.empty(count, np.int64)
    loops.hash_cells(block.offsets, block.data, hashes, characters)
    return hashes, characters


def step_plainly(group: Group, block: Block) -> npt.NDArray[np.uint16]:
    """Return the accept number of every cell, all cells stepped together, without compiled code."""
    lengths = block.lengths
    order = np.argsort(-lengths, kind="stable")
    starts, sizes = block.offsets[:-1][order], lengths[order]
    state = np.full(len(order), group.start, np.int64)
    active = len(order)
    for step in range(int(sizes[0]) if len(sizes) else 0):
        while sizes[active - 1] <= step:
            active = int(np.searchsorted(-sizes, -step, side="left"))
        classes = group.class_of[block.data[starts[:active] + step]]
        state[:active] = group.table[state[:active], classes]
    found = np.empty(len(order), np.uint16)
    found[order] = group.accept[state]
    return found


@lru_cache(maxsize=1)
def engine() -> Engine | None:
    """Return the engine for the recognisers of the catalogue; None without tables for them."""
    tables = load_tables()
    return None if tables is None else Engine(tables)


def _gather(way: Callable[[View, Numbers, Numbers], Done], cells: Numbers, block: Block) -> tuple[Numbers, Numbers]:
    """Return the hits of some cells, asked for in turns that have room for them, and the cells left."""
    found = [np.zeros((0, 4), np.int64)]
    rest = np.empty(len(cells), np.int64)
    done = left = 0
    while done < len(cells):
        hits = np.empty((len(cells) - done + _MOST_ROOM, 4), np.int64)
        written, more, waiting = way((cells[done:], block.offsets, block.data), hits, rest[left:])
        found.append(hits[:written])
        done, left = done + more, left + waiting
    return np.concatenate(found), rest[:left]


def _places(group: Group, label: str) -> list[int]:
    return [place for place, item in enumerate(group.labels) if item == label]
