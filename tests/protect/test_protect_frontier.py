"""The frontier: figures counted by hand, what beats what, and the setting of least loss that is enough."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from lockgate.protect import combinations, kanonymity
from lockgate.protect.frontier import Trial, find_frontier, guessed_before
from lockgate.protect.planning import AtHand, needs_of, settings
from lockgate.terms.frontier import Needs, Point, Setting

Row = tuple[str | None, ...]

PEOPLE: list[Row] = [
    ("20", "Seoul", "flu"),
    ("21", "Seoul", "flu"),
    ("22", "Seoul", "flu"),
    ("40", "Lyon", "flu"),
    ("41", "Lyon", "hiv"),
    ("42", "Lyon", "hiv"),
    ("60", "Wuhan", None),
    ("61", "Wuhan", "flu"),
    ("62", "Wuhan", "hiv"),
]
QUASI, SENSITIVE = ("age", "town"), ("illness",)


def folded(rows: Sequence[Row], persons: Sequence[int] | None = None) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    batch = pa.record_batch([pa.array(column, pa.string()) for column in columns], [*QUASI, *SENSITIVE])
    keys = None if persons is None else np.array([[0, person] for person in persons], dtype=np.uint64)
    return combinations.merge([combinations.fold(batch, [*QUASI, *SENSITIVE], keys)])


def trial(needs: Needs, limit: float = 0.0) -> Trial:
    return Trial(QUASI, SENSITIVE, {}, limit, needs)


def point_at(points: Sequence[Point], setting: Setting) -> Point:
    return next(point for point in points if point.setting == setting)


def test_risks_and_guesses_are_those_of_the_classes() -> None:
    points = find_frontier(folded(PEOPLE), [Setting(3)], trial(needs_of([], 3)))
    point = point_at(points, Setting(3))
    assert (point.classes, point.k) == (3, 3)
    assert point.highest_risk == pytest.approx(1 / 3)
    assert point.average_risk == pytest.approx(3 / 9)
    assert point.guessed == pytest.approx((3 + 2 + 1) / 9)
    assert guessed_before(folded(PEOPLE), SENSITIVE) == pytest.approx(5 / 9)
    # three ages of 42 years in each class, with bounds on a grid of one year; towns stay
    assert point.loss == pytest.approx((2 / 42) / 2)
    assert point.is_enough
    assert point.is_chosen


def test_persons_with_several_rows_count_once() -> None:
    points = find_frontier(folded(PEOPLE, [1, 1, 1, 2, 3, 4, 5, 6, 7]), [Setting(1)], trial(needs_of([], 1)))
    assert point_at(points, Setting(1)).highest_risk == 1.0
    points = find_frontier(folded(PEOPLE, [1, 1, 1, 2, 3, 4, 5, 6, 7]), [Setting(3)], trial(needs_of([], 3)))
    point = point_at(points, Setting(3))
    assert point.k >= 3
    assert point.classes == 2


def test_less_loss_at_more_risk_is_a_choice_and_more_of_both_is_none() -> None:
    needs = needs_of(["verified-k"], 3)
    tried = settings(needs, (), AtHand(QUASI))
    points = find_frontier(folded(PEOPLE), tried, trial(needs))
    unbeaten = [point for point in points if point.is_unbeaten]
    assert {point.k for point in unbeaten} >= {3}
    for one in unbeaten:
        for other in unbeaten:
            assert not (
                other.highest_risk < one.highest_risk and other.loss < one.loss and other.guessed <= one.guessed
            )
    (chosen,) = [point for point in points if point.is_chosen]
    assert chosen.is_enough
    assert chosen.loss == min(point.loss for point in points if point.is_enough)
    assert chosen.k >= 3


def test_a_class_size_that_nobody_can_reach_is_never_enough() -> None:
    points = find_frontier(folded(PEOPLE), [Setting(20)], trial(needs_of([], 20)))
    assert all(point.suppressed == 1.0 and point.classes == 0 for point in points)
    assert not any(point.is_enough or point.is_chosen or point.is_unbeaten for point in points)


def test_a_column_that_costs_much_is_left_out_in_one_try() -> None:
    rows: list[Row] = [(str(100 + 7 * number), ("Seoul", "Lyon")[number % 2], "flu") for number in range(40)]
    points = find_frontier(folded(rows), [Setting(10)], trial(needs_of([], 10)))
    left_out = [point for point in points if point.setting.left_out]
    assert {point.setting.left_out for point in left_out} == {("age",)}
    # the towns alone need no other label: half of what there was stays
    assert point_at(left_out, Setting(10, left_out=("age",))).loss == pytest.approx(0.5)


def test_the_plan_of_a_point_is_what_recoding_brings_about() -> None:
    table = folded(PEOPLE)
    point = point_at(find_frontier(table, [Setting(4)], trial(needs_of([], 4))), Setting(4))
    plain = combinations.merge([table.select([*combinations.key_names(QUASI, by_person=False), combinations.WEIGHT])])
    recoding = kanonymity.solve(plain, kanonymity.Question(QUASI, 4, {}, 0.0))
    sizes = Counter(np.repeat(recoding.classes, np.asarray(plain[combinations.WEIGHT])).tolist())
    assert (point.k, point.classes, point.loss) == (min(sizes.values()), len(sizes), recoding.loss)


def test_a_table_of_no_rows_has_nothing_to_choose() -> None:
    points = find_frontier(folded(PEOPLE).slice(0, 0), [Setting(2)], trial(needs_of([], 2)))
    assert not any(point.is_chosen for point in points)
