"""The short ways of reading the law of a day say what reading every article alone says."""

import pytest
from law_vectors import Vector, article_vectors, example_vectors

from lockgate.decide.decision import decide_as_it_stands, open_duties, weigh_only
from lockgate.decide.evaluation import read_article, read_laws
from lockgate.laws.catalogue import load_laws

VECTORS = [*article_vectors(), *example_vectors()]


def name_of(vector: Vector) -> str:
    return f"{vector.instrument}/{vector.article}: {vector.name}"


@pytest.mark.parametrize("vector", VECTORS, ids=name_of)
def test_all_laws_read_together_say_what_each_article_says_alone(vector: Vector):
    alone = [
        reading
        for instrument in load_laws().instruments
        for article in instrument.articles
        if (reading := read_article(instrument, article, vector.facts)) is not None
    ]
    together = read_laws(vector.facts, load_laws())
    assert [(item.citation, item.branches) for item in together] == [(item.citation, item.branches) for item in alone]


@pytest.mark.parametrize("vector", VECTORS, ids=name_of)
def test_the_outcome_alone_is_the_outcome_of_the_decision(vector: Vector):
    decision = decide_as_it_stands(vector.facts, load_laws())
    assert weigh_only(vector.facts, load_laws()) == (decision.outcome, open_duties(decision.duties))
