"""A plan carried out on a source, in an order that does not depend on the route.

The steps:

1. fewer persons: keep the rows of the persons that were chosen;
2. drop: leave columns out;
3. cells: redact, replace, cover, shift, round and generalise, column by column (`lockgate.protect.cells`), or
   some columns together (`lockgate.protect.together`);
4. k-anonymise, or aggregate: recode what is left to tell persons apart, or count.

Choosing persons, and step 4, need to have looked at all rows. So a protection is made, then folded and solved as long
as `needs_fold` says so (twice at most), then mapped over the source. It never says how well it protects: `verify` does.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.protect import aggregation, combinations, kanonymity, sampling, together
from lockgate.protect.catalogue import TECHNIQUES
from lockgate.protect.cells import CELL_TECHNIQUES, LABELLING, PERTURBING, REPLACING, CellMeans, treat
from lockgate.protect.combinations import as_text, spelled_out
from lockgate.protect.domain_choice import Labels, Vocabulary
from lockgate.protect.drop import drop
from lockgate.protect.hierarchies.columns import find_hierarchies
from lockgate.protect.redaction import FindSpans
from lockgate.protect.search import Search
from lockgate.protect.sensitive_values import sensitive_columns
from lockgate.protect.token_vault import Assign
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.measure import Measure, MeasureKind
from lockgate.terms.privacy_model import DeltaPresence, KMap
from lockgate.terms.protected import Plan

Persons = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Means:
    """What a protection is given beside its plan.

    Attributes:
        key: 32 secret bytes of this node; every technique that needs a key derives its own use of it.
        key_version: Number of the key, at least 1.
        find_spans: Says where identifiers are inside text.
        hierarchies: Hierarchies by column.
        domains: Names of what columns identify, by column, so that two tables share tokens; default the column's name.
        persons_repeat: Whether a person may have several rows; if not, each row is counted as one person.
        builtin_hierarchies: Names of hierarchies that are built from the values, by column.
        assign: The vault of reversible tokens; None where there is none.
        lasting_key: 32 secret bytes that are never rotated: a place that is moved anew can be averaged.
        count_population: Folds the population that models speak of, by `Protection.fold_population`; None for none.
    """

    key: bytes = field(repr=False)
    key_version: int
    find_spans: FindSpans
    hierarchies: Mapping[str, Hierarchy]
    domains: Mapping[str, str]
    persons_repeat: bool
    builtin_hierarchies: Mapping[str, str] = field(default_factory=dict)
    assign: Assign | None = None
    lasting_key: bytes = field(default=b"", repr=False)
    count_population: Callable[["Protection"], pa.Table] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Protection:
    """A plan on its way: immutable, picklable; `solve` returns the next state. Make one by `make_protection`.

    Attributes:
        plan: What is carried out.
        source: Schema of the source.
        means: Keys, hierarchies, recognisers.
        selection: Which persons are kept, once solved.
        recoding: Labels of the quasi-identifiers, once solved.
        counts: The counts, once solved.
        hierarchies: Hierarchies by column, those built from the values among them once solved.
        learned: What steps that treat columns together have learned, in their order.
    """

    plan: Plan
    source: pa.Schema
    means: Means
    selection: sampling.Selection | None = None
    recoding: kanonymity.Recoding | None = None
    counts: aggregation.Counts | None = None
    hierarchies: Mapping[str, Hierarchy] = field(default_factory=dict)
    learned: tuple[object, ...] = ()

    @property
    def needs_fold(self) -> bool:
        """Whether all rows have to be folded (once more) before rows can be mapped."""
        return self._chooses or self._learns is not None or self._has_pending_classes

    @property
    def fold_keys(self) -> list[str]:
        """Return the names of the key columns of the partials to come."""
        if self._chooses:
            return list(combinations.PERSON)
        if self._learns is not None:
            return together.fold_keys(self._learns)
        return combinations.key_names(self._folded, by_person=self.means.persons_repeat)

    @property
    def fold_weights(self) -> list[str]:
        """Return the names of the weight columns of the partials to come."""
        return [combinations.WEIGHT]

    @property
    def fold_columns(self) -> frozenset[str]:
        """Return the columns of the source that `fold` looks at; of others it takes no notice."""
        if self._chooses:
            return frozenset()
        looked_at = self._folded if self._learns is None else self._learns.columns
        return frozenset(looked_at).union(*(step.columns for step in self._together))

    def fold(self, batch: pa.RecordBatch, persons: Persons) -> pa.Table:
        """Return the partial of a batch; partials merge by `lockgate.protect.combinations.merge`.

        Args:
            batch: Rows of the source.
            persons: Keyed hash of the person of each row, shape (rows, 2).
        """
        if self._chooses:
            return sampling.fold(persons)
        if self._learns is not None:
            prepared, rows = self._prepare(batch, persons, self._learns.columns)
            return together.fold(prepared, persons[rows], self._learns, self.means.lasting_key)
        prepared, rows = self._prepare(batch, persons, self._folded)
        kept = persons[rows] if self.means.persons_repeat else None
        return combinations.fold(prepared, self._folded, kept)

    def fold_population(self, batch: pa.RecordBatch, persons: Persons | None) -> pa.Table:
        """Return the partial of a batch of the population over the quasi-identifiers, made coarser as the data are.

        Args:
            batch: Rows of all persons from whom those of the source were drawn.
            persons: Keyed hash of the person of each row; None where each row is one person.
        """
        columns = self._grouping
        batch = drop(batch, [name for name in batch.schema.names if name not in columns])
        nobody = np.zeros((0, 2), dtype=np.uint64)
        for kind in LABELLING:
            for step in self.plan.steps:
                for name in step.columns if step.kind is kind else ():
                    batch = self._treat(batch, name, step, nobody)
        return combinations.fold(batch, columns, persons)

    def population_keys(self, *, by_person: bool) -> list[str]:
        """Return the names of the key columns of the partials of `fold_population`."""
        return combinations.key_names(self._grouping, by_person=by_person)

    def solve(self, table: pa.Table) -> "Protection":
        """Return the protection one step further, given the merged partials of all rows, encoded or not.

        Raises:
            InputError: If a hierarchy does not cover a value, or a person of the source is not in the population.
        """
        if self._chooses or self._learns is not None or self._counts:
            table = spelled_out(table)
        if self._chooses:
            amount = min(step.amount for step in self.plan.steps if step.kind is MeasureKind.FEWER_PERSONS)
            return replace(self, selection=sampling.solve(table, amount, self.means.key))
        if self._learns is not None:
            learned = together.solve(table, self._learns, self.means.lasting_key)
            return replace(self, learned=(*self.learned, learned))
        if self._counts:
            counts = aggregation.solve(table, self._grouping, self._k(MeasureKind.AGGREGATE), self._generalised)
            return replace(self, counts=counts)
        population = self._population()
        table = table if population is None else spelled_out(table)
        untold = [name for name in self._folded if name not in self._generalised]
        values = combinations.values_of(table, population)
        hierarchies = find_hierarchies((self.means.hierarchies, self.means.builtin_hierarchies), values, untold)
        question = kanonymity.Question(
            quasi_identifiers=self._grouping,
            k=self._k(MeasureKind.K_ANONYMISE),
            hierarchies=hierarchies,
            suppression_limit=self.plan.suppression_limit,
            generalised=self._generalised,
            search=Search(self.plan.search),
            vocabulary=Vocabulary(Labels(self.plan.labels)),
            moves=self.plan.moves,
            models=self.plan.models,
        )
        return replace(self, recoding=kanonymity.solve(table, question, population), hierarchies=hierarchies)

    def map(self, batch: pa.RecordBatch, persons: Persons) -> pa.RecordBatch:
        """Return the released rows of a batch; none where the plan counts, see `finish`."""
        return self.map_with_rows(batch, persons)[0]

    def map_with_rows(self, batch: pa.RecordBatch, persons: Persons) -> tuple[pa.RecordBatch, Rows]:
        """Return the released rows of a batch, and which rows of the batch they are, in order.

        Raises:
            InputError: If a row holds a combination that was not folded.
        """
        if self._counts:
            empty = [pa.array([], type=item.type) for item in self.schema]
            return pa.RecordBatch.from_arrays(empty, schema=self.schema), np.zeros(0, dtype=np.int64)
        prepared, rows = self._prepare(batch, persons, frozenset(batch.schema.names))
        if self.recoding is None:
            return prepared, rows
        classes = kanonymity.classes_of(prepared, self.recoding)
        return kanonymity.relabel(prepared, self.recoding, classes), rows[classes >= 0]  # 4. k-anonymise

    def finish(self) -> list[pa.RecordBatch]:
        """Return what is released after all rows have been mapped: the counts, where the plan counts."""
        if self.counts is None:
            return []
        return self.counts.table.to_batches()  # 4. aggregate

    @property
    def schema(self) -> pa.Schema:
        """Return the schema of the released copy; known before anything has been folded."""
        if self._counts:
            return aggregation.schema_of(self._grouping)
        to_text = (*CELL_TECHNIQUES, *together.CHANGING, MeasureKind.K_ANONYMISE)
        texts = {name for kind in to_text for name in self._columns(kind)}
        fields = [pa.field(item.name, pa.string()) if item.name in texts else item for item in self.source]
        return pa.schema([item for item in fields if item.name not in self._columns(MeasureKind.DROP)])

    @property
    def labelled(self) -> frozenset[str]:
        """Return the released columns whose cells follow the grammar of labels."""
        recoded = self._columns(MeasureKind.K_ANONYMISE) + self._columns(MeasureKind.AGGREGATE)
        return (frozenset(recoded) | self._generalised) & frozenset(self.schema.names)

    @property
    def replaced(self) -> frozenset[str]:
        """Return the released columns whose cells no longer hold the source's values: tokens, redacted texts.

        Nobody who lacks the key can hold them against true values, so they are no quasi-identifiers of the copy.
        """
        return self._released(REPLACING)

    @property
    def perturbed(self) -> frozenset[str]:
        """Return the released columns whose cells are near the source's values, and not labels of them."""
        return self._released((*PERTURBING, *together.CHANGING))

    @property
    def rows_suppressed(self) -> int:
        """Return the rows that step 4 leaves out because too few persons are like them."""
        found = self.recoding or self.counts
        return found.rows_suppressed if found else 0

    @property
    def rows_not_chosen(self) -> int:
        """Return the rows that no class is made of: of persons that step 1 does not keep, of points left out."""
        return (self.selection.rows_left_out if self.selection else 0) + together.rows_left_out(self.learned)

    @property
    def techniques(self) -> dict[str, str]:
        """Return the version of each technique that the plan uses, by measure."""
        return {kind.value: version for kind, version in TECHNIQUES.items() if self._has(kind)}

    def _prepare(self, batch: pa.RecordBatch, persons: Persons, needed: Collection[str]) -> tuple[pa.RecordBatch, Rows]:
        """Return steps 1 to 3 done to the needed columns of a batch, and which of its rows are left."""
        rows: Rows = np.arange(batch.num_rows)
        needed = {*needed, *(name for step in self._together for name in step.columns)}
        batch = drop(batch, [name for name in batch.schema.names if name not in needed])
        if self.selection is not None:  # 1. fewer persons
            rows = np.flatnonzero(sampling.is_kept(persons, self.selection, self.means.key))
            batch, persons = batch.take(rows), persons[rows]
        batch = drop(batch, self._columns(MeasureKind.DROP))  # 2. drop
        for kind in CELL_TECHNIQUES:  # 3. cells
            for step in self.plan.steps:
                for name in step.columns if step.kind is kind else ():
                    batch = self._treat(batch, name, step, persons)
        learned = iter(self.learned)
        for step in self._together:
            found = next(learned, None) if together.fold_keys(step) else None
            if found is not None or not together.fold_keys(step):
                kept = together.leave_out(batch, persons, step, found)
                if kept is not None:
                    batch, persons, rows = batch.take(kept), persons[kept], rows[kept]
                batch = together.treat(batch, persons, step, found, self.means.lasting_key)
        return batch, rows

    def _treat(self, batch: pa.RecordBatch, name: str, step: Measure, persons: Persons) -> pa.RecordBatch:
        position = batch.schema.get_field_index(name)
        if position < 0:
            return batch
        means = self.means
        domain = means.domains.get(name, name)
        cell_means = CellMeans(means.key, means.key_version, domain, means.find_spans, persons, means.assign)
        try:
            treated = treat(as_text(batch.column(position), name), step, cell_means)
        except InputError as error:
            raise InputError(f"column `{name}`, {step.kind.value}: {error}", error.hint) from error
        return batch.set_column(position, pa.field(name, pa.string()), treated.cells)

    def _population(self) -> pa.Table | None:
        """Return the population folded, where models speak of one and there is one."""
        asks = any(isinstance(model, KMap | DeltaPresence) for model in self.plan.models)
        count = self.means.count_population if asks else None
        return spelled_out(count(self)) if count else None

    @property
    def _together(self) -> tuple[Measure, ...]:
        """Return the steps that treat columns together, in the order of a protection."""
        return together.steps_of(self.plan.steps, self._columns(MeasureKind.DROP))

    @property
    def _learns(self) -> Measure | None:
        """Return the step that has to look at all rows next."""
        steps = [step for step in self._together if together.fold_keys(step)]
        return steps[len(self.learned)] if len(self.learned) < len(steps) else None

    def _has(self, kind: MeasureKind) -> bool:
        return any(step.kind is kind for step in self.plan.steps)

    def _columns(self, kind: MeasureKind) -> tuple[str, ...]:
        """Return the columns of all steps of a kind, in the order of the source."""
        chosen = {name for step in self.plan.steps if step.kind is kind for name in step.columns}
        return tuple(name for name in self.source.names if name in chosen)

    def _k(self, kind: MeasureKind) -> int:
        return max(self.plan.k, *(step.amount for step in self.plan.steps if step.kind is kind), 1)

    @property
    def _counts(self) -> bool:
        return self._has(MeasureKind.AGGREGATE)

    @property
    def _grouping(self) -> tuple[str, ...]:
        """Return the columns of step 6."""
        chosen = self._columns(MeasureKind.AGGREGATE) or self._columns(MeasureKind.K_ANONYMISE)
        dropped = self._columns(MeasureKind.DROP)
        return tuple(name for name in chosen if name not in dropped)

    def _released(self, kinds: Collection[MeasureKind]) -> frozenset[str]:
        """Return the released columns that a step of these kinds treats."""
        return frozenset(name for kind in kinds for name in self._columns(kind)) & frozenset(self.schema.names)

    @property
    def _folded(self) -> tuple[str, ...]:
        """Return the columns that classes are found by: those of step 4, and the sensitive ones that models name."""
        dropped = self._columns(MeasureKind.DROP)
        named = () if self._counts else sensitive_columns(self.plan.models)
        return tuple(dict.fromkeys((*self._grouping, *(name for name in named if name not in dropped))))

    @property
    def _generalised(self) -> frozenset[str]:
        return frozenset(name for kind in LABELLING for name in self._columns(kind))

    @property
    def _chooses(self) -> bool:
        return self.selection is None and self._has(MeasureKind.FEWER_PERSONS)

    @property
    def _has_pending_classes(self) -> bool:
        return bool(self._grouping) and self.recoding is None and self.counts is None


def make_protection(plan: Plan, source: pa.Schema, means: Means) -> Protection:
    """Return the protection of a source by a plan, before anything has been folded.

    Args:
        plan: What to carry out.
        source: Schema of the source, names unique.
        means: Keys, hierarchies, recognisers.

    Raises:
        InputError: If a step names a column that the source has not, if no column is left to release, or if the plan
            asks both to recode and to count.
    """
    protection = Protection(plan, source, means)
    unknown = sorted({name for step in plan.steps for name in step.columns} - set(source.names))
    if unknown:
        raise InputError(f"a step of the route names column `{unknown[0]}`, which the source has not")
    kinds = {step.kind for step in plan.steps}
    if kinds >= {MeasureKind.AGGREGATE, MeasureKind.K_ANONYMISE}:
        raise InputError("a route either k-anonymises or aggregates, not both", "Take one of the two steps out.")
    if kinds & {MeasureKind.AGGREGATE, MeasureKind.K_ANONYMISE} and not protection._grouping:  # noqa: SLF001 - same module
        raise InputError("no column is left to tell persons apart", "Name columns for the step, or take it out.")
    together.check_steps(plan.steps, persons_repeat=means.persons_repeat)
    if not protection.schema.names:
        raise InputError("the route drops every column", "Keep at least one column.")
    return protection
