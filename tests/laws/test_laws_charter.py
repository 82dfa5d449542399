"""A refusal of the charter names the accountable way that serves the lawful part of the need."""

import pytest
from law_vectors import article_vectors

from lockgate.decide.decision import decide_as_it_stands
from lockgate.laws.catalogue import load_laws
from lockgate.terms.finding import Effect

REFUSED = [
    vector for vector in article_vectors() if vector.instrument == "charter" and vector.expect["effect"] == "forbids"
]
WAYS = {"1": "assess credit", "2": "name the order", "3": "the named case", "4": "an order that can be appealed"}


@pytest.mark.parametrize("vector", REFUSED, ids=lambda vector: f"{vector.article}: {vector.name}")
def test_a_refusal_names_the_accountable_way(vector):
    decision = decide_as_it_stands(vector.facts, load_laws())
    refusal = next(
        found
        for found in decision.findings
        if (found.instrument, found.article, found.effect) == ("charter", vector.article, Effect.FORBIDS)
    )
    assert WAYS[vector.article] in refusal.reason
