"""How many candidates remain for each person when all releases that some recipients hold are laid side by side.

Definitions. A *record* is what can be followed from one release to the next: a person, where each person has one row;
else a row. A record's *link* is a keyed hash of 64 bits that is the same in every release. Its *signature* says in
which class it is in each release, or that it is not there.

* Candidates of a record: the distinct persons behind the records of the same signature. This is the most that any
  attacker can narrow a person down to who knows the true quasi-identifiers of everybody, knows who is in which
  release, and can follow a row from one release to the next, as by other columns that both show. Who knows less has
  more candidates (`compatible_candidates`).
* Being absent is a part of the signature: who follows rows sees which of them have no partner. So persons who left, or
  came, between two releases must be as many as the rest.
* A *unit* is the set of records of one signature over the earlier releases. A unit of which no record is in the new
  release cannot be narrowed down by it and does not count against it.
* A record that is in several classes of one release has the set of them as its class there.
* *Doubtful*: rows are linked by content, some rows of the new release were in none before, and some rows of the
  earlier ones are not in the new one. They may be the same rows, changed: then nothing is known of their class, and
  one candidate is assumed.

Sources: Ganta, Kasiviswanathan, Smith, "Composition attacks and auxiliary information in data privacy", KDD 2008
(intersection); Xiao, Tao, "m-invariance: towards privacy preserving re-publication of dynamic datasets", SIGMOD 2007
(rows that come and go).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.verify.coverage import Ints
from lockgate.verify.figures import Reading, group, make_copy
from lockgate.verify.fold import WEIGHT, columns_of
from lockgate.verify.linkage import compatible_rows
from lockgate.verify.numbering import RowNumbers

Links = npt.NDArray[np.uint64]

ABSENT = -1


@dataclass(frozen=True, slots=True, eq=False)
class Membership:
    """Which class each record of one release is in.

    Attributes:
        release: Id of the release.
        k: Persons of a class that the release promised; 0 if it promised none.
        links: Link of each entry; a record that is in several classes has several entries.
        classes: Class of each entry, from 0; `ABSENT` for a record of the source that the release does not show.
        weight: Persons behind each entry: 1, or the rows of the same content where each row counts as a person.
        people: Keyed hash of the person of each entry; None where each record is a person, or `weight` of them.
    """

    release: str
    k: int
    links: Links
    classes: Ints
    weight: Ints
    people: Links | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The records of some releases by signature.

    Attributes:
        releases: Ids of the releases.
        least: The fewest persons of a class that any of them promised; 0 if none promised any.
        links: Distinct links, rising.
        number: Unit of each link, from 0 without gaps; `ABSENT` for records that none of the releases shows.
        weight: Persons behind each link.
        people: Person of each link; None as in `Membership`.
    """

    releases: tuple[str, ...]
    least: int
    links: Links
    number: Ints
    weight: Ints
    people: Links | None

    @property
    def count(self) -> int:
        """Return the number of units."""
        return int(self.number.max(initial=-1)) + 1

    def places(self, links: Links) -> Ints:
        """Return for each link its place among those of the units; -1 where it is not there."""
        return find_places(self.links, links)

    def units_of(self, links: Links) -> Ints:
        """Return the unit of each link; `ABSENT` where none of the releases shows it."""
        return np.append(self.number, ABSENT)[self.places(links)]

    def sizes(self) -> Ints:
        """Return the distinct persons of each unit."""
        shown = self.number >= 0
        people = None if self.people is None else self.people[shown]
        return _persons(self.number[shown], self.count, self.weight[shown], people)

    def absent(self, links: Links, weight: Ints) -> Ints:
        """Return the distinct persons of each unit that are not among some links.

        Args:
            links: Distinct links that are there.
            weight: Persons behind each of them.
        """
        place = self.places(links)
        there = np.zeros(len(self.links), dtype=np.int64)
        there[place[place >= 0]] = weight[place >= 0]
        away = np.maximum(self.weight - there, 0)
        gone = (away > 0) & (self.number >= 0)
        people = None if self.people is None else self.people[gone]
        return _persons(self.number[gone], self.count, away[gone], people)


@dataclass(frozen=True, slots=True)
class Composed:
    """What remains of the candidates when a new release is laid beside earlier ones.

    Attributes:
        releases: Ids of the earlier releases.
        required: The fewest persons of a class that any of the releases promised; 0 if none promised any.
        least: The fewest candidates of any record that counts; 0 without one.
        persons: Persons of the new release who are in an earlier one too.
        below: Persons with fewer candidates than required.
        came: Persons of the new release who are in no earlier one.
        left: Persons of units that the new release shows in part, whom it does not show.
        doubtful: Persons of the new release whose rows may be changed ones.
        promised: Persons of a class that the new release promised; 0 if it promised none.
    """

    releases: tuple[str, ...]
    required: int
    least: int
    persons: int
    below: int
    came: int
    left: int
    doubtful: int
    promised: int

    @property
    def ok(self) -> bool:
        """Whether enough candidates remain for everybody."""
        return self.least >= self.required or not (self.persons + self.came + self.left)


@dataclass(frozen=True, slots=True)
class ComposedSecret:
    """What releases together give away of one sensitive column, as the new release shows it.

    Attributes:
        least_values: The least number of different values among the rows of one signature; 0 without a row.
        success: Share of rows whose value the commonest of their signature gives right.
        baseline: Share of the commonest value of all.
    """

    least_values: int
    success: float
    baseline: float


def join(memberships: Sequence[Membership]) -> Units:
    """Return the units of some releases whose links are of one kind; at least one release."""
    singles = [_one_class_a_link(item) for item in memberships]
    links = np.unique(np.concatenate([item.links for item in singles]))
    number, shown = np.zeros(len(links), dtype=np.int64), np.zeros(len(links), dtype=bool)
    weight = np.zeros(len(links), dtype=np.int64)
    people = None if all(item.people is None for item in singles) else links.copy()
    for item in singles:
        place = find_places(item.links, links)
        found = place >= 0
        held = np.full(len(links), ABSENT, dtype=np.int64)
        held[found] = item.classes[place[found]]
        weight[found] = np.maximum(weight[found], item.weight[place[found]])
        if people is not None and item.people is not None:
            people[found] = item.people[place[found]]
        shown |= held >= 0
        width = int(held.max(initial=ABSENT)) + 2
        number = np.unique(number * width + held + 1, return_inverse=True)[1]
    number[shown] = np.unique(number[shown], return_inverse=True)[1]
    number[~shown] = ABSENT
    promised = [item.k for item in memberships if item.k]
    return Units(tuple(item.release for item in memberships), min(promised, default=0), links, number, weight, people)


def compose(earlier: Units, new: Membership, *, by_content: bool) -> Composed:
    """Return what remains of the candidates when a new release is laid beside earlier ones.

    Args:
        earlier: The units of the earlier releases.
        new: The new release, its links of the same kind.
        by_content: Whether links are made of the content of rows, so that a changed row has another link.
    """
    units = join([as_membership(earlier), new])
    shown = find_places(np.unique(new.links[new.classes >= 0]), units.links) >= 0
    before = earlier.units_of(units.links)
    candidates = np.append(units.sizes(), 0)[units.number]
    touched = np.bincount(before[(before >= 0) & shown], minlength=earlier.count) > 0
    counts = shown | np.append(touched, False)[before]
    leftover = bool((find_places(np.unique(new.links), earlier.links) < 0).any())
    doubtful = (earlier.places(units.links) < 0) & shown & (by_content and leftover)
    candidates = np.where(doubtful, np.minimum(candidates, 1), candidates)
    promised = [k for k in (earlier.least, new.k) if k]
    required = min(promised, default=0)

    def persons(chosen: npt.NDArray[np.bool_]) -> int:
        people = None if units.people is None else units.people[chosen]
        return int(_persons(np.zeros(int(chosen.sum()), dtype=np.int64), 1, units.weight[chosen], people)[0])

    return Composed(
        releases=earlier.releases,
        required=required,
        least=int(candidates[counts].min()) if counts.any() else 0,
        persons=persons(shown & (before >= 0)),
        below=persons(counts & (candidates < required)),
        came=persons(shown & (before < 0)),
        left=persons(counts & ~shown),
        doubtful=persons(doubtful),
        promised=new.k,
    )


class Classes:
    """Numbers the classes of a copy as its rows come by, from 0 in that order: rows of equal labels are one class.

    A class is known by the places of its labels among all labels of their columns so far.
    """

    def __init__(self, quasi_identifiers: Sequence[str]) -> None:
        self._columns = tuple(quasi_identifiers)
        self._labels: dict[str, _Labels] = {}
        self._rows: RowNumbers | None = None

    def numbers(self, released: pa.RecordBatch) -> Ints:
        """Return the class of each released row.

        Args:
            released: Rows of the copy; quasi-identifiers that it has not say nothing.
        """
        columns = [name for name in self._columns if name in released.schema.names]
        if not columns or not released.num_rows:
            return np.zeros(released.num_rows, dtype=np.int64)
        if self._rows is None:
            self._labels, self._rows = {name: _Labels() for name in columns}, RowNumbers(len(columns))
        places = [known.places(released.column(name)) for name, known in self._labels.items()]
        return self._rows.numbers(places)

    def labels(self, *, encoded: bool = False) -> pa.Table:
        """Return the labels of all classes, one row a class, one text column a quasi-identifier.

        Args:
            encoded: Whether columns are dictionary arrays, each label once.
        """
        if self._rows is None:
            return pa.table({})
        columns = {}
        for (name, known), rows in zip(self._labels.items(), self._rows.rows(), strict=True):
            texts, places = pa.array(known.texts, pa.string()), pa.array(rows, pa.int32())
            columns[name] = pa.DictionaryArray.from_arrays(places, texts) if encoded else texts.take(places)
        return pa.table(columns)


class _Labels:
    """The labels of one column so far, null as one of them."""

    def __init__(self) -> None:
        self._known: dict[str | None, int] = {}
        self._last: tuple[Any, Ints] | None = None

    @property
    def texts(self) -> list[str | None]:
        """Return the labels in the order of their places."""
        return list(self._known)

    def places(self, column: Any) -> Ints:
        """Return the place of each cell's label."""
        encoded: Any = column
        if not isinstance(column, pa.DictionaryArray):
            encoded = pc.dictionary_encode(column, null_encoding="mask")
        indices, places = encoded.indices, self._placed(encoded.dictionary)
        if indices.null_count:
            places = np.append(places, self._place(None))
            indices = indices.fill_null(len(places) - 1)
        found: Ints = places[np.asarray(indices)]
        return found

    def _placed(self, texts: Any) -> Ints:
        if self._last is not None and self._last[0].equals(texts):  # most often those of the batch before
            return self._last[1]
        places = np.array([self._place(text) for text in pc.cast(texts, pa.string()).to_pylist()], dtype=np.int64)
        self._last = texts, places
        return places

    def _place(self, text: str | None) -> int:
        return self._known.setdefault(text, len(self._known))


def compose_secret(earlier: Units, links: Links, classes: Ints, values: Ints) -> ComposedSecret:
    """Return what the releases together give away of one sensitive column.

    Args:
        earlier: The units of the earlier releases.
        links: Link of each row of the new release.
        classes: Class of each row; rows that are not shown do not count.
        values: Value of each row, as a number from 0.
    """
    shown = classes >= 0
    if not shown.any():
        return ComposedSecret(0, 0.0, 0.0)
    unit, number, value = earlier.units_of(links[shown]), classes[shown], values[shown]
    together = np.unique((unit + 1) * (int(number.max()) + 1) + number, return_inverse=True)[1]
    width = int(value.max()) + 1
    pairs, rows = np.unique(together * width + value, return_counts=True)
    start = np.flatnonzero(np.diff(pairs // width, prepend=-1))
    commonest = np.maximum.reduceat(rows, start)
    count = int(shown.sum())
    least = int(np.diff(np.append(start, len(pairs))).min())
    return ComposedSecret(least, float(commonest.sum()) / count, float(np.bincount(value).max()) / count)


def candidates(memberships: Sequence[Membership]) -> tuple[Links, Ints]:
    """Return the links of all records, rising, and the candidates that remain for each; 0 for one never shown."""
    units = join(memberships)
    return units.links, np.append(units.sizes(), 0)[units.number]


def compatible_candidates(pairs: pa.Table, reading: Reading) -> Ints:
    """Return for each entry the rows whose labels in every release cover the entry's true values.

    This is the attacker who knows the true values and can follow rows, but not in which of several overlapping
    classes a person was put; never fewer than the candidates by signature where labels are true.

    Args:
        pairs: Partials as of `lockgate.verify.fold.fold`, with the columns of all releases under names of their own.
        reading: How released cells are to be read, by the same names.
    """
    columns = columns_of(pairs, "r")
    released, classes = group(pairs, [f"r:{name}" for name in columns])
    original, combinations = group(pairs, [f"o:{name}" for name in columns])
    rows = np.bincount(released, np.asarray(pairs[WEIGHT]), minlength=classes.num_rows).astype(np.int64)
    return compatible_rows(make_copy(columns, combinations, classes, reading), rows)[original]


def find_places(rising: Links, wanted: Links) -> Ints:
    """Return for each wanted link its place among rising ones; -1 where it is not among them."""
    if not len(rising):
        return np.full(len(wanted), ABSENT, dtype=np.int64)
    place = np.minimum(np.searchsorted(rising, wanted), len(rising) - 1)
    return np.where(rising[place] == wanted, place, ABSENT)


def as_membership(units: Units) -> Membership:
    """Return units as the membership of one release."""
    return Membership("", units.least, units.links, units.number, units.weight, units.people)


def _one_class_a_link(membership: Membership) -> Membership:
    """Return the same with one entry a link, rising; the set of its classes is the class of a link that has several."""
    order = np.lexsort((membership.classes, membership.links))
    links, classes, weight = membership.links[order], membership.classes[order], membership.weight[order]
    people = None if membership.people is None else membership.people[order]
    first = np.flatnonzero(np.append(True, links[1:] != links[:-1])) if len(links) else np.zeros(0, dtype=np.int64)
    length = np.diff(np.append(first, len(links)))
    single = classes[first]
    sets: dict[tuple[int, ...], int] = {}
    top = int(classes.max(initial=ABSENT)) + 1
    for place in np.flatnonzero(length > 1).tolist():
        several = np.unique(classes[first[place] : first[place] + length[place]])
        if len(several) > 1:
            single[place] = top + sets.setdefault(tuple(several.tolist()), len(sets))
    most = np.maximum.reduceat(weight, first) if len(first) else weight
    return Membership(
        membership.release, membership.k, links[first], single, most, None if people is None else people[first]
    )


def _persons(number: Ints, count: int, weight: Ints, people: Links | None) -> Ints:
    """Return the distinct persons of each of some groups."""
    if people is None:
        return np.bincount(number, weight, minlength=count).astype(np.int64)
    person = np.unique(people, return_inverse=True)[1]
    width = int(person.max(initial=0)) + 1
    return np.bincount(np.unique(number * width + person) // width, minlength=count)
