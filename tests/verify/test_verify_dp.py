"""A table of statistics is looked through for what a mistake would leave; its noise is tested, and not told."""

import os
from decimal import Decimal
from fractions import Fraction
from hashlib import shake_256

import numpy as np
import pyarrow as pa
import pytest

from lockgate.protect.dp.discrete_noise import discrete_gaussian, discrete_laplace
from lockgate.protect.dp.grouping import contributions_of, fold
from lockgate.protect.dp.release_table import release_table
from lockgate.terms.privacy_loss import PrivacyLoss
from lockgate.terms.statistic import Statistic, StatisticKind, StatisticsPlan
from lockgate.verify.dp import LEAST_CELLS, Declared, check_noise, check_statistics, groups_of, least_sum

TOWNS = tuple(f"t{number}" for number in range(100))
DECLARED = Declared(("town",), (), ("count",), {}, signed=True)


def originals() -> list[pa.RecordBatch]:
    towns = [town for number, town in enumerate(TOWNS) for _ in range(200 + number)]
    return [pa.record_batch({"town": towns[start : start + 999]}) for start in range(0, len(towns), 999)]


def noisy(scale: float, seed: str = "x", *, gaussian: bool = False) -> pa.Table:
    exact = [200 + number for number in range(100)]

    def stream(size: int, turn: list[int] = [0]) -> bytes:  # noqa: B006 - counts its calls
        turn[0] += 1
        return shake_256(f"{seed}{turn[0]}".encode()).digest(size)

    draw = discrete_gaussian if gaussian else discrete_laplace
    noise = draw(stream, Fraction(scale), 100) if scale else np.zeros(100, np.int64)
    return pa.table({"town": TOWNS, "count": pa.array(exact + noise)})


def failed(table: pa.Table, declared: Declared, groups: pa.Table | None = None) -> list[str]:
    return [check.name for check in check_statistics(table, declared, groups) if not check.ok]


def test_groups_of_originals_are_counted_over_all_batches():
    groups = groups_of(originals(), ["town"])
    assert dict(zip(groups["town"].to_pylist(), groups["rows"].to_pylist(), strict=True)) == {
        town: 200 + number for number, town in enumerate(TOWNS)
    }
    assert groups_of([], ["town"]).num_rows == 0


def test_a_table_as_it_should_be_passes():
    assert failed(noisy(5), DECLARED, groups_of(originals(), ["town"])) == []


@pytest.mark.parametrize(
    ("table", "declared", "name"),
    [
        (pa.table({"town": ["t1", "t1"], "count": [1, 2]}), DECLARED, "statistics-groups-once"),
        (pa.table({"town": ["nowhere"], "count": [9]}), DECLARED, "statistics-empty-groups"),
        (
            pa.table({"town": ["t1"], "count": [-1]}),
            Declared(("town",), (), ("count",), {}, signed=False),
            "statistics-counts",
        ),
        (
            pa.table({"town": ["t1"], "count": [4], "mean": [Decimal("10.5")]}),
            Declared(("town",), (), ("count",), {"mean": (Decimal(0), Decimal(10))}, signed=True),
            "statistics-bounds",
        ),
        (
            pa.table({"town": ["a"], "count": [4]}),
            Declared(("town",), (("a", "b"),), ("count",), {}, signed=True),
            "statistics-public-groups",
        ),
        (
            pa.table({"town": ["a", "c"], "count": [4, 5]}),
            Declared(("town",), (("a", "b"),), ("count",), {}, signed=True),
            "statistics-public-groups",
        ),
    ],
)
def test_each_mistake_is_found_by_its_check(table: pa.Table, declared: Declared, name: str):
    assert failed(table, declared, groups_of(originals(), ["town"])) == [name]


def test_missing_means_and_public_groups_that_are_empty_are_no_mistake():
    declared = Declared(("town",), (("a", "b"),), ("count",), {"mean": (Decimal(0), Decimal(9))}, signed=False)
    table = pa.table({"town": ["a", "b"], "count": [4, 0], "mean": pa.array([Decimal(3), None], pa.decimal128(9, 0))})
    assert failed(table, declared, groups_of(originals(), ["town"])) == []


@pytest.mark.parametrize("gaussian", [False, True])
def test_noise_as_declared_passes_and_too_little_fails(gaussian: bool):
    groups = groups_of(originals(), ["town"])
    mean = 5 * (0.7979 if gaussian else 1)
    for turn in range(50):
        check = check_noise(noisy(5, f"{turn}", gaussian=gaussian), DECLARED, groups, "count", mean)
        assert check is not None
        assert check.ok
    for scale in (0, 1, 2):
        found = check_noise(noisy(scale, gaussian=gaussian), DECLARED, groups, "count", mean)
        assert found is not None
        assert not found.ok
        assert found.measured == 0.0, "nothing is told but the answer"


def test_few_cells_are_not_tested():
    groups = groups_of(originals(), ["town"])
    assert check_noise(noisy(5).slice(0, LEAST_CELLS - 1), DECLARED, groups, "count", 5) is None
    assert check_noise(noisy(5), DECLARED, groups, "count", 0.5) is None


def test_the_bound_of_the_test_nears_the_mean_as_cells_grow():
    shares = [least_sum(cells, 2.0) / (2.0 * cells) for cells in (50, 500, 5_000, 500_000)]
    assert shares == sorted(shares)
    assert 0.3 < shares[0] < 0.5
    assert 0.88 < shares[-1] < 0.9


@pytest.mark.parametrize("loss", [PrivacyLoss(epsilon=200_000, delta=10**6), PrivacyLoss(rho=20_000, delta=10**6)])
def test_what_protect_releases_passes_every_check(loss: PrivacyLoss):
    plan = StatisticsPlan((Statistic(StatisticKind.COUNT),), loss, ("town",), signed=True)
    batch = pa.Table.from_batches(originals()).combine_chunks().to_batches()[0]
    table = release_table(fold(contributions_of(batch, None, 0, plan, bytes(32)), plan, bytes(32)), plan, os.urandom)
    groups = groups_of([batch], ["town"])
    assert failed(table, DECLARED, groups) == []
    scale = 10.0 if loss.epsilon else 0.7979 / (2 * 0.01) ** 0.5
    check = check_noise(table, DECLARED, groups, "count", scale)
    assert check is not None
    assert check.ok
