"""Privacy models are parsed strictly and written back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    model_as_json,
    parse_model,
)

_NAMES = st.text(min_size=1, max_size=8)
_SHARES = st.floats(0, 1)
_MODELS: st.SearchStrategy[PrivacyModel] = st.one_of(
    st.builds(KAnonymity, st.integers(1, 1000)),
    st.builds(KMap, st.integers(1, 1000)),
    st.builds(DistinctDiversity, _NAMES, st.integers(1, 50)),
    st.builds(EntropyDiversity, _NAMES, st.floats(1, 50)),
    st.builds(RecursiveDiversity, _NAMES, st.integers(1, 50), st.floats(0.01, 50)),
    st.builds(TCloseness, _NAMES, _SHARES, st.sampled_from(GroundDistance)),
    st.tuples(_SHARES, _SHARES).map(lambda pair: DeltaPresence(min(pair), max(pair))),
    st.builds(BetaLikeness, _NAMES, st.floats(0.01, 50), st.booleans()),
)


@given(_MODELS)
def test_what_is_written_is_read_back(model: PrivacyModel) -> None:
    assert parse_model(model_as_json(model)) == model


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, "expected `model` as one of"),
        ({"model": "k-anonimity", "k": 5}, "expected `model` as one of"),
        ({"model": "k-anonymity"}, "needs `k`"),
        ({"model": "k-anonymity", "k": 0}, "out of range"),
        ({"model": "k-anonymity", "k": 5.0}, "whole number"),
        ({"model": "k-anonymity", "k": True}, "whole number"),
        ({"model": "k-anonymity", "k": 5, "l": 2}, "has no `l`"),
        ({"model": "t-closeness", "column": "a", "t": 1.1}, "out of range"),
        ({"model": "t-closeness", "column": "a", "t": float("nan")}, "out of range"),
        ({"model": "t-closeness", "column": "a", "t": 0.1, "distance": "far"}, "equal, ordered, hierarchical"),
        ({"model": "t-closeness", "column": 3, "t": 0.1}, "as a text"),
        ({"model": "recursive-l-diversity", "column": "a", "l": 2, "c": 0}, "out of range"),
        ({"model": "delta-presence", "low": 0.5, "high": 0.2}, "not above"),
        ({"model": "beta-likeness", "column": "a", "beta": 1, "enhanced": 1}, "true or false"),
    ],
)
def test_a_model_that_is_not_well_said_is_an_error(members: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_model(members)
