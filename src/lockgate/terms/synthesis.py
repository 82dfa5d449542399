"""Synthetic tables with differential privacy: which columns over which declared domains, at which cost."""

from dataclasses import dataclass
from decimal import Decimal

from lockgate.terms.privacy_loss import PrivacyLoss


@dataclass(frozen=True, slots=True)
class ColumnDomain:
    """The values that a column may have, known without looking at the data.

    Attributes:
        column: Name.
        values: Its words; empty for a column of numbers. A null among them allows cells without a value.
        low: Least number; numbers below are taken as this.
        high: Greatest number.
        decimals: Digits after the point.
        edges: Bounds between its cells, lowest and highest number included; empty for cells of equal width.
    """

    column: str
    values: tuple[str | None, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    decimals: int = 0
    edges: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class SynthesisPlan:
    """A synthetic table.

    Attributes:
        columns: Its columns, at least one.
        loss: What it costs; in rho.
        max_rows: Rows of one person that are looked at, at least 1.
        rows: Rows to draw; 0 for as many as there are by the noisy count.
    """

    columns: tuple[ColumnDomain, ...]
    loss: PrivacyLoss
    max_rows: int = 1
    rows: int = 0
