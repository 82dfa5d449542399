"""A new release held against earlier ones of the same persons, and nested in their classes where that is needed.

1. *Find* the earlier releases to recipients who could lay them beside the new one (`lockgate.flow.earlier`), and of
   these the ones of the same data set, or of persons found again by keyed hashes whatever the data set is called.
2. *Try* the classes as they would be alone.
3. *Nest*: where fewer candidates would remain than were promised, make classes that are nested in the earlier ones.
4. *Measure* the copy beside the earlier releases while it is made; that is `verify`'s, and knows nothing of 2 and 3.
5. *Keep* who is in which class, before anything goes out.

Rows are followed by the person's key where there is one and each person has one row; by key and content where persons
have several; by content alone where there is no key. Releases that are followed in different ways are each held
against the new one, not all of them at once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.flow.earlier import Earlier, find_earlier
from lockgate.flow.following import Following, FollowingMeans, from_entries
from lockgate.flow.linking import links_of
from lockgate.flow.nested import NestedProtection, make_nested, without_classes
from lockgate.flow.progress import Progress
from lockgate.protect.nested_items import DOUBTFUL, Family
from lockgate.protect.pipeline import Protection
from lockgate.store.partitions import KeptRelease, LinkKind, Partitions, WrittenPartition, write_partition
from lockgate.store.releases import Releases
from lockgate.terms.column import ColumnRole, Treatment
from lockgate.terms.facts import ColumnFacts
from lockgate.terms.measure import MeasureKind
from lockgate.terms.protected import Plan
from lockgate.terms.verification import Check
from lockgate.verify import composition, composition_report
from lockgate.verify.composition_profiles import compose_profiles

Persons = npt.NDArray[np.uint64]
Links = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
NumberedBatch = tuple[pa.RecordBatch, Persons]
Batches = Callable[[], Iterator[NumberedBatch]]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a release is held against, and by what means.

    Attributes:
        new: The new release, as far as it is known before it is made.
        partitions: Of earlier releases, settled.
        journal: Of releases.
        subject_key: Column that tells persons apart; empty if none does.
        key: Secret of the links.
        work: Where partials spill.
        progress: Told what is going on.
        sensitive: Columns whose values nobody should learn.
    """

    new: KeptRelease
    partitions: Partitions
    journal: Releases
    subject_key: str
    key: bytes
    work: Path
    progress: Progress
    sensitive: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The earlier releases that one group of recipients holds, followed in one way.

    Attributes:
        kind: What links are made of.
        units: Their records by signature.
        by_content: Whether rows that are in none of them may be changed rows of them.
    """

    kind: LinkKind
    units: composition.Units
    by_content: bool


def shows_persons(columns: Iterable[ColumnFacts], subject_key: str) -> bool:
    """Whether a copy shows which rows are of one person, by an identifier or a pseudonym.

    Args:
        columns: Of the copy, as the measures leave them.
        subject_key: Column that tells persons apart; empty if none does.
    """
    in_sight = (Treatment.NONE, Treatment.PSEUDONYMISED)
    return any(
        column.role is ColumnRole.DIRECT_IDENTIFIER or (column.name == subject_key and column.treatment in in_sight)
        for column in columns
    )


class Composing:
    """One release on its way, beside the earlier ones."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._earlier: Earlier = find_earlier(setting.partitions, setting.journal, setting.new)
        self._held: list[Held] = []
        self._unlinked: list[str] = []
        self._withheld = 0
        self._written: WrittenPartition | None = None
        self._following = self._follow()

    def fit(
        self, protection: Protection, batches: Batches, solve_inner: Callable[[Plan], Protection]
    ) -> Protection | NestedProtection:
        """Return the protection, nested in the classes of earlier releases where that is needed.

        Args:
            protection: Solved alone.
            batches: Starts a pass over the source.
            solve_inner: Solves a plan on the source.
        """
        if self._setting.new.kind is LinkKind.NONE or not self._earlier.together:
            return protection
        self._setting.progress.step("laying earlier releases beside this one")
        present = self._present(batches, None)
        self._held = self._find_held(present)
        self._following = self._follow(self._setting.sensitive if self._held else ())
        plan = protection.plan
        nests = any(step.kind is MeasureKind.K_ANONYMISE for step in plan.steps)
        if not self._held or self._unlinked or not nests or self._holds_alone(protection, batches):
            return protection
        inner = solve_inner(without_classes(plan))
        left = self._present(batches, inner)
        families = [self._family(held, left[held.kind], plan.k) for held in self._held]
        units = self._find_units(present)
        repeat = self._setting.new.kind is LinkKind.RECORD
        nested = make_nested(
            inner, plan, batches, families, (units, repeat, self._setting.work, self._setting.progress)
        )
        self._withheld = nested.nested.rows_withheld
        return nested

    @property
    def following(self) -> Following:
        """Follows the rows of the copy."""
        return self._following

    @property
    def means(self) -> FollowingMeans:
        """Return what the rows of the copy are followed by."""
        return self._means(self._setting.sensitive if self._held else ())

    def explained(self, checks: Sequence[Check]) -> list[Check]:
        """Return the checks of a copy, those of it beside earlier releases among them; after all rows."""
        names = [name for held in self._held for name in held.units.releases]
        return [*composition_report.explain_withheld(checks, self._withheld, names), *self._checks()]

    def _checks(self) -> list[Check]:
        earlier, new = self._earlier, self._setting.new
        told = composition_report.Told(
            compared=len({item.release for group in earlier.together for item in group}),
            elsewhere=sum(item.dataset == new.dataset for item in earlier.elsewhere),
            unknown=earlier.unknown,
            withheld=self._withheld,
        )
        if new.kind is LinkKind.NONE:
            return []
        checks = composition_report.composed_checks(self._composed(self._following), self._unlinked, told)
        checks += self._profile_checks()
        for held in self._held[:1]:
            secrets = self._following.secrets(held.kind, held.units)
            checks += [composition_report.secret_check(name, found) for name, found in secrets.items()]
        return checks

    def _profile_checks(self) -> list[Check]:
        """The check of all rows of a person together, where a release of these shows which they are; the worst."""
        together = [item for group in self._earlier.together for item in group if item.kind is LinkKind.RECORD]
        if not any(item.shows_persons for item in (self._setting.new, *together)):
            return []
        found = []
        for held in self._held:
            new = self._following.membership(held.kind, "", self._setting.new.k)
            measured = compose_profiles(held.units, new)
            promised = [k for k in (held.units.least, new.k) if k]
            if held.kind is LinkKind.RECORD and measured is not None:
                found.append(composition_report.profile_check(measured, min(promised, default=0)))
        return sorted(found, key=lambda check: (check.ok, check.measured))[:1]

    def prepare(self) -> WrittenPartition:
        """Return who is in which class, written where it goes with the release if that fails; after all rows."""
        if self._written is None:
            entries, work = self._following.entries(self._setting.new.kind), self._setting.work
            self._written = write_partition(work, "partition", entries, self._following.labels())
        return self._written

    def keep(self, release: str, statement_hash: str, log_size: int) -> None:
        """Keep who is in which class; once this returns it is on the disk.

        Args:
            release: Id of the release.
            statement_hash: Of its statement.
            log_size: Leaves of the log before its own.
        """
        about = replace(self._setting.new, release=release, statement_hash=statement_hash, log_size=log_size)
        self._setting.partitions.keep_written(about, self.prepare())

    def _follow(self, sensitive: tuple[str, ...] = ()) -> Following:
        return self._means(sensitive).begin(None if self._held else self._setting.work)

    def _means(self, sensitive: tuple[str, ...]) -> FollowingMeans:
        new = self._setting.new
        kinds = frozenset({new.kind, *(held.kind for held in self._held)})
        return FollowingMeans(new.quasi_identifiers, kinds, self._links, sensitive)

    @property
    def _links(self) -> Callable[[LinkKind, pa.RecordBatch, Persons], Links]:
        return partial(links_of, subject_key=self._setting.subject_key, key=self._setting.key)

    def _kinds(self) -> set[LinkKind]:
        """Return the kinds of links of the earlier releases that can be made of this source."""
        kinds = {item.kind for group in self._earlier.together for item in group} - {LinkKind.NONE}
        return kinds if self._setting.subject_key else kinds & {LinkKind.ROW}

    def _present(self, batches: Batches, inner: Protection | None) -> dict[LinkKind, tuple[Links, Rows]]:
        """Return by kind the distinct links of the source, or of what is left after some steps, and their rows."""
        found: dict[LinkKind, list[Links]] = {kind: [] for kind in self._kinds()}
        for batch, persons in batches():
            kept = np.arange(batch.num_rows) if inner is None else inner.map_with_rows(batch, persons)[1]
            for kind, links in found.items():
                links.append(self._links(kind, batch, persons)[kept])
        present = {}
        for kind, links in found.items():
            distinct, rows = np.unique(np.concatenate(links), return_counts=True)
            present[kind] = distinct, rows if kind is LinkKind.ROW else np.ones(len(distinct), dtype=np.int64)
        return present

    def _find_held(self, present: dict[LinkKind, tuple[Links, Rows]]) -> list[Held]:
        held = []
        for group in self._earlier.together:
            by_kind: dict[LinkKind, list[composition.Membership]] = {}
            changed: set[LinkKind] = set()
            for item in group:
                membership = self._load(item, present)
                if membership is not None:
                    by_kind.setdefault(item.kind, []).append(membership)
                    if self._is_changed(item, membership, present[item.kind][0]):
                        changed.add(item.kind)
            held += [Held(kind, composition.join(found), kind in changed) for kind, found in sorted(by_kind.items())]
        return held

    def _load(self, item: KeptRelease, present: dict[LinkKind, tuple[Links, Rows]]) -> composition.Membership | None:
        """Return an earlier release that has to be held against; None where it shows none of these persons."""
        is_same = item.dataset == self._setting.new.dataset
        name = f"{item.release} of {item.made_at[:10]}"
        if item.kind is LinkKind.NONE:
            return None
        if item.kind not in present:
            if is_same and name not in self._unlinked:
                self._unlinked.append(name)
            return None
        membership = from_entries(self._setting.partitions.entries(item.release), name, item.k)
        found = bool((composition.find_places(present[item.kind][0], membership.links) >= 0).any())
        return membership if is_same or found else None

    def _is_changed(self, item: KeptRelease, membership: composition.Membership, links: Links) -> bool:
        """Whether rows of a release, followed by content and not found again, may be there all the same."""
        if item.kind is LinkKind.PERSON:
            return False
        found = int(np.count_nonzero(composition.find_places(links, membership.links) >= 0))
        return item.dataset == self._setting.new.dataset or 2 * found >= min(len(links), len(membership.links))

    def _holds_alone(self, protection: Protection, batches: Batches) -> bool:
        alone = self._means(()).begin()
        for batch, persons in batches():
            released, kept = protection.map_with_rows(batch, persons)
            alone.rows(batch, persons, released, kept)
        return all(item.ok for item in self._composed(alone))

    def _composed(self, following: Following) -> list[composition.Composed]:
        new = self._setting.new
        return [
            composition.compose(held.units, following.membership(held.kind, "", new.k), by_content=held.by_content)
            for held in self._held
        ]

    def _family(self, held: Held, present: tuple[Links, Rows], k: int) -> Family:
        promised = [least for least in (held.units.least, k, self._setting.new.k) if least]
        return Family(min(promised, default=1), held.units.absent(*present))

    def _find_units(
        self, present: dict[LinkKind, tuple[Links, Rows]]
    ) -> Callable[[pa.RecordBatch, Persons], list[Rows]]:
        doubtful = [
            held.by_content and bool((composition.find_places(present[held.kind][0], held.units.links) < 0).any())
            for held in self._held
        ]

        def find(batch: pa.RecordBatch, persons: Persons) -> list[Rows]:
            units = []
            for held, doubt in zip(self._held, doubtful, strict=True):
                links = self._links(held.kind, batch, persons)
                unit = held.units.units_of(links)
                units.append(np.where(held.units.places(links) < 0, DOUBTFUL, unit) if doubt else unit)
            return units

        return find
