"""CSV files written so that `csv_file` reads back every cell: null is an empty cell, empty text is `""`.

UTF-8 without a mark, commas, line feeds, quotes only where they are needed. Numbers as short as they stay exact, days
and times in ISO 8601, bytes in base 16. In a table of one column a null is an empty line.

Source: RFC 4180, except the line feed.
"""

from collections.abc import Iterable
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import compute

from lockgate.tables.text_form import as_text
from lockgate.terms.errors import LockgateError

_join: Any = compute.binary_join_element_wise
"""The stubs know no mixture of columns and constants."""

_NEEDS_QUOTES = '^$|[",\r\n]'
_HEADER_NEEDS_QUOTES = '[",;\t|^~\x01\x1f\r\n\ufeff]'
"""A header cell is quoted for every delimiter that a reader may try, and for a byte order mark."""


def write_csv(file: BinaryIO, batches: Iterable[pa.RecordBatch], schema: pa.Schema, *, header: bool = True) -> None:
    """Write the rows, with the names of the columns above them unless they follow on others.

    Raises:
        LockgateError: If a cell holds a NUL, which CSV text cannot.
    """
    if header:
        names = _quoted(pa.array(schema.names, pa.string()), _HEADER_NEEDS_QUOTES)
        file.write(",".join(map(str, names.to_pylist())).encode() + b"\n")
    for batch in batches:
        cells = []
        for name, column in zip(schema.names, batch.columns, strict=True):
            text = as_text(column)
            if compute.any(compute.match_substring(text, "\0")).as_py():
                raise LockgateError(
                    f"column `{name}` holds a NUL, which CSV text cannot", "Write Parquet or JSON lines instead."
                )
            cells.append(_quoted(text, _NEEDS_QUOTES).fill_null(""))
        lines = _join(*cells, ",") if len(cells) > 1 else cells[0]
        file.write("".join(f"{line}\n" for line in lines.to_pylist()).encode())


def _quoted(text: "pa.Array[Any]", needs: str) -> "pa.Array[Any]":
    doubled = compute.replace_substring(text, '"', '""')
    quote = pa.scalar('"')
    quoted = _join(quote, doubled, quote, "")
    chosen: pa.Array[Any] = compute.if_else(compute.match_substring_regex(text, needs), quoted, text)
    return chosen
