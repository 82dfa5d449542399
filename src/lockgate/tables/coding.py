"""Text columns as small numbers, and several such numbers packed into one word.

A code says nothing of its text but which one it is: codes are given in the order in which texts come by. `Packing`
puts the codes of a row side by side into words of 63 bits, so that rows are compared by one or two numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Codes = NDArray[np.int32]
Words = NDArray[np.int64]

_WORD_BITS = 63
"""The sign is left out, so that words are in the order of their codes."""


def is_text(type_: pa.DataType) -> bool:
    """Whether a column is of text, spelled out or by a dictionary."""
    return pa.types.is_string(type_) or (pa.types.is_dictionary(type_) and pa.types.is_string(type_.value_type))


class TextCodes:
    """The codes of one column of text, from 0 on; null is a text like any other."""

    def __init__(self) -> None:
        self._known: dict[str | None, int] = {}
        self._last: tuple[Any, Codes] | None = None

    def __len__(self) -> int:
        """Return the number of texts so far."""
        return len(self._known)

    def codes_of(self, column: Any) -> Codes:
        """Return the code of each cell; texts that are new get the next ones.

        Args:
            column: Of type string, or a dictionary of strings.
        """
        if not pa.types.is_dictionary(column.type):
            column = pc.dictionary_encode(column, null_encoding="mask")
        texts, indices = column.dictionary, column.indices
        places = self._placed(texts)
        if indices.null_count:
            indices = indices.fill_null(len(texts))
            places = np.append(places, np.int32(self._known.setdefault(None, len(self._known))))
        codes: Codes = places[indices.to_numpy(zero_copy_only=False)]
        return codes

    def texts(self) -> list[str | None]:
        """Return the texts in the order of their codes."""
        return list(self._known)

    def ranked(self) -> tuple[Codes, "pa.StringArray"]:
        """Return the rank of each code in the order of texts, null last, and the texts in that order, null aside."""
        texts = self.texts()
        order = sorted(range(len(texts)), key=lambda code: (texts[code] is None, texts[code] or ""))
        ranks = np.empty(len(texts), dtype=np.int32)
        ranks[order] = np.arange(len(texts), dtype=np.int32)
        return ranks, pa.array([text for code in order if (text := texts[code]) is not None], pa.string())

    def _placed(self, texts: "pa.Array[Any]") -> Codes:
        if self._last is not None and self._last[0].equals(texts):  # most often that of the batch before
            return self._last[1]
        known = self._known
        places = np.array([known.setdefault(text, len(known)) for text in texts.to_pylist()], dtype=np.int32)
        self._last = texts, places
        return places


@dataclass(frozen=True, slots=True)
class Packing:
    """How the codes of some columns stand in words.

    Attributes:
        places: For each column its word, the bits below it there, and its own bits.
        words: Number of words.
    """

    places: tuple[tuple[int, int, int], ...]
    words: int

    def pack(self, codes: Iterable[NDArray[np.signedinteger[Any]]], rows: int) -> list[Words]:
        """Return the words of rows.

        Args:
            codes: For each column the code of each row.
            rows: Their number.
        """
        words = [np.zeros(rows, dtype=np.int64) for _ in range(self.words)]
        for (word, shift, _), column in zip(self.places, codes, strict=True):
            words[word] |= column.astype(np.int64) << np.int64(shift)
        return words

    def unpack(self, words: Sequence[Words]) -> list[Codes]:
        """Return for each column the code of each row."""
        return [self.unpacked(words, column) for column in range(len(self.places))]

    def unpacked(self, words: Sequence[Words], column: int) -> Codes:
        """Return the code of each row in one column."""
        word, shift, bits = self.places[column]
        return ((words[word] >> np.int64(shift)) & np.int64((1 << bits) - 1)).astype(np.int32)

    def holds(self, counts: Sequence[int]) -> bool:
        """Whether so many codes of each column find room."""
        return all(count <= 1 << bits for count, (_, _, bits) in zip(counts, self.places, strict=True))


def make_packing(counts: Sequence[int]) -> Packing:
    """Return a packing with room for so many codes of each column, the first column leading its word.

    Args:
        counts: At most 2^31 each.
    """
    bits = [max(count - 1, 0).bit_length() for count in counts]
    parts: list[list[int]] = []
    for size in bits:
        if not parts or sum(parts[-1]) + size > _WORD_BITS:
            parts.append([])
        parts[-1].append(size)
    places = []
    for word, sizes in enumerate(parts):
        above = sum(sizes)
        for size in sizes:
            above -= size
            places.append((word, above, size))
    return Packing(tuple(places), len(parts))
