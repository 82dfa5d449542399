"""The figures that anyone can measure again who holds nothing but the copy.

Persons cannot be told apart in a copy, so k is counted in rows here: never less than the persons of the class. Loss,
linkage and truth of labels need the original and are not here.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from lockgate.terms.label import SUPPRESSED
from lockgate.terms.verification import Check, VerificationReport
from lockgate.verify.fold import WEIGHT, columns_of
from lockgate.verify.report import in_order, k_check, residual_check


def solve(classes: pa.Table, residual: Mapping[str, int], k: int, labelled: frozenset[str]) -> VerificationReport:
    """Return the report of a copy on its own: k by row, classes, suppressed rows, residual identifiers.

    Args:
        classes: Merged partials of `lockgate.verify.fold.fold_released`.
        residual: Cells by column that still hold a direct identifier.
        k: The promise, 0 for none.
        labelled: Columns whose cells follow the grammar of labels.
    """
    columns = columns_of(classes, "r")
    rows = np.asarray(classes[WEIGHT], dtype=np.int64)
    silent = np.full(len(rows), bool(columns) and labelled.issuperset(columns))
    for name in columns if silent.any() else ():
        silent &= np.array([cell == SUPPRESSED for cell in classes[f"r:{name}"].to_pylist()], dtype=bool)
    sizes = rows[~silent & (rows > 0)]
    suppressed = int(rows[silent].sum())
    checks = [
        k_check(int(sizes.min()) if len(sizes) else 0, k, has_classes=len(sizes) > 0),
        residual_check(residual),
        Check("classes", len(sizes), None, ok=True, meaning=f"{len(sizes)} groups of rows that look alike"),
        Check("suppressed-rows", suppressed, None, ok=True, meaning=f"{suppressed} rows of the copy say nothing"),
    ]
    return in_order(checks, columns, "row")


def solve_counts(table: pa.Table, count_column: str, residual: Mapping[str, int], k: int) -> VerificationReport:
    """Return the report of a released table of counts on its own.

    Args:
        table: The released table.
        count_column: Its column of counts of persons.
        residual: Cells by column that still hold a direct identifier.
        k: The promise, 0 for none.
    """
    counts = np.asarray(table[count_column].cast(pa.int64()), dtype=np.int64)
    checks = [
        k_check(int(counts.min()) if len(counts) else 0, k, has_classes=len(counts) > 0),
        residual_check(residual),
        Check("classes", len(counts), None, ok=True, meaning=f"{len(counts)} counts of persons"),
    ]
    columns = tuple(name for name in table.column_names if name != count_column)
    return in_order(checks, columns, "row")
