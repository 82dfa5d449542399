"""JSON lines: one object a line with all keys in the order of the columns; null is written.

Numbers and flags are JSON's own; a number that JSON does not have (NaN, infinity) becomes null; every other type is
written as its text form. A table without rows becomes an empty file, which knows no columns.
"""

import math
from collections.abc import Iterable
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import types

from lockgate.tables.json_values import compact_json
from lockgate.tables.text_form import as_text


def write_json_lines(file: BinaryIO, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    """Write the rows."""
    names = schema.names
    for batch in batches:
        rows = zip(*(_values(column) for column in batch.columns), strict=True)
        file.write("".join(compact_json(dict(zip(names, row, strict=True))) + "\n" for row in rows).encode())


def _values(column: "pa.Array[Any]") -> list[Any]:
    if types.is_floating(column.type):
        return [value if value is None or math.isfinite(value) else None for value in column.to_pylist()]
    if types.is_boolean(column.type) or types.is_integer(column.type):
        return column.to_pylist()
    return as_text(column).to_pylist()
