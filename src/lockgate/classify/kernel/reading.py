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
        used: Rows that some cell has, once asked for.
        longest: Bytes of the longest cell.
    """

    engine: Engine
    values: Any
    block: Block
    loops: ModuleType | None
    passes: dict[int, npt.NDArray[np.uint16]] = field(default_factory=dict)
    joined: tuple[RowNumbers, Rows] | None = None
    hashed: tuple[Hashes, Numbers] | None = None
    used: Numbers | None = None
    longest: int = field(init=False)

    def __post_init__(self) -> None:
        """Measure the cells."""
        self.longest = int(self.block.lengths.max(initial=0))

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
        return Tally(self, counts)

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
            hit = self._hits(number, place)
            if hit is not None:
                found |= self._exact(hit, label, self.engine.tables.groups[number].exact_up_to[place])
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
        hit = self._hits(*self.engine.places[label][0])
        return np.zeros(len(self.values), np.bool_) if hit is None else hit

    def _hits(self, number: int, place: int) -> Mask | None:
        """Return which cells fit a pattern of a group; None for none. Rows are few, so they are looked at first."""
        fits, joined = self.engine.tables.groups[number].fits[:, place], self.rows()
        if joined is None:
            hit: Mask = fits[self.group(number)]
            return hit if hit.any() else None
        if self.used is None:
            self.used = np.flatnonzero(np.bincount(joined[0], minlength=len(joined[1])))
        of_row = np.zeros(len(joined[1]), np.bool_)
        of_row[self.used] = fits[joined[1][self.used, number]]
        return of_row[joined[0]] if of_row.any() else None

    def _exact(self, hit: Mask, label: str, exact_up_to: int) -> Mask:
        """Look again at long cells that fit a relaxed pattern."""
        if self.longest <= exact_up_to or not (hit & (self.block.lengths > exact_up_to)).any():
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
        rows: Rows by accept number, by group; filled as asked for where there are no joined groups.
        joined: Rows of the source by row of the joined groups that some cell has, and those rows; once asked for.
    """

    reading: Reading
    counts: Numbers
    rows: dict[int, Numbers] = field(default_factory=dict)
    joined: tuple[Numbers, Rows] | None = None

    def count(self, recogniser: Recogniser) -> FormTally | None:
        """Return the rows of a recogniser; None if cells have to be looked at for that."""
        found = self.reading.rows()
        if found is None:
            return self._count_by_group(recogniser)
        if self.joined is None:
            by_row = np.bincount(found[0], self.counts, len(found[1])).astype(np.int64)
            used = np.flatnonzero(by_row)
            self.joined = by_row[used], found[1][used]
        label = label_of(recogniser, strong=False)
        form = self._fitting(label)
        if form is None:
            return None
        counts = self.joined[0]
        total = int(counts[form].sum())
        if not total:
            return FormTally(0, 0)  # a pattern that fits too much, and still nothing, fits nothing
        if not self._is_exact(label):
            return None
        strong = self._fitting(recogniser.strong) if recogniser.strong else ~form
        if strong is None or (recogniser.strong and not self._is_exact(recogniser.strong)):
            return None
        return FormTally(total, int(counts[form & strong].sum()))

    def _fitting(self, label: str) -> Mask | None:
        """Return which rows fit a pattern; None if the tables do not have it."""
        places, joined = self.reading.engine.places.get(label), self.joined
        if places is None or joined is None:
            return None
        found = np.zeros(len(joined[0]), np.bool_)
        for number, place in places:
            found |= self.reading.engine.tables.groups[number].fits[joined[1][:, number], place]
        return found

    def _is_exact(self, label: str) -> bool:
        groups = self.reading.engine.tables.groups
        places = self.reading.engine.places[label]
        return all(self.reading.longest <= groups[number].exact_up_to[place] for number, place in places)

    def _count_by_group(self, recogniser: Recogniser) -> FormTally | None:
        form = self._place(label_of(recogniser, strong=False))
        if form is None:
            return None
        number, place = form
        rows, fits = self._rows(number), self.reading.engine.tables.groups[number].fits
        total = int(rows[fits[:, place]].sum())
        if not recogniser.strong or not total:
            return FormTally(total, 0)
        strong = self._place(recogniser.strong)
        if strong is None or strong[0] != number:
            return None
        return FormTally(total, int(rows[fits[:, place] & fits[:, strong[1]]].sum()))

    def _place(self, label: str) -> tuple[int, int] | None:
        places = self.reading.engine.places.get(label, [])
        return places[0] if len(places) == 1 and self._is_exact(label) else None

    def _rows(self, number: int) -> Numbers:
        if number not in self.rows:
            size = len(self.reading.engine.tables.groups[number].fits)
            self.rows[number] = np.bincount(self.reading.group(number), self.counts, size).astype(np.int64)
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
