"""Rows of text keys held as packed codes, eight to a few more bytes a row, with the weights of each.

Grouping numbers costs a tenth of grouping texts. Texts are held once a column, in memory, so columns with very many
distinct ones are not coded: `CodedRows.can_take` says so, and `lockgate.tables.spill` goes on without.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lockgate.tables.coding import Codes, Packing, TextCodes, Words, is_text, make_packing

_MOST_TEXTS = 1 << 17
"""Texts of a column up to which it is coded."""

_ROOM = 2
"""Texts of a column for which room is left, over those that are there."""

_MIX = np.uint64(0x9E3779B97F4A7C15)


class CodedRows:
    """How rows of some keys and weights are coded; grows with the texts that come by.

    Args:
        keys: Key columns.
        weights: Columns of int64 that are summed.
        schema: Of the first table.
    """

    def __init__(self, keys: Sequence[str], weights: Sequence[str], schema: pa.Schema) -> None:
        self._keys, self._weights = tuple(keys), tuple(weights)
        self._texts = {name: TextCodes() for name in keys if is_text(schema.field(name).type)}
        self._numbers = {name: schema.field(name).type for name in keys if name not in self._texts}
        self._packing = make_packing([1] * len(self._texts))
        self._ranks: tuple[list[int], list[tuple[Codes, pa.StringArray]]] | None = None

    def can_take(self, table: pa.Table) -> bool:
        """Whether a table can be coded: its keys are text, or whole numbers without null, and texts are few."""
        types = {name: table.schema.field(name).type for name in self._keys}
        texts = all(len(known) <= _MOST_TEXTS and is_text(types[name]) for name, known in self._texts.items())
        numbers = all(
            pa.types.is_integer(type_) and types[name] == type_ and not table[name].null_count
            for name, type_ in self._numbers.items()
        )
        return bool(self._texts) and texts and numbers

    def taken(self, table: pa.Table) -> pa.Table:
        """Return the rows of a table as words and weights, in the packing of now, which may be a new one."""
        codes = [_joined([texts.codes_of(part) for part in table[name].chunks]) for name, texts in self._texts.items()]
        counts = [len(texts) for texts in self._texts.values()]
        if not self._packing.holds(counts):
            self._packing = make_packing([count * _ROOM for count in counts])
        words = self._packing.pack(codes, table.num_rows)
        return self._table(words, table)

    def repacked(self, table: pa.Table, packing: Packing) -> pa.Table:
        """Return coded rows in the packing of now."""
        if packing == self._packing:
            return table
        return self._table(self._packing.pack(_codes(table, packing), table.num_rows), table)

    @property
    def packing(self) -> Packing:
        """Return the packing of now."""
        return self._packing

    def grouped(self, table: pa.Table) -> pa.Table:
        """Return coded rows with equal ones joined and their weights summed, in any order."""
        keys = [name for name in table.column_names if name not in self._weights]
        summed = table.group_by(keys, use_threads=False).aggregate([(name, "sum") for name in self._weights])
        return summed.rename_columns({f"{name}_sum": name for name in self._weights}).select(table.column_names)

    def hashes(self, table: pa.Table, salt: int) -> NDArray[np.uint64]:
        """Return a hash of the keys of each coded row, which does not depend on the packing."""
        total = np.full(table.num_rows, salt + 1, dtype=np.uint64) * _MIX
        numbers = [np.asarray(table[name]).astype(np.uint64) for name in self._numbers]
        for part in (*(code.astype(np.uint64) for code in _codes(table, self._packing)), *numbers):
            total = (total ^ part) * _MIX
            total ^= total >> np.uint64(29)
        return total

    def to_disk(self, table: pa.Table) -> pa.Table:
        """Return coded rows with their codes spelled out, which stays true in any packing."""
        codes = zip(self._texts, _codes(table, self._packing), strict=True)
        named = {name: pa.array(code) for name, code in codes}
        return pa.table({**named, **{name: table[name] for name in (*self._numbers, *self._weights)}})

    def from_disk(self, table: pa.Table) -> pa.Table:
        """Return coded rows in the packing of now."""
        codes = [np.asarray(table[name], dtype=np.int32) for name in self._texts]
        return self._table(self._packing.pack(codes, table.num_rows), table)

    def finished(self, table: pa.Table, *, encoded: bool, in_order: bool = True) -> pa.Table:
        """Return coded rows as keys and weights, in the order of the keys, null last, if asked.

        Args:
            table: Coded rows, each key once.
            encoded: Whether text keys become dictionary arrays, whose values stand in order.
            in_order: Whether rows are sorted.
        """
        ranked = self._ranked()
        unpacked = _codes(table, self._packing)
        codes = [ranks[code] if len(ranks) else code for (ranks, _), code in zip(ranked, unpacked, strict=True)]
        by_name = dict(zip(self._texts, codes, strict=True))
        order = self._order(by_name, table) if in_order else np.arange(table.num_rows)
        columns: dict[str, Any] = {}
        for (name, code), (_, values) in zip(by_name.items(), ranked, strict=True):
            column = _dictionary(code[order], values)
            columns[name] = column if encoded else column.cast(pa.string())
        rest = table.select([*self._numbers, *self._weights]).take(order)
        columns |= {name: rest[name] for name in rest.column_names}
        return pa.table({name: columns[name] for name in (*self._keys, *self._weights)})

    def _ranked(self) -> list[tuple[Codes, "pa.StringArray"]]:
        counts = [len(texts) for texts in self._texts.values()]
        if self._ranks is None or self._ranks[0] != counts:
            self._ranks = counts, [texts.ranked() for texts in self._texts.values()]
        return self._ranks[1]

    def _order(self, codes: dict[str, Codes], table: pa.Table) -> NDArray[np.intp]:
        """Return the order of rows by their keys, the first key first."""
        levels: list[NDArray[Any]] = []
        waiting: list[Codes] = []
        for name in (*self._keys, ""):
            if name in codes:
                waiting.append(codes[name])
                continue
            if waiting:
                packing = make_packing([int(code.max(initial=0)) + 1 for code in waiting])
                levels += packing.pack(waiting, table.num_rows)
                waiting = []
            if name:
                levels.append(np.asarray(table[name]))
        return np.argsort(levels[0]) if len(levels) == 1 else np.lexsort(levels[::-1])

    def _table(self, words: Sequence[Words], rest: pa.Table) -> pa.Table:
        named = {_word(place): pa.array(word) for place, word in enumerate(words)}
        return pa.table({**named, **{name: rest[name] for name in (*self._numbers, *self._weights)}})


def _codes(table: pa.Table, packing: Packing) -> list[Codes]:
    return packing.unpack([np.asarray(table[_word(place)], dtype=np.int64) for place in range(packing.words)])


def _word(place: int) -> str:
    """Return the name of a column of words; no key is called so, since none begins with a null character."""
    return f"\0{place}"


def _joined(parts: Sequence[Codes]) -> Codes:
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, dtype=np.int32), *parts])


def _dictionary(codes: Codes, values: "pa.StringArray") -> Any:
    """Return codes as an array over values; one past the end is null."""
    missing = codes == len(values)
    indices: Any = pa.array(codes, mask=missing) if missing.any() else pa.array(codes)
    return pa.DictionaryArray.from_arrays(indices, values)
