"""Combinations as single numbers: a code for each value, one packed key for each combination.

Codes are packed by mixed radix. Where the product of the radices passes 62 bits, the keys so far are replaced by
their ranks among the keys that occur, so any number of columns fits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int64]

Texts: TypeAlias = "pa.Array[Any]"
"""A column of an Arrow batch; of texts, unless said otherwise."""

_SPAN = 1 << 62

_DENSE = 8
"""Possible keys a key up to which they are marked in an array instead of being sorted."""


@dataclass(frozen=True, slots=True, eq=False)
class Codebook:
    """What turns a row of texts into the number of its combination.

    Attributes:
        values: For each column its values in the order of their codes; a null stands among them where one occurs.
        stages: By position of a column, the sorted keys that occur over the columns before it, where they are ranked.
        keys: The sorted keys of all combinations.
    """

    values: tuple[Texts, ...]
    stages: Mapping[int, Codes]
    keys: Codes

    def combinations_of(self, columns: Sequence[Texts]) -> Codes:
        """Return the number of each row's combination, from 0 in the order of the keys; -1 for one never seen.

        Args:
            columns: Texts, one array a column, in the order of `values`.
        """
        return self.numbers_of([codes_of(texts, values) for texts, values in zip(columns, self.values, strict=True)])

    def numbers_of(self, codes: Sequence[Codes]) -> Codes:
        """Return the same, given the codes of the values of each row; -1 for a value never seen."""
        key = np.zeros(len(codes[0]), dtype=np.int64)
        unseen = np.zeros(len(key), dtype=bool)
        for position, (code, values) in enumerate(zip(codes, self.values, strict=True)):
            if position in self.stages:
                key, missing = _rank(self.stages[position], key)
                unseen |= missing
            unseen |= code < 0
            key = key * len(values) + np.maximum(code, 0)
        number, missing = _rank(self.keys, key)
        return np.where(unseen | missing, -1, number)


def make_codebook(values: tuple[Texts, ...], codes: Sequence[Codes]) -> Codebook:
    """Return the codebook of the combinations that occur.

    Args:
        values: For each column its values in the order of their codes.
        codes: For each column the code of each combination; combinations may repeat.
    """
    key, span = np.zeros(len(codes[0]), dtype=np.int64), 1
    stages: dict[int, Codes] = {}
    for position, (code, column) in enumerate(zip(codes, values, strict=True)):
        if span * len(column) > _SPAN:
            stages[position] = distinct_keys(key)
            key, span = np.searchsorted(stages[position], key), len(stages[position])
        key, span = key * len(column) + code, span * len(column)
    return Codebook(values, stages, distinct_keys(key))


def distinct_keys(keys: Codes) -> Codes:
    """Return the distinct keys, rising; several times faster than by hashing where most are distinct."""
    rising = np.sort(keys)
    fresh = np.ones(len(rising), dtype=bool)
    fresh[1:] = rising[1:] != rising[:-1]
    distinct: Codes = rising[fresh]
    return distinct


def numbered(keys: Codes, room: int) -> tuple[Codes, Codes]:
    """Return the distinct keys, rising, and for each key its place among them.

    Args:
        keys: At least 0.
        room: More than the greatest key; where it is small, no key is sorted.
    """
    if room > _DENSE * len(keys):
        distinct, place = np.unique(keys, return_inverse=True)
        return distinct, place
    occurs = np.zeros(room, dtype=bool)
    occurs[keys] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[keys]


def codes_of(texts: Texts, values: Texts) -> Codes:
    """Return the code of each text, its position among the values; -1 where it is not among them.

    Args:
        texts: Spelled out, or as a dictionary array.
        values: Spelled out.
    """
    if isinstance(texts, pa.DictionaryArray):
        places = np.append(codes_of(texts.dictionary, values), codes_of(pa.nulls(1, pa.string()), values))
        codes: Codes = places[np.asarray(texts.indices.fill_null(len(texts.dictionary)))]
        return codes
    found: Texts = pc.index_in(texts, value_set=values)
    return np.asarray(found.fill_null(-1), dtype=np.int64)


def as_distinct(texts: Texts) -> tuple[list[str], Texts]:
    """Return the distinct texts of a column, and for each row which one it holds; null for a null."""
    encoded: Any = pc.dictionary_encode(texts)
    return encoded.dictionary.to_pylist(), encoded.indices


def _rank(keys: Codes, key: Codes) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """Return the rank of each key among the sorted keys, and where it does not occur."""
    rank = np.empty(len(key), dtype=np.int64)
    order = np.argsort(key)  # near keys one after the other are found several times faster
    rank[order] = np.minimum(np.searchsorted(keys, key[order]), max(len(keys) - 1, 0))
    missing = keys[rank] != key if len(keys) else np.ones(len(key), dtype=bool)
    return rank, missing
