"""Sets of characters, as code points and as the byte sequences that write them in UTF-8.

A set is a sorted tuple of inclusive ranges. What a named class or a letter without case stands for is asked of the
engine whose dialect a pattern is written in (RE2 for whole cells, Python's `re` for text), so that the tables cannot
disagree with it about Unicode.

Source: RFC 3629 (UTF-8); R. Cox, Regular Expression Matching in the Wild, 2010 (ranges of characters as sequences
of bytes).
"""

import re
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.disguise import undisguise

Ranges = tuple[tuple[int, int], ...]

_LAST = sys.maxunicode
_SURROGATES = range(0xD800, 0xE000)
_BOUNDS = (0x7F, 0x7FF, 0xFFFF, _LAST)
"""Last code point that UTF-8 writes with one, two, three and four bytes."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a pattern is to be read.

    Attributes:
        name: `re2`, as Arrow's kernels do, or `python`, as `re` does for text.
    """

    name: str

    @property
    def is_re2(self) -> bool:
        """Whether it is RE2's."""
        return self.name == "re2"

    def named(self, pattern: str) -> Ranges:
        """Return the characters that a named class matches, such as that of Han or of white space."""
        return _named(self.name, pattern)

    def folded(self, ranges: Ranges) -> Ranges:
        """Return the characters that match any of a set without regard to case."""
        cased, groups = _folds(self.name)
        inside = contains(ranges, cased)
        if not inside.any():
            return ranges
        hit = np.isin(groups, groups[inside])
        return union(ranges, of_points(cased[hit].tolist()))


RE2 = Dialect("re2")
PYTHON = Dialect("python")


def of_points(points: Iterable[int]) -> Ranges:
    """Return the set of some code points."""
    ranges: list[tuple[int, int]] = []
    for point in sorted(set(points)):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1] = (ranges[-1][0], point)
        else:
            ranges.append((point, point))
    return tuple(ranges)


def union(*sets: Ranges) -> Ranges:
    """Return the characters of any of the sets."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(item for ranges in sets for item in ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def complement(ranges: Ranges) -> Ranges:
    """Return the characters outside a set."""
    gaps, start = [], 0
    for low, high in ranges:
        if start < low:
            gaps.append((start, low - 1))
        start = high + 1
    if start <= _LAST:
        gaps.append((start, _LAST))
    return tuple(gaps)


def contains(ranges: Ranges, points: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which code points lie in a set."""
    if not ranges:
        return np.zeros(len(points), np.bool_)
    lows, highs = np.array([low for low, _ in ranges]), np.array([high for _, high in ranges])
    place = np.searchsorted(lows, points, side="right") - 1
    inside: npt.NDArray[np.bool_] = (place >= 0) & (points <= highs[np.maximum(place, 0)])
    return inside


def byte_sequences(ranges: Ranges) -> list[tuple[tuple[int, int], ...]]:
    """Return a set as sequences of byte ranges, in order, disjoint; surrogates are left out, as UTF-8 has none.

    >>> byte_sequences(((0x4E00, 0x9FFF),))
    [((228, 228), (184, 191), (128, 191)), ((229, 233), (128, 191), (128, 191))]
    """
    sequences: list[tuple[tuple[int, int], ...]] = []
    first = 0
    for last in _BOUNDS:
        for low, high in ranges:
            for part in _without_surrogates(max(low, first), min(high, last)):
                sequences += _split(*part)
        first = last + 1
    return sequences


def all_characters() -> npt.NDArray[np.int64]:
    """Return every code point that text may hold."""
    points = np.arange(_LAST + 1)
    return points[(points < _SURROGATES.start) | (points >= _SURROGATES.stop)]


@lru_cache(maxsize=1)
def all_texts() -> pa.Array:  # type: ignore[type-arg] # its stubs want a type parameter that the class does not take
    """Return every character as a cell of its own, in the order of `all_characters`."""
    return pa.array([chr(point) for point in all_characters().tolist()], pa.string())


def _without_surrogates(low: int, high: int) -> list[tuple[int, int]]:
    parts = [(low, min(high, _SURROGATES.start - 1)), (max(low, _SURROGATES.stop), high)]
    if high < _SURROGATES.start or low >= _SURROGATES.stop:
        parts = [(low, high)]
    return [(start, end) for start, end in parts if start <= end]


def _split(low: int, high: int) -> list[tuple[tuple[int, int], ...]]:
    """Return the sequences of a range whose characters have the same number of bytes."""
    first, last = chr(low).encode(), chr(high).encode()
    for place in range(1, len(first)):
        step = 1 << (6 * place)
        if (low // step) != (high // step):
            if low % step:
                middle = (low // step + 1) * step
                return _split(low, middle - 1) + _split(middle, high)
            if (high + 1) % step:
                middle = high // step * step
                return _split(low, middle - 1) + _split(middle, high)
    return [tuple(zip(first, last, strict=True))]


@lru_cache(maxsize=256)
def _named(dialect: str, pattern: str) -> Ranges:
    if dialect == RE2.name:
        found = pc.match_substring_regex(all_texts(), pattern=f"(?s)^{pattern}$").to_numpy(zero_copy_only=False)
        return of_points(all_characters()[found].tolist())
    matches = re.compile(pattern, re.DOTALL).fullmatch
    return of_points(point for point in all_characters().tolist() if matches(chr(point)))


@lru_cache(maxsize=2)
def _folds(dialect: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the characters that have case, and for each the least one of those that match it."""
    texts = [chr(point) for point in all_characters().tolist()]
    cased = [text for text in texts if len({text, text.lower(), text.upper(), text.casefold(), text.title()}) > 1]
    cased = sorted({sign for text in cased for sign in (text, text.lower(), text.upper()) if len(sign) == 1})
    cells = pa.array(cased, pa.string())
    group = np.full(len(cased), -1)
    for place, text in enumerate(cased):
        if group[place] >= 0:
            continue
        if dialect == RE2.name:
            pattern = f"^(?i:{re.escape(text)})$" if text.isascii() else f"^(?i:{text})$"
            found = pc.match_substring_regex(cells, pattern=pattern).to_numpy(zero_copy_only=False)
        else:
            fits = re.compile(re.escape(text), re.IGNORECASE).fullmatch
            found = np.array([fits(other) is not None for other in cased])
        group[found] = place
    return np.array([ord(text) for text in cased]), group


def lowered_from(character: str) -> Ranges:
    """Return the characters that Arrow writes as a given one in lower case."""
    return _lowered().get(character, ())


@lru_cache(maxsize=1)
def _lowered() -> dict[str, Ranges]:
    found: dict[str, list[int]] = {}
    lowered: list[Any] = pc.utf8_lower(all_texts()).to_pylist()
    for point, text in zip(all_characters().tolist(), lowered, strict=True):
        found.setdefault(text, []).append(point)
    return {text: of_points(points) for text, points in found.items()}


@lru_cache(maxsize=1)
def unsettled() -> Ranges:
    """Return the characters that normalising or a plain spelling may change, alone or with the one before."""
    normal = pc.call_function("utf8_normalize", [all_texts()], pc.Utf8NormalizeOptions("NFKC"))
    changed = all_characters()[pc.not_equal(normal, all_texts()).to_numpy(zero_copy_only=False)].tolist()
    marks = [
        point
        for point in all_characters().tolist()
        if unicodedata.combining(chr(point)) or unicodedata.category(chr(point)).startswith("M")
    ]
    jamo = [*range(0x1160, 0x1200), *range(0xD7B0, 0xD800)]
    disguised = [point for point in all_characters().tolist() if undisguise(chr(point)) != chr(point)]
    return of_points([*changed, *marks, *disguised, *(point for point in jamo if point not in _SURROGATES)])
