"""Plain column types: what a source hands on, whatever layout the file had them in.

Dictionaries are decoded, views and large layouts become the ordinary ones, extension types give up their storage,
so that two files with the same values have the same schema.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import types

from lockgate.terms.errors import InputError


def plain_schema(schema: pa.Schema, where: str) -> pa.Schema:
    """Return the schema with plain types, nullable columns and no metadata.

    Args:
        schema: As the file has it.
        where: Name of the file, for messages.

    Raises:
        InputError: If there is no column, a name comes twice or is empty, or a column is nested.
    """
    require_names(schema.names, where)
    return pa.schema([pa.field(field.name, _plain_type(field.name, field.type, where)) for field in schema])


def plain_batch(batch: pa.RecordBatch, schema: pa.Schema, where: str) -> pa.RecordBatch:
    """Return the batch with the plain types of `schema`.

    Raises:
        InputError: If a column's text does not fit the ordinary layout, 2 GiB in one batch.
    """
    columns = []
    for field, column in zip(schema, batch.columns, strict=True):
        stored = column.storage if isinstance(column, pa.ExtensionArray) else column
        try:
            columns.append(stored if stored.type.equals(field.type) else without_views(stored).cast(field.type))
        except pa.ArrowInvalid:
            raise InputError(
                f"column `{field.name}` of `{where}` cannot be read as {field.type}",
                "Write the column anew with a plain type.",
            ) from None
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def without_views(column: Any) -> Any:
    """Return a column whose views, if it has any, are made ordinary text or bytes.

    What stands below a null is not validated by Arrow and followed by its casts, so it is wiped before.

    Args:
        column: Validated.
    """
    if not (types.is_string_view(column.type) or types.is_binary_view(column.type)):
        return column
    is_valid = np.asarray(column.is_valid())
    views = np.frombuffer(column.buffers()[1], np.uint64).reshape(-1, 2)[column.offset :][: len(column)].copy()
    views[~is_valid] = 0
    validity = pa.py_buffer(np.packbits(is_valid, bitorder="little").tobytes())
    others = column.buffers()[2:]
    wiped: Any = pa.Array.from_buffers(column.type, len(column), [validity, pa.py_buffer(views.tobytes()), *others])
    return wiped.cast(pa.string() if types.is_string_view(column.type) else pa.binary())


def require_names(names: Iterable[str], where: str) -> None:
    """Hold the column names of a table against what a table must have.

    Raises:
        InputError: If there is none, or a name is empty or comes twice.
    """
    seen: dict[str, int] = {}
    position = 0
    for position, name in enumerate(names, start=1):
        if not name.strip():
            raise InputError(
                f"column {position} of `{where}` has no name",
                "Give every column a name, or add a header if the first row is data.",
            )
        if name in seen:
            # the name is not told: where the header is missing, it is a cell
            raise InputError(
                f"columns {seen[name]} and {position} of `{where}` have the same name",
                "Give every column its own name, or add a header if the first row is data.",
            )
        seen[name] = position
    if not position:
        raise InputError(f"`{where}` has no columns", "Name a table with at least one column.")


def _plain_type(name: str, type_: pa.DataType, where: str) -> pa.DataType:
    if isinstance(type_, pa.BaseExtensionType):
        type_ = type_.storage_type
    if types.is_dictionary(type_):
        return _plain_type(name, type_.value_type, where)
    if types.is_nested(type_):
        raise InputError(
            f"column `{name}` of `{where}` is nested ({type_})", "Flatten the column into plain ones before."
        )
    if types.is_null(type_) or types.is_large_string(type_) or types.is_string_view(type_):
        return pa.string()
    if types.is_large_binary(type_) or types.is_binary_view(type_) or types.is_fixed_size_binary(type_):
        return pa.binary()
    return pa.float32() if types.is_float16(type_) else type_
