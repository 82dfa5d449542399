"""A plan of statistics, checked and priced before a row is read: who gets which share of the loss, how much noise.

Neighbouring tables differ by all rows of one person, added or removed. Of one person `max_rows` rows in `max_groups`
groups count, so that the sensitivities are, with m rows and g groups:

    count, histogram     m rows, all of them possibly in one cell: 1-norm m, squared 2-norm m^2
    persons              1 in each group: 1-norm g, squared 2-norm g
    sum                  m values of at most max(|low|, |high|) each
    mean                 m deviations from the middle of the bounds, of at most half their distance, and a count

Shares are rounded down to millionths, scales of noise up, so that the parts never cost more than the whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise
from math import gcd, isqrt, prod

from lockgate.protect.dp.discrete_noise import LARGEST_SCALE
from lockgate.terms.errors import InputError
from lockgate.terms.privacy_loss import MICRO, PrivacyLoss
from lockgate.terms.statistic import Statistic, StatisticKind, StatisticsPlan

LARGEST_BOUND = 1 << 53
"""Of a clamped value in its smallest unit."""

LARGEST_TABLE = 1_000_000
"""Most groups that public keys may make."""

LARGEST_CONTRIBUTION = 1_000_000
MOST_DECIMALS = 12
MOST_BINS = 10_000
_FINE = 1 << 16
_NEEDS_BOUNDS = (StatisticKind.SUM, StatisticKind.MEAN, StatisticKind.QUANTILE)
_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Share:
    """What one noisy query may cost.

    Attributes:
        epsilon: In millionths; 0 if the share is in rho.
        rho: In millionths; 0 if the share is in epsilon.
    """

    epsilon: int
    rho: int

    def scale(self, norm: int, squared: int) -> Fraction:
        """Return the scale of noise: of the Laplace distribution, or sigma of the Gaussian where the share is in rho.

        Args:
            norm: 1-norm of what one person changes.
            squared: Squared 2-norm of it.

        Raises:
            InputError: If the noise would be too large to be drawn.
        """
        scale = Fraction(norm * MICRO, self.epsilon) if self.epsilon else _sigma(squared, self.rho)
        if scale.numerator > LARGEST_SCALE:  # coarser, and never smaller
            below = max(1, min(scale.denominator, LARGEST_SCALE // (int(scale) + 1)))
            scale = Fraction(-(-scale.numerator * below // scale.denominator), below)
        if scale.numerator > LARGEST_SCALE:
            raise InputError(
                "the noise would be too large to mean anything: the bounds are too far apart for the privacy loss",
                "Set closer bounds, fewer decimals, fewer rows of a person, or a larger epsilon.",
            )
        return scale


@dataclass(frozen=True, slots=True)
class Bounds:
    """Clamping bounds in the smallest unit of a value.

    Attributes:
        low: Lower bound.
        high: Upper bound, above it.
        decimals: Digits after the point: a unit is 10^-decimals.
    """

    low: int
    high: int
    decimals: int

    @property
    def largest(self) -> int:
        """Return the largest absolute value."""
        return max(abs(self.low), abs(self.high))


def check_plan(plan: StatisticsPlan) -> None:
    """Refuse a plan that cannot be carried out with differential privacy.

    Raises:
        InputError: If bounds, a loss, or a bound of contributions is missing or wrong, or names collide.
    """
    if not plan.statistics:
        raise InputError("expected at least one statistic", "Name one, such as count.")
    for statistic in plan.statistics:
        _check_statistic(statistic)
    for name, number in (("max_rows", plan.max_rows), ("max_groups", plan.max_groups)):
        if not 1 <= number <= LARGEST_CONTRIBUTION:
            raise InputError(f"expected {name} from 1 to {LARGEST_CONTRIBUTION}, found `{number}`", "Mend the number.")
    _check_loss(plan)
    _check_keys(plan)
    names = [*plan.by, *(name for statistic in plan.statistics for name in statistic.names)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"two columns of the statistics would be called `{twice[0]}`", "Ask for each only once.")


def cost_of(plan: StatisticsPlan) -> PrivacyLoss:
    """Return what a plan costs, whatever the data: to be reserved before noise is drawn.

    Raises:
        InputError: If the plan cannot be carried out.
    """
    check_plan(plan)
    return PrivacyLoss(
        epsilon=0 if plan.loss.rho else plan.loss.epsilon,
        rho=plan.loss.rho,
        delta=plan.loss.delta if has_hidden_keys(plan) else 0,
    )


def has_hidden_keys(plan: StatisticsPlan) -> bool:
    """Return whether which groups there are is itself to be protected."""
    return bool(plan.by) and not plan.keys


def shares(plan: StatisticsPlan) -> tuple[Share | None, tuple[Share, ...]]:
    """Return the share of the threshold, None where keys are public, and the share of each statistic.

    `persons` costs nothing more where the threshold has counted persons already: it gets the threshold's share.

    Raises:
        InputError: If a share is below a millionth.
    """
    hidden = has_hidden_keys(plan)
    paid = [not (hidden and item.kind is StatisticKind.PERSONS) for item in plan.statistics]
    total = hidden + sum(item.weight for item, pays in zip(plan.statistics, paid, strict=True) if pays)
    threshold = _share(plan.loss, 1, total) if hidden else None
    parts = []
    for item, pays in zip(plan.statistics, paid, strict=True):
        share = _share(plan.loss, item.weight, total) if pays else threshold
        assert share is not None
        parts.append(share)
    return threshold, tuple(parts)


def halves(share: Share) -> Share:
    """Return half of a share, rounded down.

    Raises:
        InputError: If nothing is left.
    """
    return _share(PrivacyLoss(epsilon=share.epsilon, rho=share.rho), 1, 2)


def bounds_of(statistic: Statistic) -> Bounds:
    """Return the clamping bounds of a checked statistic in its smallest unit."""
    assert statistic.low is not None
    assert statistic.high is not None
    return Bounds(_units(statistic.low, statistic), _units(statistic.high, statistic), statistic.decimals)


def edges_of(statistic: Statistic) -> tuple[int, ...]:
    """Return the bounds of the bins of a histogram in the smallest unit."""
    return tuple(_units(edge, statistic) for edge in statistic.edges)


def _share(loss: PrivacyLoss, weight: int, total: int) -> Share:
    share = Share(0, loss.rho * weight // total) if loss.rho else Share(loss.epsilon * weight // total, 0)
    if not share.epsilon and not share.rho:
        raise InputError(
            "the privacy loss is too small to be shared: less than a millionth is left for a statistic",
            "Ask for fewer statistics, or set a larger epsilon or rho.",
        )
    return share


def _sigma(squared: int, rho: int) -> Fraction:
    """Return a rational number that is not below sqrt(squared / (2 rho)), and hardly above."""
    above, below = squared * MICRO, 2 * rho
    fine = _FINE if above // below < _FINE * _FINE else 1
    target = -(-above * fine * fine // below)
    root = isqrt(target)
    return Fraction(root if root * root == target else root + 1, fine)


def _check_statistic(statistic: Statistic) -> None:
    name = statistic.name
    if statistic.weight < 1 or not 0 <= statistic.decimals <= MOST_DECIMALS:
        raise InputError(f"`{name}`: expected a weight of at least 1 and 0 to 12 decimals", "Mend the numbers.")
    if statistic.kind is StatisticKind.PERSONS and statistic.column:
        raise InputError("`persons` counts persons and takes no column", "Leave the column out.")
    if statistic.kind is StatisticKind.HISTOGRAM:
        _check_edges(statistic)
    if statistic.kind in _NEEDS_BOUNDS:
        _check_bounds(statistic)
    if statistic.kind is StatisticKind.QUANTILE:
        _check_quantile(statistic)


def _check_bounds(statistic: Statistic) -> None:
    name = statistic.name
    if not statistic.column:
        raise InputError(f"`{statistic.kind}` needs a column", "Name the column.")
    if statistic.low is None or statistic.high is None:
        raise InputError(
            f"`{name}` has no bounds: without them one value could be of any size and no noise would hide it",
            "Set low and high to bounds that are known without looking at the data.",
        )
    if _units(statistic.low, statistic) >= _units(statistic.high, statistic):
        raise InputError(
            f"`{name}`: expected low below high, found `{statistic.low}` and `{statistic.high}`", "Swap the bounds."
        )


def _check_edges(statistic: Statistic) -> None:
    edges = [_units(edge, statistic) for edge in statistic.edges]
    if not statistic.column or not 1 < len(edges) <= MOST_BINS + 1:
        raise InputError(
            f"`{statistic.name}` needs a column and the edges of 1 to {MOST_BINS} bins",
            "Set edges that are known without looking at the data.",
        )
    if any(low >= high for low, high in pairwise(edges)):
        raise InputError(f"`{statistic.name}`: expected rising edges", "Sort the edges and leave out equal ones.")


def _check_quantile(statistic: Statistic) -> None:
    wanted = statistic.quantile
    if wanted is None or not wanted.is_finite() or not 0 < wanted < 1 or _units_of_quantile(wanted) is None:
        raise InputError(
            f"`{statistic.name}`: expected a quantile between 0 and 1 with at most 4 decimals", "Name one, such as 0.5."
        )


def _units_of_quantile(wanted: Decimal) -> int | None:
    scaled = _EXACT.multiply(wanted, Decimal(10_000))
    return int(scaled) if scaled == int(scaled) else None


def _units(bound: Decimal, statistic: Statistic) -> int:
    if not bound.is_finite() or abs(bound) > LARGEST_BOUND:
        raise InputError(f"`{statistic.name}`: expected bounds below 2^53, found `{bound}`", "Set other bounds.")
    scaled = _EXACT.scaleb(bound, statistic.decimals)
    if scaled != int(scaled):
        raise InputError(
            f"`{statistic.name}`: the bound `{bound}` has more than {statistic.decimals} decimals", "Set more decimals."
        )
    if abs(scaled) > LARGEST_BOUND:
        raise InputError(
            f"`{statistic.name}`: with {statistic.decimals} decimals the bound `{bound}` passes 2^53 units",
            "Set fewer decimals.",
        )
    return int(scaled)


def _check_loss(plan: StatisticsPlan) -> None:
    if bool(plan.loss.epsilon) == bool(plan.loss.rho):
        raise InputError(
            "expected a privacy loss above 0, as epsilon or as rho", "Set one of the two, such as epsilon = 1."
        )
    if has_hidden_keys(plan) and not plan.loss.delta:
        raise InputError(
            "which groups there are would be shown without noise: the keys are not public and there is no delta",
            "List the keys that are public, or set a delta such as 1e-9.",
        )
    shares(plan)


def _check_keys(plan: StatisticsPlan) -> None:
    _refuse_twice(plan.by, "a column to group by")
    if plan.keys and len(plan.keys) != len(plan.by):
        raise InputError("expected public keys for every column to group by, or for none", "List the other keys too.")
    for name, values in zip(plan.by, plan.keys, strict=bool(plan.keys)):
        if not values:
            raise InputError(f"expected at least one public key of column `{name}`", "List its keys.")
        _refuse_twice(values, f"a public key of column `{name}`")
    if prod(len(values) for values in plan.keys) > LARGEST_TABLE:
        raise InputError(
            f"the public keys make more than {LARGEST_TABLE} groups", "Group by fewer columns or list fewer keys."
        )


def _refuse_twice(names: Iterable[str], what: str) -> None:
    found: set[str] = set()
    for name in names:
        if name in found:
            raise InputError(f"{what} is named twice", "Name it once.")
        found.add(name)


def quantile_ratio(statistic: Statistic) -> tuple[int, int]:
    """Return the quantile of a checked statistic as a ratio of two whole numbers in lowest terms."""
    assert statistic.quantile is not None
    units = _units_of_quantile(statistic.quantile)
    assert units is not None
    divisor = gcd(units, 10_000)
    return units // divisor, 10_000 // divisor
