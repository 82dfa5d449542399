"""The records of one copy, followed while it is made: which class each is in, under links of every kind needed."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.store.partitions import CLASS, LINK, PERSON, WEIGHT, LinkKind
from lockgate.tables.membership_runs import MembershipRuns
from lockgate.verify.composition import ABSENT, Classes, ComposedSecret, Membership, Units, compose_secret

Persons = npt.NDArray[np.uint64]
Links = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
FindLinks = Callable[[LinkKind, pa.RecordBatch, Persons], Links]
"""Gives the link of each row of the source."""


@dataclass(frozen=True, slots=True, eq=False)
class FollowingPart:
    """The records of some rows of one copy, in their order; picklable.

    Attributes:
        labels: Of their classes.
        numbers: Class of each row, `ABSENT` where it is not released.
        links: Of each row, by kind.
        texts: The sensitive values that occur, by column.
        values: Place among them of each row's value.
    """

    labels: pa.Table
    numbers: npt.NDArray[np.int32]
    links: Mapping[LinkKind, Links]
    texts: Mapping[str, list[str]]
    values: Mapping[str, npt.NDArray[np.int32]]


class Following:
    """The records of one copy.

    Args:
        quasi_identifiers: Columns that classes are made of.
        kinds: Kinds of links that are needed.
        find_links: Gives links.
        sensitive: Columns whose values are followed too.
        folder: Where records lie of a copy that is held against no other, and so is followed to be kept only; None
            holds them in memory.
    """

    def __init__(
        self,
        quasi_identifiers: tuple[str, ...],
        kinds: Collection[LinkKind],
        find_links: FindLinks,
        sensitive: tuple[str, ...] = (),
        folder: Path | None = None,
    ) -> None:
        self._kind = next(iter(kinds), LinkKind.NONE)
        self._runs = MembershipRuns(folder) if folder else None
        self._values: dict[str, list[npt.NDArray[np.int32]]] = {name: [] for name in sensitive}
        self._known: dict[str, dict[str, int]] = {name: {} for name in sensitive}
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
        if self._runs is not None:
            self._run(classes, {kind: self._find(kind, batch, persons) for kind in self._links})
            return
        self._numbers.append(classes)
        for kind, links in self._links.items():
            links.append(self._find(kind, batch, persons))
        for name, values in self._values.items():
            if name in released.schema.names:
                found = np.zeros(batch.num_rows, dtype=np.int32)
                found[kept] = self._coded(name, released.column(name))
                values.append(found)

    def part(self) -> FollowingPart:
        """Return the records of the rows so far."""
        return FollowingPart(
            self._classes.labels(encoded=True),
            np.concatenate([_NO_NUMBERS, *self._numbers]),
            {kind: np.concatenate([_NO_LINKS, *links]) for kind, links in self._links.items()},
            {name: list(known) for name, known in self._known.items()},
            {name: np.concatenate([_NO_NUMBERS, *values]) for name, values in self._values.items() if values},
        )

    def join(self, part: FollowingPart) -> None:
        """Follow the rows of a part behind those so far."""
        numbers = part.numbers
        if part.labels.num_columns:
            ours = np.append(self._classes.numbers(_one_batch(part.labels)), ABSENT)  # the last stands for absent rows
            numbers = ours.astype(np.int32)[numbers]
        if self._runs is not None:
            self._run(numbers, part.links)
            return
        self._numbers.append(numbers)
        for kind, links in self._links.items():
            links.append(part.links[kind])
        for name, values in part.values.items():
            places = self._places(name, part.texts[name])
            self._values[name].append(places.astype(np.int32)[values] if len(places) else values)

    def secrets(self, kind: LinkKind, earlier: Units) -> dict[str, ComposedSecret]:
        """Return what earlier releases and this one together give away of each sensitive column."""
        links = np.concatenate([np.zeros(0, np.uint64), *self._links[kind]])
        classes = np.concatenate([np.zeros(0, np.int32), *self._numbers]).astype(np.int64)
        return {
            name: compose_secret(earlier, links, classes, np.concatenate(values).astype(np.int64))
            for name, values in self._values.items()
            if values
        }

    def membership(self, kind: LinkKind, release: str, k: int) -> Membership:
        """Return which class each record is in, by links of a kind."""
        if kind is LinkKind.NONE:
            nothing = np.zeros(0, dtype=np.int64)
            return Membership(release, k, nothing.astype(np.uint64), nothing, nothing)
        all_links = np.concatenate([np.zeros(0, np.uint64), *self._links[kind]])
        all_classes = np.concatenate([np.zeros(0, np.int32), *self._numbers])
        order = np.argsort(all_links)
        links, classes = all_links[order], all_classes[order].astype(np.int64)
        if ((links[1:] == links[:-1]) & (classes[1:] != classes[:-1])).any():
            order = np.lexsort((all_classes, all_links))  # a record is in several classes: rare, and takes longer
            links, classes = all_links[order], all_classes[order].astype(np.int64)
        fresh = np.ones(len(links), dtype=bool)
        fresh[1:] = (links[1:] != links[:-1]) | (classes[1:] != classes[:-1])
        first = np.flatnonzero(fresh)
        rows = np.diff(np.append(first, len(links)))
        weight = rows if kind is LinkKind.ROW else np.ones(len(first), dtype=np.int64)
        people = np.concatenate(self._links[LinkKind.PERSON])[order][first] if kind is LinkKind.RECORD else None
        return Membership(release, k, links[first], classes[first], weight, people)

    def entries(self, kind: LinkKind) -> Iterator[pa.Table]:
        """Return which class each record is in, as it is kept, in tables in the order of links."""
        if self._runs is None:
            yield as_entries(self.membership(kind, "", 0))
            return
        for found in self._runs.parts():
            weight = found.weight if kind is LinkKind.ROW else np.ones(len(found), np.int32)
            columns = {LINK: pa.array(found.links), CLASS: pa.array(found.classes), WEIGHT: pa.array(weight)}
            yield pa.table(columns | ({PERSON: pa.array(found.people)} if kind is LinkKind.RECORD else {}))

    def _run(self, classes: npt.NDArray[np.int32], links: Mapping[LinkKind, Links]) -> None:
        assert self._runs is not None, "who calls has looked"
        if links:
            people = links[LinkKind.PERSON] if self._kind is LinkKind.RECORD else None
            self._runs.add(links[self._kind], classes, people)

    def labels(self) -> pa.Table:
        """Return the labels of the classes."""
        return self._classes.labels()

    def _coded(self, name: str, column: Any) -> Rows:
        spelled = column.cast(column.type.value_type) if isinstance(column, pa.DictionaryArray) else column
        encoded: Any = pc.dictionary_encode(spelled, null_encoding="encode")
        numbers: Rows = self._places(name, map(repr, encoded.dictionary.to_pylist()))[np.asarray(encoded.indices)]
        return numbers

    def _places(self, name: str, texts: Iterable[str]) -> Rows:
        known = self._known[name]
        return np.array([known.setdefault(text, len(known)) for text in texts], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class FollowingMeans:
    """What records are followed by; picklable.

    Attributes:
        quasi_identifiers: Columns that classes are made of.
        kinds: Kinds of links that are needed.
        find_links: Gives links.
        sensitive: Columns whose values are followed too.
    """

    quasi_identifiers: tuple[str, ...]
    kinds: frozenset[LinkKind]
    find_links: FindLinks
    sensitive: tuple[str, ...]

    def begin(self, folder: Path | None = None) -> Following:
        """Return what follows a copy from its first row; with a folder for one that is followed to be kept only."""
        return Following(self.quasi_identifiers, sorted(self.kinds), self.find_links, self.sensitive, folder)


_NO_LINKS, _NO_NUMBERS = np.zeros(0, np.uint64), np.zeros(0, np.int32)


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    columns = [column.combine_chunks() for column in table.columns]
    return pa.RecordBatch.from_arrays(columns, names=table.column_names)


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
