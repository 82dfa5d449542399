"""A protection whose classes are nested in those of earlier releases; used where it was found that they have to be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.flow.progress import Progress
from lockgate.protect import nesting
from lockgate.protect.cells import LABELLING
from lockgate.protect.combinations import WEIGHT
from lockgate.protect.domain_choice import Labels, Vocabulary
from lockgate.protect.hierarchies.columns import find_hierarchies
from lockgate.protect.kanonymity import Question
from lockgate.protect.nested_items import Family
from lockgate.protect.pipeline import Protection
from lockgate.protect.search import Search
from lockgate.protect.sensitive_values import sensitive_columns
from lockgate.tables.spill import Spill
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.measure import MeasureKind
from lockgate.terms.protected import Plan

Persons = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
NumberedBatch = tuple[pa.RecordBatch, Persons]
FindUnits = Callable[[pa.RecordBatch, Persons], list[Rows]]
"""Gives the unit of each row of the source, for each family."""


@dataclass(frozen=True, slots=True, eq=False)
class NestedProtection:
    """A protection up to its last step, and classes that are nested in earlier ones in place of that step.

    Attributes:
        inner: All steps but the classes, solved.
        plan: The whole plan.
        nested: The classes.
        find_units: Gives the units of rows.
        hierarchies: Hierarchies by column.
    """

    inner: Protection
    plan: Plan
    nested: nesting.Nested
    find_units: FindUnits
    hierarchies: Mapping[str, Hierarchy]

    @property
    def perturbed(self) -> frozenset[str]:
        """Return the released columns whose cells are near the source's values, and not labels of them."""
        return self.inner.perturbed

    @property
    def schema(self) -> pa.Schema:
        """Return the schema of the released copy."""
        columns = self.nested.recoding.columns
        return pa.schema(
            [pa.field(item.name, pa.string()) if item.name in columns else item for item in self.inner.schema]
        )

    @property
    def labelled(self) -> frozenset[str]:
        """Return the released columns whose cells follow the grammar of labels."""
        return self.inner.labelled | frozenset(self.nested.recoding.columns)

    @property
    def rows_not_chosen(self) -> int:
        """Return the rows of persons that were not chosen to be sent."""
        return self.inner.rows_not_chosen

    def map_with_rows(self, batch: pa.RecordBatch, persons: Persons) -> tuple[pa.RecordBatch, Rows]:
        """Return the released rows of a batch, and which rows of the batch they are, in order."""
        prepared, rows = self.inner.map_with_rows(batch, persons)
        units = [unit[rows] for unit in self.find_units(batch, persons)]
        released, kept = nesting.apply(prepared, self.nested, units)
        return released, rows[kept]

    def finish(self) -> list[pa.RecordBatch]:
        """Return what is released after all rows: nothing."""
        return []


def without_classes(plan: Plan) -> Plan:
    """Return the plan up to the step that makes classes."""
    return replace(plan, steps=tuple(step for step in plan.steps if step.kind is not MeasureKind.K_ANONYMISE))


def make_nested(
    inner: Protection,
    plan: Plan,
    batches: Callable[[], Iterator[NumberedBatch]],
    families: Sequence[Family],
    means: tuple[FindUnits, bool, Path, Progress],
) -> NestedProtection:
    """Return a protection whose classes are nested in those of earlier releases.

    Args:
        inner: All steps but the classes, solved.
        plan: The whole plan; it makes classes.
        batches: Starts a pass over the source.
        families: The units of each group of recipients.
        means: What gives the units of rows; whether a person may have several rows; where partials spill; who is told.
    """
    find_units, repeat, work, progress = means
    columns = _columns(plan, inner, MeasureKind.K_ANONYMISE)
    generalised = frozenset(name for kind in LABELLING for name in _columns(plan, inner, kind))
    steps = [step.amount for step in plan.steps if step.kind is MeasureKind.K_ANONYMISE]
    folded = tuple(dict.fromkeys((*columns, *sensitive_columns(plan.models))))
    untold = [name for name in folded if name not in generalised]
    question = Question(
        quasi_identifiers=columns,
        k=max(plan.k, *steps, 1),
        hierarchies={},
        suppression_limit=plan.suppression_limit,
        generalised=generalised,
        search=Search(plan.search),
        vocabulary=Vocabulary(Labels(plan.labels)),
        moves=plan.moves,
        models=plan.models,
    )
    progress.step("nesting the classes in those of earlier releases")
    with Spill(work, nesting.fold_keys(folded, len(families), by_person=repeat), [WEIGHT]) as spill:
        for batch, persons in batches():
            prepared, rows = inner.map_with_rows(batch, persons)
            units = [unit[rows] for unit in find_units(batch, persons)]
            spill.add(nesting.fold(prepared, folded, units, persons[rows] if repeat else None))
            progress.rows(batch.num_rows)
        table = spill.table()
        hierarchies = find_hierarchies((inner.means.hierarchies, inner.means.builtin_hierarchies), table, untold)
        nested = nesting.solve(table, replace(question, hierarchies=hierarchies), families)
    return NestedProtection(inner, plan, nested, find_units, hierarchies)


def _columns(plan: Plan, inner: Protection, kind: MeasureKind) -> tuple[str, ...]:
    """Return the columns of all steps of a kind that are left, in the order of the source."""
    chosen = {name for step in plan.steps if step.kind is kind for name in step.columns}
    return tuple(name for name in inner.schema.names if name in chosen)
