"""The privacy models of a table agree with each model's definition, counted out row by row."""

import itertools
from collections import Counter, defaultdict
from fractions import Fraction
from math import exp, inf, log

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import make_hierarchy
from lockgate.verify.classes import Rules
from lockgate.verify.models import measure_models

TREE = make_hierarchy(
    "ill", [("flu", "lung", "any"), ("cold", "lung", "any"), ("burn", "skin", "any"), ("rash", "skin", "any")]
)
rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None, "*"]),
        st.sampled_from(["x", "*"]),
        st.sampled_from(list(TREE.paths)),
        st.integers(0, 4),
    ),
    min_size=1,
    max_size=30,
)


def table_of(lines):
    return pa.table(
        {
            "one": pa.array([line[0] for line in lines], pa.string()),
            "two": pa.array([line[1] for line in lines], pa.string()),
            "ill": pa.array([line[2] for line in lines], pa.string()),
            "pay": pa.array([line[3] for line in lines], pa.int64()),
        }
    )


def classes_of(lines, at):
    """Return the sensitive values of each class, and of all rows together; suppressed rows left out."""
    kept = [line for line in lines if line[:2] != ("*", "*")]
    classes = defaultdict(list)
    for line in kept:
        classes[line[:2]].append(line[at])
    return list(classes.values()), [line[at] for line in kept]


def share(values, value):
    return Fraction(values.count(value), len(values))


@settings(max_examples=200, deadline=None)
@given(rows)
def test_every_model_agrees_with_its_definition(lines):
    found = measure_models(table_of(lines), ["one", "two"], ["ill", "pay"], hierarchies={"ill": TREE})
    for at, figures in zip((2, 3), found.sensitive, strict=True):
        classes, everything = classes_of(lines, at)
        values = sorted(set(everything))
        assert found.rows == len(everything)
        assert found.rows + found.rows_excluded == len(lines)
        assert found.k == min(map(len, classes), default=0)
        assert figures.values == len(values)
        if not classes:
            continue
        pairs = [(share(one, value), share(everything, value)) for one in classes for value in set(one)]
        assert figures.alpha == pytest.approx(float(max(q for q, _ in pairs)), abs=1e-12)
        assert figures.l == min(len(set(one)) for one in classes)
        entropy = min(sum(-share(one, value) * log(share(one, value)) for value in set(one)) for one in classes)
        assert figures.entropy_l_exact == pytest.approx(exp(entropy), abs=1e-9)
        assert exp(entropy) - 1 - 1e-9 <= figures.entropy_l <= exp(entropy) + 1e-9
        for level, bound in figures.recursive:
            falling = [sorted(Counter(one).values(), reverse=True) for one in classes]
            assert bound == pytest.approx(max(one[0] / sum(one[level - 1 :]) for one in falling))
        equal = max(sum(abs(share(one, v) - share(everything, v)) for v in values) / 2 for one in classes)
        assert figures.t_equal == pytest.approx(float(equal), abs=1e-12)
        assert figures.beta == pytest.approx(float(max((q - p) / p for q, p in pairs)), abs=1e-12)
        assert figures.delta == pytest.approx(max(abs(log(q / p)) for q, p in pairs), abs=1e-12)
        rarest = max(-log(share(everything, value)) for value in values)
        assert figures.enhanced_beta == pytest.approx(min(figures.beta, rarest), abs=1e-12)
        assert figures.enhanced_beta_holds == all((q - p) / p <= -log(p) + 1e-9 for q, p in pairs)


@settings(max_examples=200, deadline=None)
@given(rows)
def test_ordered_and_hierarchical_distances_agree_with_their_sums(lines):
    ill, pay = measure_models(table_of(lines), ["one", "two"], ["ill", "pay"], hierarchies={"ill": TREE}).sensitive
    classes, everything = classes_of(lines, 3)
    values = sorted(set(everything))
    ordered = 0
    for one in classes:
        above = list(itertools.accumulate(share(one, value) - share(everything, value) for value in values))
        ordered = max(ordered, sum(map(abs, above)) / max(len(values) - 1, 1))
    assert (pay.t_ordered or 0) == pytest.approx(float(ordered), abs=1e-12)
    assert pay.t == (pay.t_ordered or 0)
    classes, everything = classes_of(lines, 2)
    cost = max((tree_cost(one, everything) for one in classes), default=0)
    assert ill.t_hierarchical == pytest.approx(float(cost), abs=1e-12) if classes else True
    assert ill.t == ill.t_equal
    assert ill.t_ordered is None


def tree_cost(one, everything):
    """Return the cost of Li, Li, Venkatasubramanian, section 4.3, node by node from the leaves up."""
    extra = {leaf: share(one, leaf) - share(everything, leaf) for leaf in TREE.paths}
    total = Fraction(0)
    for level, name in ((1, "lung"), (1, "skin"), (2, "any")):
        children = {path[level - 1] for path in TREE.paths.values() if path[level] == name}
        above = sum(extra[child] for child in children if extra[child] > 0)
        below = -sum(extra[child] for child in children if extra[child] < 0)
        total += Fraction(level, 2) * min(above, below)
        extra[name] = above - below
    return total


def test_the_distances_of_the_paper_on_t_closeness():
    # Li, Li, Venkatasubramanian 2007: salaries 3k..11k; {3k,4k,5k} lies 0.375 from all, {6k,8k,11k} 0.167
    pay = {"who": ["a"] * 3 + ["b"] * 3 + ["c"] * 3, "pay": [3, 4, 5, 6, 8, 11, 7, 9, 10]}
    whole = measure_models(pay, ["who"], ["pay"]).sensitive[0]
    assert whole.t_ordered == pytest.approx(0.375)


def test_a_missing_cell_is_a_value_of_its_own_or_its_row_goes():
    lines = {"one": ["a", None, None], "ill": ["x", "y", "y"]}
    assert measure_models(lines, ["one"]).classes == 2
    without = measure_models(lines, ["one"], rules=Rules(missing="excluded"))
    assert (without.classes, without.rows, without.rows_excluded) == (1, 1, 2)


def test_suppressed_rows_are_left_out_unless_asked_for():
    lines = {"one": ["a", "a", "*"], "two": ["b", "b", "*"]}
    assert measure_models(lines, ["one", "two"]).k == 2
    assert measure_models(lines, ["one", "two"], rules=Rules(suppressed="counted")).k == 1


def test_classes_are_counted_in_persons_where_a_column_tells_them_apart():
    lines = {"one": ["a", "a", "b", "b"], "who": [1, 1, 2, 3]}
    assert measure_models(lines, ["one"]).k == 2
    assert measure_models(lines, ["one"], rules=Rules(person="who")).k == 1


def test_weights_count_as_rows():
    lines = {"one": ["a", "b", "a"], "ill": ["x", "y", "y"], "rows": [3, 2, 1]}
    spread = {"one": ["a"] * 3 + ["b"] * 2 + ["a"], "ill": ["x"] * 3 + ["y"] * 3}
    assert measure_models(lines, ["one"], ["ill"], rules=Rules(weight="rows")).sensitive == (
        measure_models(spread, ["one"], ["ill"]).sensitive
    )


def test_who_knows_the_other_sensitive_columns_has_smaller_classes():
    lines = {"one": ["a"] * 4, "ill": ["x", "x", "y", "y"], "pay": [1, 1, 2, 3]}
    free = measure_models(lines, ["one"], ["ill", "pay"])
    known = measure_models(lines, ["one"], ["ill", "pay"], rules=Rules(others_known=True))
    assert [one.l for one in free.sensitive] == [2, 3]
    assert [one.l for one in known.sensitive] == [1, 1]
    assert free.k == known.k == 4


def test_a_population_gives_k_map_and_presence():
    table = {"age": ["3*", "3*", "4*"]}
    population = {"age": ["3*", "3*", "3*", "4*", "4*", "5*"]}
    found = measure_models(table, ["age"], population=population)
    assert found.k_map == 2
    assert found.delta_presence == (0.0, pytest.approx(2 / 3))
    inside = measure_models(table, ["age"], population={"age": population["age"][:5]})
    assert inside.delta_presence == (0.5, pytest.approx(2 / 3))


person_lines = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(30, 35), st.integers(0, 5)), min_size=1, max_size=16
)


@settings(max_examples=100, deadline=None)
@given(person_lines, person_lines, st.booleans())
def test_persons_of_a_population_are_counted_once(lines, others, by_label):
    everybody = lines + [(town, age, who + 6) for town, age, who in others]
    shown = [(town, f"[{age // 3 * 3},{age // 3 * 3 + 2}]" if by_label else str(age), who) for town, age, who in lines]

    def told(found):
        return {name: [line[at] for line in found] for at, name in enumerate(("town", "age", "who"))}

    rules = Rules(person="who", labelled=frozenset({"age"} if by_label else ()))
    population = told([(town, age if by_label else str(age), who) for town, age, who in everybody])
    found = measure_models(told(shown), ["town", "age"], population=population, rules=rules)
    near = 3 if by_label else 1
    fits = {
        label: {who for town, age, who in everybody if (town, age // near) == (label[0], own)}
        for label, own in {((item[0], item[1]), line[1] // near) for item, line in zip(shown, lines, strict=True)}
    }
    inside = {label: {item[2] for item in shown if item[:2] == label} for label in fits}
    shares = [len(inside[label]) / len(fits[label]) for label in fits]
    is_out = any(not any(who in own for own in fits.values()) for _, _, who in everybody) or any(
        (town, age // near)
        not in {(label[0], line[1] // near) for label, line in zip([item[:2] for item in shown], lines, strict=True)}
        for town, age, _ in everybody
    )
    assert found.k_map == min(map(len, fits.values()))
    assert found.delta_presence == (pytest.approx(0.0 if is_out else min(shares)), pytest.approx(max(shares)))


def test_labels_are_held_against_the_values_of_a_population():
    table = {"age": ["[30,39]", "[30,39]", "*"], "town": ["Korea", "Korea", "Lyon"]}
    towns = make_hierarchy("town", [("Seoul", "Korea", "*"), ("Busan", "Korea", "*"), ("Lyon", "France", "*")])
    population = {"age": [31, 35, 39, 41, 50], "town": ["Seoul", "Busan", "Seoul", "Lyon", "Lyon"]}
    rules = Rules(labelled=frozenset({"age", "town"}))
    found = measure_models(table, ["age", "town"], population=population, hierarchies={"town": towns}, rules=rules)
    assert found.k_map == 2
    assert found.delta_presence == (0.5, pytest.approx(2 / 3))


@pytest.mark.parametrize("count", [1, 5])
def test_a_table_of_one_value_gives_nothing_away(count):
    found = measure_models({"one": ["a"] * count, "ill": ["x"] * count}, ["one"], ["ill"])
    (ill,) = found.sensitive
    assert (found.k, ill.l, ill.entropy_l, ill.t, ill.beta, ill.delta) == (count, 1, 1, 0, 0, 0)
    assert ill.enhanced_beta_holds


def test_a_table_without_rows_has_k_0():
    empty = pa.table({"one": pa.array([], pa.string()), "ill": pa.array([], pa.int64())})
    found = measure_models(empty, ["one"], ["ill"])
    assert (found.k, found.classes, found.sensitive[0].l) == (0, 0, 0)


def test_forty_quasi_identifiers_are_packed_without_overflow():
    names = [f"column {number}" for number in range(40)]
    lines = {name: [row * (place + 1) % 11 for row in range(200)] for place, name in enumerate(names)}
    brute = Counter(zip(*lines.values(), strict=True))
    assert measure_models(lines, names).k == min(brute.values())
    assert measure_models(lines, names).classes == len(brute)


def test_a_column_of_as_many_values_as_rows_stays_small():
    lines = {"one": [row // 5 for row in range(50_000)], "pay": list(range(50_000))}
    (pay,) = measure_models(lines, ["one"], ["pay"]).sensitive
    assert pay.t_equal == pytest.approx(1 - 5 / 50_000)
    assert pay.l == 5


@pytest.mark.parametrize(
    ("quasi", "sensitive", "says"),
    [(["none"], [], "no column `none`"), (["one"], ["one"], "at once"), (["one", "one"], [], "twice")],
)
def test_columns_that_make_no_sense_are_refused(quasi, sensitive, says):
    with pytest.raises(InputError, match=says):
        measure_models({"one": ["a"], "two": ["b"]}, quasi, sensitive)


def test_a_hierarchy_that_lacks_a_value_is_refused():
    with pytest.raises(InputError, match="lacks 1 values"):
        measure_models({"one": ["a"], "ill": ["gout"]}, ["one"], ["ill"], hierarchies={"ill": TREE})


def test_what_is_no_table_is_refused():
    with pytest.raises(InputError, match="is no table"):
        measure_models(3, ["one"])


def test_the_bound_with_rising_counts_is_that_of_pycanon():
    # pyCANON 1.3.5 gives (2, 2) here: floor(1 / 1 + 1) for the class of one of each
    lines = {"one": ["a", "a", "b", "b", "b"], "ill": ["x", "y", "x", "x", "y"]}
    (ill,) = measure_models(lines, ["one"], ["ill"]).sensitive
    assert ill.recursive_c_rising == 2
    assert ill.recursive == ((1, pytest.approx(2 / 3)), (2, 2.0))
    assert inf not in dict(ill.recursive).values()


def test_a_distance_is_never_below_nothing():
    found = measure_models({"a": ["x"] * 3, "b": [None, None, 1]}, ["a"], ["b"]).sensitive[0]
    assert found.t == 0
    assert not str(found.t).startswith("-")
