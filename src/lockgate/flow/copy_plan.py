"""What a copy is made of and measured by, as every worker gets it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.flow.following import FollowingMeans
from lockgate.flow.nested import NestedProtection
from lockgate.flow.passes import Passes
from lockgate.protect.pipeline import Protection
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.measure import MeasureKind


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
