"""The records of one copy, followed while it is made: which class each is in, under links of every kind needed."""

from collections.abc import Callable, Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.store.partitions import CLASS, LINK, PERSON, WEIGHT, LinkKind
from lockgate.verify.composition import ABSENT, Classes, Membership

Persons = npt.NDArray[np.uint64]
Links = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
FindLinks = Callable[[LinkKind, pa.RecordBatch, Persons], Links]
"""Gives the link of each row of the source."""


class Following:
    """The records of one copy.

    Args:
        quasi_identifiers: Columns that classes are made of.
        kinds: Kinds of links that are needed.
        find_links: Gives links.
    """

    def __init__(self, quasi_identifiers: tuple[str, ...], kinds: Collection[LinkKind], find_links: FindLinks) -> None:
        self._classes = Classes(quasi_identifiers)
        self._find = find_links
        self._links: dict[LinkKind, list[Links]] = {kind: [] for kind in kinds if kind is not LinkKind.NONE}
        if LinkKind.RECORD in self._links:
            self._links.setdefault(LinkKind.PERSON, [])
        self._numbers: list[npt.NDArray[np.int32]] = []

    def rows(self, batch: pa.RecordBatch, persons: Persons, released: pa.RecordBatch, kept: Rows) -> None:
        """Follow the released rows of one batch.

        Args:
            batch: Rows of the source.
            persons: Hashes of their persons.
            released: Released rows.
            kept: Which rows of the batch they are.
        """
        classes = np.full(batch.num_rows, ABSENT, dtype=np.int32)
        classes[kept] = self._classes.numbers(released)
        self._numbers.append(classes)
        for kind, links in self._links.items():
            links.append(self._find(kind, batch, persons))

    def membership(self, kind: LinkKind, release: str, k: int) -> Membership:
        """Return which class each record is in, by links of a kind."""
        if kind is LinkKind.NONE:
            nothing = np.zeros(0, dtype=np.int64)
            return Membership(release, k, nothing.astype(np.uint64), nothing, nothing)
        links = np.concatenate([np.zeros(0, np.uint64), *self._links[kind]])
        classes = np.concatenate([np.zeros(0, np.int32), *self._numbers]).astype(np.int64)
        order = np.lexsort((classes, links))
        links, classes = links[order], classes[order]
        fresh = np.ones(len(links), dtype=bool)
        fresh[1:] = (links[1:] != links[:-1]) | (classes[1:] != classes[:-1])
        first = np.flatnonzero(fresh)
        rows = np.diff(np.append(first, len(links)))
        weight = rows if kind is LinkKind.ROW else np.ones(len(first), dtype=np.int64)
        people = np.concatenate(self._links[LinkKind.PERSON])[order][first] if kind is LinkKind.RECORD else None
        return Membership(release, k, links[first], classes[first], weight, people)

    def labels(self) -> pa.Table:
        """Return the labels of the classes."""
        return self._classes.labels()


def as_entries(membership: Membership) -> pa.Table:
    """Return a membership as it is kept."""
    columns = {
        LINK: pa.array(membership.links, pa.uint64()),
        CLASS: pa.array(membership.classes.astype(np.int32), pa.int32()),
        WEIGHT: pa.array(membership.weight.astype(np.int32), pa.int32()),
    }
    if membership.people is not None:
        columns[PERSON] = pa.array(membership.people, pa.uint64())
    return pa.table(columns)


def from_entries(entries: pa.Table, release: str, k: int) -> Membership:
    """Return a membership that was kept."""
    people = np.asarray(entries[PERSON], dtype=np.uint64) if PERSON in entries.column_names else None
    links = np.asarray(entries[LINK], dtype=np.uint64)
    classes, weight = (np.asarray(entries[name], dtype=np.int64) for name in (CLASS, WEIGHT))
    return Membership(release, k, links, classes, weight, people)
