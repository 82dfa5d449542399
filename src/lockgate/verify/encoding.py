"""Columns as codes of their distinct cells, null as one of them, in the order in which cells first come by.

By compiled code where it is loaded already or there are many cells, else by Arrow; both give the same codes.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.terms.compiled_code import is_loaded, load_code
from lockgate.verify.encoding_loops import EMPTY

Ints = npt.NDArray[np.int64]
Column: TypeAlias = Any
"""An Arrow array; its kernels return types too many to name."""

LOOPS = "lockgate.verify.compiled_encoding"
_MANY = 1 << 20
"""Cells from which on loading compiled code pays."""

_FEW = 512
"""Cells below which Arrow is as fast."""

_SINGLE = 64
_SLOTS = 1 << 12
_MASKS = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype=np.uint64)
_WORD_BYTES = 8


def distinct_codes(column: Column) -> tuple[Ints, Column]:
    """Return the code of each cell, and the distinct cells.

    Args:
        column: Not encoded; of a type that Arrow can compare.
    """
    loops = loops_for(len(column))
    kind = column.type
    if loops is not None and (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return _texts(loops, column)
    if loops is not None and pa.types.is_int64(kind) and not column.null_count:
        numbers = np.asarray(column).view(np.uint64)
        numbers.flags.writeable = False
        return _coded(column, lambda slots, found: int(loops.encode_numbers(numbers, slots, found)))
    encoded: Any = pc.dictionary_encode(column, null_encoding="encode")
    return np.asarray(encoded.indices, dtype=np.int64), encoded.dictionary


def loops_for(cells: int) -> ModuleType | None:
    """Return the compiled loops; None where so few cells are as quick without, or they are not made yet."""
    if cells < _FEW or not (is_loaded(LOOPS) or cells >= _MANY):
        return None
    return load_code(LOOPS)


def _texts(loops: ModuleType, column: Column) -> tuple[Ints, Column]:
    _, offset_buffer, data = column.buffers()
    width = np.dtype("<i8" if pa.types.is_large_string(column.type) else "<i4")
    offsets = np.frombuffer(offset_buffer, width, len(column) + 1, column.offset * width.itemsize)
    offsets.flags.writeable = False  # of one type for compiled code, wherever they lie
    valid = np.zeros(0, dtype=np.uint8)
    if column.null_count:
        valid = np.array(column.is_valid().cast(pa.uint8()))
    words = _words(data)
    return _coded(column, lambda slots, found: int(loops.encode_texts(words, offsets, valid, _MASKS, slots, found)))


def _words(data: Any) -> npt.NDArray[np.uint64]:
    """Return the eight bytes from each byte on as numbers, as far as there are eight; fewer are filled up by zeros."""
    held = np.zeros(0, dtype=np.uint8) if data is None else np.frombuffer(data, dtype=np.uint8)
    if len(held) < _WORD_BYTES:
        held = np.append(held, np.zeros(_WORD_BYTES, dtype=np.uint8))
    words: npt.NDArray[np.uint64] = np.ndarray((len(held) - _WORD_BYTES + 1,), "<u8", held, strides=(1,))
    words.flags.writeable = False  # likewise
    return words


def _coded(column: Column, encode: Callable[[Any, Any], int]) -> tuple[Ints, Column]:
    room, most = _SLOTS, 2 << max(len(column), 1).bit_length()
    while True:
        most_codes = min(room // 2 + 1, len(column))
        heads = np.empty((most_codes, 4), dtype=np.uint64)
        found = np.empty(len(column), dtype=np.int64), np.empty(most_codes, dtype=np.int64), heads
        count = encode(np.full(room, EMPTY, dtype=np.int32), found)
        if count >= 0:
            return found[0], _cells(column, found[1][:count])
        room = min(room * 16, most)


def _cells(column: Column, places: Ints) -> Column:
    """Return some cells of a column; a few are quicker asked for one by one."""
    if len(places) > _SINGLE:
        return column.take(pa.array(places))
    return pa.array([column[place].as_py() for place in places.tolist()], column.type)
