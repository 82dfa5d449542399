"""Which released classes are compatible with what an attacker knows, for every combination of original values.

Combinations are sorted, and classes are narrowed down column by column for all combinations that begin alike, the most
telling column first. Exact; no class is left out. The work grows with the pairs that are left after each column.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.terms.compiled_code import load_code
from lockgate.verify.coverage import Bools, Codes, Cover, Ints

_KERNEL = "lockgate.verify.compiled_compatible"
_MANY = 1 << 22
"""Pairs of a combination and a class from which on compiled code is worth loading."""

_CELLS = 1 << 26
"""Pairs of a value and a label that may be laid out in tables."""

_PARTS = 16
_PAIRS = 1 << 23
_COMBINATIONS = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """Original and released combinations as codes.

    Attributes:
        covers: One for each quasi-identifier.
        originals: Codes of the distinct original combinations, shape (columns, combinations).
        classes: Codes of the distinct released combinations, shape (columns, classes).
    """

    covers: Sequence[Cover]
    originals: Codes
    classes: Codes

    def covered(self, original: Ints, released: Ints) -> Bools:
        """Return for each pair of combination and class whether all labels of the class cover the values."""
        held = np.ones(len(original), dtype=bool)
        for cover, values, labels in zip(self.covers, self.originals, self.classes, strict=True):
            held &= cover.covers(values[original], labels[released])
        return held


def compatible_rows(copy: Copy, rows: Ints) -> Ints:
    """Return for each original combination the number of released rows that are compatible with it.

    Args:
        copy: The combinations.
        rows: Rows of each class.
    """
    count, classes = copy.originals.shape[1], copy.classes.shape[1]
    kernel = load_code(_KERNEL) if copy.covers and count * classes > _MANY else None
    tables = None if kernel is None else _cover_tables(copy)
    if kernel is not None and tables is not None:
        return _counted(kernel.count_rows, copy, rows, tables)
    found = np.zeros(count, dtype=np.int64)
    for original, released in compatible_pairs(copy):
        found += np.bincount(original, rows[released], minlength=len(found)).astype(np.int64)
    return found


def _cover_tables(copy: Copy) -> list[npt.NDArray[np.uint8]] | None:
    """Return for each column which labels cover each value; None where there are too many of both."""
    sizes = [(len(cover.value_of), len(cover.low)) for cover in copy.covers]
    if sum(values * labels for values, labels in sizes) > _CELLS:
        return None
    tables = []
    for cover, (values, labels) in zip(copy.covers, sizes, strict=True):
        value, label = np.repeat(np.arange(values), labels), np.tile(np.arange(labels), values)
        tables.append(cover.covers(value, label).astype(np.uint8))
    return tables


def _counted(count_rows: Callable[..., None], copy: Copy, rows: Ints, tables: Sequence[npt.NDArray[np.uint8]]) -> Ints:
    """Return the rows compatible with each combination, by compiled code on every core."""
    columns = _by_telling(copy)
    order = np.lexsort([copy.originals[column] for column in columns[::-1]])
    # classes that are looked at together lie near each other
    by_label = np.lexsort([copy.classes[column] for column in columns[::-1]])
    labels = _chosen(copy.classes, columns, by_label)
    sizes = np.array([len(tables[column]) for column in columns], dtype=np.int64)
    places = np.stack([np.cumsum(sizes) - sizes, [len(copy.covers[column].low) for column in columns]], axis=1)
    covers = np.concatenate([tables[column] for column in columns]), places.astype(np.int64)
    of_class = np.ascontiguousarray(rows[by_label], dtype=np.int64)
    parts = np.array_split(np.arange(len(order)), min(_PARTS, max(len(order), 1)))
    found = np.zeros(len(order), dtype=np.int64)

    def count(part: Ints) -> None:
        here = np.zeros(len(part), dtype=np.int64)
        count_rows(_chosen(copy.originals, columns, order[part]), labels, covers, of_class, here)
        found[order[part]] = here

    with ThreadPoolExecutor(min(pa.cpu_count(), _PARTS)) as pool:
        list(pool.map(count, parts))
    return found


def _chosen(codes: Codes, columns: Sequence[int], places: Ints) -> npt.NDArray[np.int32]:
    """Return some columns of some combinations, as compiled code takes them."""
    found = np.empty((len(columns), len(places)), dtype=np.int32)
    for row, column in enumerate(columns):
        found[row] = codes[column][places]
    return found


def compatible_pairs(copy: Copy) -> Iterator[tuple[Ints, Ints]]:
    """Yield all pairs of an original combination and a class that is compatible with it, each pair once."""
    if not copy.classes.shape[1]:
        return
    columns = _by_telling(copy)
    order = np.lexsort(copy.originals[columns[::-1]]) if columns else np.arange(copy.originals.shape[1])
    waiting = [order[at : at + _COMBINATIONS] for at in range(0, len(order), _COMBINATIONS)]
    while waiting:
        chosen = waiting.pop()
        pairs = _narrow(copy, columns, chosen)
        if pairs is not None:
            yield pairs
        else:
            half = len(chosen) // 2
            waiting += [chosen[:half], chosen[half:]]


def _by_telling(copy: Copy) -> list[int]:
    """Return the columns by rising number of pairs of value and label, counted as they occur, that are compatible."""
    shares = []
    for cover, values, labels in zip(copy.covers, copy.originals, copy.classes, strict=True):
        value_count = np.bincount(values, minlength=len(cover.value_of))
        label_count = np.bincount(labels, minlength=len(cover.low))
        below = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(value_count)))
        stretch = np.maximum(below[np.maximum(cover.high + 1, cover.low)] - below[cover.low], 0)
        pairs = int(stretch @ label_count)
        count = len(cover.low)
        pairs += int(value_count[cover.members // count] @ label_count[cover.members % count])
        shares.append(pairs)
    return sorted(range(len(shares)), key=shares.__getitem__)


def _narrow(copy: Copy, columns: Sequence[int], chosen: Ints) -> tuple[Ints, Ints] | None:
    """Return the compatible pairs of some sorted combinations; None if there would be too many at once."""
    begun = _begin(copy, columns, chosen)
    if begun is None:
        return None
    prefix, length, candidates = begun  # combinations that begin alike share one prefix
    start = np.cumsum(length) - length
    for column in columns[1:]:
        value = copy.originals[column][chosen]
        fresh = (np.diff(prefix, prepend=-1) != 0) | (np.diff(value, prepend=-1) != 0)
        parent = prefix[fresh]
        if int(length[parent].sum()) > _PAIRS and len(chosen) > 1:
            return None
        owner, released = _expand(start[parent], length[parent], candidates)
        kept = copy.covers[column].covers(value[fresh][owner], copy.classes[column][released])
        owner, candidates = owner[kept], released[kept]
        length = np.bincount(owner, minlength=len(parent))
        start = np.cumsum(length) - length
        prefix = np.cumsum(fresh) - 1
    owner, released = _expand(start[prefix], length[prefix], candidates)
    return chosen[owner], released


def _begin(copy: Copy, columns: Sequence[int], chosen: Ints) -> tuple[Ints, Ints, Ints] | None:
    """Return what `_narrow` begins with, the first column narrowed down; None if there would be too many pairs.

    Classes are found by the stretches and members of their labels, so that not every value is held against every class.

    Returns:
        The prefix of each combination, the number of candidates of each prefix, and these one prefix after the other.
    """
    classes = copy.classes.shape[1]
    if not columns:
        return np.zeros(len(chosen), dtype=np.int64), np.array([classes]), np.arange(classes)
    cover, label_of = copy.covers[columns[0]], copy.classes[columns[0]]
    value = copy.originals[columns[0]][chosen]
    fresh = np.diff(value, prepend=-1) != 0
    values, count = value[fresh], len(cover.low)
    used = np.bincount(label_of, minlength=count)
    first = np.searchsorted(values, cover.low)
    length = np.maximum(np.searchsorted(values, cover.high, side="right") - first, 0) * (used > 0)
    member, of_label = np.divmod(cover.members, count)
    at = np.minimum(np.searchsorted(values, member), len(values) - 1)
    single = (values[at] == member) & ~((cover.low[of_label] <= member) & (member <= cover.high[of_label]))
    if len(chosen) > 1 and int(length @ used) + int(used[of_label[single]].sum()) > _PAIRS:
        return None
    label, place = _expand(first, length, np.arange(len(values)))
    label, place = np.concatenate((label, of_label[single])), np.concatenate((place, at[single]))
    pair, candidates = _expand((np.cumsum(used) - used)[label], used[label], np.argsort(label_of, kind="stable"))
    owner = place[pair]
    by_owner = np.argsort(owner, kind="stable")
    return np.cumsum(fresh) - 1, np.bincount(owner, minlength=len(values)), candidates[by_owner]


def _expand(start: Ints, length: Ints, candidates: Ints) -> tuple[Ints, Ints]:
    """Return for each list of candidates its number beside each of its members."""
    owner = np.repeat(np.arange(len(start)), length)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length)
    return owner, candidates[start[owner] + within]


def own_rows(copy: Copy, original: Ints, released: Ints, person: Ints | None, weight: Ints) -> Ints:
    """Return for each pair the released rows of its person that are compatible with its original combination.

    Args:
        copy: The combinations.
        original: Combination of each pair.
        released: Class of each pair.
        person: Number of the person of each pair; None where each row is a person of its own.
        weight: Rows of each pair.
    """
    if person is None:
        return copy.covered(original, released).astype(np.int64)
    by_person = np.argsort(person, kind="stable")
    count = np.bincount(person)
    first = (np.cumsum(count) - count)[person]
    length = count[person]
    found = np.zeros(len(person), dtype=np.int64)
    for low, high in _stretches(length):
        owner, other = _expand(first[low:high], length[low:high], by_person)
        held = copy.covered(original[low:high][owner], released[other])
        found[low:high] = np.bincount(owner, np.where(held, weight[other], 0), minlength=high - low)
    return found


def _stretches(length: Ints) -> Iterator[tuple[int, int]]:
    """Yield bounds of stretches whose lengths add up to a bounded number, or of one member each."""
    total = np.cumsum(length)
    low = 0
    while low < len(length):
        before = int(total[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(total, before + _PAIRS, side="right")))
        yield low, high
        low = high
