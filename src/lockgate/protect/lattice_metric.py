"""Metrics of information loss by which the best node of a lattice is told; the least value is the best.

For n rows, of which s are suppressed, in classes E:

* `loss`: per cell (size of the label's domain - 1) / (size of the column's domain - 1), a suppressed cell 1; the mean
  over rows, then the chosen mean over columns. It is the normalised certainty penalty. What a size is, `Domain` says.
  Sources: Iyengar, "Transforming data to satisfy privacy constraints", KDD 2002, section 4 (LM: values of the
  hierarchy); Xu et al., "Utility-based anonymization using local recoding", KDD 2006, definition 2 (NCP: values,
  ranges of numbers).
* `precision`: per cell level / greatest level of the column, a suppressed cell 1; means as before. It is 1 - Prec.
  `precision-monotone` does not look at suppression. Source: Sweeney, "Achieving k-anonymity privacy protection using
  generalization and suppression", IJUFKS 2002, definition 4.
* `height`: sum of the levels. Source: Samarati, IEEE TKDE 13(6), 2001.
* `average-class-size`: n / (classes kept, and one more for all suppressed rows). Divided by k it is C_AVG of LeFevre,
  DeWitt, Ramakrishnan, "Mondrian multidimensional k-anonymity", ICDE 2006.
* `discernibility`: sum of |E|² over classes kept, and n for each suppressed row. Source: Bayardo, Agrawal, "Data
  privacy through optimal k-anonymization", ICDE 2005. `discernibility-monotone` (DM*) is the sum of |E|² over all
  classes, kept or not. Source: El Emam et al., "A globally optimal k-anonymity method for the de-identification of
  health data", JAMIA 2009.
* `entropy`: per cell -log2 of the share of the value among the rows with its label, summed over rows and columns: bits
  lost. `entropy-monotone` does not look at suppression. With it there are two definitions. `entropy` suppresses in a
  second step: a suppressed row loses the first step's bits and -log2 of the share of its label among the suppressed
  rows. `entropy-to-root` generalises a suppressed row from its value to `*`: it loses -log2 of the value's share in
  the table. Source: Gionis, Tassa, "k-Anonymization with minimal loss of information", IEEE TKDE 21(2), 2009
  (entropy); de Waal, Willenborg, "Information loss through global recoding and local suppression", 1999 (two steps).

The metrics that do not look at suppression never fall when levels rise. Of the others a bound that never does is known:
the value if nothing were suppressed. Search prunes by that.
"""

from dataclasses import dataclass
from enum import StrEnum


class MetricKind(StrEnum):
    """What is measured; the module says how."""

    LOSS = "loss"
    PRECISION = "precision"
    PRECISION_MONOTONE = "precision-monotone"
    HEIGHT = "height"
    AVERAGE_CLASS_SIZE = "average-class-size"
    DISCERNIBILITY = "discernibility"
    DISCERNIBILITY_MONOTONE = "discernibility-monotone"
    ENTROPY = "entropy"
    ENTROPY_TO_ROOT = "entropy-to-root"
    ENTROPY_MONOTONE = "entropy-monotone"


class Domain(StrEnum):
    """What the size of a label's domain is, for `loss`.

    `observed`: the label's observed values; where a column holds only numbers, the range they span (then size - 1
    reads as range). `values`: the label's observed values, also of numbers. `hierarchy`: the values that the hierarchy
    has under the label, observed or not.
    """

    OBSERVED = "observed"
    VALUES = "values"
    HIERARCHY = "hierarchy"


class Mean(StrEnum):
    """How the figures of columns become one.

    The geometric mean is that of the figures plus 1, minus 1: else one untouched column would hide all others.
    """

    ARITHMETIC = "arithmetic"
    GEOMETRIC = "geometric"
    SUM = "sum"
    MAXIMUM = "maximum"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric with its choices.

    Attributes:
        kind: What is measured.
        domain: For `loss`.
        mean: How columns are put together; None for the kind's usual one: the sum for entropy and height, else the
            arithmetic mean.
        balance: For `loss` and `precision`, 0 to 1: below 0.5 a suppressed cell counts only twice that, above 0.5
            a generalised one only twice what is left to 1.
    """

    kind: MetricKind = MetricKind.LOSS
    domain: Domain = Domain.OBSERVED
    mean: Mean | None = None
    balance: float = 0.5

    @property
    def mean_of_columns(self) -> Mean:
        """Return how the figures of columns become one."""
        usual = Mean.SUM if self.kind is MetricKind.HEIGHT or self.kind in ENTROPIES else Mean.ARITHMETIC
        return self.mean or usual

    @property
    def weights(self) -> tuple[float, float]:
        """Return what a generalised and a suppressed cell count."""
        return min(1.0, 2 - 2 * self.balance), min(1.0, 2 * self.balance)


ENTROPIES = frozenset({MetricKind.ENTROPY, MetricKind.ENTROPY_TO_ROOT, MetricKind.ENTROPY_MONOTONE})
OF_CLASSES = frozenset({MetricKind.AVERAGE_CLASS_SIZE, MetricKind.DISCERNIBILITY, MetricKind.DISCERNIBILITY_MONOTONE})
"""Metrics about the sizes of classes, of which levels alone tell little."""
