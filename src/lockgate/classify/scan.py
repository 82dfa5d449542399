"""The scan of one source: what is in each column, with the evidence.

1. fold   each batch: distinct cells in normal form, forms and checks counted, text searched.
2. merge  the partials of all batches; bounded, without any value of the source.
3. solve  log odds by column and type, verdicts, then what the table says as a whole.

All rows count; nothing is sampled. Distinct values above the limit of the sketch are estimated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.catalogue import CATALOGUE, IDENTIFYING, SEARCHED
from lockgate.classify.cells import Column, DistinctCells, Kind, distinct_cells, kind_of
from lockgate.classify.distinct import Sketch, hash_values, make_sketch, merge_sketches
from lockgate.classify.evidence import FormCount
from lockgate.classify.header import header_score
from lockgate.classify.recogniser import TEXTUAL, Recogniser
from lockgate.classify.recognition import Match, match
from lockgate.classify.shape import shape_of
from lockgate.classify.text import may_hold_identifiers, search
from lockgate.classify.verdicts import ColumnFigures, judge
from lockgate.terms.category import Category
from lockgate.terms.classification import ColumnVerdict

SCANNER_VERSION = "2026.11"

Months = Mapping[int, int]
Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class ColumnPartial:
    """What some rows say of one column; no value of the source.

    Attributes:
        cells: Cells that say something.
        characters: Sum of their lengths.
        sketch: Distinct values.
        forms: Cells that each type fits, those with any only.
        texts: Cells in which identifiers of each type stand inside longer text: `form` those that look like it,
            `passed` those that pass the check.
        births: Cells by month of birth, for each type that tells one.
        example: Hash and shape of the value of the least hash.
    """

    cells: int = 0
    characters: int = 0
    sketch: Sketch = field(default_factory=Sketch)
    forms: Mapping[str, FormCount] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)
    births: Mapping[str, Months] = field(default_factory=dict)
    example: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class ScanPartial:
    """What some rows of a source say.

    Attributes:
        rows: Their number.
        columns: By name.
    """

    rows: int = 0
    columns: Mapping[str, ColumnPartial] = field(default_factory=dict)


EMPTY = ScanPartial()
"""The partial of no rows: identity of `merge`."""


def fold(batch: pa.RecordBatch) -> ScanPartial:
    """Return what one batch says.

    Args:
        batch: Columns of any type; nested ones are read as text.
    """
    columns = {name: _fold_column(name, batch.column(place)) for place, name in enumerate(batch.schema.names)}
    return ScanPartial(batch.num_rows, columns)


def merge(a: ScanPartial, b: ScanPartial) -> ScanPartial:
    """Return what both parts say; associative and commutative, with `EMPTY` as identity."""
    names = dict.fromkeys((*a.columns, *b.columns))
    nothing = ColumnPartial()
    return ScanPartial(
        a.rows + b.rows,
        {name: _merge_columns(a.columns.get(name, nothing), b.columns.get(name, nothing)) for name in names},
    )


def solve(
    partial: ScanPartial,
    schema: pa.Schema,
    as_of: date,
    example_key: bytes,
    sensitive_in: Callable[[Category], tuple[str, ...]],
) -> list[ColumnVerdict]:
    """Return the verdicts in the order of the schema.

    Args:
        partial: The merged partials of all batches.
        schema: Of the source.
        as_of: Day of the scan: births after it are none.
        example_key: Secret of this node under which examples are hashed.
        sensitive_in: Jurisdictions whose law lists a category as sensitive or special.
    """
    figures = [_figures(schema.field(name), partial, as_of) for name in schema.names]
    return judge(figures, example_key, sensitive_in)


def _figures(column: "pa.Field[Any]", whole: ScanPartial, as_of: date) -> ColumnFigures:
    partial = whole.columns.get(column.name, ColumnPartial())
    return ColumnFigures(
        name=column.name,
        kind=kind_of(column.type),
        as_of=as_of,
        rows=whole.rows,
        cells=partial.cells,
        characters=partial.characters,
        distinct=partial.sketch.distinct,
        forms=partial.forms,
        texts=partial.texts,
        births=partial.births,
        example=partial.example,
    )


def _fold_column(name: str, column: Column) -> ColumnPartial:
    cells = distinct_cells(column)
    if not len(cells.values):
        return ColumnPartial()
    counts, hashes = cells.counts, hash_values(cells.values)
    forms: dict[str, FormCount] = {}
    births: dict[str, dict[int, int]] = {}
    whole = np.zeros(len(cells.values), np.bool_)
    for recogniser in _relevant(name, cells.kind):
        found = match(recogniser, cells.values)
        if found.form.any():
            forms[recogniser.type] = FormCount(*(int(counts[mask].sum()) for mask in _masks(found)))
        if recogniser.born is not None and found.passed.any():
            births[recogniser.type] = _count_births(recogniser, cells, found.passed)
        if recogniser.type in IDENTIFYING and recogniser.type != "person-name":
            whole |= found.passed & found.strong if recogniser.strong else found.passed
    lengths: Column = pc.utf8_length(cells.values)
    least = int(hashes.argmin())
    return ColumnPartial(
        cells=int(counts.sum()),
        characters=int((lengths.to_numpy(zero_copy_only=False).astype(np.int64) * counts).sum()),
        sketch=make_sketch(hashes, counts),
        forms=forms,
        texts=_search_texts(cells, whole) if cells.kind in TEXTUAL else {},
        births=births,
        example=(int(hashes[least]), shape_of(cells.values[least].as_py())),
    )


def _masks(found: Match) -> tuple[npt.NDArray[np.bool_], ...]:
    return found.form, found.strong, found.passed


@lru_cache(maxsize=4096)
def _relevant(name: str, kind: Kind) -> tuple[Recogniser, ...]:
    """Return the recognisers that can tell anything of a column of this name and kind."""
    return tuple(
        item
        for item in CATALOGUE.values()
        if kind in item.kinds and (not item.needs_header or header_score(name, item.headers, item.not_headers) > 0)
    )


def _count_births(recogniser: Recogniser, cells: DistinctCells, passed: npt.NDArray[np.bool_]) -> dict[int, int]:
    months: dict[int, int] = {}
    if recogniser.born is None:
        return months
    values = cells.values.filter(pa.array(passed)).to_pylist()
    for value, cell_count in zip(values, cells.counts[passed].tolist(), strict=True):
        month = recogniser.born(value)
        if month is not None:
            months[month] = months.get(month, 0) + cell_count
    return months


def _search_texts(cells: DistinctCells, whole: npt.NDArray[np.bool_]) -> dict[str, int]:
    """Count cells with identifiers inside longer text; a cell that is an identifier as a whole is none of them."""
    places = np.flatnonzero(may_hold_identifiers(cells.values).to_numpy(zero_copy_only=False) & ~whole)
    hits = dict.fromkeys((item.type for item in SEARCHED), 0)
    for text, cell_count in zip(cells.values.take(pa.array(places)).to_pylist(), cells.counts[places], strict=True):
        for type_ in {item.type for item in search(text) if item.end - item.start < len(text)}:
            hits[type_] += int(cell_count)
    return {type_: count for type_, count in hits.items() if count}


def _merge_columns(a: ColumnPartial, b: ColumnPartial) -> ColumnPartial:
    examples = [item.example for item in (a, b) if item.example is not None]
    return ColumnPartial(
        cells=a.cells + b.cells,
        characters=a.characters + b.characters,
        sketch=merge_sketches(a.sketch, b.sketch),
        forms={
            type_: a.forms.get(type_, FormCount()) + b.forms.get(type_, FormCount())
            for type_ in CATALOGUE
            if type_ in a.forms or type_ in b.forms
        },
        texts=_merge_counts(a.texts, b.texts),
        births={
            type_: _merge_counts(a.births.get(type_, {}), b.births.get(type_, {}))
            for type_ in CATALOGUE
            if type_ in a.births or type_ in b.births
        },
        example=min(examples, default=None),
    )


def _merge_counts(a: Mapping[Key, int], b: Mapping[Key, int]) -> dict[Key, int]:
    merged = dict(a)
    for key, count in b.items():
        merged[key] = merged.get(key, 0) + count
    return dict(sorted(merged.items()))
