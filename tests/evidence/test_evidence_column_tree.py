"""The tree over the columns of a release, recomputed here from its definition."""

import hashlib
import hmac
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.evidence.column_tree import (
    INPUT,
    OUTPUT,
    column_path,
    columns_root,
    commit_columns,
    derive_seed,
    has_column_tree,
    parse_seed,
    render_seed,
)
from lockgate.evidence.dossier import leaf_entry, parse_statement, statement_bytes, statement_hash
from lockgate.evidence.entry import entry_of, has_said
from lockgate.evidence.merkle import TreeHead, is_included
from lockgate.terms.errors import EvidenceError

SEED = bytes(range(32))
ROOTS = {"年龄": "11" * 32, "sex": "22" * 32, "age": "33" * 32}


def committed(release: dict[str, Any]) -> dict[str, Any]:
    statement = deepcopy(release)
    statement["version"] = 2
    statement["output"]["columns"] = commit_columns(OUTPUT, ROOTS, SEED)
    statement["input"]["columns"] = commit_columns(INPUT, ROOTS, bytes(32))
    return statement


def test_a_commitment_is_the_hash_that_its_definition_gives():
    name = "年龄".encode()
    salt = hmac.new(SEED, b"lockgate column salt 1\n" + name, hashlib.sha256).digest()
    said = b"\x00lockgate salted column 1\noutput\n" + salt + bytes([6, 0, 0, 0]) + name + bytes([0x11]) * 32
    assert commit_columns(OUTPUT, ROOTS, SEED)["年龄"] == hashlib.sha256(said).hexdigest()


def test_the_root_is_that_of_rfc_6962_over_the_columns_by_name(release: dict[str, Any]):
    statement = committed(release)
    order = ["age", "sex", "年龄"]
    leaves = [bytes.fromhex(statement[side]["columns"][name]) for side in ("output", "input") for name in order]

    def node(left: bytes, right: bytes) -> bytes:
        return hashlib.sha256(b"\x01" + left + right).digest()

    four = node(node(leaves[0], leaves[1]), node(leaves[2], leaves[3]))
    assert columns_root(statement) == node(four, node(leaves[4], leaves[5])).hex()


def test_since_version_3_the_root_also_binds_the_keys_of_the_log_and_the_end_of_the_permit(release: dict[str, Any]):
    statement = {**committed(release), "version": 3}
    statement["log"] = {"origin": "a.example/log", "key": "a.example/log+00000000+AA"}
    statement["permit"] = {**statement["permit"], "until": "2027-01-31"}
    terms = b'{"columns":6,"log":{"key":"a.example/log+00000000+AA","origin":"a.example/log"},"until":"2027-01-31"}'
    columns = bytes.fromhex(columns_root({**statement, "version": 2}))
    said = b"\x02lockgate column terms 1\n" + columns + terms
    assert columns_root(statement) == hashlib.sha256(said).hexdigest()
    endless = {**statement, "permit": {**statement["permit"], "until": None}}
    assert columns_root(endless) != columns_root(statement)


def test_every_column_is_proven_to_stand_in_the_root_and_no_other(release: dict[str, Any]):
    statement = committed(release)
    root = bytes.fromhex(columns_root(statement))
    for side in (OUTPUT, INPUT):
        for name, commitment in statement[side]["columns"].items():
            index, size, path = column_path(statement, side, name)
            assert is_included(bytes.fromhex(commitment), index, TreeHead(size, root), path)
            assert not is_included(bytes.fromhex("44" * 32), index, TreeHead(size, root), path)
    with pytest.raises(EvidenceError, match="no column `height`"):
        column_path(statement, OUTPUT, "height")


def test_a_column_of_few_values_cannot_be_guessed_from_its_hash(release: dict[str, Any]):
    one, other = (commit_columns(OUTPUT, ROOTS, seed) for seed in (SEED, bytes(32)))
    assert not set(one.values()) & set(other.values())
    assert not {commitment for commitment in one.values() if commitment in ROOTS.values()}
    same = commit_columns(OUTPUT, {"a": "11" * 32, "b": "11" * 32}, SEED)
    assert same["a"] != same["b"]


def test_a_release_of_version_2_commits_to_its_columns_in_its_leaf(release: dict[str, Any]):
    data = statement_bytes(committed(release))
    entry = leaf_entry(data)
    assert entry == entry_of(statement_hash(data), "release", columns_root(parse_statement(data)))
    assert has_said(entry, entry_of(statement_hash(data), "release"))
    assert not has_said(entry, entry_of("00" * 32, "release"))
    assert not has_said(entry, entry_of(statement_hash(data), "released"))


def test_a_release_of_version_1_has_the_leaf_that_it_had(release: dict[str, Any], refusal: dict[str, Any]):
    for statement in (release, refusal):
        data = statement_bytes(statement)
        assert not has_column_tree(statement)
        assert leaf_entry(data) == entry_of(statement_hash(data), statement["kind"])


def test_columns_of_the_input_belong_to_version_2_and_there_they_must_be(release: dict[str, Any]):
    statement = committed(release)
    with pytest.raises(EvidenceError, match=r"input\.columns"):
        statement_bytes({**statement, "version": 1})
    del statement["input"]["columns"]
    with pytest.raises(EvidenceError, match=r"input\.columns"):
        statement_bytes(statement)


def test_only_a_release_may_commit_to_columns():
    with pytest.raises(ValueError, match="expected one of release"):
        entry_of("00" * 32, "refusal", "11" * 32)
    with pytest.raises(ValueError, match="SHA-256"):
        entry_of("00" * 32, "release", "11")


def test_seeds_differ_by_side_and_by_release():
    seeds = {derive_seed(SEED, release, side) for release in ("r-1", "r-2") for side in (OUTPUT, INPUT)}
    assert len(seeds) == 4


@given(st.binary(min_size=32, max_size=32))
def test_a_seed_is_read_as_it_was_written(seed: bytes):
    assert parse_seed(render_seed(seed)) == seed


@pytest.mark.parametrize(
    "data", [None, b"", b"ab\n", SEED.hex().encode(), SEED.hex().upper().encode() + b"\n", b"\xff"]
)
def test_salts_of_another_form_are_refused(data: bytes | None):
    with pytest.raises(EvidenceError, match="salts"):
        parse_seed(data)


@given(st.binary(max_size=200))
def test_no_other_entry_passes_for_that_of_a_statement(noise: bytes):
    said = entry_of("00" * 32, "release")
    assert has_said(noise + said[1:], said) == (noise == b"{")
