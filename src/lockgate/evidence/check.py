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
from typing import Any

from lockgate.evidence.dossier import leaf_entry, parse_statement, statement_hash
from lockgate.evidence.leaf_check import LEAF_STEPS, LogAtHand, OtherLog, RecordedLeaf, check_leaf
from lockgate.evidence.output_check import MeasuredOutput, check_data, check_files
from lockgate.evidence.report import render_report
from lockgate.evidence.step import Repetition, Step, skipped, some
from lockgate.evidence.trust import Trust
from lockgate.terms.errors import EvidenceError, LockgateError


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
class Means:
    """What a check needs from outside.

    Attributes:
        version: Version of the lockgate that checks.
        replay: From a statement to what deciding its facts again gives.
        remeasure: From a statement to what measuring its data again gives; None where that cannot be done.
        not_remeasured: Why it cannot be done.
        open_log: Opens the log at hand; None if there is none. It may raise `EvidenceError` for a broken one.
    """

    version: str
    replay: Callable[[Mapping[str, Any]], Repetition]
    remeasure: Callable[[Mapping[str, Any]], Repetition] | None = None
    not_remeasured: str = "no data at hand"
    open_log: Callable[[], LogAtHand | OtherLog | None] | None = None


STEPS = ("statement", "files", "data", *LEAF_STEPS, "decision", "verification", "report")
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
        return (Step("statement", ok=False, detail=str(error)), *(skipped(name, "statement") for name in STEPS[1:]))
    form = f"{statement['kind']} {statement['release']}, SHA-256 {statement_hash(dossier.statement)}"
    recorded = RecordedLeaf(statement["log"], leaf_entry(dossier.statement), dossier.proof)
    return (
        Step("statement", ok=True, detail=form),
        check_files(statement, output),
        check_data(statement, output),
        *check_leaf(recorded, trust, means.open_log),
        _compare("decision", means.replay, statement),
        _check_verification(statement, means),
        _check_report(statement, dossier.report, means.version),
    )


def _check_verification(statement: Mapping[str, Any], means: Means) -> Step:
    if "output" not in statement:
        return Step("verification", ok=True, detail="nothing was released")
    if means.remeasure is None:
        return Step("verification", ok=True, detail=f"{means.not_remeasured}: not measured again", settled=False)
    return _compare("verification", means.remeasure, statement)


def _compare(name: str, repeat: Callable[[Mapping[str, Any]], Repetition], statement: Mapping[str, Any]) -> Step:
    try:
        found = repeat(statement)
    except (LockgateError, KeyError, TypeError, ValueError) as error:
        # Recorded facts of the wrong form surface here; only our own messages are known to hold no data.
        reason = str(error) if isinstance(error, LockgateError) else "the statement's values are of another form"
        return Step(name, ok=False, detail=f"could not be repeated: {reason}")
    more = "" if found.against or not found.notes else f"; {len(found.notes)} differences that change neither, below"
    said = some(list(found.against)) if found.against else f"{found.said}{more}"
    return Step(name, ok=not found.against, detail=said, differences=(*found.against, *found.notes))


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
