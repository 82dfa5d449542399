"""Every model that a plan promises is counted anew, by persons, against the whole source; what is not kept fails."""

from collections import defaultdict
from fractions import Fraction
from math import exp, log

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.terms.hierarchy import make_hierarchy
from lockgate.terms.privacy_model import (
    BetaLikeness,
    DeltaPresence,
    DistinctDiversity,
    EntropyDiversity,
    GroundDistance,
    KAnonymity,
    KMap,
    RecursiveDiversity,
    TCloseness,
)
from lockgate.verify import fold, promises
from lockgate.verify.population import Presence

ILLS = make_hierarchy("ill", [("flu", "lung", "*"), ("cold", "lung", "*"), ("burn", "skin", "*")])
lines = st.lists(
    st.tuples(
        st.sampled_from(["[1,2]", "3", "*"]),
        st.sampled_from(["flu", "cold", "burn", None]),
        st.integers(0, 4),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


def evidence_of(table, *, by_person, k=1):
    """Return the evidence of lines of a label, a value, a person, and whether the row was released."""
    released = [line for line in table if line[3]]
    parts = [[], []]
    for at in range(0, max(len(table), 1), 4):
        for number, rows in enumerate((released[at : at + 4], table[at : at + 4])):
            original = pa.record_batch({"ill": pa.array([line[1] for line in rows], pa.string())})
            labels = pa.record_batch({"age": pa.array([line[0] for line in rows], pa.string())})
            persons = np.array([(0, line[2]) for line in rows], np.uint64).reshape(-1, 2) if by_person else None
            if number:
                parts[1].append(fold.fold_source_values(original, persons, ["ill"]))
            else:
                parts[0].append(fold.fold_values(labels, original, persons, (["age"], ["ill"])))
    merged = [fold.merge(part[::-1]) for part in parts]
    return promises.Evidence(*merged, frozenset({"age"}), k, hierarchies={"ill": ILLS})


def histograms(table, *, by_person):
    """Return persons by value of each class, and of the source."""
    classes, whole = defaultdict(lambda: defaultdict(set)), defaultdict(set)
    for at, (label, value, person, is_released) in enumerate(table):
        who = person if by_person else at
        whole[value].add(who)
        if is_released and label != "*":
            classes[label][value].add(who)
    return [{value: len(who) for value, who in one.items()} for one in classes.values()], {
        value: len(who) for value, who in whole.items()
    }


def shares(one):
    total = sum(one.values())
    return defaultdict(Fraction, {value: Fraction(count, total) for value, count in one.items()})


def one_check(model, evidence):
    (check,) = promises.solve([model], evidence)
    return check


@settings(max_examples=200, deadline=None)
@given(lines, st.booleans())
def test_every_model_of_a_column_agrees_with_its_definition(table, by_person):
    evidence = evidence_of(table, by_person=by_person)
    classes, whole = histograms(table, by_person=by_person)
    if not classes:
        assert one_check(DistinctDiversity("ill", 9), evidence).ok
        return
    least = min(map(len, classes))
    assert one_check(DistinctDiversity("ill", least), evidence).ok
    assert not one_check(DistinctDiversity("ill", least + 1), evidence).ok
    entropy = min(exp(-sum(float(q) * log(q) for q in shares(one).values())) for one in classes)
    assert one_check(EntropyDiversity("ill", entropy), evidence).ok
    assert not one_check(EntropyDiversity("ill", entropy + 1e-6), evidence).ok
    falling = [sorted(one.values(), reverse=True) for one in classes]
    ratio = max(one[0] / sum(one[least - 1 :]) for one in falling)
    assert not one_check(RecursiveDiversity("ill", least, ratio), evidence).ok
    assert one_check(RecursiveDiversity("ill", least, ratio + 1e-6), evidence).ok
    assert not one_check(RecursiveDiversity("ill", least + 1, 10**6), evidence).ok
    p = shares(whole)
    t = float(max(sum(abs(shares(one)[value] - p[value]) for value in whole) / 2 for one in classes))
    assert one_check(TCloseness("ill", t), evidence).ok
    assert t == 0 or not one_check(TCloseness("ill", t - 1e-6), evidence).ok
    beta = max(float(max(q / p[value] for value, q in shares(one).items())) for one in classes) - 1
    assert one_check(BetaLikeness("ill", beta + 1e-12), evidence).ok
    assert beta <= 1e-6 or not one_check(BetaLikeness("ill", beta - 1e-6), evidence).ok
    rare = all(float(q / p[value]) - 1 <= -log(p[value]) + 1e-9 for one in classes for value, q in shares(one).items())
    assert one_check(BetaLikeness("ill", beta + 1, enhanced=True), evidence).ok == rare


@settings(max_examples=100, deadline=None)
@given(lines)
def test_ordered_and_hierarchical_closeness_follow_the_hierarchy(table):
    evidence = evidence_of(table, by_person=False)
    classes, whole = histograms(table, by_person=False)
    p = shares(whole)
    order = [value for value in (*ILLS.paths, None) if value in whole]
    worst_order = worst_tree = Fraction(0)
    for one in classes:
        q, above, total = shares(one), Fraction(0), Fraction(0)
        for value in order:
            above += q[value] - p[value]
            total += abs(above)
        worst_order = max(worst_order, total / max(len(order) - 1, 1))
        lung = [q[value] - p[value] for value in ("flu", "cold")]
        inside = min(sum(x for x in lung if x > 0), -sum(x for x in lung if x < 0))
        top = [sum(lung), q["burn"] - p["burn"], q[None] - p[None]]
        worst_tree = max(worst_tree, inside / 2 + sum(x for x in top if x > 0))
    for distance, worst in ((GroundDistance.ORDERED, worst_order), (GroundDistance.HIERARCHICAL, worst_tree)):
        check = one_check(TCloseness("ill", 1.0, distance), evidence)
        assert check.measured == pytest.approx(float(worst), abs=1e-9)


def test_numbers_stand_in_order_of_size():
    table = [("3", value, at, True) for at, value in enumerate(["9", "10", "200"])]
    table += [("[1,2]", "9", 9, True)]
    check = one_check(TCloseness("ill", 1.0, GroundDistance.ORDERED), evidence_of(table, by_person=False))
    assert check.measured == pytest.approx((1 / 2 + 1 / 4) / 2)


def test_k_and_presence_are_checked():
    evidence = evidence_of([("3", "flu", 1, True)], by_person=False, k=4)
    assert one_check(KAnonymity(4), evidence).ok
    assert not one_check(KAnonymity(5), evidence).ok
    assert not one_check(KMap(1), evidence).ok
    assert not one_check(DeltaPresence(0, 1), evidence).ok
    presence = Presence(np.array([4]), 4, (0.25, 0.5), 0)
    known = promises.Evidence(evidence.classes, evidence.source, evidence.labelled, 4, presence)
    assert one_check(KMap(4), known).ok
    assert not one_check(KMap(5), known).ok
    assert [check.ok for check in promises.solve([DeltaPresence(0.2, 0.4)], known)] == [True, False]


def test_a_value_that_the_source_never_held_breaks_closeness():
    classes = evidence_of([("3", "flu", 1, True)], by_person=False).classes
    source = evidence_of([("3", "cold", 1, False)], by_person=False).source
    evidence = promises.Evidence(classes, source, frozenset({"age"}), 1)
    assert not one_check(TCloseness("ill", 0.9), evidence).ok
    assert not one_check(BetaLikeness("ill", 1000.0), evidence).ok


def test_a_column_that_the_source_has_not_is_not_kept():
    assert not one_check(DistinctDiversity("pay", 1), evidence_of([("3", "flu", 1, True)], by_person=False)).ok
