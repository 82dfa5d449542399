"""Properties of decisions over random flows of any kind under the coded law."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_flows import PAPERS, flows

from lockgate.decide.decision import decide_as_it_stands, open_duties, weigh_lawful, weigh_only
from lockgate.decide.gate import decide
from lockgate.decide.routes import Abilities
from lockgate.laws.body import Laws
from lockgate.laws.catalogue import load_laws
from lockgate.protect.catalogue import TECHNIQUES
from lockgate.terms.decision import Outcome
from lockgate.terms.fact import FACTS
from lockgate.terms.facts import Facts, Safeguard, facts_as_json, parse_facts
from lockgate.terms.finding import Effect
from lockgate.terms.measure import change_facts

STRICTEST_FIRST = list(Outcome)

SPEAKS_ONLY_WHEN_SAID = {
    "data.refused",
    "data.source_lawful",
    "data.important",  # where data stay in the country: docs/readings/cn-important-data.md
    *(name for name in FACTS if name.startswith("basis.consent.")),  # another proof may show the same
    *(name for name, term in FACTS.items() if term.only_lifts or term.presumed_absent),
}
"""Facts of which the meaning of a flow file presumes nothing; what is said of them may well stand against a flow."""

few = settings(max_examples=25)
many = settings(max_examples=1500)


def without(facts: Facts, fact: str) -> Facts:
    return replace(facts, values=MappingProxyType({name: it for name, it in facts.values.items() if name != fact}))


def outcome_of(facts: Facts, laws: Laws | None = None) -> Outcome:
    return weigh_only(facts, laws or load_laws())[0]


def taken_back(facts: Facts) -> Iterator[tuple[str, Facts]]:
    """Yield the flow with one fact, paper, list of roles, or word on a column taken back."""
    silent = SPEAKS_ONLY_WHEN_SAID
    if not facts.holds_personal_columns:  # where nobody is, nobody is asked of; what is said must still be covered
        silent = silent | {"data.subjects_in"}
    for name in facts.values:
        if name not in silent:
            yield name, without(facts, name)
    for paper, said in facts.safeguards.items():
        if not said.denied and max(said.done.values()) <= facts.as_of:  # else it says that nothing is done yet
            kept = {name: it for name, it in facts.safeguards.items() if name != paper}
            yield paper, replace(facts, safeguards=MappingProxyType(kept))
    if any(column.necessary is True for column in facts.columns):
        unsaid = (replace(item, necessary=None) if item.necessary else item for item in facts.columns)
        yield "necessary", replace(facts, columns=tuple(unsaid))


def check_that_unknown_never_permits(facts: Facts, first: int = 0, step: int = 1) -> None:
    known = outcome_of(facts)
    if known is Outcome.PERMITTED:
        return
    for what, less in islice(taken_back(facts), first, None, step):
        now = outcome_of(less)
        assert now is not Outcome.PERMITTED, what
        assert known is not Outcome.REFUSED or now in (Outcome.REFUSED, Outcome.UNDECIDED), what


def check_that_a_safeguard_harms_nothing(facts: Facts, paper: str) -> None:
    done = Safeguard(MappingProxyType({"on": facts.as_of}))
    safer = replace(facts, safeguards=MappingProxyType({**facts.safeguards, paper: done}))
    before, after = outcome_of(facts), outcome_of(safer)
    assert STRICTEST_FIRST.index(after) >= STRICTEST_FIRST.index(before)


@cache
def laws_backwards() -> Laws:
    return replace(load_laws(), instruments=load_laws().instruments[::-1])


def check_that_order_does_not_matter(facts: Facts) -> None:
    forth, back = decide_as_it_stands(facts, load_laws()), decide_as_it_stands(facts, laws_backwards())
    assert forth.outcome is back.outcome
    assert forth.duties == back.duties
    assert set(forth.findings) == set(back.findings)
    assert set(forth.missing) == set(back.missing)


def check_what_a_decision_cites(facts: Facts) -> None:
    decision = decide_as_it_stands(facts, load_laws())
    applied = [found for found in decision.findings if found.effect is not Effect.DOES_NOT_APPLY]
    standing = {found.citation for found in applied if not found.lifted_by}
    for duty in decision.duties:
        assert duty.because, duty.id
        assert set(duty.because) <= standing, duty.id
    for found in applied:
        first, last = found.in_force
        assert first <= facts.as_of, found.citation
        assert last is None or facts.as_of <= last, found.citation
    if decision.outcome is Outcome.REFUSED:
        assert any(found.effect in (Effect.FORBIDS, Effect.CANNOT_TELL) for found in applied)
    if decision.outcome is Outcome.UNDECIDED:
        assert any(question.decides for question in decision.missing)


def check_that_routes_decide_again(facts: Facts) -> None:
    for route in decide(facts, load_laws(), Abilities(frozenset(TECHNIQUES))).routes:
        changed = facts
        for step in route.steps:
            changed = change_facts(changed, step)
        again = decide_as_it_stands(changed, load_laws())
        assert route.outcome in (Outcome.PERMITTED, Outcome.CONDITIONAL)
        assert (again.outcome, open_duties(again.duties)) == (route.outcome, route.duties)


def check_short_ways(facts: Facts) -> None:
    weighed = weigh_only(facts, load_laws())
    decision = decide_as_it_stands(facts, load_laws())
    assert weighed == (decision.outcome, open_duties(decision.duties))
    is_lawful = weighed[0] in (Outcome.PERMITTED, Outcome.CONDITIONAL)
    assert weigh_lawful(facts, load_laws()) == (weighed if is_lawful else None)


def check_that_it_is_told_again(facts: Facts) -> None:
    again = parse_facts(json.loads(json.dumps(facts_as_json(facts))))
    assert again == facts
    assert decide_as_it_stands(again, load_laws()) == decide_as_it_stands(facts, load_laws())


@given(flows())
@few
def test_a_fact_taken_back_never_permits(facts):
    check_that_unknown_never_permits(facts)


@given(flows(), st.sampled_from(PAPERS))
@few
def test_a_safeguard_done_never_makes_an_outcome_stricter(facts, paper):
    check_that_a_safeguard_harms_nothing(facts, paper)


@given(flows())
@few
def test_the_order_of_instruments_does_not_matter(facts):
    check_that_order_does_not_matter(facts)


@given(flows())
@few
def test_duties_cite_articles_that_applied_and_were_in_force(facts):
    check_what_a_decision_cites(facts)


@given(flows())
@few
def test_every_route_decides_again_to_what_it_claims(facts):
    check_that_routes_decide_again(facts)


@given(flows())
@few
def test_the_short_ways_of_weighing_say_what_the_decision_says(facts):
    check_short_ways(facts)


@given(flows())
@few
def test_facts_written_and_read_again_are_the_same_and_so_is_the_decision(facts):
    check_that_it_is_told_again(facts)


@pytest.mark.slow
@given(flows(), st.sampled_from(PAPERS), st.integers(0, 3))
@many
def test_all_properties_hold_on_many_flows(facts, paper, first):
    check_that_unknown_never_permits(facts, first, 4)  # another flow says more than another fact of the same
    check_that_a_safeguard_harms_nothing(facts, paper)
    check_that_order_does_not_matter(facts)
    check_what_a_decision_cites(facts)
    check_that_routes_decide_again(facts)
    check_short_ways(facts)
    check_that_it_is_told_again(facts)
