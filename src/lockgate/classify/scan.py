"""The scan of one source: what is in each column, with the evidence.

1. fold   each batch: distinct cells in normal form, forms and checks counted, text searched.
2. merge  the partials of all batches; bounded, without any value of the source.
3. solve  log odds by column and type, verdicts, then what the table says as a whole.

All rows count. Distinct values above the limit of the sketch are estimated, and names of persons in text are looked
for in a sample of its cells.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa

from lockgate.classify.cells import kind_of
from lockgate.classify.folding import fold_column
from lockgate.classify.kernel.engine import ENOUGH_CELLS
from lockgate.classify.partial import ColumnPartial, merge_columns
from lockgate.classify.verdicts import ColumnFigures, judge
from lockgate.terms.category import Category
from lockgate.terms.classification import ColumnVerdict

SCANNER_VERSION = "2026.11"


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


def fold(batch: pa.RecordBatch, before: ScanPartial = EMPTY, columns: Sequence[str] | None = None) -> ScanPartial:
    """Return what one batch says.

    Args:
        batch: Columns of any type; nested ones are read as text.
        before: What the result will be merged into, where that is known: text that cannot enter the sample is not read.
        columns: Those that are looked at; None for all.
    """
    names = batch.schema.names if columns is None else list(columns)
    cells = [batch.column(name) for name in names]
    bounds = [before.columns.get(name, ColumnPartial()).sample.bound for name in names]
    workers = min(pa.cpu_count(), len(names)) if batch.num_rows >= ENOUGH_CELLS else 1
    if workers <= 1:
        return ScanPartial(batch.num_rows, dict(zip(names, map(fold_column, names, cells, bounds), strict=True)))
    # Columns fold beside each other: Arrow and the kernel let go of the interpreter. The order of columns is kept.
    with ThreadPoolExecutor(workers) as pool:
        return ScanPartial(batch.num_rows, dict(zip(names, pool.map(fold_column, names, cells, bounds), strict=True)))


def merge(a: ScanPartial, b: ScanPartial) -> ScanPartial:
    """Return what both parts say; associative and commutative, with `EMPTY` as identity."""
    names = dict.fromkeys((*a.columns, *b.columns))
    nothing = ColumnPartial()
    return ScanPartial(
        a.rows + b.rows,
        {name: merge_columns(a.columns.get(name, nothing), b.columns.get(name, nothing)) for name in names},
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
    return judge(figures, example_key, cache(sensitive_in))  # asked for every column


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
        sample=partial.sample,
        births=partial.births,
        example=partial.example,
    )
