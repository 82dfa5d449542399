"""K-anonymity by local recoding: classes, labels, the merge, and what is never allowed."""

import csv
import pickle
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect import combinations, kanonymity
from lockgate.protect.domain_choice import Labels, Vocabulary
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy, make_hierarchy
from lockgate.terms.label import Exact, OneOf, Range, Suppressed, parse_label

TOWNS = make_hierarchy(
    "town",
    [
        ("Seoul", "Korea", "Asia", "*"),
        ("Busan", "Korea", "Asia", "*"),
        ("Wuhan", "China", "Asia", "*"),
        ("Lyon", "France", "Europe", "*"),
        ("Nice", "France", "Europe", "*"),
    ],
)

Row = tuple[str | None, ...]


def recode(
    rows: Sequence[Row],
    k: int,
    hierarchies: Mapping[str, Hierarchy] | None = None,
    persons: np.ndarray | None = None,
    names: Sequence[str] = ("age", "town", "word"),
) -> tuple[kanonymity.Recoding, list[Row]]:
    """Return the recoding of a table and the recoded rows."""
    batch = table_of(rows, names)
    columns = tuple(batch.schema.names)
    table = combinations.fold(batch, columns, persons)
    recoding = kanonymity.solve(table, kanonymity.Question(columns, k, hierarchies or {}, 0.0))
    released = kanonymity.apply(batch, recoding)
    return recoding, list(zip(*(column.to_pylist() for column in released.columns), strict=True))


def table_of(rows: Sequence[Row], names: Sequence[str]) -> pa.RecordBatch:
    width = len(rows[0])
    arrays = [pa.array([row[at] for row in rows], type=pa.string()) for at in range(width)]
    return pa.RecordBatch.from_arrays(arrays, names=list(names)[:width])


ages = st.one_of(st.none(), st.integers(0, 90).map(str))
towns = st.one_of(st.none(), st.sampled_from(list(TOWNS.paths)))
words = st.one_of(st.none(), st.text("ab|{}[\\*,", max_size=3))
tables = st.lists(st.tuples(ages, towns, words), min_size=1, max_size=60)


@settings(max_examples=200, deadline=None)
@given(tables, st.integers(1, 8), st.booleans())
def test_every_class_holds_at_least_k_rows_or_nothing_is_released(rows: list[Row], k: int, with_tree: bool) -> None:
    recoding, released = recode(rows, k, {"town": TOWNS} if with_tree else None)
    assert all(count >= k for count in Counter(released).values())
    assert len(released) + recoding.rows_suppressed == len(rows)


@settings(max_examples=100, deadline=None)
@given(tables, st.integers(1, 6), st.lists(st.integers(0, 12), min_size=60, max_size=60))
def test_every_class_holds_at_least_k_persons_where_persons_have_several_rows(
    rows: list[Row], k: int, people: list[int]
) -> None:
    persons = np.array([(who, who % 3) for who in people[: len(rows)]], dtype=np.uint64)
    batch = table_of(rows, ("age", "town", "word"))
    columns = tuple(batch.schema.names)
    recoding = kanonymity.solve(
        combinations.fold(batch, columns, persons), kanonymity.Question(columns, k, {"town": TOWNS}, 0.0)
    )
    classes = kanonymity.classes_of(batch, recoding)
    held: dict[int, set[int]] = {}
    for number, who in zip(classes.tolist(), people, strict=False):
        held.setdefault(number, set()).add(who)
    assert all(len(who) >= k for number, who in held.items() if number >= 0)


@settings(max_examples=100, deadline=None)
@given(tables, st.integers(1, 5), st.integers(1, 7), st.randoms(use_true_random=False))
def test_the_recoding_does_not_depend_on_batches_or_their_order(rows: list[Row], k: int, size: int, shuffle) -> None:
    batch = table_of(rows, ("age", "town", "word"))
    columns = tuple(batch.schema.names)
    question = kanonymity.Question(columns, k, {"town": TOWNS}, 0.0)
    parts = [combinations.fold(batch.slice(at, size), columns, None) for at in range(0, len(rows), size)]
    shuffle.shuffle(parts)
    whole = kanonymity.apply(batch, kanonymity.solve(combinations.fold(batch, columns, None), question))
    merged = kanonymity.apply(batch, kanonymity.solve(combinations.merge(parts), question))
    assert whole.equals(merged)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(tables, st.integers(1, 5), st.randoms(use_true_random=False))
def test_a_refined_recoding_does_not_depend_on_the_order_of_rows(rows: list[Row], k: int, shuffle) -> None:
    columns = ("age", "town", "word")
    question = kanonymity.Question(columns, k, {"town": TOWNS}, 0.0, moves=400)
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    batch = table_of(rows, columns)
    mixed = batch.take(pa.array(order))
    one = kanonymity.solve(combinations.fold(batch, columns, None), question)
    other = kanonymity.solve(combinations.fold(mixed, columns, None), question)
    assert (one.moves, one.labels) == (other.moves, other.labels)
    classes = kanonymity.classes_of(batch, one)
    assert classes[order].tolist() == kanonymity.classes_of(mixed, other).tolist()


@settings(max_examples=100, deadline=None)
@given(tables, st.integers(1, 5))
def test_every_label_covers_the_value_it_came_from(rows: list[Row], k: int) -> None:
    recoding, _ = recode(rows, k, {"town": TOWNS})
    batch = table_of(rows, ("age", "town", "word"))
    classes = kanonymity.classes_of(batch, recoding)
    for at, row in enumerate(rows):
        if classes[at] >= 0:
            cells = [labels[int(classes[at])].as_py() for labels in recoding.labels]
            assert all(covers(cell, value) for cell, value in zip(cells, row, strict=True))


def covers(cell: str | None, value: str | None) -> bool:
    if cell is None or value is None:
        return cell in (value, "*")
    match parse_label(cell):
        case Suppressed():
            return True
        case Range(low, high):
            return float(low) <= float(value) <= float(high)
        case OneOf(values):
            return value in values
        case Exact(text):
            return text == value or text in TOWNS.paths.get(value, ())


def test_more_persons_required_than_there_are_suppresses_everything() -> None:
    recoding, released = recode([("30", "Seoul", "a")] * 4, 5)
    assert released == []
    assert recoding.rows_suppressed == 4
    assert not recoding.is_within_limit
    assert recoding.loss == 1.0


def test_a_person_with_many_rows_is_one_person() -> None:
    same = np.zeros((6, 2), dtype=np.uint64)
    recoding, _ = recode([("30", "Seoul", "a")] * 6, 2, persons=same)
    assert recoding.rows_suppressed == 6


def test_one_row_with_k_one_stays_as_it_is() -> None:
    assert recode([("30", "Seoul", "*")], 1)[1] == [("30", "Seoul", r"\*")]


def test_no_rows_give_no_rows() -> None:
    batch = table_of([("1", "b")], ("age", "town")).slice(0, 0)
    table = combinations.fold(batch, ["age", "town"], None)
    recoding = kanonymity.solve(table, kanonymity.Question(("age", "town"), 5, {"town": TOWNS}, 0.0))
    assert recoding.rows == 0
    assert kanonymity.apply(batch, recoding).num_rows == 0


def test_equal_rows_keep_their_values() -> None:
    assert set(recode([("30", "Seoul", "a")] * 9, 5)[1]) == {("30", "Seoul", "a")}


def test_numbers_become_intervals_and_towns_become_nodes() -> None:
    rows = [("30", "Seoul"), ("31", "Busan"), ("60", "Lyon"), ("64", "Nice")]
    released = recode(rows, 2, {"town": TOWNS})[1]
    assert set(released) == {("[30,31]", "Korea"), ("[60,64]", "France")}


def test_values_without_a_hierarchy_become_a_choice_and_too_many_become_nothing() -> None:
    few = recode([(word,) for word in ("a", "b", "c", "c", "c")], 2, names=("word",))[1]
    assert set(few) == {("{a|b}",), ("c",)}
    many = [(f"word {number}",) for number in range(13)] + [("common",)] * 13
    assert set(recode(many, 13, names=("word",))[1]) == {("common",)}


def test_a_null_is_a_value_of_its_own_and_never_inside_an_interval() -> None:
    enough = recode([("30",), ("31",), (None,), (None,)], 2)[1]
    assert set(enough) == {("[30,31]",), (None,)}
    rows = [("30", "a"), ("31", "a"), (None, "a"), ("50", "b"), ("50", "b"), ("50", "b")]
    assert ("*", "a") in recode(rows, 3, names=("age", "word"))[1]


def test_bounds_of_a_wide_range_are_rounded_outward() -> None:
    rows = [(fare,) for fare in ("7.25", "7.9", "8.05", "263.1", "512.3292", "511")]
    assert set(recode(rows, 3)[1]) == {("[0,10]",), ("[260,520]",)}


def test_days_become_intervals_of_whole_months() -> None:
    rows = [(day,) for day in ("1990-02-11", "1990-03-05", "1993-07-01", "1993-12-24")]
    assert set(recode(rows, 2)[1]) == {("[1990-02-01,1990-03-31]",), ("[1993-07-01,1993-12-31]",)}


def test_codes_with_leading_zeros_are_no_numbers() -> None:
    rows = [(code,) for code in ("02139", "02139", "02140", "02141", "02141", "10001")]
    assert set(recode(rows, 2)[1]) == {("02139",), ("02141",), ("{02140|10001}",)}


def test_a_value_that_the_hierarchy_does_not_cover_is_an_input_error() -> None:
    with pytest.raises(InputError, match="1 distinct values") as caught:
        recode([("30", "Paris")], 1, {"town": TOWNS})
    assert "Paris" not in str(caught.value)


def test_a_node_that_reads_like_a_value_is_never_used_for_the_group() -> None:
    tree = make_hierarchy("age", [("Other", "Other", "*"), ("Nurse", "Other", "*"), ("Clerk", "Office", "*")])
    released = recode([("Other",), ("Nurse",), ("Clerk",), ("Clerk",)], 2, {"age": tree})[1]
    assert set(released) == {("Clerk",)}


def test_forty_columns_pass_sixty_three_bits() -> None:
    rows = [tuple(f"v{(row * (column + 3)) % 23}" for column in range(40)) for row in range(200)]
    recoding, released = recode(rows, 4, names=[f"c{number}" for number in range(40)])
    assert recoding.codebook.stages
    assert min(Counter(released).values()) >= 4


def test_a_row_that_was_not_there_before_is_an_input_error() -> None:
    recoding, _ = recode([("30", "Seoul")] * 3, 1)
    with pytest.raises(InputError, match="1 rows"):
        kanonymity.apply(table_of([("31", "Seoul")], ("age", "town")), recoding)


def test_a_recoding_can_be_sent_to_another_process() -> None:
    recoding, released = recode([("30", "Seoul"), ("31", "Busan")] * 3, 2, {"town": TOWNS})
    again = pickle.loads(pickle.dumps(recoding))
    batch = table_of([("30", "Seoul"), ("31", "Busan")] * 3, ("age", "town"))
    assert kanonymity.apply(batch, again).to_pydict()["town"] == [row[1] for row in released]


def test_other_columns_and_types_stay() -> None:
    batch = pa.record_batch({"age": pa.array([30, 31, 60, 61]), "pay": pa.array([1.5, 2.5, 3.5, 4.5])})
    question = kanonymity.Question(("age",), 2, {}, 0.0)
    released = kanonymity.apply(batch, kanonymity.solve(combinations.fold(batch, ["age"], None), question))
    assert released.schema.types == [pa.string(), pa.float64()]
    assert released.to_pydict() == {"age": ["[30,31]", "[30,31]", "[60,61]", "[60,61]"], "pay": [1.5, 2.5, 3.5, 4.5]}


def test_a_list_cannot_tell_persons_apart() -> None:
    with pytest.raises(InputError, match="no text form"):
        combinations.fold(pa.record_batch({"x": pa.array([[1], [2]])}), ["x"], None)


def adult() -> tuple[pa.RecordBatch, dict[str, Hierarchy]]:
    roots = Path(__file__).parents[2] / "src" / "lockgate" / "examples"
    found = next(iter(sorted(roots.rglob("adult.csv"))))
    with found.open(encoding="utf-8") as lines:
        delimiter = ";" if ";" in lines.readline() else ","
        lines.seek(0)
        head, *rows = csv.reader(lines, delimiter=delimiter)
    hierarchies = {}
    for path in sorted(found.parent.glob("adult_hierarchy_*.csv")):
        column = path.stem.removeprefix("adult_hierarchy_")
        with path.open(encoding="utf-8") as lines:
            hierarchies[column] = make_hierarchy(column, [tuple(row) for row in csv.reader(lines, delimiter=";")])
    return table_of([tuple(row) for row in rows], head), hierarchies


@pytest.mark.parametrize(
    ("labels", "most"), [(Labels.HIERARCHY, 0.0725), (Labels.INTERVAL, 0.059), (Labels.SET, 0.0285)]
)
def test_adult_is_recoded_with_little_loss_in_little_time(labels: Labels, most: float) -> None:
    batch, hierarchies = adult()
    columns = tuple(batch.schema.names)
    question = kanonymity.Question(columns, 5, hierarchies, 0.0, vocabulary=Vocabulary(labels))
    started = time.perf_counter()
    recoding = kanonymity.solve(combinations.fold(batch, columns, None), question)
    released = kanonymity.apply(batch, recoding)
    assert time.perf_counter() - started < 20
    sizes = pa.table(released).group_by(list(columns)).aggregate([([], "count_all")])["count_all"]
    assert min(sizes.to_pylist()) >= 5
    assert recoding.loss <= most
