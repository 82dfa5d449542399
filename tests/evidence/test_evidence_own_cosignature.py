"""A log that cosigns its own checkpoints with ML-DSA-44, and dossiers whose statement names that key."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.check import DossierFiles, Means, MeasuredOutput, Step, check_dossier
from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.cosignature import cosigned_at, cosigner_key
from lockgate.evidence.dossier import statement_bytes, statement_hash
from lockgate.evidence.entry import entry_of
from lockgate.evidence.log import Log
from lockgate.evidence.note import ED25519_COSIGNATURE, is_signed_by
from lockgate.evidence.step import Repetition
from lockgate.evidence.trust import parse_trust
from lockgate.terms.errors import EvidenceError

ORIGIN, SEED, SECOND = "lockgate.local/test", bytes(range(32)), bytes([9] * 32)
KEY = cosigner_key(ORIGIN, SECOND)
SAME = Means(
    version="0.1.0", replay=lambda statement: Repetition("the same"), remeasure=lambda statement: Repetition("the same")
)


@pytest.fixture
def twice(tmp_path: Path) -> Log:
    return Log.open(tmp_path / "twice", ORIGIN, SEED, cosigning_seed=SECOND)


def _dossier(statement: dict[str, Any], log: Log, key: str | None = str(KEY)) -> DossierFiles:
    statement = {**statement, "log": {**statement["log"], **({"cosigner_key": key} if key else {})}}
    data = statement_bytes(statement)
    leaf = log.append([entry_of(statement_hash(data), statement["kind"])])
    return DossierFiles(data, log.prove(leaf).encode(), None)


def _steps(dossier: DossierFiles) -> dict[str, Step]:
    return {step.step: step for step in check_dossier(dossier, MeasuredOutput({}), None, SAME)}


def test_every_checkpoint_has_both_lines_and_says_nothing_of_time(twice: Log, tmp_path: Path):
    for size in range(3):
        checkpoint = parse_checkpoint(twice.checkpoint().encode())
        assert checkpoint.head.size == size
        assert is_signed_by(checkpoint.note, twice.key)
        assert cosigned_at(checkpoint, KEY) == 0
        assert [len(signature) for _, _, signature in checkpoint.note.signatures] == [64, 8 + 2420]
        twice.append([b"leaf %d" % size])
    again = Log.open(tmp_path / "twice", ORIGIN, SEED, cosigning_seed=SECOND)
    assert again.checkpoint() == twice.checkpoint()


def test_a_log_that_signed_with_ed25519_alone_cosigns_from_the_next_leaf_on(tmp_path: Path):
    Log.open(tmp_path / "old", ORIGIN, SEED).append([b"before"])
    log = Log.open(tmp_path / "old", ORIGIN, SEED, cosigning_seed=SECOND)
    assert cosigned_at(parse_checkpoint(log.checkpoint().encode()), KEY) is None
    log.append([b"after"])
    assert cosigned_at(parse_checkpoint(log.checkpoint().encode()), KEY) == 0


def test_a_dossier_that_names_the_key_verifies_and_says_so(refusal: dict[str, Any], twice: Log):
    detail = _steps(_dossier(refusal, twice))["signature"].detail
    assert detail.endswith(" and with ML-DSA-44")


def test_a_dossier_of_before_without_the_member_still_verifies(refusal: dict[str, Any], log: Log):
    steps = _steps(_dossier(refusal, log, key=None))
    assert steps["signature"].ok
    assert "ML-DSA" not in steps["signature"].detail


def test_without_the_line_that_the_statement_names_the_signature_fails(refusal: dict[str, Any], twice: Log):
    dossier = _dossier(refusal, twice)
    assert dossier.proof is not None
    lines = dossier.proof.splitlines(keepends=True)
    step = _steps(replace(dossier, proof=b"".join(lines[:-1])))["signature"]
    assert (step.ok, step.detail) == (
        False,
        "the checkpoint is not signed by the ML-DSA-44 key that the statement names",
    )


@pytest.mark.parametrize(
    "key",
    [
        "no key",
        str(cosigner_key("lockgate.local/other", SECOND)),
        str(cosigner_key(ORIGIN, SECOND, ED25519_COSIGNATURE)),
        str(cosigner_key(ORIGIN, SEED)),
    ],
)
def test_a_statement_that_names_another_key_fails_the_signature(key: str, refusal: dict[str, Any], twice: Log):
    steps = _steps(_dossier(refusal, twice, key))
    assert not steps["signature"].ok
    assert steps["inclusion"].detail.startswith("not checked")


def test_changed_bytes_of_the_second_line_are_found(refusal: dict[str, Any], twice: Log):
    dossier = _dossier(refusal, twice)
    proof = dossier.proof
    assert proof is not None
    start = proof.rindex("\u2014".encode())
    for at in range(start, len(proof), 7):
        changed = proof[:at] + bytes([proof[at] ^ 1]) + proof[at + 1 :]
        steps = _steps(replace(dossier, proof=changed))
        assert not (steps["proof"].ok and steps["signature"].ok), at


def test_a_policy_may_name_the_key_as_a_witness(refusal: dict[str, Any], twice: Log):
    trust = parse_trust(f"log {twice.key}\nwitness own {KEY}\nquorum own\n")
    steps = check_dossier(_dossier(refusal, twice), None, trust, SAME)
    assert "cosigned by `own` (without a time)" in next(step.detail for step in steps if step.step == "trust")


def test_a_log_whose_second_line_was_changed_is_not_opened(twice: Log, tmp_path: Path):
    twice.append([b"leaf"])
    path = tmp_path / "twice" / "checkpoint"
    data = path.read_bytes()
    start = data.rindex(b" ") + 16  # behind the key id, which makes it a line of another key
    for at in (start, (start + len(data)) // 2, len(data) - 9):
        other = b"A" if data[at : at + 1] != b"A" else b"B"
        path.write_bytes(data[:at] + other + data[at + 1 :])
        with pytest.raises(EvidenceError, match="ML-DSA-44 line"):
            Log.open(tmp_path / "twice", ORIGIN, SEED, cosigning_seed=SECOND)
    path.write_bytes(data)
    assert Log.open(tmp_path / "twice", ORIGIN, SEED, cosigning_seed=SECOND).size == 1


@pytest.mark.parametrize("anchor", [f"{KEY}", f"log {KEY}\nquorum none\n"])
def test_the_second_key_alone_is_a_trust_anchor_where_it_signed(anchor: str, refusal: dict[str, Any], twice: Log):
    steps = check_dossier(_dossier(refusal, twice), None, parse_trust(anchor), SAME)
    assert next(step for step in steps if step.step == "trust").ok
    other = parse_trust(str(cosigner_key(ORIGIN, SEED)))
    steps = check_dossier(_dossier(refusal, twice), None, other, SAME)
    assert not next(step for step in steps if step.step == "trust").ok


def test_both_keys_of_a_log_as_an_export_lists_them_are_one_trust_anchor(refusal: dict[str, Any], twice: Log):
    trust = parse_trust(f"{twice.key}\n{KEY}\n")
    steps = check_dossier(_dossier(refusal, twice), None, trust, SAME)
    assert next(step for step in steps if step.step == "trust").ok


def test_the_second_key_is_no_anchor_for_a_statement_that_does_not_name_it(refusal: dict[str, Any], twice: Log):
    steps = check_dossier(_dossier(refusal, twice, key=None), None, parse_trust(str(KEY)), SAME)
    assert not next(step for step in steps if step.step == "trust").ok
