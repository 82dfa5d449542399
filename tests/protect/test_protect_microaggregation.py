"""Microaggregation: groups as published, one result with and without compiled code, tighter groups on request."""

from itertools import combinations, pairwise
from math import fsum

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect import mdav_loops
from lockgate.protect.mdav import group_records, nearest_centres
from lockgate.protect.mdav_sums import sum_exactly, take_off
from lockgate.protect.microaggregation import (
    Grouping,
    information_loss,
    microaggregate,
    microaggregate_columns,
    standardise,
)
from lockgate.protect.neighbourhoods import regroup_nearby
from lockgate.protect.ordered_groups import group_sorted
from lockgate.protect.regrouping import regroup


def drawn(seed: int, rows: int, columns: int) -> np.ndarray:
    """Return correlated made-up records, the same for the same seed."""
    source = np.random.default_rng(seed)  # noqa: TID251 - made-up data of a test
    return source.normal(size=(rows, columns)) @ source.normal(size=(columns, columns))


def apart(one, other):
    """Return the squared distance of two records."""
    return sum_in_order((left - right) ** 2 for left, right in zip(one, other, strict=True))


def sum_in_order(terms):
    """Return a sum taken from the left."""
    total = 0.0
    for term in terms:
        total += term
    return total


def mdav_as_published(records, k):
    """Return groups by the steps of MDAV-generic (Domingo-Ferrer, Torra 2005), all distances taken anew each time."""
    left = list(range(len(records)))
    groups = []

    def mean():
        return [fsum(records[place][column] for place in left) / len(left) for column in range(len(records[0]))]

    def farthest(point):
        return max(left, key=lambda place: (apart(records[place], point), -place))

    def take_around(seed):
        near = sorted(left, key=lambda place: (apart(records[place], records[seed]), place))[:k]
        groups.append(near)
        for place in near:
            left.remove(place)

    while len(left) >= 3 * k:
        first = farthest(mean())
        second = farthest(records[first])
        take_around(first)
        take_around(second if second in left else farthest(records[first]))
    if len(left) >= 2 * k:
        take_around(farthest(mean()))
    groups.append(left)
    return groups


def as_sets(group):
    """Return groups as sets of records."""
    return {frozenset(np.flatnonzero(group == number).tolist()) for number in np.unique(group)}


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(2, 6), st.integers(0, 60), st.booleans())
@settings(deadline=None)
def test_groups_are_those_of_the_published_steps(seed: int, columns: int, k: int, more: int, whole: bool):
    records = drawn(seed, k + more, columns)
    points = standardise(np.round(records) if whole else records)  # whole numbers bring equal distances
    expected = [frozenset(group) for group in mdav_as_published(points.tolist(), k)]
    group = group_records(points, k, None)
    assert [frozenset(np.flatnonzero(group == number).tolist()) for number in range(len(expected))] == expected


@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(2, 12), st.integers(0, 400), st.booleans())
@settings(deadline=None, max_examples=60)
def test_compiled_code_makes_the_same_groups(seed: int, columns: int, k: int, more: int, whole: bool):
    records = drawn(seed, k + more, columns)
    points = standardise(np.round(records) if whole else records)
    plainly = group_records(points, k, None)
    assert group_records(points, k, mdav_loops).tolist() == plainly.tolist()
    centres = points[:: max(1, len(points) // 40)]
    wanted = min(8, len(centres))
    near = nearest_centres(points, centres, wanted, None)
    assert nearest_centres(points, centres, wanted, mdav_loops).tolist() == near.tolist()


def test_a_small_table_is_grouped_as_by_hand():
    """Mean 4; r = 14 (the last), its nearest 13 and 12; s = -6 with -5 and -4; 5 of the others are one group."""
    values = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [-6.0], [-5.0], [-4.0], [12.0], [13.0], [24.0]])
    result = microaggregate(values, 3)
    assert as_sets(result.group) == {frozenset({8, 9, 10}), frozenset({5, 6, 7}), frozenset({0, 1, 2, 3, 4})}
    assert result.released[[0, 5, 8], 0].tolist() == [2.0, -5.0, 49 / 3]


@given(st.integers(0, 10**6), st.integers(2, 5), st.integers(0, 80), st.sampled_from(Grouping), st.integers(1, 4))
@settings(deadline=None)
def test_every_group_has_k_records_and_shows_their_mean(seed: int, k: int, more: int, how: Grouping, columns: int):
    records = drawn(seed, k + more, columns)
    result = microaggregate(records, k, how)
    sizes = np.bincount(result.group)
    assert k <= sizes.min()
    assert sizes.max() < 2 * k
    for number in range(len(sizes)):
        members = result.group == number
        assert np.allclose(result.released[members], records[members].mean(axis=0))
    spread = standardise(records)
    means = standardise(records) - spread
    for number in range(len(sizes)):
        means[result.group == number] = spread[result.group == number].mean(axis=0)
    assert result.loss_percent == pytest.approx(100 * ((spread - means) ** 2).sum() / (spread**2).sum())


@given(st.integers(0, 10**6), st.integers(2, 4), st.integers(0, 8))
@settings(deadline=None)
def test_one_column_gets_the_best_groups_of_all(seed: int, k: int, more: int):
    values = drawn(seed, k + more, 1)[:, 0]

    def spread(part):
        return fsum((value - fsum(part) / len(part)) ** 2 for value in part)

    ordered = sorted(values.tolist())
    best = min(
        fsum(spread(ordered[start:end]) for start, end in zip((0, *cuts), (*cuts, len(ordered)), strict=True))
        for count in range(len(ordered) // k)
        for cuts in combinations(range(1, len(ordered)), count)
        if all(end - start >= k for start, end in zip((0, *cuts), (*cuts, len(ordered)), strict=True))
    )
    group = group_sorted(values, k)
    found = fsum(spread(values[group == number].tolist()) for number in range(int(group.max()) + 1))
    assert found == pytest.approx(best, rel=1e-9, abs=1e-12)
    assert np.bincount(group).min() >= k


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "columns", "k"), [(900, 4, 3), (500, 4, 10), (300, 13, 5)])
def test_tighter_groups_lose_at_most_97_hundredths_of_mdav(rows: int, columns: int, k: int):
    records = np.exp(drawn(5, rows, columns) / 2)
    plain, refined = microaggregate(records, k), microaggregate(records, k, Grouping.REFINED)
    assert refined.loss_percent <= 0.97 * plain.loss_percent
    assert refined.moves > 0


def test_groups_never_get_looser_however_early_the_moves_stop():
    points = standardise(drawn(7, 300, 3))
    group = group_records(points, 4, None)

    def loss(found):
        means = np.stack([np.bincount(found, column) for column in points.T], axis=1)
        return information_loss(points, (means / np.bincount(found)[:, None])[found])

    losses = [loss(group)]
    for most in (1, 2, 5, 20, 50, 1000):
        found, moves = regroup(points, group, 4, most, None)
        assert moves <= most
        assert np.bincount(found).min() >= 4
        losses.append(loss(found))
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(losses))
    assert losses[-1] < losses[0]


def test_neighbourhoods_grouped_anew_only_ever_gain():
    points = standardise(drawn(7, 300, 3))
    group, _ = regroup(points, group_records(points, 4, None), 4, 10_000, None)

    def loss(found):
        means = np.stack([np.bincount(found, column) for column in points.T], axis=1)
        return information_loss(points, (means / np.bincount(found)[:, None])[found])

    found, changed = regroup_nearby(points, group, 4, 1_000, None)
    assert changed > 0
    assert loss(found) < loss(group)
    assert np.bincount(found).min() >= 4
    assert regroup_nearby(points, group, 4, 0, None)[1] == 0
    assert regroup_nearby(points, group, 4, 1_000, mdav_loops)[0].tolist() == found.tolist()


def test_tighter_groups_are_the_same_with_compiled_code():
    points = standardise(drawn(8, 500, 4))
    group = group_records(points, 3, None)
    plainly, moves = regroup(points, group, 3, 10_000, None)
    compiled, same = regroup(points, group, 3, 10_000, mdav_loops)
    assert (plainly.tolist(), moves) == (compiled.tolist(), same)


def test_sums_keep_their_last_bit_while_records_leave():
    points = drawn(9, 2_000, 3) * np.array([1.0, 1e9, 1e-9])
    high, low = sum_exactly(points)
    take_off(high, low, points[:1_990])
    assert high.tolist() == [fsum(column.tolist()) for column in points[1_990:].T]


def test_the_unit_of_a_column_changes_no_group():
    records = drawn(10, 200, 3)
    scaled = records * np.array([1.0, 1024.0, 2.0**-900])
    assert microaggregate(records, 3).group.tolist() == microaggregate(scaled, 3).group.tolist()


def test_records_that_are_all_equal_lose_nothing():
    result = microaggregate(np.full((10, 2), 7.0), 3, Grouping.REFINED)
    assert result.loss_percent == 0.0
    assert (result.released == 7.0).all()
    assert np.bincount(result.group).min() >= 3


def test_a_record_with_a_missing_value_shows_nothing():
    columns = [pa.array([1, 2, None, 4, 5, 6, 7]), pa.array([1.5, 2.5, 3.5, 4.5, 5.5, float("nan"), 6.5])]
    released, result = microaggregate_columns(columns, 2)
    assert [column.is_null().to_pylist() for column in released] == [
        [False, False, True, False, False, True, False]
    ] * 2
    assert result.group[[2, 5]].tolist() == [-1, -1]
    assert np.bincount(result.group[result.group >= 0]).min() >= 2


def test_groups_are_of_persons_where_a_person_has_several_records():
    persons = np.repeat(np.arange(40), 5)
    records = drawn(11, 200, 2) / 10 + drawn(12, 40, 2)[persons]  # records of a person lie close together
    by_record = microaggregate(records, 3)
    assert min(len(set(persons[by_record.group == number])) for number in set(by_record.group.tolist())) < 3
    result = microaggregate(records, 3, persons=persons)
    assert all(len(set(persons[result.group == number])) >= 3 for number in set(result.group.tolist()))
    assert all(len(set(result.group[persons == person].tolist())) == 1 for person in range(40))


@pytest.mark.parametrize(
    ("matrix", "k", "said"),
    [
        (np.ones((2, 1)), 3, "at least 3 persons without a missing value"),
        (np.array([[1.0], [2.0], [np.nan]]), 3, "found 2"),
        (np.ones((5, 1)), 1, "at least 2 records"),
        (np.array([[1.0], [np.inf], [2.0]]), 2, "infinite one in row 2"),
        (np.ones((5, 0)), 2, "at least one column"),
        (np.ones(5), 2, "at least one column"),
    ],
)
def test_what_cannot_be_grouped_is_refused(matrix: np.ndarray, k: int, said: str):
    with pytest.raises(Exception, match=said) as raised:
        microaggregate(matrix, k)
    assert raised.value.hint


def test_a_column_of_categories_is_refused():
    with pytest.raises(Exception, match="column of `string`"):
        microaggregate_columns([pa.array(["a", "b", "c"])], 2)


def test_persons_too_few_are_refused_though_their_records_would_do():
    with pytest.raises(Exception, match="at least 3 persons"):
        microaggregate(drawn(13, 100, 2), 3, persons=np.arange(100) % 2)
