"""Keyed tokens: stable, apart by key and domain, and applied once."""

import hashlib
import hmac
import re
from base64 import b32encode

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.protect import pseudonym
from lockgate.protect.pseudonym import pseudonymise, short_form, tokens_of, version_of

KEY = bytes(range(32))
OTHER = bytes(32)


def tokens(values: list[str | None], domain: str = "name", key: bytes = KEY, version: int = 1) -> list[str | None]:
    return pseudonymise(pa.array(values, type=pa.string()), domain, key, version).to_pylist()


def test_a_token_is_the_first_130_bits_of_the_documented_code() -> None:
    message = b"lockgate/pseudonym/1\x00" + (4).to_bytes(8, "big") + b"name" + "김민준".encode()
    digest = hmac.new(KEY, message, hashlib.sha256).digest()
    assert tokens(["김민준"]) == ["p1_" + b32encode(digest).decode()[:26].lower()]


@given(st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"])))))
def test_equal_values_share_a_token_and_different_ones_do_not(values: list[str | None]) -> None:
    made = tokens(values)
    assert [token is None for token in made] == [value is None for value in values]
    assert len(set(made)) == len(set(values))
    assert all(re.fullmatch(r"p1_[a-z2-7]{26}", token) for token in made if token is not None)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_a_token_is_not_tokenised_again(values: list[str]) -> None:
    once = tokens(values)
    assert tokens(once) == once
    assert tokens(once, version=2) == once


def test_what_only_looks_like_a_token_is_tokenised() -> None:
    whole = tokens(["Ann"])[0]
    assert whole is not None
    for near in (whole[:-1], whole + "a", whole.upper(), "p0" + whole[2:], whole[:-1] + "1", whole + "\n"):
        assert tokens([near]) != [near]


def test_nothing_is_normalised() -> None:
    assert len(set(tokens(["Ann", "ann", "Ann ", "Ａnn"]))) == 4


def test_key_domain_and_version_set_tokens_apart() -> None:
    one = tokens(["Ann"])
    assert one != tokens(["Ann"], domain="town")
    assert one != tokens(["Ann"], key=OTHER)
    second = tokens(["Ann"], version=12)[0]
    assert second is not None
    assert second.startswith("p12_")


def test_a_new_version_of_the_key_leaves_old_tokens_and_finds_a_value_in_copies_of_both() -> None:
    keys = {1: KEY, 2: OTHER}
    old = tokens(["Ann", "Bea"])
    mixed = tokens([*old, "Ann", None], key=OTHER, version=2)
    assert mixed[:2] == old
    assert [version_of(token) for token in mixed if token] == [1, 1, 2]
    assert tokens_of("Ann", "name", keys) == {1: old[0], 2: mixed[2]}
    assert version_of("Ann") is None
    assert version_of((old[0] or "") + "\n") is None


def test_two_tables_of_one_domain_share_tokens_whatever_else_they_hold() -> None:
    one, other = tokens(["Ann", "Bea", "Cid"]), tokens([None, "Cid", "Ann", "Ann"])
    assert other == [None, one[2], one[0], one[0]]


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_hashed_ahead_changes_no_code(value: str, domain: str) -> None:
    message = b"lockgate/pseudonym/1\x00" + len(domain.encode()).to_bytes(8, "big") + domain.encode() + value.encode()
    digest = hmac.new(KEY, message, hashlib.sha256).digest()
    assert pseudonymise(pa.array([value]), domain, KEY, 7).to_pylist() in (
        ["p7_" + b32encode(digest).decode()[:26].lower()],
        [value],
    )


@pytest.mark.parametrize("is_compiled", [True, False])
@pytest.mark.parametrize("domain", ["", "name", "d" * 27, "d" * 28, "d" * 35, "d" * 100])
def test_many_values_get_the_documented_code_whatever_their_lengths(
    domain: str, *, is_compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_compiled:
        monkeypatch.setattr(pseudonym, "load_code", lambda _: None)
    many = [None, "", *("ü" * (number % 70) + str(number) for number in range(2_500)), "x" * 100_000]
    message = b"lockgate/pseudonym/1\x00" + len(domain).to_bytes(8, "big") + domain.encode()
    expected = [
        "p3_" + b32encode(hmac.digest(KEY, message + value.encode(), "sha256")).decode()[:26].lower()
        for value in many[1:]
        if value is not None
    ]
    sliced = pa.array(["before", *many]).slice(1)
    assert pseudonymise(sliced, domain, KEY, 3).to_pylist() == [None, *expected]


def test_many_values_that_repeat_are_looked_at_once_and_come_out_the_same() -> None:
    few = ["Ann", None, "Bea", tokens(["Cid"])[0]]
    assert tokens(few * 1_000) == tokens(few) * 1_000
    mixed = few + [str(number) for number in range(4_000)]
    assert tokens(mixed)[:4] == tokens(few)


def test_a_domain_does_not_run_into_the_value() -> None:
    assert tokens(["bc"], domain="a")[0] != tokens(["c"], domain="ab")[0]


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        tokens(["Ann"], key=b"short")


def test_a_short_form_has_forty_bits() -> None:
    assert re.fullmatch(r"[A-Z2-7]{8}", short_form("010-1234-5678", "phone", KEY))
    assert short_form("a", "phone", KEY) != short_form("a", "email", KEY)
