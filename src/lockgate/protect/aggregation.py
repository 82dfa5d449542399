"""Counts in place of rows: one row for each combination of the grouping columns, with the number of its persons.

A person with several rows counts once in each combination. A combination of fewer than k persons is left out. Only
single cells are looked at: no totals are released, so a cell that was left out cannot be had by subtraction from this
table; whether it can be had together with another table is not checked here.

Fold: `lockgate.protect.combinations`. Solve: the table of counts. There is nothing to map.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lockgate.protect.codes import Texts, as_distinct
from lockgate.protect.combinations import PERSON, WEIGHT, key_names
from lockgate.terms.label import Exact, render_label

VERSION = "1"

PERSONS = "persons"


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What counting brought.

    Attributes:
        table: The grouping columns as labels, and the persons of each combination; in the order of the labels.
        rows: Rows that were counted.
        rows_suppressed: Those whose combination is left out.
    """

    table: pa.Table
    rows: int
    rows_suppressed: int


def count_column(columns: Collection[str]) -> str:
    """Return the name of the column of counts: `persons`, with underscores where that is taken."""
    name = PERSONS
    while name in columns:
        name += "_"
    return name


def schema_of(columns: Sequence[str]) -> pa.Schema:
    """Return the schema of the table of counts."""
    counts = pa.field(count_column(columns), pa.int64(), nullable=False)
    return pa.schema([(name, pa.string()) for name in columns]).append(counts)


def solve(combinations: pa.Table, columns: Sequence[str], k: int, labelled: Collection[str]) -> Counts:
    """Return the counts of all combinations of at least k persons.

    Args:
        combinations: Merged partials of `lockgate.protect.combinations.fold`.
        columns: The grouping columns.
        k: The least number of persons of a combination that is shown.
        labelled: Grouping columns whose cells are labels already.
    """
    keys = key_names(columns, by_person=False)
    grouped = combinations.group_by(keys, use_threads=False).aggregate([(WEIGHT, "sum"), (WEIGHT, "count")])
    grouped = grouped.sort_by([(key, "ascending") for key in keys])
    by_person = PERSON[0] in combinations.column_names  # then every key is one person in one combination
    rows = np.asarray(grouped[f"{WEIGHT}_sum"], dtype=np.int64)
    persons = np.asarray(grouped[f"{WEIGHT}_count"], dtype=np.int64) if by_person else rows
    shown = np.flatnonzero(persons >= k)
    cells: list[Texts] = []
    for name, key in zip(columns, keys, strict=True):
        column = grouped[key].combine_chunks().take(shown)
        cells.append(column if name in labelled else _labels(column))
    table = pa.table([*cells, pa.array(persons[shown])], schema=schema_of(columns))
    return Counts(table, int(rows.sum()), int(rows.sum() - rows[shown].sum()))


def _labels(texts: Texts) -> Texts:
    distinct, index = as_distinct(texts)
    return pa.array([render_label(Exact(text)) for text in distinct], type=pa.string()).take(index)
