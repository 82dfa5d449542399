"""A plan of statistics is refused before a row is read if it protects nobody, and priced whatever the data."""

from decimal import Decimal

import pytest

from lockgate.protect.dp.plan import cost_of, shares
from lockgate.terms.errors import InputError
from lockgate.terms.privacy_loss import PrivacyLoss
from lockgate.terms.statistic import Statistic, StatisticKind, StatisticsPlan

SURE = PrivacyLoss(epsilon=900_000_000, delta=10**6)
COUNT = Statistic(StatisticKind.COUNT)


def sum_of(column: str, low: str = "0", high: str = "1000", decimals: int = 0) -> Statistic:
    return Statistic(StatisticKind.SUM, column, Decimal(low), Decimal(high), decimals)


def quantile_of(column: str, share: str) -> Statistic:
    return Statistic(StatisticKind.QUANTILE, column, Decimal(0), Decimal(100), quantile=Decimal(share))


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (StatisticsPlan((), SURE), "at least one statistic"),
        (StatisticsPlan((Statistic(StatisticKind.SUM, "x"),), SURE), "has no bounds"),
        (StatisticsPlan((Statistic(StatisticKind.MEAN, "x", Decimal(0)),), SURE), "has no bounds"),
        (StatisticsPlan((sum_of("x", "5", "1"),), SURE), "low below high"),
        (StatisticsPlan((sum_of("x", "5", "5"),), SURE), "low below high"),
        (StatisticsPlan((sum_of("x", "0", "NaN"),), SURE), "expected bounds below"),
        (StatisticsPlan((sum_of("x", "0", "Infinity"),), SURE), "expected bounds below"),
        (StatisticsPlan((sum_of("x", "0", "1e30"),), SURE), "expected bounds below"),
        (StatisticsPlan((sum_of("x", "0", "1e12", 12),), SURE), "passes 2^53 units"),
        (StatisticsPlan((sum_of("x", "0", "1.25", 1),), SURE), "more than 1 decimals"),
        (StatisticsPlan((sum_of("", "0", "1"),), SURE), "needs a column"),
        (StatisticsPlan((quantile_of("x", "0"),), SURE), "between 0 and 1"),
        (StatisticsPlan((quantile_of("x", "1"),), SURE), "between 0 and 1"),
        (StatisticsPlan((Statistic(StatisticKind.HISTOGRAM, "x", edges=(Decimal(1),)),), SURE), "edges of 1 to"),
        (StatisticsPlan((Statistic(StatisticKind.HISTOGRAM, "x", edges=(Decimal(2), Decimal(1))),), SURE), "rising"),
        (StatisticsPlan((COUNT,), PrivacyLoss()), "privacy loss above 0"),
        (StatisticsPlan((COUNT,), PrivacyLoss(epsilon=1, rho=1)), "privacy loss above 0"),
        (StatisticsPlan((COUNT, sum_of("x")), PrivacyLoss(epsilon=1)), "too small to be shared"),
        (StatisticsPlan((COUNT,), PrivacyLoss(epsilon=10), ("g",)), "there is no delta"),
        (StatisticsPlan((COUNT,), SURE, ("g",), (("a",), ("b",))), "public keys for every column"),
        (StatisticsPlan((COUNT,), SURE, ("g",), ((),)), "at least one public key"),
        (StatisticsPlan((COUNT,), SURE, ("g",), (("a", "a"),)), "named twice"),
        (StatisticsPlan((COUNT,), SURE, ("g", "g")), "named twice"),
        (StatisticsPlan((COUNT,), SURE, ("g", "h"), (tuple(map(str, range(2000))),) * 2), "more than 1000000 groups"),
        (StatisticsPlan((COUNT,), SURE, max_rows=0), "max_rows"),
        (StatisticsPlan((COUNT,), SURE, max_groups=-1), "max_groups"),
        (StatisticsPlan((COUNT, COUNT), SURE), "would be called `count`"),
        (StatisticsPlan((sum_of("x", "0", str(2**53)),), PrivacyLoss(epsilon=1)), None),
    ],
)  # fmt: skip
def test_a_plan_that_protects_nobody_is_refused_with_a_hint(plan: StatisticsPlan, message: str | None):
    if message is None:  # the noise itself would not fit
        with pytest.raises(InputError, match="noise would be too large") as caught:
            shares(plan)[1][0].scale(2**53, 2**106)
    else:
        with pytest.raises(InputError) as caught:
            cost_of(plan)
        assert message in str(caught.value)
    assert caught.value.hint


def test_a_loss_beyond_all_sense_cannot_be_named():
    with pytest.raises(ValueError, match="at most 1000"):
        PrivacyLoss(epsilon=1_000_000_001)


def test_a_plan_costs_what_it_may_spend_whatever_the_data():
    loss = PrivacyLoss(epsilon=700_000, delta=5)
    assert cost_of(StatisticsPlan((COUNT,), loss, ("g",))) == loss
    assert cost_of(StatisticsPlan((COUNT,), loss)) == PrivacyLoss(epsilon=700_000), "no hidden keys, no delta"


def test_shares_never_cost_more_than_the_whole():
    statistics = tuple(sum_of(f"c{place}") for place in range(7))
    for unit in ("epsilon", "rho"):
        plan = StatisticsPlan(statistics, PrivacyLoss(**{unit: 1_000_000}, delta=1), ("g",))
        threshold, parts = shares(plan)
        assert threshold is not None
        spent = sum(getattr(part, unit) for part in (threshold, *parts))
        assert 999_990 < spent <= 1_000_000
