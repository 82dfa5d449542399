"""Texts as matrices of characters, one matrix for each length, so that a technique works on whole columns of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Texts

Characters = npt.NDArray[Any]
"""Characters of texts of one length, shape (texts, length): bytes of UTF-8 as `uint8`, or code points as `uint32`."""

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Texts of one length.

    Attributes:
        at: Which texts they are, rising.
        characters: Their characters.
    """

    at: npt.NDArray[np.int64]
    characters: Characters


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """Texts of one length as they are to be.

    Attributes:
        at: Which texts they are.
        characters: Their characters.
        fits: Where there is a text at all; elsewhere null.
    """

    at: npt.NDArray[np.int64]
    characters: Characters
    fits: Marks


def byte_rows(texts: Texts) -> Iterator[Rows]:
    """Yield the texts of each length in bytes of UTF-8.

    Args:
        texts: Without nulls.
    """
    _, ends, buffer = texts.buffers()
    if ends is None or not len(texts):
        return
    offsets = np.frombuffer(memoryview(ends), dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = np.zeros(0, dtype=np.uint8) if buffer is None else np.frombuffer(memoryview(buffer), dtype=np.uint8)
    for length, at in numbered_groups(np.diff(offsets)):
        if len(at) == len(texts):
            yield Rows(at, data[offsets[0] : offsets[-1]].reshape(-1, length) if length else _nothing(len(at)))
        else:
            yield Rows(at, data[offsets[at].astype(np.int64)[:, None] + np.arange(length)])


def point_rows(texts: Texts) -> Iterator[Rows]:
    """Yield the texts of each length in code points.

    Args:
        texts: Without nulls.
    """
    cells = np.array(texts.to_pylist(), dtype=object)
    for length, at in numbered_groups(np.array([len(cell) for cell in cells], dtype=np.int64)):
        written = "".join(cells[at]).encode("utf-32-le")
        yield Rows(at, np.frombuffer(written, dtype=np.uint32).reshape(len(at), length))


def numbered_groups(numbers: npt.NDArray[Any]) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Yield each number that occurs, with the places where it does, rising; sorts once, however many there are."""
    if not len(numbers):
        return
    order = np.argsort(numbers, kind="stable")
    ends = np.flatnonzero(np.diff(numbers[order])) + 1
    for at in np.split(order, ends):
        yield int(numbers[at[0]]), at


def texts_of(groups: Iterable[Written], count: int) -> Texts:
    """Return one text for each number below the count; every number stands in one of the groups."""
    parts, places = [], []
    for group in groups:
        parts.append(_texts(group.characters, group.fits))
        places.append(group.at)
    if not parts:
        return pa.array([], type=pa.string())
    if len(parts) == 1:
        return parts[0]
    order = np.empty(count, dtype=np.int64)
    order[np.concatenate(places)] = np.arange(count)
    return pa.concat_arrays(parts).take(order)


def scatter(texts: Texts, given: Texts) -> Texts:
    """Return texts made of a column without its nulls, with the nulls in their places again."""
    if given.null_count == 0:
        return texts
    valid = np.asarray(pc.is_valid(given))
    index: Any = pa.array(np.cumsum(valid) - 1, mask=~valid)
    return texts.take(index)


def _texts(characters: Characters, fits: Marks) -> Texts:
    count, length = characters.shape
    if characters.dtype != np.uint8:
        cells = [row.tobytes().decode("utf-32-le") if fit else None for row, fit in zip(characters, fits, strict=True)]
        return pa.array(cells, type=pa.string())
    offsets = np.arange(count + 1, dtype=np.int64) * length
    buffers: list[Any] = [None, offsets, np.ascontiguousarray(characters)]
    if not fits.all():
        buffers[0] = np.packbits(fits, bitorder="little")
        buffers[2] = np.where(fits[:, None], characters, 0).astype(np.uint8)  # a null must not carry what it hides
    ready = [None if buffer is None else pa.py_buffer(buffer) for buffer in buffers]
    return pa.Array.from_buffers(pa.large_string(), count, ready).cast(pa.string())


def _nothing(count: int) -> Characters:
    return np.zeros((count, 0), dtype=np.uint8)
