"""Direct identifiers left in a copy: cells of released columns that still match a recogniser and pass its check.

Looks at released values only, with the same recognisers as the scan, so that what a redaction overlooks because the
recognisers do is overlooked here too: this finds faults of protection, not of recognition.

A cell that is a pseudonym as a whole is not read: 26 random characters hold something like an account or a passport
number once in some millions, and a copy of ten million rows would never be released.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.catalogue import IDENTIFYING, SEARCHED
from lockgate.classify.cells import Column, Kind, distinct_cells, kind_of
from lockgate.classify.evidence import FormCount, is_beyond_chance
from lockgate.classify.kernel.reading import FAILED, reading_of
from lockgate.classify.normal import Text, is_missing
from lockgate.classify.recogniser import Recogniser
from lockgate.classify.recognition import Mask, Match, match
from lockgate.classify.text import pattern_spans
from lockgate.classify.tidy import tidy
from lockgate.terms.pseudonym_form import PSEUDONYM_IN_COPY

_NAME = "person-name"
_LEAST_NAMES = 10


_MOST_KEPT = 1 << 14
"""Values of one kind whose reading is kept for the next batch; beyond it, all are forgotten."""


def residual_identifiers(batch: pa.RecordBatch, columns: Sequence[str]) -> dict[str, int]:
    """Return cells that still hold a direct identifier, by column; columns without any are left out.

    Cells count where more of them match than chance would make: of twenty numbers with the length of a card two pass
    the check digit. A name counts beside a word that says so, or where a column has many of them.

    Args:
        batch: Rows of a released copy.
        columns: Names of the columns to look at.
    """
    return ResidualSearch()(batch, columns)


class ResidualSearch:
    """`residual_identifiers` for batch after batch of one copy: values that came before are not read again."""

    def __init__(self) -> None:
        self._read: dict[Kind, _Read] = {}
        self._dictionaries: dict[str, tuple[Text, Mask, _Read]] = {}

    def __call__(self, batch: pa.RecordBatch, columns: Sequence[str]) -> dict[str, int]:
        """Return cells that still hold a direct identifier, by column."""
        found = {name: self._count(name, batch.column(name)) for name in columns}
        return {name: cells for name, cells in found.items() if cells}

    def _count(self, name: str, column: Column) -> int:
        is_encoded = isinstance(column, pa.DictionaryArray) and pa.types.is_string(column.type.value_type)
        if is_encoded and len(column.dictionary) <= max(_MOST_KEPT, len(column)):
            return self._count_encoded(name, column)
        if kind_of(column.type) in (Kind.DAY, Kind.FLAG):
            return 0
        cells = distinct_cells(_without_pseudonyms(column), tidy)
        if not len(cells.values):
            return 0
        return _count(cells.kind, cells.counts, self._reading(cells.kind, cells.values))

    def _count_encoded(self, name: str, column: Any) -> int:
        """Return the cells of an encoded column likewise; its texts are read again only where they are others."""
        texts = column.dictionary
        if name not in self._dictionaries or not self._dictionaries[name][0].equals(texts):
            values = tidy(texts.fill_null(""))
            says = ~(is_missing(values).to_numpy(zero_copy_only=False) | _are_pseudonyms(texts))
            self._dictionaries[name] = texts, says, self._reading(Kind.TEXT, values.filter(pa.array(says)))
        _, says, known = self._dictionaries[name]
        counts = np.bincount(np.asarray(column.indices.drop_null()), minlength=len(texts))[says]
        used = np.flatnonzero(counts)
        return _count(Kind.TEXT, counts[used], known.taken(used)) if len(used) else 0

    def _reading(self, kind: Kind, values: Text) -> "_Read":
        if len(values) > _MOST_KEPT // 4:
            return _read(kind, values)
        known = self._read.get(kind) or _read(kind, values)
        place = _places(values, known.values)
        fresh = place < 0
        if fresh.any():
            known = known.joined(_read(kind, values.filter(pa.array(fresh))))
            place = _places(values, known.values)
        if len(known.values) <= _MOST_KEPT:
            self._read[kind] = known
        else:
            self._read.pop(kind, None)
        return known.taken(place)


def _without_pseudonyms(column: Column) -> Column:
    """Return the cells of a column of text that are no pseudonyms; of another type, all."""
    if isinstance(column, pa.DictionaryArray) and pa.types.is_string(column.type.value_type):
        column = column.cast(pa.string())
    if not pa.types.is_string(column.type):
        return column
    are = _are_pseudonyms(column)
    return column.filter(pa.array(~are)) if are.any() else column


def _are_pseudonyms(texts: Any) -> Mask:
    found: Any = pc.match_substring_regex(texts, pattern=f"^{PSEUDONYM_IN_COPY}$")
    return np.asarray(found.fill_null(fill_value=False), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class _Read:
    """What the recognisers say of values, each value for itself.

    Attributes:
        values: In normal form.
        matches: Form, strong and passed of each recogniser, shape (recognisers, 3, values).
        inside: Whether a search of the text finds an identifier.
    """

    values: Text
    matches: Mask
    inside: Mask

    def joined(self, other: "_Read") -> "_Read":
        """Return what is known of these values and of others."""
        return _Read(
            pa.concat_arrays([self.values, other.values]),
            np.concatenate([self.matches, other.matches], axis=2),
            np.concatenate([self.inside, other.inside]),
        )

    def taken(self, place: npt.NDArray[np.int64]) -> "_Read":
        """Return what is known of the values at some places."""
        return _Read(self.values.take(pa.array(place)), self.matches[:, :, place], self.inside[place])


def _places(values: Text, known: Text) -> npt.NDArray[np.int64]:
    """Return the place of each value among those known, -1 where it is not."""
    found: Text = pc.index_in(values, value_set=known)
    return np.asarray(found.fill_null(-1), dtype=np.int64)


@cache
def _asked(kind: Kind) -> tuple[Recogniser, ...]:
    """Return the recognisers that are asked of cells of a kind."""
    return tuple(item for item in SEARCHED if item.type in IDENTIFYING and not item.needs_header and kind in item.kinds)


def _read(kind: Kind, values: Text) -> _Read:
    inside = np.zeros(len(values), np.bool_)
    if kind in (Kind.TEXT, Kind.OTHER):
        inside[[row for row, _, _, type_ in pattern_spans(values) if type_ in IDENTIFYING]] = True
    return _Read(values, _matches(_asked(kind), values), inside)


def _matches(recognisers: Sequence[Recogniser], values: Text) -> Mask:
    """Return form, strong and passed of each recogniser, over the tables of the kernel where compiled code is there."""
    reading = reading_of(values)
    if reading is None or reading.loops is None:
        return _matched(recognisers, values)
    masks = np.zeros((len(recognisers), 3, len(values)), np.bool_)
    for item, mask in zip(recognisers, masks, strict=True):
        mask[0], mask[1] = reading.masks(item)
        mask[2] = mask[0]
        if item.check is not None and mask[0].any():
            mask[2][mask[0]] = reading.said(item, mask[0]) != FAILED
    untidy = reading.untidy()  # in spite of normalising
    if untidy.any():
        masks[:, :, untidy] = _matched(recognisers, values.filter(pa.array(untidy)))
    return masks


def _matched(recognisers: Sequence[Recogniser], values: Text) -> Mask:
    found = [match(recogniser, values) for recogniser in recognisers]
    masks = np.array([(item.form, item.strong, item.passed) for item in found], dtype=np.bool_)
    return masks.reshape(len(found), 3, len(values))


def _count(kind: Kind, counts: npt.NDArray[np.int64], known: _Read) -> int:
    left = np.zeros(len(counts), np.bool_)
    whole = left.copy()
    for recogniser, (form, strong, passed) in zip(_asked(kind), known.matches, strict=True):
        if not passed.any():
            continue
        hits = _telling(recogniser, Match(form, strong, passed), counts)
        count = FormCount(*(int(counts[mask].sum()) for mask in (form, hits, hits)))
        if recogniser.type == _NAME and np.count_nonzero(hits) < _LEAST_NAMES:
            continue
        whole |= hits
        if _is_left(recogniser, count, int(counts.sum())):
            left |= hits
    # cells that may be disguised are searched as they stand
    return int(counts[left | (known.inside & ~whole)].sum())


def _telling(recogniser: Recogniser, found: Match, counts: npt.NDArray[np.int64]) -> Mask:
    """Return the cells that count: those of strong form, or all that pass a check if that is most of the column."""
    if not recogniser.strong or recogniser.type == _NAME:
        return found.passed
    is_most = recogniser.check is not None and int(counts[found.passed].sum()) * 2 >= int(counts.sum())
    return found.passed if is_most else found.passed & found.strong


def _is_left(recogniser: Recogniser, count: FormCount, cells: int) -> bool:
    return count.passed > 0 and is_beyond_chance(recogniser, count, cells)
