"""Which rows of each person count: at most so many, in at most so many groups, the same on every engine.

A person's groups, then the rows in them, are ranked by a keyed hash and the lowest ranks are kept. The rank of a row
comes from its person and its number in the source, never from its values, so that nothing is favoured; it does not
depend on fragments or their order. All of a person's rows must be looked at together: split by `bucket_of`, bucket
after bucket, in as little memory as wanted.

Truncation by a function of one person's rows alone keeps the bound of contributions exact. Source: R. Wilson et al.,
Differentially Private SQL with Bounded User Contribution, PoPETs 2020, section 3.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from lockgate.protect.dp.coins import Flags, Integers

Words = npt.NDArray[np.uint64]

_CONTEXT = b"lockgate/contribution/1"
_RANK_BITS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """How much of one person counts.

    Attributes:
        max_rows: Rows, at least 1.
        max_groups: Groups, at least 1.
    """

    max_rows: int
    max_groups: int


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Which rows count.

    Attributes:
        rows: For each row whether it counts.
        firsts: For each row whether it counts and is the one that stands for its person in its group.
    """

    rows: Flags
    firsts: Flags


def row_ranks(persons: Words, first_row: int, key: bytes) -> Words:
    """Return the rank of each row among its person's.

    Args:
        persons: Keyed hash of each row's person, shape (rows, 2).
        first_row: Number of the first row in the source; the rows follow one another.
        key: Secret bytes.
    """
    numbers = np.arange(first_row, first_row + len(persons), dtype=np.uint64)
    return _mix(_mix(numbers ^ _secret(key, b"row")) ^ persons[:, 0] + persons[:, 1])


def text_ranks(texts: list[str | None], key: bytes) -> Words:
    """Return a keyed hash of each text, by which groups are ranked; a null has one too."""
    digests = b"".join(
        blake2b(b"" if text is None else b"\x01" + text.encode(), digest_size=8, key=key, person=b"group").digest()
        for text in texts
    )
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def mixed(ranks: Words, more: Words) -> Words:
    """Return the rank of a group over one more column."""
    return _mix(ranks ^ _mix(more))


def bucket_of(persons: Words, buckets: int) -> Integers:
    """Return for each row the bucket of its person, so that all rows of a person are in one.

    Args:
        persons: Keyed hash of each row's person, shape (rows, 2).
        buckets: How many, at least 1.
    """
    return (persons[:, 0] % np.uint64(buckets)).astype(np.int64)


def keep_contributions(persons: Words, ranks: Words, group: Integers, group_ranks: Words, limits: Limits) -> Kept:
    """Return which rows count.

    Args:
        persons: Keyed hash of each row's person, shape (rows, 2).
        ranks: Of each row, from `row_ranks`.
        group: Number of each row's group, from 0.
        group_ranks: Keyed hash of each group.
        limits: How much of one person counts.
    """
    run = _runs(persons)
    kept = np.ones(len(run), np.bool_)
    crowded = np.flatnonzero(_sizes(run) > limits.max_groups)
    if len(crowded) and limits.max_groups < limits.max_rows:  # else so many rows are in no more groups
        person_ranks = _mix(group_ranks[group[crowded]] ^ persons[crowded, 0])
        kept[crowded] = _nth_group(run[crowded], person_ranks, group[crowded]) < limits.max_groups
    left = np.flatnonzero(kept)
    many = left[_sizes(run[left]) > limits.max_rows]
    if len(many):
        kept[many] = _positions(run[many], ranks[many]) < limits.max_rows
    firsts = np.zeros(len(run), np.bool_)
    left = np.flatnonzero(kept)
    firsts[left[_first_of_pair(run[left], group[left], len(group_ranks))]] = True
    return Kept(kept, firsts)


def _runs(persons: Words) -> Integers:
    """Return a number from 0 for each row's person."""
    order = np.argsort(persons[:, 1])
    low, high = persons[order, 1], persons[order, 0]
    if np.any((low[1:] == low[:-1]) & (high[1:] != high[:-1])):  # two persons share 64 bits
        order = np.lexsort((persons[:, 0], persons[:, 1]))
        low, high = persons[order, 1], persons[order, 0]
    run = np.empty(len(order), np.int64)
    is_new = np.zeros(len(order), np.int64)
    is_new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    run[order] = np.cumsum(is_new)
    return run


def _sizes(run: Integers) -> Integers:
    """Return for each row how many rows its run has."""
    return np.bincount(run)[run] if len(run) else run


def _sorted_by(run: Integers, ranks: Words, group: Integers | None = None) -> Integers:
    """Return the order by run, then rank; rows of one group, which have one rank, may stand in any order."""
    if len(run) and int(run.max()) < 1 << (64 - _RANK_BITS - 1):
        packed = (run.astype(np.uint64) << np.uint64(_RANK_BITS)) | (ranks >> np.uint64(64 - _RANK_BITS))
        order = np.argsort(packed)
        found = packed[order]
        same = found[1:] == found[:-1]
        if group is not None:
            same &= np.diff(group[order]) != 0
        if not np.any(same):
            return order
    return np.lexsort((ranks, run)) if group is None else np.lexsort((group, ranks, run))


def _positions(run: Integers, ranks: Words) -> Integers:
    """Return for each row its place by rank among the rows of its run."""
    order = _sorted_by(run, ranks)
    sorted_run = run[order]
    starts = np.flatnonzero(np.concatenate([[True], sorted_run[1:] != sorted_run[:-1]]))
    lengths = np.diff(np.append(starts, len(order)))
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order)) - np.repeat(starts, lengths)
    return places


def _nth_group(run: Integers, ranks: Words, group: Integers) -> Integers:
    """Return for each row the place by rank of its group among the groups of its run."""
    order = _sorted_by(run, ranks, group)
    is_new_run = np.concatenate([[True], run[order][1:] != run[order][:-1]])
    is_new = is_new_run | np.concatenate([[True], group[order][1:] != group[order][:-1]])
    number = np.cumsum(is_new) - 1
    first = np.maximum.accumulate(np.where(is_new_run, number, 0))
    nth = np.empty(len(order), np.int64)
    nth[order] = number - first
    return nth


def _first_of_pair(run: Integers, group: Integers, groups: int) -> Integers:
    """Return the places of one row for each pair of run and group."""
    if not len(run):
        return run
    alone = _sizes(run) == 1
    rest = np.flatnonzero(~alone)
    if int(run.max()) < (1 << 62) // max(groups, 1):
        pair = run[rest] * groups + group[rest]
        order = np.argsort(pair)
        found = pair[order]
        is_new = np.ones(len(order), np.bool_)
        is_new[1:] = found[1:] != found[:-1]
    else:
        order = np.lexsort((group[rest], run[rest]))
        is_new = np.ones(len(order), np.bool_)
        changed = (np.diff(run[rest][order]) != 0) | (np.diff(group[rest][order]) != 0)
        is_new[1:] = changed
    return np.concatenate([np.flatnonzero(alone), rest[order[is_new]]])


def _secret(key: bytes, what: bytes) -> np.uint64:
    digest = blake2b(_CONTEXT, digest_size=8, key=key, person=what).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def _mix(words: Words) -> Words:
    """Return the words, each mixed well, one to one: the finaliser of SplitMix64 (Steele et al., OOPSLA 2014)."""
    state = words + np.uint64(0x9E3779B97F4A7C15)
    state ^= state >> np.uint64(30)
    state *= np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(27)
    state *= np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return state
