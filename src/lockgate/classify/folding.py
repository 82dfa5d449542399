"""One column of a batch folded to its partial, over the tables of the kernel or, without them, by Arrow's engine.

1. *Cells* as text, each with the number of rows that have it; an encoded column is read by its dictionary.
2. Those in normal form are *read* at once; the others are normalised and read again.
3. *Forms*, checks and births are counted by type, distinct values by their hash.
4. *Text* that is no identifier as a whole is searched for identifiers inside, a sample of it for names of persons.

Every step only adds up, so that the same cells give the same partial whichever way they take.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.catalogue import CATALOGUE, IDENTIFYING, SEARCHED
from lockgate.classify.cells import Column, Kind, distinct_cells, kind_of, weighted_cells
from lockgate.classify.distinct import hash_values, make_sketch
from lockgate.classify.evidence import FormCount
from lockgate.classify.kernel.block import block_of, count_characters
from lockgate.classify.kernel.engine import engine
from lockgate.classify.kernel.reading import Reading, Tally, reading_of
from lockgate.classify.naming import named_types
from lockgate.classify.normal import Text, is_missing, normalise
from lockgate.classify.partial import ColumnPartial, merge_columns
from lockgate.classify.recogniser import TEXTUAL, Recogniser
from lockgate.classify.recognition import Mask, match
from lockgate.classify.shape import shape_of
from lockgate.classify.text import find_in_cells
from lockgate.classify.text_sample import LEAST_BYTES, TextSample, sample_text

Counts = npt.NDArray[np.int64]
Months = dict[int, int]

_NOT_WHOLE = frozenset({"person-name"})
"""Types that a cell may be as a whole and hold in its text as well."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells of one column.

    Attributes:
        name: Of the column.
        kind: How the source holds it.
        values: A string array without nulls.
        counts: Rows of each cell.
        bound: Hash above which no cell of text need be read for names.
    """

    name: str
    kind: Kind
    values: Text
    counts: Counts
    bound: int

    def only(self, mask: Mask) -> "_Cells":
        """Return some of the cells."""
        return replace(self, values=self.values.filter(pa.array(mask)), counts=self.counts[mask])


def fold_column(name: str, column: Column, bound: int = TextSample().bound) -> ColumnPartial:
    """Return what one column of a batch says.

    Args:
        name: Its header.
        column: Of any type.
        bound: Hash above which no cell of text need be read for names (see `TextSample.bound`).
    """
    if engine() is None:
        distinct = distinct_cells(column)
        return _fold_plainly(_Cells(name, distinct.kind, distinct.values, distinct.counts, bound))
    values, counts = weighted_cells(column)  # 1
    return fold_counted(name, kind_of(column.type), values, counts, bound)


def fold_counted(name: str, kind: Kind, values: Text, counts: Counts, bound: int = TextSample().bound) -> ColumnPartial:
    """Return what some cells of one column say.

    Args:
        name: Its header.
        kind: How the source holds it.
        values: Cells as text, without nulls.
        counts: Rows of each.
        bound: As for `fold_column`.
    """
    cells = _Cells(name, kind, values, counts, bound)
    if engine() is None:
        return _fold_plainly(_normal(cells))
    reading = reading_of(cells.values)  # 2
    if reading is None:
        return _fold_plainly(_normal(cells))
    untidy = reading.untidy()
    partial = _fold_read(cells, reading, ~(untidy | reading.missing()))
    return merge_columns(partial, _fold_untidy(_normal(cells.only(untidy)))) if untidy.any() else partial


@lru_cache(maxsize=4096)
def relevant(name: str, kind: Kind) -> tuple[Recogniser, ...]:
    """Return the recognisers that can tell anything of a column of this name and kind."""
    named = named_types(name)
    return tuple(
        item for item in CATALOGUE.values() if kind in item.kinds and (not item.needs_header or item.type in named)
    )


def _normal(cells: _Cells) -> _Cells:
    text = normalise(cells.values)
    missing = is_missing(text).to_numpy(zero_copy_only=False)
    normal = replace(cells, values=text)
    return normal.only(~missing) if missing.any() else normal


def _fold_untidy(cells: _Cells) -> ColumnPartial:
    """Return what cells say that had to be normalised; some look untidy still, and are matched by Arrow's engine."""
    reading = reading_of(cells.values)
    if reading is None:
        return _fold_plainly(cells)
    untidy = reading.untidy()
    partial = _fold_read(cells, reading, ~untidy)
    return merge_columns(partial, _fold_plainly(cells.only(untidy))) if untidy.any() else partial


def _fold_read(cells: _Cells, reading: Reading, kept: Mask) -> ColumnPartial:
    """Return what the cells kept say, as the kernel reads them."""
    if not kept.any():
        return ColumnPartial()
    counts = np.where(kept, cells.counts, 0)
    found = _Found({}, {}, np.zeros(len(counts), np.bool_))
    tally = reading.tally(counts)
    for item in relevant(cells.name, cells.kind):  # 3
        _find(item, reading, tally, kept, found)
    hashes, characters = reading.hashes()
    hashes = np.where(kept, hashes, np.uint64(2**64 - 1))
    least = int(hashes.argmin())
    return ColumnPartial(
        cells=int(counts.sum()),
        characters=int((characters * counts).sum()),
        sketch=make_sketch(hashes[kept], counts[kept]),
        forms=found.forms,
        texts=_count_texts(cells, reading, np.flatnonzero(kept & ~found.whole)),
        sample=_sample(cells, hashes, kept & ~found.whole),
        births=found.births,
        example=(int(hashes[least]), shape_of(cells.values[least].as_py())),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What is found in cells: rows by form, rows by month of birth, and which cells are identifiers as a whole."""

    forms: dict[str, FormCount]
    births: dict[str, Months]
    whole: Mask


def _find(item: Recogniser, reading: Reading, tally: Tally, kept: Mask, found: _Found) -> None:
    """Add what one recogniser finds; cells are looked at only where its form is found and that does not say all."""
    count = tally.count(item)
    if count is not None:
        if count.form:
            found.forms[item.type] = FormCount(count.form, count.strong, count.form)
        if not count.form or not (item.check or item.born or item.type in IDENTIFYING):
            return
    form, strong = reading.masks(item)
    form &= kept
    if not form.any():
        return
    passed, counts = form, tally.counts
    if item.check or item.born:
        said = reading.said(item, form)
        passed = np.zeros_like(form)
        passed[np.flatnonzero(form)[said >= 0]] = True
        if item.born is not None and passed.any():
            found.births[item.type] = _months(said, counts[form])
    found.forms[item.type] = FormCount(*(int(counts[mask].sum()) for mask in (form, form & strong, passed)))
    if item.type in IDENTIFYING - _NOT_WHOLE:
        np.logical_or(found.whole, passed & strong if item.strong else passed, out=found.whole)


def _fold_plainly(cells: _Cells) -> ColumnPartial:
    """Return what cells in normal form say, matched by Arrow's engine."""
    if not len(cells.values):
        return ColumnPartial()
    values, counts, hashes = cells.values, cells.counts, hash_values(cells.values)
    forms: dict[str, FormCount] = {}
    births: dict[str, Months] = {}
    whole = np.zeros(len(values), np.bool_)
    for item in relevant(cells.name, cells.kind):
        found = match(item, values)
        if found.form.any():
            masks = (found.form, found.strong, found.passed)
            forms[item.type] = FormCount(*(int(counts[mask].sum()) for mask in masks))
        if item.born is not None and found.passed.any():
            born = [item.born(value) or 0 for value in values.filter(pa.array(found.passed)).to_pylist()]
            births[item.type] = _months(np.array(born, np.int64), counts[found.passed])
        if item.type in IDENTIFYING - _NOT_WHOLE:
            whole |= found.passed & found.strong if item.strong else found.passed
    lengths = count_characters(block_of(values))
    least = int(hashes.argmin())
    return ColumnPartial(
        cells=int(counts.sum()),
        characters=int((lengths * counts).sum()),
        sketch=make_sketch(hashes, counts),
        forms=forms,
        texts=_count_texts(cells, None, np.flatnonzero(~whole)),
        sample=_sample(cells, hashes, ~whole),
        births=births,
        example=(int(hashes[least]), shape_of(values[least].as_py())),
    )


def _months(said: npt.NDArray[np.int64], counts: Counts) -> Months:
    """Return the rows by month of birth, of checks that say one."""
    known = said > 0
    months, places = np.unique(said[known], return_inverse=True)
    rows = np.bincount(places.reshape(-1), counts[known], len(months)).astype(np.int64)
    return dict(zip(months.tolist(), rows.tolist(), strict=True))


def _count_texts(cells: _Cells, reading: Reading | None, places: Counts) -> dict[str, int]:
    """Count rows with identifiers inside longer text (4); a cell that is one as a whole is none of them."""
    if cells.kind not in TEXTUAL or not len(places):
        return {}
    hits = find_in_cells(cells.values, places, reading)
    lengths = block_of(cells.values).lengths
    inner = hits[hits[:, 2] - hits[:, 1] < lengths[hits[:, 0]]]
    each = np.unique(inner[:, [0, 3]], axis=0)
    rows = np.bincount(each[:, 1], cells.counts[each[:, 0]], len(SEARCHED)).astype(np.int64)
    return {item.type: int(count) for item, count in zip(SEARCHED, rows.tolist(), strict=True) if count}


def _sample(cells: _Cells, hashes: npt.NDArray[np.uint64], chosen: Mask) -> TextSample:
    """Return which of the cells of text of the least hashes name a person."""
    if cells.kind not in TEXTUAL:
        return TextSample()
    return sample_text(
        cells.values, cells.counts, hashes, chosen & (block_of(cells.values).lengths >= LEAST_BYTES), cells.bound
    )
