"""Every figure agrees with brute force on small tables, with and without persons, whatever the labels are worth."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.terms.hierarchy import make_hierarchy
from lockgate.terms.label import Exact, OneOf, Range, Suppressed, parse_label, render_label
from lockgate.verify import figures, fold

TOWNS = make_hierarchy("town", [("Seoul", "Korea", "*"), ("Busan", "Korea", "*"), ("Lyon", "France", "*")])
READING = figures.Reading({"town": TOWNS}, frozenset({"age", "town", "word"}))
COLUMNS = ("age", "town", "word")

Row = tuple[str | None, ...]

ages = st.one_of(st.none(), st.integers(0, 9).map(str))
towns = st.one_of(st.none(), st.sampled_from(list(TOWNS.paths)))
words = st.one_of(st.none(), st.sampled_from(["a", "b|", "*", "[x", ""]))
star = st.just("*")
age_labels = st.one_of(
    star,
    ages.map(lambda age: age),
    st.tuples(st.integers(0, 9), st.integers(0, 4)).map(lambda pair: f"[{pair[0]},{pair[0] + pair[1]}]"),
)
town_labels = st.one_of(star, towns, st.sampled_from(["Korea", "France", "Mars"]))
word_labels = st.one_of(
    star,
    words.map(lambda word: None if word is None else render_label(Exact(word))),
    st.sets(words.filter(lambda word: word is not None), min_size=2).map(
        lambda some: render_label(OneOf(tuple(sorted(some))))
    ),
)
originals = st.tuples(ages, towns, words)
labels = st.tuples(age_labels, town_labels, word_labels)
lines = st.lists(
    st.tuples(originals, labels, st.integers(0, 5), st.sampled_from(["flu", "cold", None])), min_size=1, max_size=25
)

Line = tuple[Row, Row, int, str | None]


def measured(table: Sequence[Line], *, by_person: bool, size: int = 4) -> figures.Figures:
    """Return the figures of a table, folded in small batches that are merged backwards."""
    original = batch_of([line[0] for line in table])
    released = batch_of([line[1] for line in table]).append_column("ill", pa.array([line[3] for line in table]))
    persons = np.array([(line[2] % 2, line[2]) for line in table], dtype=np.uint64) if by_person else None
    pairs, secrets = [], []
    for at in range(0, len(table), size):
        people = None if persons is None else persons[at : at + size]
        pairs.append(fold.fold(released.slice(at, size), original.slice(at, size), people, COLUMNS))
        secrets.append(fold.fold_sensitive(released.slice(at, size), COLUMNS, ["ill"]))
    return figures.measure(fold.merge(pairs[::-1]), fold.merge(secrets[::-1]), READING)


def batch_of(rows: Sequence[Row]) -> pa.RecordBatch:
    arrays = [pa.array([row[at] for row in rows], type=pa.string()) for at in range(len(COLUMNS))]
    return pa.RecordBatch.from_arrays(arrays, names=list(COLUMNS))


def covers(cell: str | None, value: str | None) -> bool:
    """Return whether a label covers a value, written once more and simply."""
    if cell is None:
        return value is None
    label = parse_label(cell)
    if isinstance(label, Suppressed):
        return True
    if value is None:
        return False
    match label:
        case Range(low, high):
            return int(low) <= int(value) <= int(high)
        case OneOf(values):
            return value in values
        case Exact(text):
            return text == value or (value in TOWNS.paths and text in TOWNS.paths[value])


def compatible(released: Row, original: Row) -> bool:
    return all(covers(cell, value) for cell, value in zip(released, original, strict=True))


def loss_of(cell: str | None, column: int, table: Sequence[Line]) -> Fraction:
    if cell == "*":
        return Fraction(1)
    seen = {line[0][column] for line in table}
    covered = [value for value in seen if covers(cell, value)]
    if not covered:
        return Fraction(1)
    if cell is not None and cell.startswith("["):
        observed, inside = ([int(value) for value in some if value is not None] for some in (seen, covered))
        whole = max(observed) - min(observed)
        return Fraction(max(inside) - min(inside), whole) if whole else Fraction(0)
    return Fraction(len(covered) - 1, max(len(seen) - 1, 1))


@settings(max_examples=300, deadline=None)
@given(lines, st.booleans(), st.integers(1, 9))
def test_every_figure_agrees_with_brute_force(table: list[Line], by_person: bool, size: int) -> None:
    found = measured(table, by_person=by_person, size=size)
    people = [line[2] if by_person else at for at, line in enumerate(table)]
    silent = [set(line[1]) == {"*"} for line in table]
    classes = defaultdict(set)
    for line, who, is_silent in zip(table, people, silent, strict=True):
        if not is_silent:
            classes[line[1]].add(who)
    holders = defaultdict(set)
    for line, who in zip(table, people, strict=True):
        holders[line[0]].add(who)
    assert found.rows == len(table)
    assert found.rows_suppressed == sum(silent)
    assert found.persons == len(set(people))
    assert found.classes == len(classes)
    assert found.k == min(map(len, classes.values()), default=0)
    assert found.rows_untrue == sum(not compatible(line[1], line[0]) for line in table)
    assert found.uniqueness_before == pytest.approx(sum(len(holders[line[0]]) == 1 for line in table) / len(table))
    unique_after = sum(
        len(classes[line[1]]) == 1 for line, is_silent in zip(table, silent, strict=True) if not is_silent
    )
    assert found.uniqueness_after == pytest.approx(unique_after / len(table))
    losses = [loss_of(cell, column, table) for line in table for column, cell in enumerate(line[1])]
    assert found.loss == pytest.approx(float(sum(losses) / len(losses)))


@settings(max_examples=300, deadline=None)
@given(lines, st.booleans())
def test_linkage_agrees_with_brute_force(table: list[Line], by_person: bool) -> None:
    found = measured(table, by_person=by_person)
    people = [line[2] if by_person else at for at, line in enumerate(table)]
    chances: dict[int, list[Fraction]] = defaultdict(list)
    alone: dict[int, list[bool]] = defaultdict(list)
    for line, who in zip(table, people, strict=True):
        candidates = [other for row, other in zip(table, people, strict=True) if compatible(row[1], line[0])]
        own = candidates.count(who)
        chances[who].append(Fraction(own, len(candidates)) if candidates else Fraction(0))
        alone[who].append(own > 0 and own == len(candidates))
    success = sum(sum(tries) / len(tries) for tries in chances.values()) / len(chances)
    assert found.linkage == pytest.approx(float(success))
    assert found.singled_out == pytest.approx(sum(sum(tries) / len(tries) for tries in alone.values()) / len(alone))
    assert found.baseline == pytest.approx(1 / len(chances))


@settings(max_examples=200, deadline=None)
@given(lines)
def test_what_is_given_away_agrees_with_brute_force(table: list[Line]) -> None:
    (found, *_), spoken = measured(table, by_person=False).secrets or (None,), defaultdict(Counter)
    for line in table:
        if set(line[1]) != {"*"}:
            spoken[line[1]][line[3]] += 1
    if not spoken:
        assert found is None
        return
    rows = sum(counter.total() for counter in spoken.values())
    assert found is not None
    assert found.least_values == min(map(len, spoken.values()))
    assert found.success == pytest.approx(sum(max(counter.values()) for counter in spoken.values()) / rows)
    assert found.baseline == pytest.approx(max(sum(spoken.values(), Counter()).values()) / rows)


@settings(max_examples=100, deadline=None)
@given(lines, st.booleans(), st.integers(1, 9))
def test_figures_do_not_depend_on_batches(table: list[Line], by_person: bool, size: int) -> None:
    assert measured(table, by_person=by_person, size=size) == measured(table, by_person=by_person, size=25)


def test_the_original_itself_links_as_far_as_its_values_are_unique() -> None:
    table: list[Line] = [(("1", "Seoul", "a"),) * 2 + (number, "flu") for number in range(2)]
    table.append((("2", "Lyon", "a"),) * 2 + (2, "flu"))
    found = measured(table, by_person=False)
    assert found.linkage == pytest.approx(2 / 3)
    assert found.uniqueness_before == found.uniqueness_after == found.singled_out == pytest.approx(1 / 3)
    assert found.loss == 0


def test_cells_that_are_no_labels_stand_for_themselves() -> None:
    batch = pa.record_batch({"word": ["*", "[x", "*", None]})
    pairs = fold.fold(batch, batch, None, ["word"])
    secrets = fold.fold_sensitive(batch, ["word"], [])
    found = figures.measure(pairs, secrets, figures.Reading({}, frozenset()))
    assert (found.rows_untrue, found.rows_suppressed, found.classes, found.k) == (0, 0, 3, 1)


def test_a_label_that_does_not_parse_is_untrue() -> None:
    released, original = pa.record_batch({"age": ["[1", "{a}"]}), pa.record_batch({"age": ["1", "a"]})
    pairs = fold.fold(released, original, None, ["age"])
    secrets = fold.fold_sensitive(released, ["age"], [])
    assert figures.measure(pairs, secrets, figures.Reading({}, frozenset({"age"}))).rows_untrue == 2


def test_days_and_decimals_lie_in_intervals_by_size() -> None:
    released = pa.record_batch({"born": ["[1990-01-01,1999-12-31]"] * 3, "pay": ["[0,10]"] * 3})
    original = pa.record_batch(
        {"born": ["1990-01-01", "1999-12-31T10:00:00", "2000-01-01"], "pay": ["9.5", "10", "1e1"]}
    )
    pairs = fold.fold(released, original, None, ["born", "pay"])
    secrets = fold.fold_sensitive(released, ["born", "pay"], [])
    found = figures.measure(pairs, secrets, figures.Reading({}, frozenset({"born", "pay"})))
    assert found.rows_untrue == 1
    assert found.linkage == pytest.approx(2 * (1 / 3) / 3)


def test_a_copy_without_quasi_identifiers_is_one_class() -> None:
    batch = pa.record_batch({"pay": ["1", "2"]})
    pairs = fold.merge([fold.fold(batch, batch, None, ["gone"])] * 2)
    found = figures.measure(pairs, fold.fold_sensitive(batch, ["gone"], ["pay"]), figures.Reading({}, frozenset()))
    assert (found.k, found.classes, found.linkage, found.loss) == (4, 1, 0.25, 0.0)
    assert found.secrets[0].least_values == 2


def test_a_copy_without_rows_has_no_class() -> None:
    batch = pa.record_batch({"age": pa.array([], type=pa.string())})
    pairs = fold.fold(batch, batch, None, ["age"])
    found = figures.measure(pairs, fold.fold_sensitive(batch, ["age"], []), figures.Reading({}, frozenset({"age"})))
    assert (found.rows, found.classes, found.k, found.linkage, found.baseline) == (0, 0, 0, 0.0, 0.0)
