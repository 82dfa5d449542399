"""What a copy is made of and measured by, as every worker gets it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.flow.deciding import Decided
from lockgate.flow.following import FollowingMeans
from lockgate.flow.nested import NestedProtection
from lockgate.flow.passes import Passes
from lockgate.protect.pipeline import Protection
from lockgate.protect.together import BY_PERSON
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.measure import MeasureKind
from lockgate.terms.protected import Plan


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What a copy is made of and measured by; picklable where a pass is shared.

    Attributes:
        protection: Solved.
        passes: Over the source.
        quasi_identifiers: Columns that tell persons apart.
        sensitive: Columns whose values nobody should learn.
        looked_at: Released columns in which no direct identifier may be left.
        hierarchies: Hierarchies by column.
        persons_by: Column that tells persons apart, or `row`.
        persons_repeat: Whether a person may have several rows; if not, counting rows is counting persons.
        shows_persons: Whether a released column shows which rows are of one person.
        order: Sort keys of rows by their number in the source.
        following: What records are followed by.
    """

    protection: Protection | NestedProtection
    passes: Passes
    quasi_identifiers: tuple[str, ...]
    sensitive: tuple[str, ...]
    looked_at: tuple[str, ...]
    hierarchies: Mapping[str, Hierarchy]
    persons_by: str
    persons_repeat: bool
    shows_persons: bool
    order: Callable[[int, int], npt.NDArray[np.uint64]]
    following: FollowingMeans

    @property
    def counts_persons(self) -> bool:
        """Whether the copy holds counts instead of rows."""
        return any(step.kind is MeasureKind.AGGREGATE for step in self.protection.plan.steps)

    @property
    def is_shared(self) -> bool:
        """Whether rows are mapped range by range: not where classes are nested in those of earlier releases."""
        return self.passes.ranges is not None and isinstance(self.protection, Protection)


def persons_repeat(decided: Decided, plan: Plan) -> bool:
    """Whether a person may have several rows: not where as many persons were counted as there are rows.

    Counting rows is then counting persons, without a table of all of them. Measures that take the rows of a person
    together are given persons all the same.

    Args:
        decided: The flow, its persons counted.
        plan: How it is protected.
    """
    found = decided.classification
    each_has_one = found is not None and found.persons.count == found.rows
    together = any(step.kind in BY_PERSON for step in plan.steps)
    return bool(decided.subject_key) and (together or not each_has_one)
