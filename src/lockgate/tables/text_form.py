"""The text form of plain values, for formats that know text only; what the form says can be read back."""

from typing import Any

import pyarrow as pa
from pyarrow import types

from lockgate.terms.errors import LockgateError


def as_text(column: "pa.Array[Any]") -> "pa.Array[Any]":
    """Return the column as text; null stays null.

    Numbers as short as they stay exact, `true` and `false`, days and times in ISO 8601, bytes in base 16.

    Raises:
        LockgateError: If the type has no text form.
    """
    if types.is_string(column.type):
        return column
    if types.is_floating(column.type):
        # Arrow writes 123456789012.25 as 1.2345678901225e+11; Python's shortest form is as exact and easier to read
        return pa.array([None if value is None else repr(value) for value in column.to_pylist()], pa.string())
    if types.is_binary(column.type):
        return pa.array([None if value is None else value.hex() for value in column.to_pylist()], pa.string())
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        raise LockgateError(f"values of type {column.type} have no text form", "Write Parquet instead.") from None
