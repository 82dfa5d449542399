"""How long a cell may be, whatever the file says of itself, and what is told when memory is refused."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lockgate.terms.errors import InputError

CELL_BYTES = 16 << 20
"""No cell may be longer."""


def require_short_cells(batch: pa.RecordBatch, where: str) -> None:
    """Hold the cells of a batch of plain types against the limit.

    Args:
        batch: The rows.
        where: Name of the file or table, for messages.

    Raises:
        InputError: If one is longer.
    """
    for field, column in zip(batch.schema, batch.columns, strict=True):
        cells = column.dictionary if isinstance(column, pa.DictionaryArray) else column
        is_long = pa.types.is_string(cells.type) or pa.types.is_binary(cells.type)
        if is_long and cells.nbytes > CELL_BYTES and _longest(cells) > CELL_BYTES:
            raise InputError(
                f"column `{field.name}` of `{where}` holds a cell longer than {CELL_BYTES >> 20} MiB",
                "Leave the column out, or split its cells.",
            )


def too_little_memory(where: str) -> InputError:
    """Return what is told when memory for the rows of a file was refused: a damaged file may ask for any amount."""
    return InputError(
        f"`{where}` asks for more memory than there is",
        "End other programs; if it still does, the file is damaged: write it anew.",
    )


def _longest(column: "pa.Array[Any]") -> int:
    lengths: pa.Int32Array = pc.binary_length(column)  # type: ignore[call-overload] # text or bytes, as was asked
    return int(pc.max(lengths).as_py() or 0)
