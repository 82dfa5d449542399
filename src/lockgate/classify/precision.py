"""How precise coordinates are: decimals of degrees, told by the cells of columns that may hold them."""

import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.catalogue import CATALOGUE
from lockgate.classify.cells import as_text
from lockgate.classify.header import header_score

_TYPE = "coordinates"
_LOOKED_AT = 10_000
"""Rows of a batch that are looked at: precision is that of a device, and rows agree."""


def coordinate_columns(names: list[str]) -> tuple[str, ...]:
    """Return the columns whose names say that they hold coordinates."""
    item = CATALOGUE[_TYPE]
    return tuple(name for name in names if header_score(name, item.headers, item.not_headers) > 0)


def most_decimals(batch: pa.RecordBatch, columns: tuple[str, ...]) -> dict[str, int]:
    """Return the most decimals of a cell by column, in the first 10 000 rows; 0 for none.

    Args:
        batch: Rows of a source.
        columns: From `coordinate_columns`.
    """
    found = {}
    for name in columns:
        cells = as_text(batch.column(name).slice(0, _LOOKED_AT))
        decimals = pc.extract_regex(cells, r"\.(?P<decimals>[0-9]+)")
        lengths = pc.utf8_length(pc.struct_field(decimals, "decimals"))
        found[name] = int(pc.max(lengths).as_py() or 0)
    return found
