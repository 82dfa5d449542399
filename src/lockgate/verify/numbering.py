"""Keys numbered as they come by: whole numbers, and rows of several columns of codes.

Numbers begin with 0 and are given in the order in which keys first come by, so that they depend on the rows alone. By a
table of hashed keys in compiled code, else by keys that are kept sorted; both compare keys whole and number alike.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lockgate.terms.compiled_code import load_code
from lockgate.verify.numbering_loops import EMPTY

Ints = npt.NDArray[np.int64]

_LOOPS = "lockgate.verify.compiled_numbering"
_MANY = 4_096
"""Keys from which on compiled code is worth loading."""

_SLOTS = 1 << 13
_FULL = 0.75
"""Share of the slots from which on a table gets twice as many."""

_WORD_BITS = 63
_NUMBER_BITS = 31
_SHORT_BITS = 16


class KeyNumbers:
    """Numbers of whole numbers of at least 0."""

    def __init__(self) -> None:
        self._sorted = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        self._slots: Ints | None = None
        self._count = 0

    def __len__(self) -> int:
        """Return the numbers given so far."""
        return self._count

    def numbers(self, keys: Ints) -> Ints:
        """Return the number of each key; those that are new get the next ones, in the order of the keys."""
        compiled = self._slots is not None or (len(keys) >= _MANY and load_code(_LOOPS) is not None)
        return self._looked_up(keys) if compiled else self._searched(keys)

    def _searched(self, keys: Ints) -> Ints:
        distinct, first, place = np.unique(keys, return_index=True, return_inverse=True)
        known, numbers = self._sorted
        at = np.searchsorted(known, distinct)
        is_new = np.append(known, EMPTY)[at] != distinct
        found = np.append(numbers, EMPTY)[at]
        new = np.flatnonzero(is_new)
        if len(new):
            found[new[np.argsort(first[new])]] = self._count + np.arange(len(new))
            self._sorted = np.insert(known, at[new], distinct[new]), np.insert(numbers, at[new], found[new])
            self._count += len(new)
        return found[place]

    def _looked_up(self, keys: Ints) -> Ints:
        loops = load_code(_LOOPS)
        assert loops is not None
        if self._slots is None:
            known, numbers = self._sorted
            self._grow(known[np.argsort(numbers)])
        found = np.empty(len(keys), dtype=np.int64)
        done = 0
        while True:
            slots = self._slots
            assert slots is not None
            done, self._count = loops.number_keys(keys, slots, (done, self._count, int(_FULL * len(slots))), found)
            if done == len(keys):
                return found
            held = slots[slots[:, 0] != EMPTY]
            self._slots = slots = None  # tables are large, and the next one is twice as large
            known = np.empty(self._count, dtype=np.int64)
            known[held[:, 1]] = held[:, 0]
            self._grow(known)

    def _grow(self, known: Ints) -> None:
        """Make a table in which half of the slots are used at most, and put them in by the order of numbers."""
        loops = load_code(_LOOPS)
        assert loops is not None
        room = max(_SLOTS, 2 << max(len(known) - 1, 0).bit_length())
        self._slots = np.full((room, 2), EMPTY, dtype=np.int64)
        _, self._count = loops.number_keys(known, self._slots, (0, 0, room), np.empty(len(known), dtype=np.int64))


class RowNumbers:
    """Numbers of rows of codes, of as many columns each time.

    Codes of a row are packed into words of 63 bits; a further word is put beside the number of what stands before it.
    """

    def __init__(self, columns: int) -> None:
        self._bits = [1] * columns
        self._stages: list[KeyNumbers] = []
        self._rows: list[npt.NDArray[np.signedinteger[Any]]] = []

    def numbers(self, codes: Sequence[Ints]) -> Ints:
        """Return the number of each row; those that are new get the next ones, in the order of the rows.

        Args:
            codes: For each column the code of each row, from 0, less than 2^31; at least one column.
        """
        most = [int(column.max(initial=0)).bit_length() for column in codes]
        if not self._stages or any(bits > room for bits, room in zip(most, self._bits, strict=True)):
            self._bits = [max(room, bits + 1) for bits, room in zip(most, self._bits, strict=True)]
            known = self.rows()
            self._stages = []
            self._packed(known)
        before = len(self._stages[-1])
        found = self._packed(codes)
        if len(self._stages[-1]) > before:
            highest = np.maximum.accumulate(np.append(before - 1, found))
            first = np.flatnonzero(np.diff(highest))
            new = np.stack([column[first] for column in codes])
            self._rows.append(new.astype(np.int16 if max(most) < _SHORT_BITS else np.int32))
        return found

    def rows(self) -> list[npt.NDArray[np.signedinteger[Any]]]:
        """Return for each column the codes of the rows, in the order of their numbers."""
        self._rows = [np.concatenate([np.zeros((len(self._bits), 0), dtype=np.int16), *self._rows], axis=1)]
        return list(self._rows[0])

    def _packed(self, codes: Sequence[npt.NDArray[np.integer]]) -> Ints:
        key = np.zeros(len(codes[0]), dtype=np.int64)
        room, stage = _WORD_BITS, 0
        for bits, column in zip(self._bits, codes, strict=True):
            if bits > room:
                key = self._stage(stage).numbers(key)
                room, stage = _WORD_BITS - _NUMBER_BITS, stage + 1
            key = (key << np.int64(bits)) | column
            room -= bits
        return self._stage(stage).numbers(key)

    def _stage(self, stage: int) -> KeyNumbers:
        if stage == len(self._stages):
            self._stages.append(KeyNumbers())
        return self._stages[stage]
