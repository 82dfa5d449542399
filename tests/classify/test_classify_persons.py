"""Persons, ages, uniqueness, roles, grades and the whole classification."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import combinations
from time import process_time

import numpy as np
import pyarrow as pa
import pytest
from classify_samples import AS_OF, KEY, cn_resident_id, customers, scan_table, with_roles
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.classify import ages, scan, uniqueness
from lockgate.classify.assemble import assemble
from lockgate.classify.grade import grade_asks, grade_of, highest_grade
from lockgate.classify.persons import find_subject_key, person_keys
from lockgate.classify.shape import shape_of
from lockgate.terms.category import Category
from lockgate.terms.classification import ColumnCombination, ColumnVerdict, PersonCount
from lockgate.terms.column import ColumnRole, Verdict
from lockgate.terms.rendering import as_json


def keys_of(values: list[object], first: int = 0, type_: pa.DataType | None = None) -> list[tuple[int, ...]]:
    batch = pa.record_batch({"id": pa.array(values, type_ or pa.string())})
    return [tuple(row) for row in person_keys(batch, "id", first, KEY).tolist()]


def test_the_same_person_has_the_same_key_however_written() -> None:
    written = ["11010519491231002X", "11010519491231002x", "１１０１０５１９４９１２３１００２X", "'11010519491231002X"]
    assert len(set(keys_of(written))) == 1
    assert keys_of(["900101-1234567"]) == keys_of(["9001011234567"])
    assert keys_of(["42"]) == keys_of([42], type_=pa.int64()) == keys_of([42.0], type_=pa.float64())


def test_rows_without_a_key_are_persons_of_their_own() -> None:
    keys = keys_of(["a", None, "", "b", None, "a"])
    assert len(set(keys)) == 5
    assert keys[0] == keys[5]


def test_without_a_subject_key_each_row_is_a_person_whatever_the_batches() -> None:
    batch = pa.record_batch({"x": ["same"] * 10})
    whole = person_keys(batch, None, 0, KEY)
    parts = np.vstack([person_keys(batch.slice(0, 4), None, 0, KEY), person_keys(batch.slice(4), None, 4, KEY)])
    assert whole.shape == (10, 2)
    assert whole.dtype == np.uint64
    assert (whole == parts).all()
    assert len(np.unique(whole, axis=0)) == 10


def test_another_key_gives_other_hashes() -> None:
    batch = pa.record_batch({"id": ["a"]})
    assert not (person_keys(batch, "id", 0, KEY) == person_keys(batch, "id", 0, b"x" * 32)).any()


def test_the_subject_key_is_a_national_number_before_an_account(customer_verdicts: dict[str, ColumnVerdict]) -> None:
    verdicts = list(customer_verdicts.values())
    assert find_subject_key(verdicts) == "身份证号"
    assert find_subject_key([item for item in verdicts if item.name != "身份证号"]) == "customer_id"
    assert find_subject_key([customer_verdicts["email"], customer_verdicts["手机号"]]) == ""


@pytest.mark.parametrize(
    ("type_", "value", "age"),
    [
        ("date-of-birth", "2012-11-21", 14),
        ("date-of-birth", "2012-11-22", 13),
        ("date-of-birth", "20121122", 13),
        ("date-of-birth", "2012", 13),
        ("date-of-birth", "2027-01-01", None),
        ("date-of-birth", "2012-02-30", None),
        ("cn-resident-id", "11010519491231002X", 76),
        ("cn-resident-id", "110105491231002", 76),
        ("kr-resident-number", "121122-3234567", 13),
        ("kr-resident-number", "900101-1234567", 36),
        ("age", "13", 13),
        ("age", "0.42", 0),
        ("age", "20-29", 20),
        ("age", "unknown", None),
    ],
)
def test_ages_are_told_to_the_day(type_: str, value: str, age: int | None) -> None:
    found = ages.fold(pa.record_batch({"x": [value, None]}), (ages.AgeColumn("x", type_),), AS_OF)
    assert found.youngest == age
    assert found.is_child.tolist() == [age is not None and age < 14, False]


def test_several_columns_tell_the_youngest_and_none_tells_nothing() -> None:
    batch = pa.record_batch({"age": ["40", "50"], "child_birth": [date(2020, 1, 1), None]})
    columns = (ages.AgeColumn("age", "age"), ages.AgeColumn("child_birth", "date-of-birth"))
    found = ages.fold(batch, columns, AS_OF)
    assert found.youngest == 6
    assert found.is_child.tolist() == [True, False]
    assert ages.fold(batch, (), AS_OF).youngest is None
    assert ages.merge_youngest(None, 3) == 3
    assert ages.merge_youngest(None, None) is None


DAYS = st.dates(date(1890, 1, 1), date(2030, 12, 31))


@settings(max_examples=200)
@given(st.lists(DAYS, min_size=1, max_size=40), st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_ages_are_those_of_the_calendar(births: list[date], day: date) -> None:
    batch = pa.record_batch({"born": pa.array([birth.isoformat() for birth in births])})
    found = ages.fold(batch, (ages.AgeColumn("born", "date-of-birth"),), day)
    years = [day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)) for birth in births]
    told = [year for year in years if 0 <= year <= 130]
    assert found.youngest == (min(told) if told else None)
    assert found.is_child.tolist() == [0 <= year < ages.child_below() for year in years]


@pytest.mark.parametrize("day", [date(2026, 3, 14), date(2026, 3, 15), date(2026, 3, 16)])
@pytest.mark.parametrize(
    ("type_", "number"),
    [
        ("cn-resident-id", lambda year: cn_resident_id("110105", f"{year}0315", 2)),
        ("kr-resident-number", lambda year: f"{year % 100:02}0315-{1 if year < 2000 else 3}234567"),
    ],
)
def test_a_number_tells_an_age_to_the_day(type_: str, number: Callable[[int], str], day: date) -> None:
    for year in (2012, 2011, 1990, 2026):
        found = ages.fold(pa.record_batch({"x": [number(year)]}), (ages.AgeColumn("x", type_),), day)
        age = day.year - year - (day.day < 15)
        assert found.youngest == (age if age >= 0 else None)
        assert found.is_child.tolist() == [0 <= age < 14]


SMALL = st.lists(st.tuples(*[st.one_of(st.none(), st.integers(0, 2))] * 3), min_size=1, max_size=25)


@settings(max_examples=60, deadline=None)
@given(SMALL)
def test_uniqueness_agrees_with_counting_by_hand(rows: list[tuple[int | None, ...]]) -> None:
    names = ("a", "b", "c")
    batch = pa.record_batch({name: pa.array([row[at] for row in rows], pa.int64()) for at, name in enumerate(names)})
    found = {item.columns: item.unique_share for item in uniqueness.solve(uniqueness.fold(batch, names, 0), names)}
    for size in (1, 2, 3):
        for places in combinations(range(3), size):
            counts = Counter(tuple(row[place] for place in places) for row in rows)
            share = sum(count == 1 for count in counts.values()) / len(rows)
            columns = tuple(names[place] for place in places)
            if columns in found:
                assert found[columns] == pytest.approx(share)
            else:  # a part of it stands out as much as all columns together
                part = max(found[item] for item in found if set(item) < set(columns))
                assert part == pytest.approx(share) == pytest.approx(found[names])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 200), st.integers(0, 200))
def test_the_sample_does_not_depend_on_batches(cut: int, other: int) -> None:
    batch = pa.record_batch({"a": [str(row % 17) for row in range(200)]})
    low, high = sorted((cut, other))
    parts = [uniqueness.fold(batch.slice(a, b - a), ["a"], a) for a, b in ((0, low), (low, high), (high, 200))]
    left = uniqueness.merge(uniqueness.merge(parts[0], parts[1]), parts[2])
    right = uniqueness.merge(parts[0], uniqueness.merge(parts[2], parts[1]))
    whole = uniqueness.merge(uniqueness.empty(["a"]), uniqueness.fold(batch, ["a"], 0))
    for part in (right, whole):
        assert (left.rows == part.rows).all()
        assert (left.cells == part.cells).all()


def test_a_large_source_is_sampled_to_its_limit_and_leaving_rows_out_early_does_not_change_the_sample() -> None:
    rows = 130_000
    table = pa.table({"a": pa.array(np.arange(rows) % 1000)})
    samples = []
    for is_told in (False, True):
        partial, first = uniqueness.empty(["a"]), 0
        for batch in table.to_batches(max_chunksize=65_536):
            last = partial.last_hash if is_told else 2**64 - 1
            partial = uniqueness.merge(partial, uniqueness.fold(batch, ["a"], first, last))
            first += batch.num_rows
        samples.append(partial)
    assert len(samples[0].rows) == uniqueness.SAMPLE_PERSONS
    assert (samples[0].rows == samples[1].rows).all()
    assert (samples[0].cells == samples[1].cells).all()


def test_more_than_fifteen_columns_are_measured_up_to_three_and_all_together() -> None:
    names = [f"c{place}" for place in range(16)]
    batch = pa.record_batch({name: [str(row * (at + 3) % 3) for row in range(9)] * 2 for at, name in enumerate(names)})
    sizes = Counter(len(item.columns) for item in uniqueness.solve(uniqueness.fold(batch, names, 0), names))
    assert set(sizes) <= {1, 2, 3, 16}
    names = names[:12]
    rows = (np.arange(3_000)[:, None] >> np.arange(12)) % 2
    batch = pa.record_batch({name: rows[:, at] for at, name in enumerate(names)})
    found = uniqueness.solve(uniqueness.fold(batch, names, 0), names)
    assert len(found) == 2**12 - 1


def test_who_stands_out_is_counted_by_persons_not_by_rows() -> None:
    batch = pa.record_batch({"key": ["p", "p", "q", "r", None, None], "town": ["A", "A", "B", "B", "C", "C"]})
    by_person = uniqueness.fold(batch, ["town"], 0, subject_key="key")
    by_row = uniqueness.fold(batch, ["town"], 0)
    assert uniqueness.solve(by_person, ["town"])[0].unique_share == pytest.approx(2 / 6)
    assert uniqueness.solve(by_row, ["town"])[0].unique_share == 0.0


def test_a_sample_of_persons_holds_at_most_four_rows_of_each_whatever_the_batches(monkeypatch) -> None:
    monkeypatch.setattr(uniqueness, "SAMPLE_PERSONS", 20)
    table = pa.table({"key": [f"p{row * row % 101}" for row in range(2_000)], "a": [row % 13 for row in range(2_000)]})
    samples = []
    for size in (2_000, 77):
        partial, first = uniqueness.empty(["a"]), 0
        for batch in table.to_batches(max_chunksize=size):
            found = uniqueness.fold(batch, ["a"], first, partial.last_hash, "key")
            partial, first = uniqueness.merge(partial, found), first + batch.num_rows
        samples.append(partial)
    assert samples[0].sampled_persons == 20
    assert max(Counter(samples[0].persons.tolist()).values()) == uniqueness.ROWS_OF_ONE
    assert (samples[0].rows == samples[1].rows).all()
    assert (samples[0].cells == samples[1].cells).all()


def test_grades_cover_every_category_and_take_the_highest() -> None:
    assert {grade_of(category) for category in Category} == {f"general-{level}" for level in range(1, 5)}
    assert grade_of(Category.NATIONAL_IDENTIFIER) == "general-4"
    assert grade_of(Category.NOT_PERSONAL) == "general-1"
    assert highest_grade(["general-2", "general-4", "general-1"]) == "general-4"
    assert all(ask.endswith(("?", ".")) for ask in grade_asks())


def test_a_classification_keeps_the_smallest_telling_sets_and_shows_no_value(customer_table: pa.Table) -> None:
    verdicts = list(with_roles(customer_table, scan_table(customer_table)).values())
    measured = (
        ColumnCombination(("a", "b"), 0.9),
        ColumnCombination(("a",), 0.9),
        ColumnCombination(("b", "c"), 0.5),
        ColumnCombination(("c",), 0.0),
    )
    found = assemble(verdicts, measured, PersonCount(2_000, "身份证号", 3, 20), 2_000)
    assert [item.columns for item in found.quasi_identifiers] == [("a",), ("b", "c")]
    assert found.grade == "general-4"
    assert found.sampled  # of the addresses and remarks not every cell was read for names
    assert not assemble([], measured, PersonCount(2_000, "身份证号", 3, 20), 2_000).sampled
    assert found.rules == scan.SCANNER_VERSION
    rendered = str(as_json(found))
    for name in ("姓名", "身份证号", "手机号", "email", "住址", "bank_card", "备注"):
        assert not any(value in rendered for value in customer_table.column(name).to_pylist() if len(value) > 2)


@given(st.text(alphabet=st.characters(categories=("L", "N")), min_size=4, max_size=40))
def test_a_shape_holds_nothing_of_the_value(value: str) -> None:
    shape = shape_of(value)
    assert set(shape) <= set("#Xx字글*·")


@pytest.mark.slow
def test_ten_thousand_customers_are_scanned_in_three_seconds() -> None:
    table = customers(10_000)
    start = process_time()
    scan_table(table)
    assert process_time() - start < 3.0


def test_a_surer_key_with_gaps_yields_to_one_that_every_row_has() -> None:
    def verdict(name: str, type_: str, filled: float) -> ColumnVerdict:
        return ColumnVerdict(
            name=name,
            type=type_,
            category=Category.OTHER_PERSONAL,
            role=ColumnRole.DIRECT_IDENTIFIER,
            verdict=Verdict.CONFIRMED,
            probability=1.0,
            grade="general-3",
            sensitive_in=(),
            evidence={"filled": filled},
        )

    account, whole = verdict("customer_id", "account-id", 1.0), verdict("id", "cn-resident-id", 1.0)
    assert find_subject_key([account, whole]) == "id"
    assert find_subject_key([account, verdict("id", "cn-resident-id", 0.9)]) == "customer_id"
