"""How many persons a route lets share a combination: by the way of sharing, as GB/T 42460 advises."""

from datetime import date

import pytest

from lockgate.decide.routes import Abilities, class_size, sharing_model
from lockgate.laws.catalogue import load_laws
from lockgate.terms.facts import Facts, FactValue

LAWS = load_laws()
NOTHING = Abilities(frozenset())


def flow(as_of: date = date(2026, 11, 21), **values: FactValue) -> Facts:
    return Facts(as_of, {name.replace("__", "."): value for name, value in values.items()}, (), {})


@pytest.mark.parametrize(
    ("facts", "model", "size"),
    [
        (flow(means__by="publication"), "public", 21),
        (flow(means__by="copy", recipient__as="public"), "public", 21),
        (flow(means__by="copy"), "agreement", 6),
        (flow(means__by="view"), "agreement", 6),
        (flow(means__by="view", means__raw_leaves_holder=True), "agreement", 6),
        (flow(means__by="view", means__raw_leaves_holder=False), "enclave", 4),
        (flow(means__by="query", means__raw_leaves_holder=False), "enclave", 4),
        (flow(means__by="copy", means__raw_leaves_holder=False), "agreement", 6),
        (flow(means__by="query", recipient__as="public", means__raw_leaves_holder=False), "public", 21),
    ],
)
def test_the_way_of_sharing_says_how_large_a_class_is(facts: Facts, model: str, size: int) -> None:
    assert sharing_model(facts) == model
    assert class_size(facts, LAWS, NOTHING) == size


def test_what_is_asked_for_goes_before_the_standard() -> None:
    assert class_size(flow(means__by="publication"), LAWS, Abilities(frozenset(), k=3)) == 3


def test_before_the_standard_the_strictest_size_serves() -> None:
    inside = {"means__by": "view", "means__raw_leaves_holder": False}
    assert class_size(flow(date(2023, 9, 30), **inside), LAWS, NOTHING) == 21
    assert class_size(flow(date(2023, 10, 1), **inside), LAWS, NOTHING) == 4
