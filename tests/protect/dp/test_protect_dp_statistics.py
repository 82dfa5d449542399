"""Grouped statistics: exact before the noise, bounded per person, and refused where a bound is missing."""

import math
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from lockgate.protect.dp.grouping import Partial, contributions_of, fold, merge, split, sums_of
from lockgate.protect.dp.plan import shares
from lockgate.protect.dp.quantile import select
from lockgate.protect.dp.release_table import release_table, schema_of, threshold_of
from lockgate.terms.errors import InputError
from lockgate.terms.privacy_loss import PrivacyLoss
from lockgate.terms.statistic import Statistic, StatisticKind, StatisticsPlan

KEY = bytes(range(32))
SURE = PrivacyLoss(epsilon=900_000_000, delta=10**6)
"""So large a loss that hardly any noise is left: what comes out must be the exact figure."""

COUNT = Statistic(StatisticKind.COUNT)
PERSONS = Statistic(StatisticKind.PERSONS)


def sum_of(column: str, low: str = "0", high: str = "1000", decimals: int = 0) -> Statistic:
    return Statistic(StatisticKind.SUM, column, Decimal(low), Decimal(high), decimals)


def quantile_of(column: str, share: str, low: str = "0", high: str = "100") -> Statistic:
    return Statistic(StatisticKind.QUANTILE, column, Decimal(low), Decimal(high), quantile=Decimal(share))


def persons_of(numbers: list[int]) -> np.ndarray:
    """Hashes of persons with these numbers."""
    words = np.array(numbers, np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return np.stack([words, words ^ np.uint64(0x5555)], axis=1)


def folded(batch: pa.RecordBatch, plan: StatisticsPlan, persons: np.ndarray | None = None) -> Partial:
    return fold(contributions_of(batch, persons, 0, plan, KEY), plan, KEY)


def rows_of(partial: Partial) -> dict[tuple[object, ...], tuple[int, int]]:
    keys = [name for name in partial.groups.column_names if name.startswith("g:")]
    return {tuple(row[key] for key in keys): (row["rows"], row["persons"]) for row in partial.groups.to_pylist()}


def random_rows(seed: int, rows: int = 400, persons: int = 60) -> tuple[pa.RecordBatch, list[int]]:
    rng = np.random.default_rng(seed)  # noqa: TID251 - made-up rows
    town = rng.choice(["a", "b", "c", "d", None], rows)
    batch = pa.record_batch(
        {
            "town": pa.array(town.tolist(), pa.string()),
            "sex": pa.array(rng.integers(0, 2, rows)),
            "pay": pa.array([None if x < -50 else float(x) for x in rng.normal(300, 300, rows)]),
            "age": pa.array(rng.integers(0, 100, rows)),
        }
    )
    return batch, rng.integers(0, persons, rows).tolist()


# Folding


@pytest.mark.parametrize("seed", range(3))
def test_groups_are_counted_and_summed_exactly_as_by_hand(seed: int):
    batch, _ = random_rows(seed)
    plan = StatisticsPlan((COUNT, sum_of("pay", "-20", "500", 2)), SURE, ("town", "sex"))
    partial = folded(batch, plan)
    count, total = Counter(), defaultdict(int)
    for row in batch.to_pylist():
        key = (row["town"], str(row["sex"]))
        count[key] += 1
        if row["pay"] is not None:
            total[key] += round(min(max(row["pay"], -20.0), 500.0) * 100)
    assert {key: rows for key, (rows, _) in rows_of(partial).items()} == count
    assert sums_of(partial.groups, 1) == [total[row["g:town"], row["g:sex"]] for row in partial.groups.to_pylist()]


def test_partials_merge_in_any_order_and_cut_to_the_partial_of_all_rows():
    batch, _ = random_rows(7)
    statistics = (COUNT, sum_of("pay"), quantile_of("age", "0.5"))
    plan = StatisticsPlan(statistics, SURE, ("town", "sex"))
    pieces = [folded(batch.slice(start, 57), plan) for start in range(0, 400, 57)]
    orders = [["g:town", "g:sex"], ["g:town", "g:sex", "cell"]]

    def tables(partial: Partial) -> list[list[dict[str, object]]]:
        return [
            table.sort_by([(name, "ascending") for name in order]).to_pylist()
            for table, order in zip((partial.groups, partial.cells[2]), orders, strict=True)
        ]

    whole = tables(folded(batch, plan))
    assert tables(merge(pieces)) == whole
    assert tables(merge([merge(pieces[::-1][:3]), merge(pieces[::-1][3:])])) == whole


@pytest.mark.parametrize(("max_rows", "max_groups"), [(1, 1), (2, 5), (5, 1), (3, 2), (50, 50)])
def test_nobody_contributes_more_than_the_bounds_and_nothing_is_lost_within_them(max_rows: int, max_groups: int):
    batch, numbers = random_rows(3)
    plan = StatisticsPlan((COUNT, PERSONS), SURE, ("town", "sex"), max_rows=max_rows, max_groups=max_groups)
    contributions = contributions_of(batch, persons_of(numbers), 0, plan, KEY)
    rows_kept, groups_kept = 0, 0
    for person in set(numbers):
        mine = [place for place, number in enumerate(numbers) if number == person]
        alone = rows_of(fold(contributions.take(mine), plan, KEY))
        rows, groups = sum(rows for rows, _ in alone.values()), len(alone)
        there = len({(batch["town"][place].as_py(), batch["sex"][place].as_py()) for place in mine})
        assert rows <= max_rows
        assert groups <= max_groups
        assert there > max_groups or rows == min(len(mine), max_rows)
        assert all(persons == 1 for _, persons in alone.values())
        rows_kept, groups_kept = rows_kept + rows, groups_kept + groups
    together = rows_of(fold(contributions, plan, KEY))
    assert sum(rows for rows, _ in together.values()) == rows_kept
    assert sum(persons for _, persons in together.values()) == groups_kept


def test_which_rows_count_depends_neither_on_their_order_nor_on_how_persons_are_split():
    batch, numbers = random_rows(5)
    persons = persons_of(numbers)
    plan = StatisticsPlan((COUNT, PERSONS, sum_of("pay")), SURE, ("town",), max_rows=3, max_groups=2)
    whole = contributions_of(batch, persons, 0, plan, KEY)
    orders = [("g:town", "ascending")]
    expected = fold(whole, plan, KEY).groups.sort_by(orders).to_pylist()
    for buckets in (1, 2, 7, 64):
        parts = [fold(part, plan, KEY) for part in split(whole, buckets)]
        assert merge(parts).groups.sort_by(orders).to_pylist() == expected
    pieces = [
        contributions_of(batch.slice(start, 90), persons[start : start + 90], start, plan, KEY)
        for start in range(0, 400, 90)
    ]
    assert fold(pa.concat_tables(pieces[::-1]), plan, KEY).groups.sort_by(orders).to_pylist() == expected


def test_another_key_keeps_other_rows():
    batch, numbers = random_rows(5)
    plan = StatisticsPlan((sum_of("pay"),), SURE, (), max_rows=1)
    contributions = [contributions_of(batch, persons_of(numbers), 0, plan, key) for key in (KEY, bytes(32))]
    first, second = (sums_of(fold(part, plan, KEY).groups, 0) for part in contributions)
    assert first != second


def test_the_rows_kept_of_a_person_are_a_fair_sample():
    rows = 4000
    batch = pa.record_batch({"late": pa.array([place % 10 == 9 for place in range(rows)])})
    plan = StatisticsPlan((sum_of("late", "0", "1"),), SURE, (), max_rows=1)
    persons = persons_of([place // 10 for place in range(rows)])
    kept = sums_of(folded(batch, plan, persons).groups, 0)[0]
    assert abs(kept - 40) < 5 * math.sqrt(40)


def test_persons_who_share_half_of_their_hash_stay_two():
    batch = pa.record_batch({"x": pa.array([1] * 6)})
    persons = np.array([[1, 9], [2, 9], [1, 9], [2, 9], [1, 9], [2, 9]], np.uint64)
    plan = StatisticsPlan((COUNT, PERSONS), SURE, (), max_rows=1)
    assert rows_of(folded(batch, plan, persons)) == {(): (2, 2)}


def test_a_sum_beyond_64_bits_is_exact():
    high = Decimal(2**53)
    batch = pa.record_batch({"x": pa.array([2**53 - place for place in range(5000)], pa.int64())})
    plan = StatisticsPlan((Statistic(StatisticKind.SUM, "x", -high, high),), SURE)
    partial = merge([folded(batch, plan)] * 300)
    exact = 300 * sum(2**53 - place for place in range(5000))
    assert exact > 2**63
    assert sums_of(partial.groups, 0) == [exact]


def test_a_negative_sum_beyond_64_bits_is_exact():
    batch = pa.record_batch({"x": pa.array([-(2**53) + place for place in range(3000)], pa.int64())})
    plan = StatisticsPlan((sum_of("x", str(-(2**53)), "0"),), SURE)
    assert sums_of(folded(batch, plan).groups, 0) == [sum(-(2**53) + place for place in range(3000))]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1.5, None, math.nan, math.inf, -math.inf, 7.25]),
        pa.array(["1.5", None, "nan", "1e400", "-1e400", "7.25"]),
        pa.array([Decimal("1.50"), None, None, Decimal("1e20"), Decimal("-1e20"), Decimal("7.25")]),
    ],
    ids=["float", "text", "decimal"],
)
def test_missing_values_count_nowhere_and_infinities_are_clamped(column):
    plan = StatisticsPlan(
        (sum_of("x", "-10", "10", 2), Statistic(StatisticKind.MEAN, "x", Decimal(-10), Decimal(10))), SURE
    )
    partial = folded(pa.record_batch({"x": column}), plan)
    assert sums_of(partial.groups, 0) == [150 + 1000 - 1000 + 725]
    assert partial.groups["n:1"].to_pylist() == [4]
    assert partial.groups["rows"].to_pylist() == [6]


def test_a_column_of_words_is_refused_and_the_word_is_not_told():
    plan = StatisticsPlan((sum_of("x"),), SURE)
    with pytest.raises(InputError, match="holds a cell that is no number") as caught:
        folded(pa.record_batch({"x": pa.array(["12", "Zhang San"])}), plan)
    assert "Zhang" not in str(caught.value)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InputError, match="`pay`"):
        folded(pa.record_batch({"x": pa.array([1])}), StatisticsPlan((sum_of("pay"),), SURE))


# The table


def test_with_hardly_any_noise_the_table_is_the_exact_one(stream):
    batch, _ = random_rows(11, rows=3000)
    edges = tuple(map(Decimal, (0, 30, 60, 99)))
    statistics = (
        COUNT, PERSONS, sum_of("age", "0", "50"), Statistic(StatisticKind.MEAN, "age", Decimal(0), Decimal(120)),
        Statistic(StatisticKind.HISTOGRAM, "age", edges=edges), quantile_of("age", "0.5"),
    )  # fmt: skip
    plan = StatisticsPlan(statistics, SURE, ("town",), (("b", "a", "zz"),))
    table = release_table(folded(batch, plan), plan, stream("exact"))
    assert table["town"].to_pylist() == ["b", "a", "zz"]
    for town, row in zip(("b", "a"), table.to_pylist(), strict=False):
        ages = sorted(r["age"] for r in batch.to_pylist() if r["town"] == town)
        assert row["count"] == row["persons"] == len(ages)
        assert row["sum_age"] == sum(min(age, 50) for age in ages)
        assert float(row["mean_age"]) == pytest.approx(sum(ages) / len(ages), abs=0.002)
        bins = [sum(low <= age < high + (high == 99) for age in ages) for low, high in pairwise(map(int, edges))]
        assert [row[f"histogram_age_{low}_{high}"] for low, high in pairwise(edges)] == bins
        assert sum(age < row["quantile_0.5_age"] for age in ages) <= len(ages) / 2
        assert sum(age <= row["quantile_0.5_age"] for age in ages) >= len(ages) / 2
    empty = table.to_pylist()[2]
    assert empty["count"] == empty["sum_age"] == 0
    assert empty["mean_age"] is None


@pytest.mark.parametrize("loss", [PrivacyLoss(epsilon=1_000_000), PrivacyLoss(rho=500_000)], ids=["epsilon", "rho"])
def test_the_error_of_counts_and_sums_is_that_of_theory(stream, loss: PrivacyLoss):
    keys = tuple(map(str, range(2000)))
    batch = pa.record_batch({"g": pa.array(keys), "x": pa.array(np.arange(2000) % 100)})
    plan = StatisticsPlan(
        (COUNT, sum_of("x", "0", "100", 2)), loss, ("g",), (keys,), max_rows=3, max_groups=3, signed=True
    )
    table = release_table(folded(batch, plan), plan, stream("theory"))
    share = shares(plan)[1][0]
    error = np.array([float(c) - 1 for c in table["count"].to_pylist()])
    sum_error = np.array([float(s) - place % 100 for place, s in enumerate(table["sum_x"].to_pylist())])
    if loss.epsilon:
        expected = math.sqrt(2) * 3 / (share.epsilon / 1e6)
    else:
        expected = 3 / math.sqrt(2 * share.rho / 1e6)
    assert error.std() == pytest.approx(expected, rel=0.1)
    assert sum_error.std() == pytest.approx(expected * 100, rel=0.1)
    assert abs(error.mean()) < 5 * expected / math.sqrt(2000)


def test_counts_below_nothing_are_shown_as_nothing_unless_the_plan_is_signed(stream):
    keys = tuple(map(str, range(200)))
    batch = pa.record_batch({"g": pa.array([], pa.string())})
    for signed in (False, True):
        plan = StatisticsPlan((COUNT,), PrivacyLoss(epsilon=100_000), ("g",), (keys,), signed=signed)
        counts = release_table(folded(batch, plan), plan, stream("signed"))["count"].to_pylist()
        assert len(counts) == 200
        assert (min(counts) < 0) == signed


def test_a_hidden_group_of_few_persons_is_never_shown_and_one_of_many_is(stream):
    batch = pa.record_batch({"g": pa.array(["rare"] * 3 + ["common"] * 500)})
    plan = StatisticsPlan((COUNT, PERSONS), PrivacyLoss(epsilon=1_000_000, delta=1), ("g",))
    partial = folded(batch, plan)
    shown = Counter(
        key for turn in range(200) for key in release_table(partial, plan, stream(f"t{turn}"))["g"].to_pylist()
    )
    assert shown == {"common": 200}


@pytest.mark.parametrize("delta", [10**13, 10**14])
@pytest.mark.parametrize("unit", ["epsilon", "rho"])
def test_a_group_of_one_person_passes_the_threshold_with_at_most_delta(stream, unit: str, delta: int):
    loss = PrivacyLoss(**{unit: 2_000_000}, delta=delta)
    rows = 20_000
    batch = pa.record_batch({"g": pa.array([str(place) for place in range(rows)])})
    plan = StatisticsPlan((COUNT,), loss, ("g",))
    shown = release_table(folded(batch, plan), plan, stream(f"one {delta}")).num_rows
    expected = rows * delta / 1e15
    assert shown <= expected + 5 * math.sqrt(expected)
    assert shown > 0 or unit == "rho", "the threshold is not far too high"


def test_a_threshold_rises_as_delta_falls_and_is_tight_for_laplace_noise():
    plan = StatisticsPlan((PERSONS,), PrivacyLoss(epsilon=500_000, delta=10**6), ("g",))
    share = shares(plan)[0]
    assert share is not None
    found = [threshold_of(share, 1, delta) for delta in (10**12, 10**9, 10**6, 1)]
    assert found == sorted(set(found))
    p = math.exp(-0.5)
    for delta, threshold in zip((10**12, 10**9, 10**6, 1), found, strict=True):
        assert p ** (threshold - 1) / (1 + p) <= delta / 1e15 < p ** (threshold - 2) / (1 + p)


def test_the_noisy_persons_of_the_threshold_are_the_ones_shown_and_cost_nothing_more(stream):
    batch = pa.record_batch({"g": pa.array(["a"] * 900 + ["b"] * 800)})
    plan = StatisticsPlan((PERSONS,), PrivacyLoss(epsilon=100_000, delta=10**6), ("g",))
    threshold, parts = shares(plan)
    assert threshold == parts[0]
    assert threshold is not None
    assert threshold.epsilon == 100_000
    drawn = stream("once")
    release_table(folded(batch, plan), plan, drawn)
    again = stream("once")
    release_table(folded(batch, StatisticsPlan((PERSONS,), plan.loss, ("g",))), plan, again)
    assert drawn.drawn == again.drawn


def test_quantiles_are_close_and_follow_theory_in_distribution(stream):
    rng = np.random.default_rng(4)  # noqa: TID251 - made-up rows
    ages = np.clip(rng.normal(40, 12, 5000), 0, 100).astype(np.int64)
    plan = StatisticsPlan((quantile_of("age", "0.9"),), PrivacyLoss(epsilon=500_000))
    partial = folded(pa.record_batch({"age": pa.array(ages)}), plan)
    for turn in range(20):
        found = int(release_table(partial, plan, stream(f"q{turn}"))["quantile_0.9_age"][0].as_py())
        assert abs((ages <= found).mean() - 0.9) < 0.04


def test_a_quantile_is_chosen_with_the_probabilities_of_permute_and_flip(stream):
    """Three candidates with misses 0, 1, 3 at a rate of 1/2: by hand, over all orders of asking."""
    rows = 60_000
    chosen = np.bincount(select(stream("pf"), np.tile(np.array([[0, 1, 3]]), (rows, 1)), Fraction(1, 2)), minlength=3)
    p1, p2 = math.exp(-0.5), math.exp(-1.5)
    expected = np.array(
        [
            (1 - p1) * (1 - p2) + (p1 * (1 - p2) + p2 * (1 - p1)) / 2 + p1 * p2 / 3,
            p1 * (1 - p2) / 2 + p1 * p2 / 3,
            p2 * (1 - p1) / 2 + p1 * p2 / 3,
        ]
    )
    assert expected.sum() == pytest.approx(1)
    assert (np.abs(chosen - rows * expected) < 5 * np.sqrt(rows * expected * (1 - expected))).all()


def test_a_huge_miss_is_never_chosen(stream):
    missed = np.array([[2**50, 0, 2**61]] * 50)
    assert set(select(stream("huge"), missed, Fraction(10**9, 7)).tolist()) == {1}


def test_two_tables_of_one_partial_differ(stream):
    batch, _ = random_rows(2)
    plan = StatisticsPlan((COUNT,), PrivacyLoss(epsilon=100_000), signed=True)
    found = {release_table(folded(batch, plan), plan, stream(f"d{turn}"))["count"][0].as_py() for turn in range(20)}
    assert len(found) > 5


def test_the_schema_is_known_before_the_data(stream):
    batch, _ = random_rows(2)
    statistics = (COUNT, PERSONS, sum_of("pay", decimals=2), quantile_of("age", "0.25"))
    plan = StatisticsPlan(statistics, SURE, ("town",))
    assert release_table(folded(batch, plan), plan, stream("s")).schema == schema_of(plan)
    assert schema_of(plan).names == ["town", "count", "persons", "sum_pay", "quantile_0.25_age"]


# Degenerate data


@pytest.mark.parametrize("persons", [False, True])
@pytest.mark.parametrize("rows", [0, 1])
def test_no_rows_and_one_row_give_a_table_of_the_same_form(stream, rows: int, persons: bool):
    batch = pa.record_batch({"g": pa.array(["a"][:rows], pa.string()), "x": pa.array([5][:rows], pa.int64())})
    who = persons_of([1][:rows]) if persons else None
    statistics = (
        COUNT,
        PERSONS,
        sum_of("x"),
        Statistic(StatisticKind.MEAN, "x", Decimal(0), Decimal(9)),
        quantile_of("x", "0.5"),
    )
    hidden = StatisticsPlan(statistics, PrivacyLoss(epsilon=1_000_000, delta=1), ("g",))
    public = StatisticsPlan(statistics, PrivacyLoss(epsilon=1_000_000), ("g",), (("a", "b"),))
    whole = StatisticsPlan(statistics, PrivacyLoss(rho=1_000_000))
    for plan, expected in ((hidden, 0), (public, 2), (whole, 1)):
        table = release_table(folded(batch, plan, who), plan, stream("few"))
        assert table.num_rows == expected
        assert table.schema == schema_of(plan)


def test_one_person_with_all_rows_counts_as_much_as_allowed():
    batch = pa.record_batch({"g": pa.array(["a", "b", "c", "d"] * 25)})
    plan = StatisticsPlan((COUNT, PERSONS), SURE, ("g",), max_rows=7, max_groups=2)
    found = rows_of(folded(batch, plan, persons_of([1] * 100)))
    assert sum(rows for rows, _ in found.values()) == 7
    assert 1 <= len(found) <= 2
