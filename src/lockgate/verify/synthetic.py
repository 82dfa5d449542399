"""Checks on a released synthetic table, made without the code that drew it, of what was declared and the table alone.

How far the table is from the originals is not measured: the distance of a marginal is an exact figure about the
originals, and shown beside the table it would undo the noise; so would how many made-up rows are like real ones, which
chance alone brings about. Whoever holds the originals can look at home.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lockgate.terms.synthesis import ColumnDomain
from lockgate.terms.verification import Check


def check_synthetic(table: pa.Table, domains: Sequence[ColumnDomain], rows: int) -> tuple[Check, ...]:
    """Return what can be seen of a synthetic table.

    Args:
        table: As released.
        domains: Of its columns, as declared.
        rows: Rows that were asked for; 0 for as many as there are by the noisy count.
    """
    found = table.num_rows
    wrong = len({*table.column_names} ^ {domain.column for domain in domains})
    outside = sum(_outside(table[item.column], item) for item in domains if item.column in table.column_names)
    drawn = f"Rows drawn; {rows} were asked for." if rows else "Rows drawn: as many as there are by the noisy count."
    return (
        _none("synthetic-columns", wrong, "Columns left out, and columns that nobody declared."),
        _none("synthetic-domains", outside, "Cells outside the declared domain of their column."),
        Check("synthetic-rows", float(found), float(rows) if rows else None, not rows or found == rows, drawn),
    )


def _outside(column: Any, domain: ColumnDomain) -> int:
    size = len(column)
    if domain.values:
        known = pc.is_in(pc.cast(column, pa.string()), value_set=pa.array(domain.values, pa.string()))
        inside: list[bool | None] = known.to_pylist()
        return size - inside.count(True)
    low, high = (domain.edges[0], domain.edges[-1]) if domain.edges else (domain.low, domain.high)
    if low is None or high is None or not size:
        return size
    exact = pc.cast(column, pa.decimal128(38, domain.decimals))
    least, most = (pa.scalar(bound).cast(pa.decimal128(38, domain.decimals)) for bound in (low, high))
    within = pc.and_(pc.greater_equal(exact, least), pc.less_equal(exact, most))
    held: list[bool | None] = within.to_pylist()
    return size - held.count(True)


def _none(name: str, found: int, meaning: str) -> Check:
    return Check(name, float(found), 0.0, found == 0, meaning)
