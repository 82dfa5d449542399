"""Properties of whole decisions over the flows of the Chinese vectors and the worked examples."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st
from law_vectors import article_vectors, example_vectors

from lockgate.decide.decision import decide_as_it_stands
from lockgate.laws.catalogue import load_laws
from lockgate.terms.decision import Outcome
from lockgate.terms.duty import DUTIES
from lockgate.terms.fact import FACTS
from lockgate.terms.facts import Facts, Safeguard
from lockgate.terms.finding import Effect

FLOWS = [
    vector.facts
    for vector in (*article_vectors(), *example_vectors())
    if vector.instrument.startswith(("cn/", "charter", "examples"))
]
KNOWN_WORDS = {"basis.consent.withdrawn", "basis.consent.voluntary", "data.refused", "data.source_lawful"}
"""Facts that only speak when said: the flow-file contract presumes nothing of them.

So does a notice that data are important, where they stay in the mainland: see docs/readings/cn-important-data.md.
"""


def _outcome(facts: Facts) -> Outcome:
    return decide_as_it_stands(facts, load_laws()).outcome


@st.composite
def _flow_and_fact(draw):
    facts = draw(st.sampled_from(FLOWS))
    silent = {*KNOWN_WORDS, "data.important"} if facts.values.get("recipient.in") == "CN" else KNOWN_WORDS
    deciding = [name for name in facts.values if name not in silent and not FACTS[name].presumed_absent]
    return facts, draw(st.sampled_from(sorted(deciding)))


@given(_flow_and_fact())
@settings(max_examples=150, deadline=None)
def test_an_unknown_fact_is_never_a_permission(case):
    facts, fact = case
    without = replace(facts, values=MappingProxyType({k: v for k, v in facts.values.items() if k != fact}))
    if _outcome(without) is Outcome.PERMITTED:
        assert _outcome(facts) is Outcome.PERMITTED


@given(st.sampled_from(FLOWS), st.sampled_from(sorted(DUTIES)))
@settings(max_examples=100, deadline=None)
def test_a_safeguard_never_adds_a_prohibition(facts, duty):
    done = Safeguard(MappingProxyType({"on": facts.as_of}))
    safer = replace(facts, safeguards=MappingProxyType({**facts.safeguards, duty: done}))
    before, after = _outcome(facts), _outcome(safer)
    order = list(Outcome)
    assert order.index(after) >= order.index(before)


@given(st.sampled_from(FLOWS))
@settings(max_examples=50, deadline=None)
def test_every_duty_cites_an_article_that_applied(facts):
    decision = decide_as_it_stands(facts, load_laws())
    applied = {found.citation for found in decision.findings if found.effect is not Effect.DOES_NOT_APPLY}
    for duty in decision.duties:
        assert duty.because
        assert set(duty.because) <= applied


@given(st.sampled_from(FLOWS))
@settings(max_examples=50, deadline=None)
def test_before_the_first_law_of_a_place_nothing_of_it_applies(facts):
    chinese = [one for one in load_laws().instruments if one.id.startswith("cn/")]
    day = min(article.versions[0].in_force for one in chinese for article in one.articles)
    decision = decide_as_it_stands(replace(facts, as_of=day - timedelta(days=1)), load_laws())
    assert not [
        found.citation
        for found in decision.findings
        if found.instrument.startswith("cn/") and found.effect is not Effect.DOES_NOT_APPLY
    ]
    assert decision.outcome in (Outcome.UNDECIDED, Outcome.REFUSED) or not facts.holds_personal_columns
