"""The trust step under a policy with witnesses: a quorum that is met, unmet, forged, or cosigned by a liar."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.check import DossierFiles, Means, check_dossier
from lockgate.evidence.cosignature import cosign, cosigner_key
from lockgate.evidence.dossier import statement_bytes, statement_hash
from lockgate.evidence.entry import entry_of
from lockgate.evidence.log import Log
from lockgate.evidence.note import ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE, VerifierKey, signature_line
from lockgate.evidence.output_check import MeasuredOutput
from lockgate.evidence.proof import parse_proof
from lockgate.evidence.quorum import describe_quorum
from lockgate.evidence.step import Repetition, Step
from lockgate.evidence.trust import Trust, parse_trust
from lockgate.evidence.witness import Cosigner, Seen, add_checkpoint, render_submission

Logged = Callable[[dict[str, Any]], tuple[bytes, bytes]]

SAME = Means(
    version="0.1.0", replay=lambda statement: Repetition("the same"), remeasure=lambda statement: Repetition("the same")
)
SEEDS = {name: bytes([number] * 32) for number, name in enumerate(("harbour", "tower", "liar"), start=7)}
KEYS = {
    name: cosigner_key(
        f"witness.example/{name}", seed, ML_DSA_44_COSIGNATURE if name == "tower" else ED25519_COSIGNATURE
    )
    for name, seed in SEEDS.items()
}
NOON_S = 1_795_262_400  # 2026-11-21 12:00 UTC


def _trust(log: Log, quorum: str = "two") -> Trust:
    witnesses = "\n".join(f"witness {name} {key}" for name, key in KEYS.items())
    return parse_trust(f"log {log.key}\n{witnesses}\ngroup two 2 harbour tower liar\nquorum {quorum}\n")


def _line(proof: bytes, name: str, time_s: int = NOON_S) -> str:
    return cosign(parse_proof(proof).checkpoint, KEYS[name], SEEDS[name], time_s)


def _with(proof: bytes, *lines: str) -> bytes:
    return proof + "".join(f"{line}\n" for line in lines).encode()


def _check(data: bytes, proof: bytes, trust: Trust | None, means: Means = SAME) -> Mapping[str, Step]:
    steps = check_dossier(DossierFiles(data, proof, None), MeasuredOutput({}), trust, means)
    return {step.step: step for step in steps}


def test_a_quorum_that_is_met_is_said_with_who_and_when(release: dict[str, Any], log: Log, logged: Logged):
    data, proof = logged(release)
    steps = _check(data, _with(proof, _line(proof, "harbour"), _line(proof, "tower", 0)), _trust(log))
    assert steps["trust"].ok
    assert "cosigned by `harbour` on 2026-11-21 12:00:00 UTC, `tower` (without a time)" in steps["trust"].detail
    assert steps["trust"].detail.endswith("that is the quorum")


@pytest.mark.parametrize("names", [(), ("harbour",), ("liar",)])
def test_a_quorum_that_is_unmet_fails_trust_and_says_what_is_needed(
    names: tuple[str, ...], release: dict[str, Any], log: Log, logged: Logged
):
    data, proof = logged(release)
    cosigned = _with(proof, *(_line(proof, name) for name in names))
    steps = _check(data, cosigned, _trust(log))
    assert not steps["trust"].ok
    assert "asks for 2 of (`harbour`, `tower`, `liar`)" in steps["trust"].detail
    assert (names[0] if names else "cosigned by nobody") in steps["trust"].detail
    assert steps["signature"].ok
    assert steps["log"].ok
    assert _check(data, cosigned, _trust(log, "none"))["trust"].ok


def test_one_witness_that_cosigns_a_split_view_does_not_carry_it(
    release: dict[str, Any], log: Log, logged: Logged, tmp_path: Path
):
    """The log shows one history to the honest and another to the liar, who cosigns both."""
    logged(release)
    fork = Log.open(tmp_path / "fork", log.origin, bytes(range(32)))
    fork.append([entry_of("ab" * 32, "release")] * log.size)
    release["release"] = "r-0009"
    memory = _Memory()
    honest = [Cosigner(KEYS["harbour"], SEEDS["harbour"])]
    submitted = render_submission(0, (), log.checkpoint())
    assert add_checkpoint(submitted, {log.origin: log.key}, honest, memory, NOON_S).status == 200
    submitted = render_submission(0, (), fork.checkpoint())
    assert add_checkpoint(submitted, {log.origin: log.key}, honest, memory, NOON_S).status == 409
    data, proof = _forged(release, fork)
    steps = _check(data, _with(proof, _line(proof, "liar")), _trust(log))
    assert steps["inclusion"].ok  # the fork is a tree of its own, signed by the log's key: only the quorum finds it
    assert not steps["trust"].ok
    assert "cosigned by `liar`" in steps["trust"].detail


def _forged(statement: dict[str, Any], fork: Log) -> tuple[bytes, bytes]:
    data = statement_bytes(statement)
    leaf = fork.append([entry_of(statement_hash(data), "release")])
    return data, fork.prove(leaf).encode()


class _Memory:
    """A witness's memory in a dictionary."""

    def __init__(self) -> None:
        self.seen: dict[str, Seen] = {}

    def hold(self, origin: str) -> AbstractContextManager[None]:
        return nullcontext()

    def recall(self, origin: str) -> Seen | None:
        return self.seen.get(origin)

    def keep(self, origin: str, seen: Seen) -> None:
        self.seen[origin] = seen


def test_a_cosignature_of_another_checkpoint_fails_trust_and_names_the_witness(
    release: dict[str, Any], log: Log, logged: Logged
):
    data, earlier = logged(release)
    _, later = logged({**release, "release": "r-0003"})
    lines = [_line(later, "harbour"), _line(later, "tower"), _line(earlier, "liar")]
    steps = _check(data, _with(earlier, *lines), _trust(log, "none"))
    assert steps["trust"].detail == "the cosignature of the witness `harbour`, `tower` does not hold"
    assert not steps["trust"].ok


def test_a_line_under_the_name_of_an_honest_witness_does_not_count_for_it(
    release: dict[str, Any], log: Log, logged: Logged
):
    data, proof = logged(release)
    mallory = cosigner_key(KEYS["harbour"].name, SEEDS["liar"], ED25519_COSIGNATURE)
    line = cosign(parse_proof(proof).checkpoint, mallory, SEEDS["liar"], NOON_S)
    steps = _check(data, _with(proof, line, _line(proof, "tower")), _trust(log))
    assert not steps["trust"].ok
    assert "cosigned by `tower`" in steps["trust"].detail
    assert "1 signature line of a key not known here" in steps["signature"].detail
    assert "`witness.example/harbour`" in steps["signature"].detail


def test_signature_lines_of_keys_that_nobody_knows_are_said_and_prove_nothing(
    release: dict[str, Any], log: Log, logged: Logged
):
    data, proof = logged(release)
    strange = signature_line(VerifierKey("other.example/key", bytes(32)), bytes(64))
    cosigned = _with(proof, _line(proof, "harbour"), strange)
    steps = _check(data, cosigned, None)
    assert steps["signature"].ok
    assert steps["signature"].detail.endswith(
        "2 signature lines of a key not known here, which prove nothing: `other.example/key`, `witness.example/harbour`"
    )
    assert "1 signature line of" in _check(data, cosigned, _trust(log, "none"))["signature"].detail


def test_every_changed_byte_of_a_cosignature_is_found_under_its_policy(
    refusal: dict[str, Any], log: Log, logged: Logged
):
    data, proof = logged(refusal)
    cosigned = _with(proof, _line(proof, "harbour"), _line(proof, "liar"))
    trust = _trust(log)
    assert _check(data, cosigned, trust)["trust"].ok
    for at in range(len(proof), len(cosigned)):
        changed = cosigned[:at] + bytes([cosigned[at] ^ 1]) + cosigned[at + 1 :]
        steps = _check(data, changed, trust)
        assert not (steps["proof"].ok and steps["trust"].ok), at


def test_times_that_no_calendar_has_are_said_all_the_same(release: dict[str, Any], log: Log, logged: Logged):
    data, proof = logged(release)
    detail = _check(data, _with(proof, _line(proof, "harbour", 2**63 - 1)), _trust(log, "harbour"))["trust"].detail
    assert "`harbour` (after the year 9998)" in detail


def test_a_quorum_of_groups_is_written_out(log: Log):
    policy = "\n".join(f"witness {name} {key}" for name, key in KEYS.items())
    trust = parse_trust(f"log {log.key}\n{policy}\ngroup a any harbour tower\ngroup b all a liar\nquorum b\n")
    assert trust.quorum
    assert describe_quorum(trust.quorum) == "2 of (1 of (`harbour`, `tower`), `liar`)"
