"""Columns of text, as databases send them, in the types that the database gives them; what does not fit is told."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from lockgate.tables.snapshot import Unfit

_join: Any = pc.binary_join_element_wise
"""The stubs know no mixture of columns and constants."""


def typed_batch(text: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows in the types of a schema.

    Args:
        text: One column of text, or of bytes where the schema has bytes, for each of the schema.
        schema: Plain types.

    Raises:
        Unfit: If a value does not fit its column's type.
    """
    columns = [_typed(column, field) for column, field in zip(text.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _typed(column: "pa.Array[Any]", field: "pa.Field[Any]") -> "pa.Array[Any]":
    if column.type.equals(field.type):
        return column
    try:
        if types.is_boolean(field.type):
            return pc.equal(column, pa.scalar("t"))
        if types.is_binary(field.type):  # PostgreSQL writes `\x00ff`
            return pa.array(
                [None if cell is None else bytes.fromhex(cell[2:]) for cell in column.to_pylist()], field.type
            )
        if types.is_timestamp(field.type) and field.type.tz and not pc.any(pc.match_substring(column, "+")).as_py():
            # the session is in UTC; MySQL writes no zone
            return column.cast(pa.timestamp(field.type.unit)).cast(field.type)
        if types.is_time(field.type):  # of a day, as Arrow reads no time alone
            moments = _join(pa.scalar("1970-01-01"), column, " ")
            time: pa.Array[Any] = moments.cast(pa.timestamp("us")).cast(field.type)
            return time
        return column.cast(field.type)
    except (pa.ArrowException, ValueError):
        raise Unfit(field.name) from None
