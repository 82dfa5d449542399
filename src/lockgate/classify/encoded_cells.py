"""Encoded columns counted batch by batch and read at the end: each of their few texts is looked at once.

Columns that are not encoded pass by. What is counted says the same as the cells themselves, because every step of a
fold only adds up (`lockgate.classify.folding`).
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as pt

from lockgate.classify.cells import Column, Kind
from lockgate.classify.folding import fold_counted
from lockgate.classify.partial import ColumnPartial, merge_columns

_MOST_TEXTS = 1 << 15
"""Texts of a column that are held; with more of them, they are read and forgotten."""


class EncodedCells:
    """The cells of the encoded columns of a source, counted so far."""

    def __init__(self) -> None:
        self._counted: dict[str, _Counted] = {}

    def add(self, batch: pa.RecordBatch) -> list[str]:
        """Count the encoded columns of text of a batch; return the names of the other columns."""
        others = []
        for field, column in zip(batch.schema, batch.columns, strict=True):
            if pt.is_dictionary(field.type) and pt.is_string(field.type.value_type):
                self._counted.setdefault(field.name, _Counted(field.name)).add(column)
            else:
                others.append(field.name)
        return others

    def partials(self) -> dict[str, ColumnPartial]:
        """Return what the cells say, by column."""
        return {name: counted.partial() for name, counted in self._counted.items()}


class _Counted:
    def __init__(self, name: str) -> None:
        self._name = name
        self._read = ColumnPartial()
        self._known: dict[str, int] = {}
        self._rows = np.zeros(0, dtype=np.int64)

    def add(self, column: Column) -> None:
        texts = column.dictionary.to_pylist()
        codes: npt.NDArray[np.int64] = np.asarray(column.indices.fill_null(len(texts)))
        rows = np.bincount(codes, minlength=len(texts) + 1)
        known = self._known
        used = [place for place in np.flatnonzero(rows[: len(texts)]).tolist() if texts[place] is not None]
        places = [known.setdefault(texts[place], len(known)) for place in used]
        if len(known) > len(self._rows):
            self._rows = np.append(self._rows, np.zeros(2 * len(known) - len(self._rows), dtype=np.int64))
        np.add.at(self._rows, places, rows[used])
        if len(known) > _MOST_TEXTS:
            self._read, self._known, self._rows = self.partial(), {}, self._rows[:0]

    def partial(self) -> ColumnPartial:
        if not self._known:
            return self._read
        values = pa.array(list(self._known), pa.string())
        found = fold_counted(self._name, Kind.TEXT, values, self._rows[: len(values)])
        return merge_columns(self._read, found)
