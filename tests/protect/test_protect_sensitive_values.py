"""Recoding within models on sensitive columns: every released class holds, counted by hand."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.protect import combinations, kanonymity
from lockgate.protect.frontier import Trial, find_frontier
from lockgate.protect.planning import AtHand, needs_of, settings
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy, make_hierarchy
from lockgate.terms.privacy_model import (
    BetaLikeness,
    DistinctDiversity,
    EntropyDiversity,
    GroundDistance,
    KMap,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)

Row = tuple[str, str, str | None]

ILLNESSES = make_hierarchy("ill", [("flu", "lung", "*"), ("cold", "lung", "*"), ("ulcer", "stomach", "*")])
QUASI = ("age", "town")


def classes_of(
    rows: Sequence[Row], k: int, models: Sequence[PrivacyModel], persons: Sequence[int] | None = None
) -> list[int]:
    """Return the class of each row; -1 where it is suppressed."""
    batch = pa.record_batch([pa.array(list(c), pa.string()) for c in zip(*rows, strict=True)], ["age", "town", "ill"])
    keys = None if persons is None else np.array([(who, who % 3) for who in persons], dtype=np.uint64)
    table = combinations.fold(batch, ["age", "town", "ill"], keys)
    hierarchies: dict[str, Hierarchy] = {"ill": ILLNESSES}
    question = kanonymity.Question(QUASI, k, hierarchies, 0.0, models=tuple(models))
    recoding = kanonymity.solve(table, question)
    return kanonymity.classes_of(batch, recoding).tolist()


def held(rows: Sequence[Row], classes: Sequence[int], persons: Sequence[int] | None = None) -> list[Counter]:
    """Return for each class the persons by illness, nobody counted twice."""
    found: dict[int, set[tuple[int, str | None]]] = defaultdict(set)
    for place, (row, number) in enumerate(zip(rows, classes, strict=True)):
        if number >= 0:
            found[number].add((place if persons is None else persons[place], row[2]))
    return [Counter(ill for _, ill in pairs) for pairs in found.values()]


def satisfies(model: PrivacyModel, one: Counter, whole: Counter) -> bool:
    share, table = ({v: n / c.total() for v, n in c.items()} for c in (one, whole))
    match model:
        case DistinctDiversity():
            return len(one) >= model.l
        case EntropyDiversity():
            return -sum(p * log(p) for p in share.values()) >= log(model.l) - 1e-9
        case RecursiveDiversity():
            falling = sorted(one.values(), reverse=True)
            return falling[0] < model.c * sum(falling[model.l - 1 :])
        case TCloseness():
            return sum(abs(share.get(v, 0) - p) for v, p in table.items()) / 2 <= model.t + 1e-9
        case BetaLikeness():
            return all((p - table[v]) / table[v] <= model.beta + 1e-9 for v, p in share.items())
        case _:
            raise AssertionError


ages = st.integers(20, 60).map(str)
rows_of = st.lists(
    st.tuples(ages, st.sampled_from(["Seoul", "Lyon"]), st.sampled_from(["flu", "cold", "ulcer", None])),
    min_size=4,
    max_size=40,
)
models_of = st.sampled_from(
    [
        DistinctDiversity("ill", 2),
        DistinctDiversity("ill", 3),
        EntropyDiversity("ill", 1.8),
        RecursiveDiversity("ill", 2, 2.0),
        TCloseness("ill", 0.3),
        BetaLikeness("ill", 1.0),
    ]
)


@given(rows_of, models_of, st.integers(1, 4))
def test_every_released_class_satisfies_the_model(rows: list[Row], model: PrivacyModel, k: int) -> None:
    whole = Counter(row[2] for row in rows)
    if not satisfies(model, whole, whole):
        with pytest.raises(InputError, match="the whole table does not satisfy"):
            classes_of(rows, k, [model])
        return
    classes = classes_of(rows, k, [model])
    assert all(one.total() >= k and satisfies(model, one, whole) for one in held(rows, classes))


@given(rows_of, models_of, st.lists(st.integers(0, 9), min_size=40, max_size=40))
def test_every_released_class_satisfies_the_model_where_persons_repeat(
    rows: list[Row], model: PrivacyModel, people: list[int]
) -> None:
    persons = people[: len(rows)]
    (whole,) = held(rows, [0] * len(rows), persons)
    if len(set(persons)) < 2 or not satisfies(model, whole, whole):
        return
    classes = classes_of(rows, 2, [model], persons)
    assert all(satisfies(model, one, whole) for one in held(rows, classes, persons))


def test_classes_are_split_as_far_as_the_model_allows() -> None:
    rows: list[Row] = [(str(20 + n), "Seoul", ("flu", "cold")[n % 2]) for n in range(8)]
    assert max(classes_of(rows, 2, [DistinctDiversity("ill", 2)])) == 3
    same_side: list[Row] = [(str(20 + n), "Seoul", "flu" if n < 4 else "cold") for n in range(8)]
    assert max(classes_of(same_side, 2, [])) == 3
    assert max(classes_of(same_side, 2, [DistinctDiversity("ill", 2)])) == 0


def test_distances_are_measured_in_the_hierarchy_of_the_sensitive_column() -> None:
    rows: list[Row] = [("20", "Seoul", "flu"), ("20", "Seoul", "cold"), ("50", "Lyon", "flu"), ("50", "Lyon", "cold")]
    near = TCloseness("ill", 0.25, GroundDistance.HIERARCHICAL)
    assert max(classes_of(rows, 1, [near])) == 1
    with pytest.raises(InputError, match="does not cover") as caught:
        classes_of([*rows, ("50", "Lyon", "rare secret")], 1, [near])
    assert "secret" not in str(caught.value)


def test_what_cannot_be_brought_about_is_told_by_model_and_column() -> None:
    rows: list[Row] = [("20", "Seoul", "flu"), ("30", "Seoul", "flu")]
    with pytest.raises(InputError, match="does not satisfy distinct-l-diversity of column `ill`"):
        classes_of(rows, 1, [DistinctDiversity("ill", 2)])
    with pytest.raises(InputError, match="there is none"):
        classes_of(rows, 1, [KMap(2)])


def test_a_model_on_a_column_that_was_not_folded_is_refused() -> None:
    batch = pa.record_batch([pa.array(["20", "30"]), pa.array(["Seoul", "Lyon"])], ["age", "town"])
    question = kanonymity.Question(QUASI, 1, {}, 0.0, models=(DistinctDiversity("ill", 2),))
    with pytest.raises(InputError, match="names column `ill`, which the copy would not have"):
        kanonymity.solve(combinations.fold(batch, QUASI, None), question)


def test_a_frontier_weighs_models_too() -> None:
    rows: list[Row] = [(str(20 + n), ("Seoul", "Lyon")[n % 3 == 0], "flu" if n < 15 else "cold") for n in range(30)]
    batch = pa.record_batch([pa.array(list(c), pa.string()) for c in zip(*rows, strict=True)], ["age", "town", "ill"])
    table = combinations.fold(batch, ["age", "town", "ill"], None)
    needs = needs_of([], 3)
    tried = settings(needs, (), AtHand(QUASI, sensitive=("ill",)))
    points = find_frontier(table, tried, Trial(QUASI, ("ill",), {}, 0.0, needs))
    plain = next(p for p in points if p.setting.k == 3 and not p.setting.models and not p.setting.left_out)
    diverse = next(p for p in points if p.setting.models)
    assert diverse.guessed < plain.guessed
    assert diverse.loss > plain.loss
    assert diverse.is_unbeaten
