"""The steps of the verifier that look at the log: proof, signature, inclusion, trust, and a log at hand.

What is recorded, a statement or a column that is shown, is for others; here it is the entry of one leaf.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lockgate.evidence.checkpoint import Checkpoint, parse_checkpoint
from lockgate.evidence.cosignature import cosigned_at
from lockgate.evidence.merkle import TreeHead, is_consistent, is_included, leaf_hash
from lockgate.evidence.note import (
    ML_DSA_44_COSIGNATURE,
    VerifierKey,
    is_signed_by,
    parse_cosigner_key,
    parse_verifier_key,
)
from lockgate.evidence.proof import InclusionProof, parse_proof
from lockgate.evidence.quorum import describe_missing, describe_unknown, describe_witnesses
from lockgate.evidence.step import Step, skipped
from lockgate.evidence.trust import Trust
from lockgate.terms.errors import EvidenceError, LockgateError

LEAF_STEPS = ("proof", "signature", "inclusion", "trust", "log")
"""Names of the steps in order."""


@dataclass(frozen=True, slots=True)
class RecordedLeaf:
    """What is said to be recorded.

    Attributes:
        log: The log as the statement names it: `origin`, `key`, perhaps `cosigner_key`.
        entry: The entry of its leaf.
        proof: C2SP tlog-proof; None if there is none.
    """

    log: Mapping[str, Any]
    entry: bytes
    proof: bytes | None


@dataclass(frozen=True, slots=True)
class OtherLog:
    """A log that lies at hand and is of another node than what is checked, so that it says nothing of it.

    Attributes:
        origin: Its identity; empty where that is not known.
    """

    origin: str = ""


class LogAtHand(Protocol):
    """A log that the verifier can read, whose Ed25519 line holds; `LogReader` and `Log` are such."""

    @property
    def origin(self) -> str:
        """Return the identity of the log."""

    @property
    def head(self) -> TreeHead:
        """Return size and root, as a checkpoint signs them."""

    def checkpoint(self) -> str:
        """Return the signed checkpoint of the head."""

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Return the proof that the tree began with the given number of leaves."""


def check_leaf(
    recorded: RecordedLeaf, trust: Trust | None, open_log: Callable[[], LogAtHand | OtherLog | None] | None
) -> tuple[Step, ...]:
    """Return what the steps found: proof, signature, inclusion, trust and log, each resting on the one before it.

    Args:
        recorded: What is said to be recorded, and its proof.
        trust: Keys that the verifier relies on; None if no anchor is given.
        open_log: Opens the log at hand; None if there is none. It may raise `EvidenceError` for a broken one, and gives
            an `OtherLog` where it is of another node.
    """
    done: list[Step] = []
    try:
        proof = _parse_proof(recorded.proof)
        size = proof.checkpoint.head.size
        done.append(Step("proof", ok=True, detail=f"leaf {proof.index} in a tree of {size}"))
        key = _check_signature(recorded.log, proof)
        own = _check_own_cosignature(recorded.log, proof)
        known = (key, *own, *(witness.key for witness in (trust.witnesses if trust else ())))
        said = f"checkpoint signed by `{key}`{' and with ML-DSA-44' if own else ''}"
        more = describe_unknown(proof.checkpoint, known)
        done.append(Step("signature", ok=True, detail=_joined(said, more)))
        _check_inclusion(recorded.entry, proof)
        done.append(Step("inclusion", ok=True, detail=f"the statement is leaf {proof.index}"))
        done.append(_check_trust((key, *own), trust, proof.checkpoint))
        done.append(_check_log(proof, open_log, own, trust))
    except EvidenceError as error:
        done.append(Step(LEAF_STEPS[len(done)], ok=False, detail=str(error)))
    return (*done, *(skipped(name, done[-1].step) for name in LEAF_STEPS[len(done) :]))


def _parse_proof(data: bytes | None) -> InclusionProof:
    if data is None:
        raise EvidenceError("the dossier has no proof")
    return parse_proof(data)


def _check_signature(log: Mapping[str, Any], proof: InclusionProof) -> VerifierKey:
    origin = log["origin"]
    try:
        key = parse_verifier_key(log["key"])
    except LockgateError as error:
        raise EvidenceError("the statement names no verifier key") from error
    if key.name != origin or proof.checkpoint.origin != origin:
        raise EvidenceError(
            f"the statement names the log `{origin}` and the key of `{key.name}`, "
            f"the checkpoint is of `{proof.checkpoint.origin}`"
        )
    lines = [found[:2] for found in proof.checkpoint.note.signatures]
    if lines.count((key.name, key.key_id)) > 1:  # lockgate writes one: a second is an alteration that proves nothing
        raise EvidenceError("the checkpoint has more than one line of the key that the statement names")
    if not is_signed_by(proof.checkpoint.note, key):
        raise EvidenceError("the checkpoint is not signed by the key that the statement names")
    return key


def _check_own_cosignature(log: Mapping[str, Any], proof: InclusionProof) -> tuple[VerifierKey, ...]:
    """Return the log's own ML-DSA-44 key, whose line holds; nothing where the statement, an older one, names none."""
    if "cosigner_key" not in log:
        return ()
    try:
        key = parse_cosigner_key(log["cosigner_key"])
    except LockgateError as error:
        raise EvidenceError("the statement names no key of the log's own cosignature") from error
    if key.name != proof.checkpoint.origin or key.algorithm != ML_DSA_44_COSIGNATURE:
        raise EvidenceError("the statement names another key than an ML-DSA-44 key of the log")
    if cosigned_at(proof.checkpoint, key) is None:
        raise EvidenceError("the checkpoint is not signed by the ML-DSA-44 key that the statement names")
    return (key,)


def _check_inclusion(entry: bytes, proof: InclusionProof) -> None:
    if not is_included(leaf_hash(entry), proof.index, proof.checkpoint.head, proof.path):
        raise EvidenceError("the proof is not of this statement: its leaf is not in the tree of the checkpoint")


def _check_trust(keys: tuple[VerifierKey, ...], trust: Trust | None, checkpoint: Checkpoint) -> Step:
    """Any of the keys that signed may be the anchor."""
    key = keys[0]
    if trust is None:
        return Step("trust", ok=True, detail="consistent, signer unknown: no trust anchor given", settled=False)
    if not any(map(trust.covers, keys)):
        return Step("trust", ok=False, detail=f"the trust anchor does not name the signer `{key}`")
    try:
        witnesses = describe_witnesses(checkpoint, trust)
    except EvidenceError as error:  # the log can still be compared: it rests on the proof, not on who saw it
        return Step("trust", ok=False, detail=str(error))
    return Step("trust", ok=True, detail=_joined(f"the trust anchor names `{key.name}`", witnesses))


def _check_log(
    proof: InclusionProof,
    open_log: Callable[[], LogAtHand | OtherLog | None] | None,
    own: tuple[VerifierKey, ...],
    trust: Trust | None,
) -> Step:
    """Hold the log at hand against the checkpoint of the dossier; its head has to be vouched for as that one is."""
    log = open_log() if open_log else None
    recorded = proof.checkpoint
    if log is None:
        said = f"the log `{recorded.origin}` is not at hand: not compared"
        return Step("log", ok=True, detail=said, settled=False)
    if isinstance(log, OtherLog) or log.origin != recorded.origin:
        whose = f"`{log.origin}`" if log.origin else "another node"
        said = f"the log at hand is that of {whose}, not of `{recorded.origin}`: not compared"
        return Step("log", ok=True, detail=said, settled=False)
    if log.head.size < recorded.head.size:
        raise EvidenceError(
            f"log cut short: it holds {log.head.size} leaves, the checkpoint of the dossier {recorded.head.size}"
        )
    if not is_consistent(recorded.head, log.head, log.consistency(recorded.head.size)):
        raise EvidenceError(f"log forked: its first {recorded.head.size} leaves are not those of the dossier")
    said = f"the log of {log.head.size} leaves holds the tree of the dossier"
    lacking = _lacking(parse_checkpoint(log.checkpoint().encode()), own, trust)
    return Step("log", ok=True, detail=_joined(said, lacking), settled=not lacking)


def _lacking(head: Checkpoint, own: tuple[VerifierKey, ...], trust: Trust | None) -> str:
    """Return which lines the head of the log at hand lacks; empty if none.

    Raises:
        EvidenceError: If a line of the log's ML-DSA-44 key or of a witness does not hold.
    """
    lines = {(name, key_id) for name, key_id, _ in head.note.signatures}
    unsigned = ""
    for key in own:
        if (key.name, key.key_id) not in lines:
            unsigned = "its head is not signed by the ML-DSA-44 key that the statement names"
        elif cosigned_at(head, key) is None:
            raise EvidenceError("the head of the log at hand has a line of its ML-DSA-44 key that does not hold")
    missing = describe_missing(head, trust) if trust else ""
    return _joined(unsigned, missing and f"its head is not vouched for: {missing}")


def _joined(said: str, more: str) -> str:
    return "; ".join(filter(None, (said, more)))
