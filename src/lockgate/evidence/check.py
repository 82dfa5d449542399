"""The verifier: checks a dossier step by step, offline, over bytes that it is given.

    1. statement      the bytes are canonical and of the right form
    2. files          every data file is there, unchanged, and no other
    3. data           what a reader gets from the files is what was released
    4. proof          the proof has the right form
    5. signature      the checkpoint is signed by the keys that the statement names
    6. inclusion      the leaf made of the statement is in the tree of the checkpoint
    7. trust          the key is one that the verifier relies on, and the witnesses of its policy cosigned
    8. log            a log that is at hand still holds that tree
    9. decision       the recorded facts give the recorded decision again
    10. verification  the released data give the recorded figures again
    11. report        the report says what the statement says

Every step is reported, whether it passed, failed, or could not be made. It reads no file and decides no law: data,
log, replay and remeasuring arrive as arguments.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lockgate.evidence.checkpoint import Checkpoint
from lockgate.evidence.cosignature import cosigned_at
from lockgate.evidence.dossier import parse_statement, statement_hash
from lockgate.evidence.entry import entry_of
from lockgate.evidence.merkle import TreeHead, is_consistent, is_included, leaf_hash
from lockgate.evidence.note import (
    ML_DSA_44_COSIGNATURE,
    VerifierKey,
    is_signed_by,
    parse_cosigner_key,
    parse_verifier_key,
)
from lockgate.evidence.proof import InclusionProof, parse_proof
from lockgate.evidence.quorum import describe_unknown, describe_witnesses
from lockgate.evidence.report import render_report
from lockgate.evidence.trust import Trust
from lockgate.terms.errors import EvidenceError, LockgateError

_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the check.

    Attributes:
        step: Its name.
        ok: Whether nothing was found against the dossier.
        detail: What was found, one sentence for people.
        settled: Whether the question was answered; a strict verifier does not accept a dossier with open ones.
    """

    step: str
    ok: bool
    detail: str
    settled: bool = True


@dataclass(frozen=True, slots=True)
class DossierFiles:
    """The files of a dossier as they were found.

    Attributes:
        statement: Content of `statement.json`.
        proof: Content of `proof`; None if there is none.
        report: Content of `report.html`; None if there is none.
    """

    statement: bytes
    proof: bytes | None
    report: bytes | None


@dataclass(frozen=True, slots=True)
class MeasuredOutput:
    """What was found where the released data should be.

    Attributes:
        files: SHA-256 (hexadecimal) and length in bytes of every file in the data folder, by its path as the
            statement writes it.
        rows: Rows that a reader got.
        data_hash: Root over the rows, hexadecimal; empty if they could not be read.
        columns: Column roots by name, hexadecimal.
        problem: Why the rows could not be read; empty if they could.
    """

    files: Mapping[str, tuple[str, int]]
    rows: int = 0
    data_hash: str = ""
    columns: Mapping[str, str] | None = None
    problem: str = ""


class LogAtHand(Protocol):
    """A log that the verifier can read; `LogReader` and `Log` are such."""

    @property
    def origin(self) -> str:
        """Return the identity of the log."""

    @property
    def head(self) -> TreeHead:
        """Return size and root, as a checkpoint signs them."""

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Return the proof that the tree began with the given number of leaves."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a check needs from outside.

    Attributes:
        version: Version of the lockgate that checks.
        replay: From a statement to what differs when its facts are decided again; nothing if nothing does.
        remeasure: From a statement to what differs when its data are measured again; None without data at hand.
        open_log: Opens the log at hand; None if there is none. It may raise `EvidenceError` for a broken one.
    """

    version: str
    replay: Callable[[Mapping[str, Any]], list[str]]
    remeasure: Callable[[Mapping[str, Any]], list[str]] | None = None
    open_log: Callable[[], LogAtHand | None] | None = None


STEPS = (
    "statement",
    "files",
    "data",
    "proof",
    "signature",
    "inclusion",
    "trust",
    "log",
    "decision",
    "verification",
    "report",
)
"""Names of the steps in order."""


def check_dossier(
    dossier: DossierFiles, output: MeasuredOutput | None, trust: Trust | None, means: Means
) -> tuple[Step, ...]:
    """Return what every step found, in the order of `STEPS`.

    Args:
        dossier: The files of the dossier.
        output: What was found of the released data; None where only the dossier is at hand. For a release folder
            without its data, pass one without files.
        trust: Keys that the verifier relies on; None if no anchor is given.
        means: What the steps need from outside.
    """
    try:
        statement = parse_statement(dossier.statement)
    except EvidenceError as error:
        return (Step("statement", ok=False, detail=str(error)), *(_skip(name, "statement") for name in STEPS[1:]))
    form = f"{statement['kind']} {statement['release']}, SHA-256 {statement_hash(dossier.statement)}"
    return (
        Step("statement", ok=True, detail=form),
        _check_files(statement, output),
        _check_data(statement, output),
        *_check_logging(statement, dossier, trust, means),
        _compare("decision", means.replay, statement, "decided again from the recorded facts: the same"),
        _check_verification(statement, means),
        _check_report(statement, dossier.report, means.version),
    )


def _check_files(statement: Mapping[str, Any], output: MeasuredOutput | None) -> Step:
    listed = {item["path"]: (item["sha256"], item["bytes"]) for item in statement.get("output", {}).get("files", [])}
    if output is None:
        return Step("files", ok=True, detail="no data at hand: not checked", settled=not listed)
    wrong = [f"`{path}` is missing" for path in sorted(listed.keys() - output.files.keys())]
    wrong += [f"`{path}` is not listed" for path in sorted(output.files.keys() - listed.keys())]
    common = sorted(listed.keys() & output.files.keys())
    wrong += [f"`{path}` was changed" for path in common if listed[path] != tuple(output.files[path])]
    if wrong:
        return Step("files", ok=False, detail=_some(wrong))
    return Step("files", ok=True, detail=f"{len(listed)} data file{'' if len(listed) == 1 else 's'} unchanged")


def _check_data(statement: Mapping[str, Any], output: MeasuredOutput | None) -> Step:
    recorded = statement.get("output")
    if recorded is None:
        return Step("data", ok=True, detail="nothing was released")
    if output is None:
        return Step("data", ok=True, detail="no data at hand: not checked", settled=False)
    if output.problem:
        return Step("data", ok=False, detail=f"the data cannot be read: {output.problem}")
    wrong = [] if output.rows == recorded["rows"] else [f"{recorded['rows']} rows expected, {output.rows} found"]
    found, listed = output.columns or {}, recorded["columns"]
    wrong += [f"column `{name}` is missing" for name in sorted(listed.keys() - found.keys())]
    wrong += [f"column `{name}` was added" for name in sorted(found.keys() - listed.keys())]
    wrong += [
        f"column `{name}` was changed" for name in sorted(listed) if found.get(name, listed[name]) != listed[name]
    ]
    if not wrong and output.data_hash != recorded["data_hash"]:
        wrong = ["the columns stand in another order"]
    if wrong:
        return Step("data", ok=False, detail=_some(wrong))
    return Step("data", ok=True, detail=f"{recorded['rows']} rows give the recorded hash")


def _check_logging(
    statement: Mapping[str, Any], dossier: DossierFiles, trust: Trust | None, means: Means
) -> tuple[Step, ...]:
    """Check proof, signature, inclusion, trust and log: each rests on the one before it."""
    names = STEPS[STEPS.index("proof") : STEPS.index("decision")]
    done: list[Step] = []
    try:
        proof = _parse_proof(dossier.proof)
        size = proof.checkpoint.head.size
        done.append(Step("proof", ok=True, detail=f"leaf {proof.index} in a tree of {size}"))
        key = _check_signature(statement, proof)
        own = _check_own_cosignature(statement, proof)
        known = (key, *own, *(witness.key for witness in (trust.witnesses if trust else ())))
        said = f"checkpoint signed by `{key}`{' and with ML-DSA-44' if own else ''}"
        more = describe_unknown(proof.checkpoint, known)
        done.append(Step("signature", ok=True, detail=_joined(said, more)))
        _check_inclusion(statement, dossier, proof)
        done.append(Step("inclusion", ok=True, detail=f"the statement is leaf {proof.index}"))
        done.append(_check_trust((key, *own), trust, proof.checkpoint))
        done.append(_check_log(proof, means))
    except EvidenceError as error:
        done.append(Step(names[len(done)], ok=False, detail=str(error)))
    return (*done, *(_skip(name, done[-1].step) for name in names[len(done) :]))


def _parse_proof(data: bytes | None) -> InclusionProof:
    if data is None:
        raise EvidenceError("the dossier has no proof")
    return parse_proof(data)


def _check_signature(statement: Mapping[str, Any], proof: InclusionProof) -> VerifierKey:
    origin = statement["log"]["origin"]
    try:
        key = parse_verifier_key(statement["log"]["key"])
    except LockgateError as error:
        raise EvidenceError("the statement names no verifier key") from error
    if key.name != origin or proof.checkpoint.origin != origin:
        raise EvidenceError(
            f"the statement names the log `{origin}` and the key of `{key.name}`, "
            f"the checkpoint is of `{proof.checkpoint.origin}`"
        )
    if not is_signed_by(proof.checkpoint.note, key):
        raise EvidenceError("the checkpoint is not signed by the key that the statement names")
    return key


def _check_own_cosignature(statement: Mapping[str, Any], proof: InclusionProof) -> tuple[VerifierKey, ...]:
    """Return the log's own ML-DSA-44 key, whose line holds; nothing where the statement, an older one, names none."""
    if "cosigner_key" not in statement["log"]:
        return ()
    try:
        key = parse_cosigner_key(statement["log"]["cosigner_key"])
    except LockgateError as error:
        raise EvidenceError("the statement names no key of the log's own cosignature") from error
    if key.name != proof.checkpoint.origin or key.algorithm != ML_DSA_44_COSIGNATURE:
        raise EvidenceError("the statement names another key than an ML-DSA-44 key of the log")
    if cosigned_at(proof.checkpoint, key) is None:
        raise EvidenceError("the checkpoint is not signed by the ML-DSA-44 key that the statement names")
    return (key,)


def _check_inclusion(statement: Mapping[str, Any], dossier: DossierFiles, proof: InclusionProof) -> None:
    entry = entry_of(statement_hash(dossier.statement), statement["kind"])
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


def _check_log(proof: InclusionProof, means: Means) -> Step:
    log = means.open_log() if means.open_log else None
    recorded = proof.checkpoint
    if log is None or log.origin != recorded.origin:
        return Step("log", ok=True, detail=f"the log `{recorded.origin}` is not at hand: not compared")
    if log.head.size < recorded.head.size:
        raise EvidenceError(
            f"log cut short: it holds {log.head.size} leaves, the checkpoint of the dossier {recorded.head.size}"
        )
    if not is_consistent(recorded.head, log.head, log.consistency(recorded.head.size)):
        raise EvidenceError(f"log forked: its first {recorded.head.size} leaves are not those of the dossier")
    return Step("log", ok=True, detail=f"the log of {log.head.size} leaves holds the tree of the dossier")


def _check_verification(statement: Mapping[str, Any], means: Means) -> Step:
    if "output" not in statement:
        return Step("verification", ok=True, detail="nothing was released")
    if means.remeasure is None:
        return Step("verification", ok=True, detail="no data at hand: not measured again", settled=False)
    return _compare("verification", means.remeasure, statement, "measured again from the released data: the same")


def _compare(
    name: str, compare: Callable[[Mapping[str, Any]], list[str]], statement: Mapping[str, Any], same: str
) -> Step:
    try:
        differences = compare(statement)
    except (LockgateError, KeyError, TypeError, ValueError) as error:
        # Recorded facts of the wrong form surface here; only our own messages are known to hold no data.
        reason = str(error) if isinstance(error, LockgateError) else "the statement's values are of another form"
        return Step(name, ok=False, detail=f"could not be repeated: {reason}")
    return Step(name, ok=not differences, detail=_some(differences) if differences else same)


def _check_report(statement: Mapping[str, Any], report: bytes | None, version: str) -> Step:
    if report is None:
        return Step("report", ok=True, detail="no report at hand: not compared", settled=False)
    written_by = statement["software"]["lockgate"]
    if render_report(statement).encode("utf-8") == report:
        return Step("report", ok=True, detail="the report is the one that the statement gives")
    if written_by != version:
        detail = f"written by lockgate {written_by}, which lockgate {version} cannot render: not compared"
        return Step("report", ok=True, detail=detail, settled=False)
    return Step("report", ok=False, detail="the report is not the one that the statement gives")


def _joined(said: str, more: str) -> str:
    return f"{said}; {more}" if more else said


def _skip(name: str, failed: str) -> Step:
    return Step(name, ok=False, detail=f"not checked: it rests on `{failed}`, which failed")


def _some(items: list[str]) -> str:
    more = len(items) - _NAMED_AT_MOST
    return "; ".join(items[:_NAMED_AT_MOST]) + (f"; and {more} more" if more > 0 else "")
