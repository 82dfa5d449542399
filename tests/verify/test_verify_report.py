"""Reports, attacks and what can be measured again, on copies made by hand."""

import numpy as np
import pyarrow as pa
import pytest

from lockgate.terms.hierarchy import make_hierarchy
from lockgate.terms.verification import Check, VerificationReport
from lockgate.verify import attacks, counts, figures, fold, intervals, remeasure, report, residual

TOWNS = make_hierarchy("town", [("Seoul", "Korea", "*"), ("Busan", "Korea", "*"), ("Lyon", "France", "*")])
READING = figures.Reading({"town": TOWNS}, frozenset({"age", "town"}))
ORIGINAL = pa.record_batch(
    {"age": pa.array([31, 32, 33, 61]), "town": ["Seoul", "Busan", "Seoul", "Lyon"], "ill": ["flu", "flu", "cold", "x"]}
)
RELEASED = pa.record_batch(
    {
        "age": ["[31,33]", "[31,33]", "[31,33]", "*"],
        "town": ["Korea", "Korea", "Korea", "*"],
        "ill": ["flu", "flu", "cold", "x"],
    }
)
COLUMNS = ("age", "town")


def found(released: pa.RecordBatch = RELEASED) -> figures.Figures:
    pairs = fold.fold(released, ORIGINAL, None, COLUMNS)
    return figures.measure(pairs, fold.fold_sensitive(released, COLUMNS, ["ill"]), READING)


def check_of(made: VerificationReport, name: str) -> Check:
    return next(check for check in made.checks if check.name == name)


def test_a_good_copy_passes_and_required_checks_come_first() -> None:
    made = report.solve(found(), {}, report.Requirement(3, 0.25, 4, "row"))
    assert made.ok
    required = [check.required is not None for check in made.checks]
    assert required == sorted(required, reverse=True)
    assert check_of(made, "k").measured == 3
    assert check_of(made, "suppressed-share").measured == 0.25
    assert check_of(made, "l:ill").measured == 2
    assert check_of(made, "linkage").measured == pytest.approx((3 * (1 / 4) + 1) / 4)
    assert check_of(made, "loss").measured == pytest.approx((3 * (2 / 30 + 1 / 2) / 2 + 1) / 4)
    assert all(check.meaning for check in made.checks)


@pytest.mark.parametrize(
    ("k", "limit", "rows", "left", "fails"),
    [
        (4, 0.25, 4, {}, "k"),
        (3, 0.24, 4, {}, "suppressed-share"),
        (3, 0.25, 5, {}, "suppressed-share"),
        (3, 0.25, 4, {"ill": 1}, "residual-identifiers"),
    ],
)
def test_a_broken_promise_fails(k: int, limit: float, rows: int, left: dict[str, int], fails: str) -> None:
    made = report.solve(found(), left, report.Requirement(k, limit, rows, "row"))
    assert [check.name for check in made.checks if not check.ok] == [fails]


def test_a_label_that_is_not_true_fails() -> None:
    wrong = RELEASED.set_column(0, "age", pa.array(["[32,33]", "[31,33]", "[31,33]", "*"]))
    made = report.solve(found(wrong), {}, report.Requirement(0, 0, 4, "row"))
    assert [check.name for check in made.checks if not check.ok] == ["untrue-rows"]


def test_without_a_promise_k_informs() -> None:
    made = report.solve(found(), {}, report.Requirement(0, 0.0, 4, "row"))
    assert made.ok
    assert check_of(made, "k").required is None


def test_a_copy_with_nothing_in_it_fails_by_suppression_not_by_k() -> None:
    pairs = fold.fold(RELEASED.slice(0, 0), ORIGINAL.slice(0, 0), None, COLUMNS)
    empty = figures.measure(pairs, fold.fold_sensitive(RELEASED.slice(0, 0), COLUMNS, ["ill"]), READING)
    made = report.solve(empty, {}, report.Requirement(3, 0.1, 4, "row"))
    assert [check.name for check in made.checks if not check.ok] == ["suppressed-share"]
    assert check_of(made, "loss").measured == 1.0


def test_counted_attacks_have_no_width() -> None:
    made = {attack.name: attack for attack in attacks.solve(found())}
    assert set(made) == {"linkage", "singling-out", "attribute:ill"}
    assert all(attack.interval == (attack.success, attack.success) for attack in made.values())
    assert made["attribute:ill"].success == pytest.approx(2 / 3)
    assert made["linkage"].baseline == 0.25


def test_who_has_the_copy_alone_links_within_the_class_at_most() -> None:
    (linkage,) = attacks.solve_released(fold.fold_released(RELEASED, COLUMNS))
    assert linkage.success == pytest.approx(2 / 4)


def test_records_of_some_people_are_a_sample() -> None:
    known = fold.fold_original(pa.record_batch({"town": ["Seoul", "Lyon"], "age": ["33", "61"]}), None, ["town", "age"])
    linkage, alone = attacks.solve_known(fold.fold_released(RELEASED, COLUMNS), known, READING)
    assert linkage.success == pytest.approx((1 / 4 + 1) / 2)
    assert alone.success == pytest.approx(1 / 2)
    assert linkage.interval[0] < linkage.success < linkage.interval[1]


def test_knowing_one_column_only_leaves_more_candidates() -> None:
    known = fold.fold_original(pa.record_batch({"town": ["Lyon", "Paris"]}), None, ["town"])
    linkage, _ = attacks.solve_known(fold.fold_released(RELEASED, COLUMNS), known, READING)
    assert linkage.success == pytest.approx((1 + 1) / 2)


def test_wilson_gives_the_published_interval() -> None:
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I: 81 of 263, 0 of 20, 1 of 29
    assert wilson_rounded(81, 263) == (0.2553, 0.3662)
    assert wilson_rounded(0, 20) == (0.0, 0.1611)
    assert wilson_rounded(1, 29) == (0.0061, 0.1718)
    assert intervals.wilson(0, 0) == (0.0, 1.0)


def wilson_rounded(successes: int, trials: int) -> tuple[float, ...]:
    return tuple(round(bound, 4) for bound in intervals.wilson(successes, trials))


def test_the_copy_alone_gives_k_by_row() -> None:
    classes = fold.merge([fold.fold_released(RELEASED.slice(at, 2), COLUMNS) for at in (2, 0)])
    made = remeasure.solve(classes, {}, 3, READING.labelled)
    assert made.ok
    assert {check.name: check.measured for check in made.checks} == {
        "k": 3,
        "residual-identifiers": 0,
        "classes": 1,
        "suppressed-rows": 1,
    }
    assert not remeasure.solve(classes, {}, 4, READING.labelled).ok


def test_residual_identifiers_are_counted_in_the_chosen_columns() -> None:
    def find(batch: pa.RecordBatch, columns: list[str]) -> dict[str, int]:
        return {name: sum("flu" in str(cell) for cell in batch.column(name).to_pylist()) for name in columns}

    parts = [residual.fold(RELEASED.slice(at, 1), ["ill", "gone"], find) for at in range(4)]
    assert residual.merge(residual.merge(parts[0], parts[1]), parts[2]) == {"ill": 2}
    assert residual.fold(RELEASED, ["age"], find) == {}


COUNTS = pa.table({"town": ["Korea", "Lyon"], "persons": pa.array([3, 1])})


@pytest.mark.parametrize(
    ("table", "k", "fails"),
    [
        (COUNTS, 1, []),
        (COUNTS, 2, ["k"]),
        (COUNTS.slice(0, 1), 2, []),
        (pa.table({"town": ["Korea", "Lyon"], "persons": pa.array([3, 2])}), 1, ["wrong-counts"]),
        (pa.table({"town": ["Korea", "Korea"], "persons": pa.array([3, 3])}), 1, ["repeated-rows"]),
        (pa.table({"town": ["Mars"], "persons": pa.array([3])}), 1, ["k", "suppressed-share", "wrong-counts"]),
    ],
)
def test_counts_are_counted_anew(table: pa.Table, k: int, fails: list[str]) -> None:
    persons = np.array([(1, 1), (2, 2), (2, 3), (3, 3)], dtype=np.uint64)
    parts = [fold.fold_original(ORIGINAL.slice(at, 3), persons[at : at + 3], ["town"]) for at in (3, 0)]
    twice = fold.merge([*parts, parts[1]])  # rows that come twice are the same persons
    made = counts.solve(table, twice, {}, READING, report.Requirement(k, 0.5, 7, "id"))
    assert sorted(check.name for check in made.checks if not check.ok) == fails


def test_counts_alone_give_k_again() -> None:
    assert remeasure.solve_counts(COUNTS, "persons", {}, 1).ok
    assert not remeasure.solve_counts(COUNTS, "persons", {}, 2).ok
