"""Tokens of a vault in a column: one for a value, applied once, and nothing else than what the vault says."""

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.protect.token_vault import TOKEN, tokenise

texts = st.text(st.characters(exclude_categories=["Cs"]))


class Remembering:
    """A vault in memory that counts up."""

    def __init__(self):
        self.known = {}
        self.asked = []

    def __call__(self, domain, values):
        self.asked.append((domain, list(values)))
        for value in values:
            number = len(self.known)
            token = "t_" + "".join("abcdefgh"[number // 8**place % 8] for place in range(26))
            self.known.setdefault((domain, value), token)
        return [self.known[domain, value] for value in values]


def tokens(values, vault, domain="name"):
    return tokenise(pa.array(values, type=pa.string()), domain, vault).to_pylist()


@given(st.lists(st.one_of(st.none(), texts)))
def test_equal_values_share_a_token_and_different_ones_do_not(values):
    vault = Remembering()
    made = tokens(values, vault)
    assert [token is None for token in made] == [value is None for value in values]
    assert len(set(made)) == len(set(values))
    assert all(TOKEN.fullmatch(token) for token in made if token is not None)
    assert tokens(made, vault) == made
    assert tokens(values, vault) == made


def test_the_vault_is_asked_once_for_distinct_values_of_one_domain():
    vault = Remembering()
    tokens(["a", "b", "a", None], vault, "acme/name")
    assert vault.asked == [("acme/name", ["a", "b"])]
    tokens([None], vault)
    assert len(vault.asked) == 1


def test_what_only_looks_like_a_token_is_tokenised():
    vault = Remembering()
    (whole,) = tokens(["Ann"], vault)
    for near in (whole[:-1], whole + "a", whole.upper(), whole[:-1] + "1", whole + "\n", "p1_" + whole[2:]):
        assert re.fullmatch(TOKEN, tokens([near], vault)[0])
        assert tokens([near], vault) != [near]


@pytest.mark.parametrize("answer", [[], ["t_" + "a" * 26], ["Ann", "Bob"], ["t_" + "a" * 26] * 2])
def test_an_answer_that_is_no_token_of_its_own_for_each_is_refused(answer):
    with pytest.raises(ValueError, match="one token"):
        tokens(["Ann", "Bob"], lambda _domain, _values: answer)
