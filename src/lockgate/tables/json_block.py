"""Blocks of plain JSON lines read by Arrow, several times as fast as line by line; with the same result, or not at all.

Arrow's reader is less strict, and finds other types. So what it makes of a block counts only if it cannot differ from
what `json_document.lines_of` and `json_values` make of it:

* every line begins and ends as an object does, and there are as many objects as lines: since no object ends one line
  and goes on with the next, each line is one;
* all is UTF-8 and nothing is nested;
* there are texts, truth values, whole numbers of 64 bits, and broken numbers below 2^53, finite and not minus zero.

A key that comes twice is an error of Arrow's too. What does not fit is read line by line, which finds the error if
there is one.
"""

import re
from collections.abc import Iterable, Iterator
from typing import IO, Any, Literal, cast

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json

_EXACT = 2.0**53
_OBJECT = re.compile(rb"^[ \t]*\{.*\}[ \t\r]*$", re.MULTILINE)
_FILLED = re.compile(rb"^[ \t\r]*[^ \t\r\n]", re.MULTILINE)
_PLAIN = (pa.null(), pa.bool_(), pa.int64(), pa.float64(), pa.string())

_KINDS = {pa.bool_(): bool, pa.int64(): int, pa.float64(): float, pa.string(): str}


def read_block(block: bytes, texts: Iterable[str] = ()) -> pa.Table | None:
    """Return the rows of a block of lines, columns in the order in which new keys first come; None if it is not plain.

    Args:
        block: Whole lines.
        texts: Columns that have been text before; they come first.
    """
    rows = _objects_in(block)
    if not rows:
        return None
    known: dict[str, pa.DataType] = dict.fromkeys(texts, pa.string())
    table = _parsed(block, known, "infer")
    if table is None:
        return None
    dated = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    if dated:
        names = table.schema.names
        table = _parsed(block, {**known, **dict.fromkeys(dated, pa.string())}, "infer")
        table = None if table is None else table.select(names)
    return table if table is not None and table.num_rows == rows and _is_plain(table) else None


def read_columns(block: bytes, schema: pa.Schema) -> pa.Table | None:
    """Return the columns of a block that `read_block` has read before; None if a value does not fit its type.

    Args:
        block: The same lines.
        schema: The columns wanted, types of `json_values`.
    """
    table = _parsed(block, {field.name: field.type for field in schema}, "ignore")
    if table is None or not _is_plain(table):
        return None
    return table.select(schema.names)


def kinds_in(table: pa.Table) -> Iterator[tuple[str, type | None, int, int]]:
    """Return each column's name, kind of values, and least and greatest whole number; no kind where all are null."""
    for name, column in zip(table.schema.names, table.columns, strict=True):
        is_filled = column.null_count < len(column)
        kind = _KINDS.get(column.type) if is_filled else None
        ends: Any = pc.min_max(column).as_py() if kind is int else {"min": 0, "max": 0}
        yield name, kind, ends["min"], ends["max"]


def _objects_in(block: bytes) -> int:
    """Return the number of lines that are no blanks; 0 if one of them is not one object."""
    try:
        block.decode()
    except UnicodeDecodeError:
        return 0
    filled = sum(1 for _ in _FILLED.finditer(block))
    return filled if filled == sum(1 for _ in _OBJECT.finditer(block)) else 0


def _parsed(block: bytes, types: dict[str, pa.DataType], unexpected: Literal["infer", "ignore"]) -> pa.Table | None:
    try:
        return json.read_json(
            cast("IO[bytes]", pa.BufferReader(block)),
            read_options=json.ReadOptions(use_threads=False, block_size=len(block) + 1),
            parse_options=json.ParseOptions(
                explicit_schema=pa.schema(list(types.items())), unexpected_field_behavior=unexpected
            ),
        )
    except (pa.ArrowException, UnicodeDecodeError, MemoryError):
        return None


def _is_plain(table: pa.Table) -> bool:
    return bool(table.num_columns) and all(
        column.type in _PLAIN and (column.type != pa.float64() or _is_exact(column)) for column in table.columns
    )


def _is_exact(numbers: "pa.ChunkedArray[Any]") -> bool:
    """Whether broken numbers are finite, below 2^53, and none is minus zero; of those Arrow may have lost something."""
    is_small = pc.less(pc.abs(numbers), pa.scalar(_EXACT))
    is_zero = pc.and_(pc.equal(numbers, pa.scalar(0.0)), pc.less(pc.divide(pa.scalar(1.0), numbers), pa.scalar(0.0)))
    return bool(pc.all(is_small).as_py() is not False) and not pc.any(is_zero).as_py()
