"""Statistics to be released with differential privacy: what is asked, within which bounds, at which cost."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from lockgate.terms.privacy_loss import PrivacyLoss


class StatisticKind(StrEnum):
    """What is computed of the rows of a group."""

    COUNT = "count"
    PERSONS = "persons"
    SUM = "sum"
    MEAN = "mean"
    QUANTILE = "quantile"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Statistic:
    """One statistic of every group.

    Attributes:
        kind: What is computed.
        column: Of which column; empty for `count` of rows and for `persons`.
        low: Values below are taken as this; needed for `sum`, `mean`, `quantile`.
        high: Values above are taken as this.
        decimals: Digits after the point to which values are rounded first, 0 to 12.
        quantile: Which share of the values lies below, between 0 and 1; for `quantile` only.
        edges: Bounds of the bins of a `histogram`, rising; the last bin holds its upper bound.
        weight: Share of the privacy loss, in proportion to the weights of the others; at least 1.
    """

    kind: StatisticKind
    column: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    decimals: int = 0
    quantile: Decimal | None = None
    edges: tuple[Decimal, ...] = ()
    weight: int = 1

    @property
    def name(self) -> str:
        """Return the name of its column in the release, such as `sum_income`; a histogram has one for each bin."""
        if self.kind is StatisticKind.QUANTILE:
            return f"quantile_{self.quantile}_{self.column}"
        return f"{self.kind}_{self.column}" if self.column else self.kind.value

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its columns in the release."""
        if self.kind is not StatisticKind.HISTOGRAM:
            return (self.name,)
        return tuple(f"{self.name}_{low}_{high}" for low, high in pairwise(self.edges))


@dataclass(frozen=True, slots=True)
class StatisticsPlan:
    """A table of statistics.

    Attributes:
        statistics: What is computed, at least one.
        loss: What the whole table may cost. With a `rho` all noise is Gaussian, else Laplace.
        by: Columns whose values make the groups; none makes one group of all.
        keys: For each column of `by` the values that are public, in order: the table has every combination of them,
            whether it occurs or not. Empty if keys are not public: then a group is shown only if its noisy number of
            persons passes a threshold, which costs delta.
        max_rows: Rows of one person that are looked at, in all groups together, at least 1.
        max_groups: Groups of one person that are looked at, at least 1.
        signed: Whether noisy counts may be below 0; else they are shown as 0.
    """

    statistics: tuple[Statistic, ...]
    loss: PrivacyLoss
    by: tuple[str, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    max_rows: int = 1
    max_groups: int = 1
    signed: bool = False
