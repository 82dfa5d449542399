"""What articles and decisions say, against vectors that a lawyer can read."""

from collections import defaultdict
from functools import cache

import pytest
from law_vectors import Vector, article_vectors, example_vectors

from lockgate.decide.decision import decide_as_it_stands
from lockgate.laws.catalogue import load_laws
from lockgate.terms.decision import Decision
from lockgate.terms.facts import Facts
from lockgate.terms.finding import CitedFinding
from lockgate.terms.truth import Truth


def _name(vector: Vector) -> str:
    return f"{vector.instrument}/{vector.article}: {vector.name}"


@cache
def _decide(vector_name: str) -> Decision:
    return decide_as_it_stands(_FACTS[vector_name], load_laws())


_FACTS: dict[str, Facts] = {_name(vector): vector.facts for vector in (*article_vectors(), *example_vectors())}


def _finding(decision: Decision, instrument: str, article: str) -> CitedFinding:
    return next(found for found in decision.findings if (found.instrument, found.article) == (instrument, article))


@pytest.mark.parametrize("vector", article_vectors(), ids=_name)
def test_an_article_says_what_its_vector_expects(vector):
    decision = _decide(_name(vector))
    finding = _finding(decision, vector.instrument, vector.article)
    found = {
        "effect": finding.effect.value,
        "duties": sorted(finding.duties),
        "lifts": sorted(finding.lifts),
        "lifted_by": sorted(finding.lifted_by),
        "missing": sorted(finding.missing),
        "outcome": decision.outcome.value,
    }
    expected = {
        key: sorted(value) if isinstance(value, list) else value
        for key, value in vector.expect.items()
        if key not in ("met", "unmet")
    }
    if expected["effect"] == "requires":
        expected.setdefault("duties", [])
    assert {key: found[key] for key in expected} == expected, finding.reason
    _check_met(decision, vector)


@pytest.mark.parametrize("vector", example_vectors(), ids=_name)
def test_a_decision_says_what_its_worked_example_expects(vector):
    decision = _decide(_name(vector))
    expect = vector.expect
    duties = {duty.id for duty in decision.duties}
    held_up = sorted(duty.id for duty in decision.duties if duty.holds_up)
    trace = [(found.citation, found.effect.value, found.missing, found.reason) for found in decision.findings]
    if "outcome" in expect:
        assert decision.outcome.value == expect["outcome"], (trace, held_up, decision.missing)
    if "open" in expect:
        assert held_up == sorted(expect["open"])
    _check_met(decision, vector)
    assert set(expect.get("includes", [])) <= duties
    assert duties.isdisjoint(expect.get("excludes", []))
    assert set(expect.get("asks", [])) <= {missing.fact for missing in decision.missing if missing.decides}
    effects = {found.citation: found.effect.value for found in decision.findings}
    assert {citation: effects[citation] for citation in expect.get("findings", {})} == expect.get("findings", {})


def _check_met(decision: Decision, vector: Vector) -> None:
    met = {duty.id for duty in decision.duties if duty.met is Truth.YES}
    unmet = {duty.id for duty in decision.duties if duty.met is not Truth.YES}
    assert set(vector.expect.get("met", [])) <= met
    assert set(vector.expect.get("unmet", [])) <= unmet


def test_every_vector_has_a_near_miss():
    seen = defaultdict(set)
    for vector in article_vectors():
        said = (vector.expect["effect"], tuple(sorted(vector.expect.get("duties", []))))
        seen[vector.instrument, vector.article].add(said)
    assert [article for article, said in seen.items() if len(said) == 1] == []
