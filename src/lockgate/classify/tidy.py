"""Cells of a column in normal form, and where each row's cell is among them; only untidy cells are normalised."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.cells import Column, placed_cells
from lockgate.classify.kernel.reading import reading_of
from lockgate.classify.normal import Text, normalise


@dataclass(frozen=True, slots=True)
class TidyCells:
    """The cells of a column.

    Attributes:
        values: In normal form; a string array without nulls. A value may stand more than once.
        codes: Of each row the place of its cell; one past the end for null.
    """

    values: Text
    codes: npt.NDArray[np.int64]


def tidy_cells(column: Column) -> TidyCells:
    """Return the cells of a column of a batch in normal form."""
    values, codes = placed_cells(column)
    return TidyCells(tidy(values), codes)


def tidy(values: Text) -> Text:
    """Return cells in normal form, as `normalise` does.

    Args:
        values: A string array without nulls.
    """
    if pa.types.is_string_view(values.type):
        values = values.cast(pa.large_string())
    reading = reading_of(values)
    if reading is None:
        return normalise(values)
    untidy = reading.untidy()
    if not untidy.any():
        return values
    mask = pa.array(untidy)
    return pc.replace_with_mask(values, mask, normalise(values.filter(mask)).cast(values.type))
