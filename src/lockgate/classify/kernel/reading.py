"""Cells of one column as the kernel sees them: which patterns each fits, what checks say, what stands inside text.

Cells have to be in normal form: those that are not are told apart (`untidy`) and left to the caller.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.kernel.block import Block, Numbers, block_of
from lockgate.classify.kernel.codes import COMPILED, LOOSE, UNCHECKED, UNCOMPILED
from lockgate.classify.kernel.engine import (
    LONGEST_PLAIN,
    Engine,
    engine,
    hash_block,
    machine,
    step_plainly,
)
from lockgate.classify.kernel.group import MISSING_LABEL, UNTIDY, label_of
from lockgate.classify.kernel.lazy_product import RowNumbers, Rows
from lockgate.classify.recogniser import Recogniser

Mask = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]

FAILED = -1
"""What a check says of a value that fails it; 0 or a month of birth of one that holds."""


@dataclass(slots=True)
class Reading:
    """The cells of one array.

    Attributes:
        engine: Tables.
        values: The cells: a string array without nulls.
        block: Its offsets and bytes.
        loops: Compiled loops; None to do without.
        passes: Accept number of every cell, by group; filled as asked for.
        joined: Row of every cell, and the rows: its accept number in each group; once asked for.
        hashed: Hash and number of characters of every cell, once asked for.
    """

    engine: Engine
    values: Any
    block: Block
    loops: ModuleType | None
    passes: dict[int, npt.NDArray[np.uint16]] = field(default_factory=dict)
    joined: tuple[RowNumbers, Rows] | None = None
    hashed: tuple[Hashes, Numbers] | None = None

    def group(self, number: int) -> npt.NDArray[np.uint16]:
        """Return the accept number of every cell in one group."""
        if number not in self.passes:
            joined = self.rows()
            if joined is None:
                self.passes[number] = step_plainly(self.engine.tables.groups[number], self.block)
            else:
                self.passes[number] = joined[1][:, number][joined[0]]
        return self.passes[number]

    def rows(self) -> tuple[RowNumbers, Rows] | None:
        """Return the row of every cell, and the rows; None where groups are stepped one by one."""
        if self.joined is None and self.loops is not None:
            self.joined = self.engine.run(self.block, self.loops)
        return self.joined

    def untidy(self) -> Mask:
        """Return which cells have to be normalised first."""
        return self._fits(UNTIDY)

    def missing(self) -> Mask:
        """Return which cells say nothing."""
        return self._fits(MISSING_LABEL)

    def hashes(self) -> tuple[Hashes, Numbers]:
        """Return the hash and the number of characters of every cell."""
        if self.hashed is None:
            self.hashed = hash_block(self.block, self.loops)
        return self.hashed

    def tally(self, counts: Numbers) -> "Tally":
        """Return the counts of patterns over the cells.

        Args:
            counts: Rows of each cell; 0 for one that does not count.
        """
        return Tally(self, counts, int(self.block.lengths.max(initial=0)))

    def masks(self, recogniser: Recogniser) -> tuple[Mask, Mask]:
        """Return which cells have the form and the strong form of a recogniser."""
        form = self.fits(label_of(recogniser, strong=False))
        if not recogniser.strong:
            return form, np.zeros_like(form)
        return form, self.fits(recogniser.strong) & form

    def fits(self, label: str) -> Mask:
        """Return which cells fit a pattern."""
        if label not in self.engine.places:
            return _match(self.values, label)
        found = np.zeros(len(self.values), np.bool_)
        for number, place in self.engine.places[label]:
            group = self.engine.tables.groups[number]
            hit = group.fits[self.group(number), place]
            if hit.any():
                found |= self._exact(hit, label, group.exact_up_to[place])
        return found

    def said(self, recogniser: Recogniser, form: Mask) -> Numbers:
        """Return what the check of a recogniser says of the cells that have the form.

        Returns:
            Of each such cell -1 if it fails, else 0 or the month of birth, as `year * 12 + month - 1`.
        """
        cells = np.flatnonzero(form)
        said = np.full(len(cells), UNASKED, np.int64)
        code = COMPILED.get(recogniser.type)
        if self.loops is not None and code is not None:
            self.loops.check_cells(code, self.block.offsets, self.block.data, cells, said)
        left = np.flatnonzero(said == UNASKED)
        if len(left):
            said[left] = _ask(recogniser, self.values.take(pa.array(cells[left])))
        return said

    def search(self, places: Numbers, searched: tuple[Recogniser, ...]) -> Numbers | None:
        """Return the identifiers inside some cells (see `Engine.search`); None where the kernel cannot."""
        if self.loops is None or self.engine.tables.search is None:
            return None
        return self.engine.search(self.block, places, codes_of(searched, self.engine.tables.loose), self.loops)

    def _fits(self, label: str) -> Mask:
        number, place = self.engine.places[label][0]
        fits: Mask = self.engine.tables.groups[number].fits[self.group(number), place]
        return fits

    def _exact(self, hit: Mask, label: str, exact_up_to: int) -> Mask:
        """Look again at long cells that fit a relaxed pattern."""
        if not (hit & (self.block.lengths > exact_up_to)).any():
            return hit
        long = np.flatnonzero(hit & (self.hashes()[1] > exact_up_to))
        if len(long):
            hit[long] = _match(self.values.take(pa.array(long)), label)
        return hit


@dataclass(frozen=True, slots=True)
class FormTally:
    """Rows whose cells have a form, and those of the strong form."""

    form: int
    strong: int


@dataclass(slots=True)
class Tally:
    """Rows that patterns fit, added up by accept number: no cell is looked at for a type that none fits.

    Attributes:
        reading: The cells.
        counts: Rows of each.
        longest: Bytes of the longest.
        rows: Rows by accept number, by group; filled as asked for.
        by_row: Rows of the source by row of the joined groups, once asked for.
    """

    reading: Reading
    counts: Numbers
    longest: int
    rows: dict[int, Numbers] = field(default_factory=dict)
    by_row: Numbers | None = None

    def count(self, recogniser: Recogniser) -> FormTally | None:
        """Return the rows of a recogniser; None if cells have to be looked at for that."""
        form = self._place(label_of(recogniser, strong=False))
        if form is None:
            return None
        number, place = form
        group = self.reading.engine.tables.groups[number]
        rows, fits = self._rows(number), group.fits[:, place]
        total = int(rows[fits].sum())
        if not recogniser.strong or not total:
            return FormTally(total, 0)
        strong = self._place(recogniser.strong)
        if strong is None or strong[0] != number:
            return None
        return FormTally(total, int(rows[fits & group.fits[:, strong[1]]].sum()))

    def _place(self, label: str) -> tuple[int, int] | None:
        places = self.reading.engine.places.get(label, [])
        if len(places) != 1:
            return None
        number, place = places[0]
        exact = self.longest <= self.reading.engine.tables.groups[number].exact_up_to[place]
        return (number, place) if exact else None

    def _rows(self, number: int) -> Numbers:
        if number not in self.rows:
            size = len(self.reading.engine.tables.groups[number].fits)
            joined = self.reading.rows()
            if joined is None:
                numbers, counts = self.reading.group(number), self.counts
            else:
                if self.by_row is None:
                    self.by_row = np.bincount(joined[0], self.counts, len(joined[1])).astype(np.int64)
                numbers, counts = joined[1][:, number], self.by_row
            self.rows[number] = np.bincount(numbers, counts, size).astype(np.int64)
        return self.rows[number]


_REMEMBERED = 1 << 16
"""Answers of one check that are remembered, of short values that are no numbers: those seldom come again."""
_SHORT = 64

UNASKED = -2
"""What a compiled check says where only the recogniser can tell."""


def read(values: Any, engine: Engine) -> Reading | None:
    """Return the reading of a string array without nulls; None where neither way of the kernel suits it."""
    if pa.types.is_string_view(values.type):
        values = values.cast(pa.large_string())
    block = block_of(values)
    loops = machine(len(values))
    if loops is None and len(values) and int(block.lengths.max()) > LONGEST_PLAIN:
        return None
    return Reading(engine, values, block, loops)


def reading_of(values: Any) -> Reading | None:
    """Return the reading of a string array without nulls over the tables of today; None if it has to do without."""
    tables = engine()
    return None if tables is None else read(values, tables)


def codes_of(recognisers: tuple[Recogniser, ...], loose: tuple[int, ...]) -> Numbers:
    """Return the number of the compiled check of each recogniser; those at the places `loose` fit too much."""
    codes = [UNCHECKED if item.check is None else COMPILED.get(item.type, UNCOMPILED) for item in recognisers]
    for place in loose:
        codes[place] = LOOSE
    return np.array(codes, np.int64)


def _ask(recogniser: Recogniser, values: Any) -> Numbers:
    """Return what the recogniser's own check says of values, each distinct one asked once."""
    encoded = values.dictionary_encode()
    said = list(map(_answer_of(recogniser), encoded.dictionary.to_pylist()))
    answers: Numbers = np.array(said, np.int64)[encoded.indices.to_numpy()]
    return answers


@lru_cache(maxsize=512)
def _answer_of(recogniser: Recogniser) -> Callable[[str], int]:
    """Return what tells what the check of a recogniser says; answers are remembered, as names come again and again."""
    check, born = recogniser.check, recogniser.born

    def answer(value: str) -> int:
        if check is not None and not check(value):
            return FAILED
        return (born(value) or 0) if born else 0

    remembered = lru_cache(maxsize=_REMEMBERED)(answer)
    return lambda value: (answer if len(value) > _SHORT or value[0].isdigit() else remembered)(value)


def _match(values: Any, pattern: str) -> Mask:
    mask: Mask = pc.match_substring_regex(values, pattern=pattern).to_numpy(zero_copy_only=False)
    return mask
