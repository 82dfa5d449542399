"""Cells of the copy in which a direct identifier can still be recognised.

The recognising is a callable that comes from outside. Which columns are looked at is the caller's choice: a column
that the route releases in clear on purpose is not among them.
"""

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa

FindIdentifiers = Callable[[pa.RecordBatch, Sequence[str]], Mapping[str, int]]


def fold(released: pa.RecordBatch, columns: Sequence[str], find_identifiers: FindIdentifiers) -> dict[str, int]:
    """Return for each column of a batch the cells that hold a direct identifier; columns without one are left out."""
    looked_at = [name for name in columns if name in released.schema.names]
    return {name: count for name, count in find_identifiers(released, looked_at).items() if count}


def merge(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of two parts together, columns sorted."""
    return {name: left.get(name, 0) + right.get(name, 0) for name in sorted({*left, *right})}
