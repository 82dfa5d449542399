"""Names of persons in the text of a column: a sample of its cells read by the tagger, the same whatever the batches.

The sample is the cells of the least hash (see `distinct`), so it does not depend on the order of the rows. Kept are
hashes and what was found; the cells themselves are not.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from lockgate.classify.normal import Text
from lockgate.classify.tagger.names import name_spans

LIMIT = 64
"""Distinct cells read of one column."""

LEAST_BYTES = 20
"""Bytes from which on a cell is text; a shorter one has hardly room for a name and what is said of it."""

_READ_CHARACTERS = 400
"""Characters read of one cell."""

_NO_BOUND = 2**64 - 1


@dataclass(frozen=True, slots=True)
class TextSample:
    """What the tagger finds in the cells of text of the least hashes; no value can be read from it.

    Attributes:
        cells: Cells of text in all rows.
        hashes: At most `LIMIT` hashes of distinct cells of text, rising.
        counts: Cells of each.
        named: Whether a person is named in it.
    """

    cells: int = 0
    hashes: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    named: tuple[bool, ...] = ()

    @property
    def bound(self) -> int:
        """Return the hash above which no cell can enter the sample any more."""
        return self.hashes[-1] if len(self.hashes) == LIMIT else _NO_BOUND

    @property
    def read(self) -> int:
        """Return how many cells were read, equal ones counted each."""
        return sum(self.counts)

    @property
    def naming(self) -> int:
        """Return in how many of the cells read a person is named."""
        return sum(count for count, named in zip(self.counts, self.named, strict=True) if named)


def sample_text(
    values: Text,
    counts: npt.NDArray[np.int64],
    hashes: npt.NDArray[np.uint64],
    chosen: npt.NDArray[np.bool_],
    bound: int,
) -> TextSample:
    """Return the sample of some cells.

    Args:
        values: Cells in normal form, without nulls.
        counts: Rows of each.
        hashes: Of each (see `distinct.hash_values`).
        chosen: Which are text.
        bound: Cells of a greater hash are left out: `TextSample.bound` of what this will be merged into.
    """
    places = np.flatnonzero(chosen)
    total = int(counts[places].sum())
    places = places[hashes[places] <= np.uint64(bound)]
    least, first, group = np.unique(hashes[places], return_index=True, return_inverse=True)
    if not len(least):
        return TextSample(total)
    rows = np.bincount(group.reshape(-1), counts[places], len(least)).astype(np.int64)
    taken = values.take(places[first[:LIMIT]])
    texts = pc.utf8_slice_codeunits(taken, 0, _READ_CHARACTERS).to_pylist()
    naming = {text for text, _, _ in name_spans(texts)}
    named = tuple(number in naming for number in range(len(texts)))
    return TextSample(total, tuple(least[:LIMIT].tolist()), tuple(rows[:LIMIT].tolist()), named)


def merge_samples(a: TextSample, b: TextSample) -> TextSample:
    """Return the sample of both parts; associative and commutative, with the empty sample as identity."""
    merged: dict[int, tuple[int, bool]] = {}
    for part in (a, b):
        for value, count, named in zip(part.hashes, part.counts, part.named, strict=True):
            before = merged.get(value, (0, False))[0]
            merged[value] = before + count, named
    kept = sorted(merged)[:LIMIT]
    counts = tuple(merged[value][0] for value in kept)
    return TextSample(a.cells + b.cells, tuple(kept), counts, tuple(merged[value][1] for value in kept))
