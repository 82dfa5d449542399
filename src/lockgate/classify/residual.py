"""Direct identifiers left in a copy: cells of released columns that still match a recogniser and pass its check.

Looks at released values only, with the same recognisers as the scan, so that what a redaction overlooks because the
recognisers do is overlooked here too: this finds faults of protection, not of recognition.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.catalogue import IDENTIFYING, SEARCHED
from lockgate.classify.cells import DistinctCells, Kind, distinct_cells
from lockgate.classify.evidence import FormCount, is_beyond_chance
from lockgate.classify.recogniser import Recogniser
from lockgate.classify.recognition import Mask, Match, match
from lockgate.classify.text import pattern_spans

_NAME = "person-name"
_LEAST_NAMES = 10


def residual_identifiers(batch: pa.RecordBatch, columns: Sequence[str]) -> dict[str, int]:
    """Return cells that still hold a direct identifier, by column; columns without any are left out.

    Cells count where more of them match than chance would make: of twenty numbers with the length of a card two pass
    the check digit. A name counts beside a word that says so, or where a column has many of them.

    Args:
        batch: Rows of a released copy.
        columns: Names of the columns to look at.
    """
    found = {name: _count(distinct_cells(batch.column(name))) for name in columns}
    return {name: cells for name, cells in found.items() if cells}


def _count(cells: DistinctCells) -> int:
    if not len(cells.values) or cells.kind in (Kind.DAY, Kind.FLAG):
        return 0
    left = np.zeros(len(cells.values), np.bool_)
    whole = left.copy()
    for recogniser in SEARCHED:
        if recogniser.type not in IDENTIFYING or recogniser.needs_header or cells.kind not in recogniser.kinds:
            continue
        found = match(recogniser, cells.values)
        is_name = recogniser.type == _NAME
        hits = _telling(recogniser, found, cells.counts)
        count = FormCount(*(int(cells.counts[mask].sum()) for mask in (found.form, hits, hits)))
        if is_name and np.count_nonzero(hits) < _LEAST_NAMES:
            continue
        whole |= hits
        if _is_left(recogniser, count, int(cells.counts.sum())):
            left |= hits
    if cells.kind in (Kind.TEXT, Kind.OTHER):
        left |= _in_text(cells, whole)
    return int(cells.counts[left].sum())


def _telling(recogniser: Recogniser, found: Match, counts: npt.NDArray[np.int64]) -> Mask:
    """Return the cells that count: those of strong form, or all that pass a check if that is most of the column."""
    if not recogniser.strong or recogniser.type == _NAME:
        return found.passed
    is_most = recogniser.check is not None and int(counts[found.passed].sum()) * 2 >= int(counts.sum())
    return found.passed if is_most else found.passed & found.strong


def _is_left(recogniser: Recogniser, count: FormCount, cells: int) -> bool:
    return count.passed > 0 and is_beyond_chance(recogniser, count, cells)


def _in_text(cells: DistinctCells, whole: Mask) -> Mask:
    """Return the cells with identifiers inside; those that may be disguised are searched as they stand."""
    hits = np.zeros(len(cells.values), np.bool_)
    rest = np.flatnonzero(~whole)
    spans = pattern_spans(cells.values.take(pa.array(rest)))
    hits[rest[[row for row, _, _, type_ in spans if type_ in IDENTIFYING]]] = True
    return hits
