"""Privacy models held against their definitions, on the tables of the papers and on all small ones."""

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import log
from operator import mul

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect import compiled_models
from lockgate.protect.models import Requirement, count_classes, is_monotone, make_requirement
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy, make_hierarchy
from lockgate.terms.privacy_model import (
    BetaLikeness,
    DeltaPresence,
    DistinctDiversity,
    EntropyDiversity,
    GroundDistance,
    KAnonymity,
    KMap,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)

# Machanavajjhala et al. 2007, figures 2 and 3: the condition of the twelve inpatients, class by class
FOUR_ANONYMOUS = [
    ["heart", "heart", "viral", "viral"],
    ["cancer", "heart", "viral", "viral"],
    ["cancer", "cancer", "cancer", "cancer"],
]
THREE_DIVERSE = [
    ["heart", "viral", "cancer", "cancer"],
    ["cancer", "heart", "viral", "viral"],
    ["heart", "viral", "cancer", "cancer"],
]

# Li et al. 2007, table 3 in the classes of table 4 (by rows of three), and the hierarchy of diseases of its figure
SALARIES = [["3000", "4000", "5000"], ["6000", "11000", "8000"], ["7000", "9000", "10000"]]
DISEASES = [
    ["gastric ulcer", "gastritis", "stomach cancer"],
    ["gastritis", "flu", "bronchitis"],
    ["bronchitis", "pneumonia", "stomach cancer"],
]
DISEASE_TREE = make_hierarchy(
    "disease",
    [
        ("flu", "respiratory infection", "respiratory", "*"),
        ("pneumonia", "respiratory infection", "respiratory", "*"),
        ("bronchitis", "respiratory infection", "respiratory", "*"),
        ("pulmonary edema", "vascular lung disease", "respiratory", "*"),
        ("pulmonary embolism", "vascular lung disease", "respiratory", "*"),
        ("gastric ulcer", "stomach disease", "digestive", "*"),
        ("stomach cancer", "stomach disease", "digestive", "*"),
        ("gastritis", "stomach disease", "digestive", "*"),
        ("colitis", "colon disease", "digestive", "*"),
        ("colon cancer", "colon disease", "digestive", "*"),
    ],
)

LETTERS = make_hierarchy("s", [("a", "ab", "*"), ("b", "ab", "*"), ("c", "cd", "*"), ("d", "cd", "*"), ("e", "e", "*")])


def compiled(
    model: PrivacyModel, classes: Sequence[Sequence[str | None]], hierarchy: Hierarchy | None = None
) -> tuple[Requirement, np.ndarray, np.ndarray]:
    """Return a model compiled over the table that some classes make up, with their persons and histograms."""
    column = getattr(model, "column", "s")
    table = Counter(value for one in classes for value in one)
    requirement = make_requirement([model], {column: table}, {} if hierarchy is None else {column: hierarchy})
    number = np.repeat(np.arange(len(classes)), [len(one) for one in classes])
    texts = pa.array([value for one in classes for value in one], pa.string())
    counts = count_classes(requirement, number, {column: texts})
    return requirement, counts.persons, counts.histograms


def held(
    model: PrivacyModel, classes: Sequence[Sequence[str | None]], hierarchy: Hierarchy | None = None
) -> list[bool]:
    """Return which classes hold."""
    requirement, persons, histograms = compiled(model, classes, hierarchy)
    return requirement.holds(persons, histograms).tolist()


def distance_of(
    classes: Sequence[Sequence[str]], distance: GroundDistance, number: int, hierarchy: Hierarchy | None = None
) -> float:
    """Return the t from which on a class holds, by halving."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        holds = held(TCloseness("s", middle, distance), classes, hierarchy)[number]
        low, high = (low, middle) if holds else (middle, high)
    return high


def test_the_four_anonymous_inpatients_are_not_diverse_and_the_three_diverse_ones_are() -> None:
    assert held(KAnonymity(4), FOUR_ANONYMOUS) == [True, True, True]
    assert held(KAnonymity(5), FOUR_ANONYMOUS) == [False, False, False]
    assert held(DistinctDiversity("s", 2), FOUR_ANONYMOUS) == [True, True, False]
    assert held(DistinctDiversity("s", 3), THREE_DIVERSE) == [True, True, True]
    assert held(DistinctDiversity("s", 4), THREE_DIVERSE) == [False, False, False]


def test_the_three_diverse_inpatients_are_entropy_diverse_up_to_the_root_of_eight() -> None:
    # shares 1/2, 1/4, 1/4: entropy 1.5 log 2 = log 2.828...
    assert held(EntropyDiversity("s", 2.828), THREE_DIVERSE) == [True, True, True]
    assert held(EntropyDiversity("s", 2.8285), THREE_DIVERSE) == [False, False, False]


def test_the_recursive_bound_excludes_equality() -> None:
    # counts 2, 1, 1: 2 < c (1 + 1) only above c = 1
    assert held(RecursiveDiversity("s", 2, 1.0), THREE_DIVERSE) == [False, False, False]
    assert held(RecursiveDiversity("s", 2, 1.01), THREE_DIVERSE) == [True, True, True]
    # a bound that binary fractions cannot write: 0.1 times 30 reads as more than 3
    assert held(RecursiveDiversity("s", 1, 0.1), [["a"] * 3 + [f"{n}" for n in range(27)]]) == [False]


@pytest.mark.parametrize("values", [2, 3, 5, 7, 10, 97])
def test_equal_shares_of_l_values_have_exactly_the_entropy_of_l(values: int) -> None:
    even = [f"{n}" for n in range(values)] * 3
    assert held(EntropyDiversity("s", values), [even]) == [True]
    assert held(EntropyDiversity("s", values + 1e-6), [even]) == [False]


def test_the_salaries_are_as_far_from_the_table_as_the_paper_says() -> None:
    assert distance_of(SALARIES, GroundDistance.ORDERED, 0) == pytest.approx(0.375, abs=1e-8)
    assert distance_of(SALARIES, GroundDistance.ORDERED, 1) == pytest.approx(1 / 6, abs=1e-8)


def test_salaries_are_ordered_as_numbers_and_a_border_holds() -> None:
    assert held(TCloseness("s", 0.375, GroundDistance.ORDERED), SALARIES)[0]
    assert not held(TCloseness("s", 0.37499, GroundDistance.ORDERED), SALARIES)[0]


def test_diseases_are_moved_along_their_tree() -> None:
    # class 1 holds digestive diseases only: 4/9 must come across the root, nothing within
    assert distance_of(DISEASES, GroundDistance.HIERARCHICAL, 0, DISEASE_TREE) == pytest.approx(4 / 9, abs=1e-8)
    near = [["flu"], ["bronchitis"]]
    assert distance_of(near, GroundDistance.HIERARCHICAL, 0, DISEASE_TREE) == pytest.approx(1 / 6, abs=1e-8)
    far = [["flu"], ["pulmonary embolism"]]
    assert distance_of(far, GroundDistance.HIERARCHICAL, 0, DISEASE_TREE) == pytest.approx(2 / 6, abs=1e-8)
    farthest = [["flu"], ["stomach cancer"]]
    assert distance_of(farthest, GroundDistance.HIERARCHICAL, 0, DISEASE_TREE) == pytest.approx(3 / 6, abs=1e-8)


def test_a_gain_of_exactly_beta_holds() -> None:
    # share 1/10 in the table, 1/2 in the class: gain 4
    classes = [["hiv", "flu"], ["flu"] * 17 + ["hiv"]]
    assert held(BetaLikeness("s", 4.0), classes)[0]
    assert not held(BetaLikeness("s", 3.99), classes)[0]
    # the enhanced bound is -ln(0.1) = 2.303 whatever beta
    assert not held(BetaLikeness("s", 4.0, enhanced=True), classes)[0]


def test_populations_bound_chances_and_classes() -> None:
    persons, population = np.array([2, 1, 0, 3]), np.array([4, 10, 5, 2])
    none = np.zeros((4, 0), dtype=np.int64)
    presence = make_requirement([DeltaPresence(0.1, 0.5)], {}, {})
    assert presence.holds(persons, none, population).tolist() == [True, True, False, False]
    assert make_requirement([DeltaPresence(0, 0.5)], {}, {}).holds(persons, none, population).tolist()[2]
    k_map = make_requirement([KMap(5)], {}, {})
    assert k_map.holds(persons, none, population).tolist() == [False, True, True, False]
    assert k_map.needs_population
    with pytest.raises(InputError, match="population"):
        k_map.holds(persons, none)


def test_null_is_a_value_of_its_own() -> None:
    assert held(DistinctDiversity("s", 2), [["a", None], ["a", "a"], [None, None]]) == [True, False, False]
    # below the root, so as far as can be from everything
    assert distance_of([["a"], [None]], GroundDistance.HIERARCHICAL, 0, LETTERS) == pytest.approx(0.5, abs=1e-8)


def test_trees_without_a_common_root_have_one_above_all() -> None:
    forest = make_hierarchy("s", [("a", "x"), ("b", "x"), ("c", "y")])
    assert distance_of([["a"], ["c"]], GroundDistance.HIERARCHICAL, 0, forest) == pytest.approx(0.5, abs=1e-8)
    assert distance_of([["a"], ["b"]], GroundDistance.HIERARCHICAL, 0, forest) == pytest.approx(0.25, abs=1e-8)


def test_what_cannot_be_measured_is_refused_by_column() -> None:
    with pytest.raises(InputError, match="neither numbers nor days"):
        make_requirement([TCloseness("s", 0.1, GroundDistance.ORDERED)], {"s": {"x": 1, "7": 1}}, {})
    with pytest.raises(InputError, match="no hierarchy"):
        make_requirement([TCloseness("s", 0.1, GroundDistance.HIERARCHICAL)], {"s": {"a": 1}}, {})
    with pytest.raises(InputError, match="`s` has 1 distinct values") as caught:
        make_requirement([TCloseness("s", 0.1, GroundDistance.HIERARCHICAL)], {"s": {"secret": 1}}, {"s": LETTERS})
    assert "secret" not in str(caught.value)
    with pytest.raises(InputError, match="not among the sensitive"):
        make_requirement([DistinctDiversity("other", 2)], {"s": {"a": 1}}, {})
    requirement = make_requirement([DistinctDiversity("s", 2)], {"s": {"a": 1}}, {})
    with pytest.raises(InputError, match="`s` holds 1 values"):
        count_classes(requirement, np.array([0, 0]), {"s": pa.array(["a", "new"])})


def test_a_person_counts_once_in_a_class_and_once_at_each_value() -> None:
    requirement = make_requirement([KAnonymity(2), DistinctDiversity("s", 2)], {"s": {"a": 2, "b": 1}}, {})
    classes, person = np.array([0, 0, 0, 1, -1]), np.array([7, 7, 7, 7, 1])
    counts = count_classes(requirement, classes, {"s": pa.array(["a", "a", "b", "a", "b"])}, person)
    assert counts.persons.tolist() == [1, 1]
    assert counts.histograms.tolist() == [[1, 1], [1, 0]]
    assert requirement.holds(counts.persons, counts.histograms).tolist() == [False, False]


def test_several_models_and_columns_must_all_hold() -> None:
    models = [KAnonymity(2), DistinctDiversity("x", 2), DistinctDiversity("y", 2)]
    requirement = make_requirement(models, {"x": {"a": 3, "b": 1}, "y": {"u": 2, "v": 2}}, {})
    columns = {"x": pa.array(["a", "b", "a", "a"]), "y": pa.array(["u", "v", "u", "v"])}
    counts = count_classes(requirement, np.array([0, 0, 1, 1]), columns)
    assert requirement.holds(counts.persons, counts.histograms).tolist() == [True, False]
    assert requirement.start.tolist() == [0, 2, 4]


def test_what_the_whole_table_fails_nothing_brings_about() -> None:
    models = [KAnonymity(3), DistinctDiversity("s", 3), TCloseness("s", 0.0)]
    requirement = make_requirement(models, {"s": {"a": 1, "b": 1}}, {})
    assert requirement.unmet(2) == tuple(models[:2])
    assert requirement.least_persons == 3
    assert make_requirement([], {}, {}).unmet(0) == ()


def test_only_sizes_and_distinct_values_let_search_prune_where_rows_are_suppressed() -> None:
    assert is_monotone([TCloseness("s", 0.1), KAnonymity(2)], suppressing=False)
    assert is_monotone([DistinctDiversity("s", 2), KAnonymity(2)], suppressing=True)
    assert not is_monotone([TCloseness("s", 0.1), KAnonymity(2)], suppressing=True)
    assert not is_monotone([EntropyDiversity("s", 2)], suppressing=False, persons_repeat=True)


# From here on: every model against its definition, in fractions


def entropy_holds(model: EntropyDiversity, one: Counter, table: Counter) -> bool:
    total = one.total()
    return -sum(n / total * log(n / total) for n in one.values()) >= log(model.l) - 1e-9


def recursive_holds(model: RecursiveDiversity, one: Counter, table: Counter) -> bool:
    counts = sorted(one.values(), reverse=True)
    return counts[0] < Fraction(str(model.c)) * sum(counts[model.l - 1 :])


def likeness_holds(model: BetaLikeness, one: Counter, table: Counter) -> bool:
    for value, count in one.items():
        p, q = Fraction(table[value], table.total()), Fraction(count, one.total())
        bound = min(model.beta, -log(p)) if model.enhanced else model.beta
        if (q - p) / p > bound + 1e-9:
            return False
    return True


def closeness_holds(model: TCloseness, one: Counter, table: Counter) -> bool:
    values = tuple(sorted(table))
    gap = [Fraction(one[value], one.total()) - Fraction(table[value], table.total()) for value in values]
    worth = (sum(map(mul, potential, gap)) for potential in potentials(model.distance, values))
    return max(worth) <= Fraction(str(model.t)) + Fraction(1, 10**9)


@cache
def potentials(distance: GroundDistance, values: tuple[str, ...]) -> list[tuple[Fraction, ...]]:
    """Return what is enough of the functions that rise nowhere faster than the distance.

    The least cost of moving one distribution onto another is the greatest difference of the means of such a function
    (Kantorovich, Rubinstein); it is reached at one whose values are whole multiples of the unit of the distance.
    """
    last = max(len(values) - 1, 1)
    unit = {GroundDistance.EQUAL: 1, GroundDistance.ORDERED: last, GroundDistance.HIERARCHICAL: 2}[distance]

    def apart(a: int, b: int) -> int:
        if distance is GroundDistance.HIERARCHICAL:
            paths = LETTERS.paths[values[a]], LETTERS.paths[values[b]]
            return next(level for level in range(3) if paths[0][level] == paths[1][level])
        return abs(a - b) if distance is GroundDistance.ORDERED else 1

    pairs = [(a, b, apart(a, b)) for a, b in combinations(range(len(values)), 2)]
    return [
        tuple(Fraction(step, unit) for step in steps)
        for steps in product(range(unit + 1), repeat=len(values))
        if all(abs(steps[a] - steps[b]) <= most for a, b, most in pairs)
    ]


DEFINITIONS: dict[type, Callable[..., bool]] = {
    KAnonymity: lambda model, one, table: one.total() >= model.k,
    DistinctDiversity: lambda model, one, table: len(one) >= model.l,
    EntropyDiversity: entropy_holds,
    RecursiveDiversity: recursive_holds,
    TCloseness: closeness_holds,
    BetaLikeness: likeness_holds,
}

TENTHS = st.integers(0, 10).map(lambda n: n / 10)
MODELS = st.one_of(
    st.integers(1, 6).map(KAnonymity),
    st.integers(1, 4).map(lambda n: DistinctDiversity("s", n)),
    st.sampled_from([1.0, 1.5, 2.0, 3.0, 4.0]).map(lambda n: EntropyDiversity("s", n)),
    st.builds(RecursiveDiversity, st.just("s"), st.integers(1, 4), st.sampled_from([0.1, 0.5, 1.0, 1.5, 3.0])),
    st.builds(TCloseness, st.just("s"), TENTHS, st.sampled_from(list(GroundDistance))),
    st.builds(BetaLikeness, st.just("s"), st.sampled_from([0.2, 0.5, 1.0, 2.0, 4.0]), st.booleans()),
)
TABLES = st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=8), min_size=1, max_size=4)


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
    """Return the compiled check before the compiler has seen it."""
    for name, value in vars(compiled_models).items():
        if hasattr(value, "py_func"):
            monkeypatch.setattr(compiled_models, name, value.py_func)
    return compiled_models.class_holds


@settings(max_examples=400, deadline=None)
@given(model=MODELS, classes=TABLES)
def test_a_class_holds_exactly_by_the_definition(model: PrivacyModel, classes: list[list[str]]) -> None:
    table = Counter(value for one in classes for value in one)
    expected = [DEFINITIONS[type(model)](model, Counter(one), table) for one in classes]
    assert held(model, classes, LETTERS) == expected


def _answers(check: Callable[..., bool], model: PrivacyModel, classes: list[list[str]]) -> tuple[list, list]:
    requirement, persons, histograms = compiled(model, classes, LETTERS)
    population = persons * 3
    one_by_one = [bool(check(requirement.arrays, *one)) for one in zip(persons, population, histograms, strict=True)]
    return one_by_one, requirement.holds(persons, histograms, population).tolist()


POPULATION_MODELS = st.one_of(
    MODELS, st.integers(1, 12).map(KMap), st.sampled_from([DeltaPresence(0.2, 0.4), DeltaPresence(0.4, 1.0)])
)


def test_one_class_alone_gets_the_same_answer(interpreted: Callable[..., bool]) -> None:
    @settings(max_examples=400, deadline=None)
    @given(model=POPULATION_MODELS, classes=TABLES)
    def answers_agree(model: PrivacyModel, classes: list[list[str]]) -> None:
        one_by_one, together = _answers(interpreted, model, classes)
        assert one_by_one == together

    answers_agree()


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(model=POPULATION_MODELS, classes=TABLES)
def test_one_class_alone_gets_the_same_answer_compiled(model: PrivacyModel, classes: list[list[str]]) -> None:
    one_by_one, together = _answers(compiled_models.class_holds, model, classes)
    assert one_by_one == together


@settings(max_examples=300, deadline=None)
@given(model=MODELS, classes=TABLES)
def test_uniting_classes_that_hold_gives_one_that_holds(model: PrivacyModel, classes: list[list[str]]) -> None:
    requirement, persons, histograms = compiled(model, classes, LETTERS)
    if requirement.holds(persons, histograms).all():
        whole = requirement.holds(persons.sum(keepdims=True), histograms.sum(axis=0, keepdims=True))
        assert whole.all()


@settings(max_examples=300, deadline=None)
@given(model=MODELS, classes=TABLES)
def test_where_pruning_is_safe_with_suppression_a_class_that_holds_takes_any_other(
    model: PrivacyModel, classes: list[list[str]]
) -> None:
    requirement, persons, histograms = compiled(model, classes, LETTERS)
    if is_monotone([model], suppressing=True) and requirement.holds(persons, histograms).any():
        assert requirement.holds(persons.sum(keepdims=True), histograms.sum(axis=0, keepdims=True)).all()


@settings(max_examples=300, deadline=None)
@given(model=MODELS, classes=TABLES)
def test_no_class_below_the_least_number_of_persons_holds(model: PrivacyModel, classes: list[list[str]]) -> None:
    requirement, persons, histograms = compiled(model, classes, LETTERS)
    small = persons < requirement.least_persons
    assert not requirement.holds(persons, histograms)[small].any()
