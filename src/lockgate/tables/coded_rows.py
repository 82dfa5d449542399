"""Rows of text keys held as packed codes, eight to a few more bytes a row, with the weights of each.

Grouping numbers costs a tenth of grouping texts. Texts are held once a column, in memory, so columns with very many
distinct ones are not coded: `CodedRows.can_take` says so, and `lockgate.tables.spill` goes on without.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lockgate.tables.coding import Codes, Packing, TextCodes, Words, is_text, make_packing

_MOST_TEXTS = 1 << 17
"""Texts of a column up to which it is coded."""

_ROOM = 2
"""Texts of a column for which room is left, over those that are there."""

_INDICES = (np.int8, np.int16, np.int32)
"""Types of the indices of dictionary arrays."""

Ranks = NDArray[np.signedinteger[Any]]

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
        self._ranks: tuple[list[int], dict[str, tuple[Ranks, pa.StringArray]]] | None = None

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
        numbers = (np.asarray(table[name]) for name in self._numbers)
        for part in chain(_codes(table, self._packing), numbers):
            total ^= part.astype(np.uint64)
            total *= _MIX
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
        if in_order:
            table = table.take(self._order(table))
        columns: dict[str, Any] = {name: table[name] for name in (*self._numbers, *self._weights)}
        for name, (_, values) in self._ranked().items():
            column = _dictionary(next(self._ranks_of([name], table)), values)
            columns[name] = column if encoded else column.cast(pa.string())
        return pa.table({name: columns[name] for name in (*self._keys, *self._weights)})

    def _ranked(self) -> dict[str, tuple[Ranks, "pa.StringArray"]]:
        """Return the rank of each code in the order of texts, as short as it may be, and the texts in that order."""
        counts = [len(texts) for texts in self._texts.values()]
        if self._ranks is None or self._ranks[0] != counts:
            ranked = {name: texts.ranked() for name, texts in self._texts.items()}
            found = {name: (ranks.astype(_index_of(len(ranks))), values) for name, (ranks, values) in ranked.items()}
            self._ranks = counts, found
        return self._ranks[1]

    def _ranks_of(self, names: Sequence[str], table: pa.Table) -> Iterator[Ranks]:
        """Return the rank of each row's text in some columns, one after the other: memory holds one of them."""
        words, places = _words(table, self._packing), list(self._texts)
        for name in names:
            ranks, code = self._ranked()[name][0], self._packing.unpacked(words, places.index(name))
            yield ranks[code] if len(ranks) else code

    def _order(self, table: pa.Table) -> NDArray[np.intp]:
        """Return the order of rows by their keys, the first key first."""
        levels: list[NDArray[Any]] = []
        waiting: list[str] = []
        for name in (*self._keys, ""):
            if name in self._texts:
                waiting.append(name)
                continue
            if waiting:
                packing = make_packing([len(self._texts[each]) for each in waiting])
                levels += packing.pack(self._ranks_of(waiting, table), table.num_rows)
                waiting = []
            if name:
                levels.append(np.asarray(table[name]))
        return np.argsort(levels[0]) if len(levels) == 1 else np.lexsort(levels[::-1])

    def _table(self, words: Sequence[Words], rest: pa.Table) -> pa.Table:
        named = {_word(place): pa.array(word) for place, word in enumerate(words)}
        # copied, so that they do not hold what they are a part of: a file that is mapped, or a batch
        others = {name: pa.array(np.array(rest[name])) for name in (*self._numbers, *self._weights)}
        return pa.table({**named, **others})


def _words(table: pa.Table, packing: Packing) -> list[Words]:
    return [np.asarray(table[_word(place)], dtype=np.int64) for place in range(packing.words)]


def _codes(table: pa.Table, packing: Packing) -> Iterator[Codes]:
    """Return for each column the code of each row, one after the other: memory holds one of them."""
    words = _words(table, packing)
    return (packing.unpacked(words, column) for column in range(len(packing.places)))


def _index_of(count: int) -> type[np.signedinteger[Any]]:
    """Return the shortest type of an index for so many texts, with room for one more."""
    return next(type_ for type_ in _INDICES if count < np.iinfo(type_).max)


def _word(place: int) -> str:
    """Return the name of a column of words; no key is called so, since none begins with a null character."""
    return f"\0{place}"


def _joined(parts: Sequence[Codes]) -> Codes:
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, dtype=np.int32), *parts])


def _dictionary(codes: Ranks, values: "pa.StringArray") -> Any:
    """Return codes as an array over values; one past the end is null."""
    missing = codes == len(values)
    indices: Any = pa.array(codes, mask=missing) if missing.any() else pa.array(codes)
    return pa.DictionaryArray.from_arrays(indices, values)
