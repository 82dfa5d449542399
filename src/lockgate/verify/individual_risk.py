"""Risk of each row of a survey sample, by its frequency in the sample and its sampling weights.

f rows of the sample read like a row in the quasi-identifiers, F = the sum of their weights stand for them in the
population, p = f/F, q = 1 - p. The population frequency given f is taken as negative binomial; the risk of the row is
the expectation of 1 / population frequency:

    r = integral over x from 0 to 1 of p x^(f-1) / (p + q x),   so r = 1/f where p = 1

* exact: f = 1: (p/q) ln(1/p); f = 2: p/q - (p/q)^2 ln(1/p); above, r_f = (p/q) (1/(f-1) - r_(f-1)), or the series
  p sum of q^j B(f, j+1) where that recursion would lose digits.
* approximate: as exact for f of 1 and 2, p / (f - q) above; the form that mu-Argus and sdcMicro print.

Missing cells match every value (the default, as sdcMicro has it) or are a value of their own. The risk of a household
is 1 - product of (1 - r) of its members. Expected re-identifications are the sum of r.

Sources: Benedetti, Franconi, "Statistical and technological solutions for controlled data dissemination", 1998;
Polettini, "Some remarks on the individual risk methodology", 2003; Hundepool et al., "Statistical Disclosure Control",
2012, section 3.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from lockgate.terms.errors import InputError
from lockgate.verify.classes import Floats, Rules, as_table, encode, make_classes, require_columns
from lockgate.verify.missing import matching_weights

_TERMS = 160
_BY_RECURSION = 24
_MAD = 1.4826
_HIGH = 0.1
_ALL = Rules(suppressed="counted")


@dataclass(frozen=True, slots=True)
class SurveySample:
    """How a sample was drawn.

    Attributes:
        weight: Column of sampling weights, at least 1 each; empty takes the fraction.
        fraction: Share of the population that is in the sample, above 0; 1 for a census.
        household: Column that tells households apart; empty for none.
        missing: Whether a missing cell `matches-all` values or is an `own-value`.
        formula: `exact` or `approximate`.
    """

    weight: str = ""
    fraction: float = 1.0
    household: str = ""
    missing: Literal["matches-all", "own-value"] = "matches-all"
    formula: Literal["exact", "approximate"] = "exact"


CENSUS = SurveySample()


@dataclass(frozen=True, slots=True, eq=False)
class IndividualRisk:
    """The risk of each row, in the order of the table, and of the whole.

    Attributes:
        frequency: Rows of the sample that match each row, itself among them.
        population: Sum of their weights.
        risk: Chance that the row is found, 0 to 1.
        household_risk: Chance that some member of the row's household is; the row's own without households.
    """

    frequency: Floats
    population: Floats
    risk: Floats
    household_risk: Floats

    @property
    def expected(self) -> float:
        """Return the expected number of rows that are found."""
        return float(self.risk.sum())

    @property
    def share(self) -> float:
        """Return the expected share of rows that are found: the global risk."""
        return float(self.risk.mean()) if len(self.risk) else 0.0

    @property
    def household_share(self) -> float:
        """Return the mean risk of households over rows."""
        return float(self.household_risk.mean()) if len(self.risk) else 0.0

    @property
    def outstanding(self) -> int:
        """Return the rows whose risk is far above the others': above 0.1 and median + 2 scaled median deviations."""
        if not len(self.risk):
            return 0
        middle = float(np.median(self.risk))
        deviation = _MAD * float(np.median(np.abs(self.risk - middle)))
        return int(np.count_nonzero((self.risk > middle + 2 * deviation) & (self.risk > _HIGH)))


def individual_risk(table: object, quasi_identifiers: Sequence[str], sample: SurveySample = CENSUS) -> IndividualRisk:
    """Return the risk of each row of a sample.

    Args:
        table: Arrow, pandas or polars table, or lists by column.
        quasi_identifiers: Columns that tell persons apart.
        sample: How the table was drawn.

    Raises:
        InputError: If a column is missing, or weights are below 1 or missing.

    >>> found = individual_risk({"age": [30, 30, 40]}, ["age"], SurveySample(fraction=0.01))
    >>> [round(float(risk), 4) for risk in found.risk]
    [0.0096, 0.0096, 0.0465]
    """
    read = as_table(table)
    require_columns(read, quasi_identifiers, "quasi-identifiers")
    weight = _weights(read, sample)
    ones = np.ones(read.num_rows)
    if sample.missing == "matches-all" and any(read[name].null_count for name in quasi_identifiers):
        frequency, population = matching_weights(read, quasi_identifiers, [ones, weight])
    else:
        number = make_classes(read.select(list(quasi_identifiers)), quasi_identifiers, _ALL).number
        frequency, population = (np.bincount(number, each)[number].astype(np.float64) for each in (ones, weight))
    risk = risk_of(frequency, population, is_exact=sample.formula == "exact")
    return IndividualRisk(frequency, population, risk, _by_household(read, risk, sample))


def risk_of(frequency: Floats, population: Floats, *, is_exact: bool = True) -> Floats:
    """Return the risk of rows by their frequencies.

    Args:
        frequency: Rows of the sample, whole numbers from 1.
        population: Estimated persons of the population, at least as many.
        is_exact: Whether frequencies above 2 are treated exactly.
    """
    pairs, place = np.unique(np.stack([frequency, population]), axis=1, return_inverse=True)
    found = [_risk(int(f), min(float(f) / float(whole), 1.0), is_exact=is_exact) for f, whole in pairs.T]
    return np.array(found, dtype=np.float64)[place.reshape(-1)]


def _risk(f: int, p: float, *, is_exact: bool) -> float:
    q = 1 - p
    if q <= 0:
        return 1 / f
    if f > 2 and not is_exact:  # noqa: PLR2004 - the first two have closed forms
        return p / (f - q)
    if p > 0.5 or f > _BY_RECURSION:  # noqa: PLR2004 - where the recursion amplifies errors
        term, total = 1 / f, 1 / f
        for j in range(1, _TERMS):
            term *= q * j / (f + j)
            total += term
        return p * total
    risk = p / q * float(-np.log(p))
    for number in range(2, f + 1):
        risk = p / q * (1 / (number - 1) - risk)
    return risk


def _weights(table: pa.Table, sample: SurveySample) -> Floats:
    if not sample.weight:
        if not 0 < sample.fraction <= 1:
            raise InputError(f"a sampling fraction of {sample.fraction} is no share", "give one above 0, 1 at most")
        return np.full(table.num_rows, 1 / sample.fraction)
    require_columns(table, [sample.weight], "weight")
    column = table[sample.weight]
    if column.null_count or not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise InputError(f"weight: column `{sample.weight}` holds no weights", "give numbers, none of them missing")
    weight = np.asarray(column, dtype=np.float64)
    if not bool((weight >= 1).all()):
        raise InputError(
            f"weight: column `{sample.weight}` holds weights below 1", "give the persons for whom a row stands"
        )
    return weight


def _by_household(table: pa.Table, risk: Floats, sample: SurveySample) -> Floats:
    if not sample.household:
        return risk
    require_columns(table, [sample.household], "household")
    number = encode(table, sample.household).codes
    safe: Floats = np.bincount(number, np.log1p(-np.minimum(risk, 1 - 1e-15))).astype(np.float64)
    found: Floats = -np.expm1(safe)[number]
    return found
