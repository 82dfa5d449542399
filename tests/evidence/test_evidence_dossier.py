from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.evidence.dossier import _SHAPES, BARRED, REQUIRED, parse_statement, statement_bytes, statement_hash
from lockgate.evidence.entry import KINDS, entry_of
from lockgate.terms.decision import Outcome
from lockgate.terms.errors import EvidenceError, InputError
from lockgate.terms.evidence_record import STATEMENT_MEMBERS


def test_every_member_of_a_statement_has_a_shape():
    assert set(_SHAPES) == STATEMENT_MEMBERS
    assert all(members <= STATEMENT_MEMBERS for members in (*REQUIRED.values(), *BARRED.values()))


def test_a_statement_is_read_as_it_was_written(release: dict[str, Any], refusal: dict[str, Any]):
    for statement in (release, refusal):
        data = statement_bytes(statement)
        assert parse_statement(data) == statement
        assert statement_bytes(parse_statement(data)) == data
        assert b" :" not in data


def test_frozen_types_are_written_as_json(refusal: dict[str, Any]):
    plain = statement_bytes(refusal)
    refusal["decision"]["outcome"] = Outcome.REFUSED
    refusal["decision"]["as_of"] = date(2026, 11, 21)
    assert statement_bytes(refusal) == plain


def test_the_hash_of_a_statement_depends_on_its_salt(release: dict[str, Any]):
    one = statement_hash(statement_bytes(release))
    assert statement_hash(statement_bytes({**release, "salt": "00" * 16})) != one


def test_an_unknown_member_is_refused_with_the_nearest_known_one(release: dict[str, Any]):
    with pytest.raises(EvidenceError, match=r"unknown member `outputs`, nearest is `output`"):
        statement_bytes({**release, "outputs": {}})


@pytest.mark.parametrize("kind", ["release", "refusal"])
def test_a_missing_or_barred_member_is_refused(kind: str, release: dict[str, Any], refusal: dict[str, Any]):
    statement = {"release": release, "refusal": refusal}[kind]
    for name in REQUIRED[kind]:
        less = {member: value for member, value in statement.items() if member != name}
        with pytest.raises(EvidenceError, match=f"lacks the member `{name}`"):
            statement_bytes(less)
    for name in BARRED[kind]:
        more = {**statement, name: {"release": release, "refusal": refusal}[other(kind)][name]}
        with pytest.raises(EvidenceError, match=f"may not have the member `{name}`"):
            statement_bytes(more)


def other(kind: str) -> str:
    return "refusal" if kind == "release" else "release"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", 4),
        ("version", True),
        ("kind", "gift"),
        ("release", "../up"),
        ("salt", "abc"),
        ("title", None),
        ("made_at", "2026-11-21"),
        ("log", {"origin": "a"}),
        ("log.more", "x"),
        ("software", {}),
        ("holder.name", 3),
        ("input.rows", -1),
        ("input.rows", True),
        ("output.data_hash", "AB" * 32),
        ("output.columns.age", "x"),
        ("output.files", {}),
        ("facts.as_of", "today"),
        ("decision.outcome", "fine"),
        ("decision.duties", [{"id": "x"}]),
        ("classification.persons", {"count": "many", "by": "row"}),
        ("verification.checks", [{"name": "k", "measured": "6", "required": None, "ok": True, "meaning": ""}]),
        ("permit.until", 5),
        ("differences", [{"fact": "x"}]),
    ],
)
def test_a_value_of_another_form_is_refused(release: dict[str, Any], path: str, value: object):
    statement = deepcopy(release)
    *above, last = path.split(".")
    place = statement
    for name in above:
        place = place[name]
    place[last] = value
    with pytest.raises(EvidenceError):
        statement_bytes(statement)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "data/../../x", "data//x", "./data/x", "", ".", "data\\x"])
def test_a_data_file_outside_the_folder_is_refused(release: dict[str, Any], path: str):
    release["output"]["files"][0]["path"] = path
    with pytest.raises(EvidenceError, match="plain relative path"):
        statement_bytes(release)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1}\n',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\xff"}',
        b'{"a":NaN}',
        b'{"a":"\\ud800"}',
        b'{"a":' + b"9" * 30 + b"}",
        b"[" * 100_000,
    ],
)
def test_bytes_that_are_not_canonical_are_refused(data: bytes):
    with pytest.raises(EvidenceError):
        parse_canonical(data)


def test_numbers_and_text_that_no_record_carries_exactly_are_input_errors():
    for value in (2**53, float("nan"), float("inf"), "\ud800"):
        with pytest.raises(InputError):
            canonical_bytes({"a": value})
    assert parse_canonical(canonical_bytes({"a": 2**53 - 1})) == {"a": 2**53 - 1}


def test_a_log_entry_says_one_word_and_one_hash():
    assert entry_of("ab" * 32, "released") == b'{"kind":"released","statement":"' + b"ab" * 32 + b'"}'
    assert set(REQUIRED) < set(KINDS)
    with pytest.raises(ValueError, match="expected one of"):
        entry_of("ab" * 32, "gift")
    with pytest.raises(ValueError, match="SHA-256"):
        entry_of("AB" * 32, "release")
