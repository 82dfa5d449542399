"""The proof that one column, shown alone, is one of a release: its salt, its path in the tree, and the leaf's proof.

It is bound to the log's keys and to the last day of the permit, so that a verifier can tell as much of it as of a whole
dossier: who signed, and whether the release still stands. What it does not hold: the statement, other columns' names,
or a hash that other columns could be guessed from. It proves that the release of this statement hash has a column of
this name with these rows; what the release was, its dossier says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.evidence.column_tree import SIDES, bind_terms, column_commitment
from lockgate.evidence.dossier import file_path
from lockgate.evidence.entry import entry_of
from lockgate.evidence.leaf_check import LogAtHand, OtherLog, RecordedLeaf, check_leaf
from lockgate.evidence.merkle import path_root
from lockgate.evidence.output_check import MeasuredOutput, file_differences
from lockgate.evidence.shape import count, day, list_of, matching, nullable, one_of, record, text
from lockgate.evidence.step import Step, skipped, some
from lockgate.evidence.trust import Trust
from lockgate.terms.errors import EvidenceError

COLUMN = "column.json"
"""Name of the file that holds the proof, beside the data of the column."""

STEPS = ("column", "files", "data", "proof", "signature", "inclusion", "trust", "log")
"""Names of the steps of its check in order."""

_HASH = matching(r"[0-9a-f]{64}", "a SHA-256 in hexadecimal")
_MEMBERS = {
    "kind": one_of("column"),
    "side": one_of(*SIDES),
    "name": text,
    "root": _HASH,
    "salt": _HASH,
    "index": count,
    "size": count,
    "path": list_of(_HASH),
    "statement": _HASH,
    "log": record({"origin": text, "key": text}, {"cosigner_key": text}),
    "proof": text,
    "file": record({"path": file_path, "sha256": _HASH, "bytes": count}),
}
_SHAPE = record({**_MEMBERS, "version": one_of(2), "until": nullable(day)})
_SHAPE_WITHOUT_TERMS = record({**_MEMBERS, "version": one_of(1)})
"""Of a release of version 2, which binds neither log nor end of the permit to its columns."""


@dataclass(frozen=True, slots=True)
class ColumnProof:
    """What is shown of a column beside its data.

    Attributes:
        side: `output` or `input`.
        name: Of the column.
        root: Over its cells, as `DataHash.columns` gives it, hexadecimal.
        salt: Of the column alone, hexadecimal.
        index: Its place among the columns of the release.
        size: Columns of the release, of output and input together.
        path: From its commitment to the root over the columns, hexadecimal.
        statement: SHA-256 of the statement of the release, hexadecimal.
        log: The log as the statement names it.
        proof: C2SP tlog-proof of the leaf of the release.
        file: Path, SHA-256 and length in bytes of the file that holds the column. Nothing binds them to the release:
            the holder chooses the form of the file, as long as a reader gets the same cells from it.
        until: Last day of the permit; None if it has no end.
        has_terms: Whether log and end of the permit are bound to the column.
    """

    side: str
    name: str
    root: str
    salt: str
    index: int
    size: int
    path: tuple[str, ...]
    statement: str
    log: Mapping[str, Any]
    proof: str
    file: Mapping[str, Any]
    until: str | None = None
    has_terms: bool = True


def render_column_proof(proof: ColumnProof) -> bytes:
    """Return the canonical bytes of a proof: the content of `column.json`."""
    shown = {name: getattr(proof, name) for name in _SHOWN}
    terms = {"version": 2, "until": proof.until} if proof.has_terms else {"version": 1}
    return canonical_bytes({"kind": "column", **terms, **shown})


def parse_column_proof(data: bytes) -> ColumnProof:
    """Return the proof whose canonical bytes these are.

    Raises:
        EvidenceError: If the bytes are no proof of a column.
    """
    found = parse_canonical(data)
    has_terms = found.get("version") != 1
    (_SHAPE if has_terms else _SHAPE_WITHOUT_TERMS)(found, "")
    shown = {**{name: found[name] for name in _SHOWN}, "path": tuple(found["path"])}
    return ColumnProof(**shown, until=found.get("until"), has_terms=has_terms)


_SHOWN = tuple(name for name in _MEMBERS if name != "kind")


def check_column(
    data: bytes,
    output: MeasuredOutput,
    trust: Trust | None,
    open_log: Callable[[], LogAtHand | OtherLog | None] | None = None,
) -> tuple[Step, ...]:
    """Return what every step of the check found, in the order of `STEPS`.

    Args:
        data: Content of `column.json`.
        output: What was found of the data of the column.
        trust: Keys that the verifier relies on; None if no anchor is given.
        open_log: Opens the log at hand; None if there is none.
    """
    try:
        proof = parse_column_proof(data)
        entry = _entry(proof)
    except EvidenceError as error:
        return (Step("column", ok=False, detail=str(error)), *(skipped(name, "column") for name in STEPS[1:]))
    form = f"`{proof.name}`, {proof.side} of the release with the statement {proof.statement}"
    recorded = RecordedLeaf(proof.log, entry, proof.proof.encode())
    if not proof.has_terms:
        form = f"{form}; shown by an older lockgate, nothing binds all keys of the log to it"
    return (
        Step("column", ok=True, detail=form, settled=proof.has_terms),
        _check_file(proof, output),
        _check_cells(proof, output),
        *check_leaf(recorded, trust, open_log),
    )


def _entry(proof: ColumnProof) -> bytes:
    """Return the leaf that the release must have if the column is one of it."""
    commitment = column_commitment(proof.side, proof.name, proof.root, bytes.fromhex(proof.salt))
    path = [bytes.fromhex(item) for item in proof.path]
    root = path_root(bytes.fromhex(commitment), proof.index, proof.size, path)
    if root is None:
        raise EvidenceError("expected a path to the root over the columns, found one of another length")
    if proof.has_terms:
        root = bind_terms(root, proof.size, proof.log, proof.until)
    return entry_of(proof.statement, "release", root.hex())


_FORM_IS_FREE = "one file and no other; its form is its holder's, only its cells are bound, see `data`"


def _check_file(proof: ColumnProof, output: MeasuredOutput) -> Step:
    wrong = file_differences({proof.file["path"]: (proof.file["sha256"], proof.file["bytes"])}, output.files)
    if wrong:
        return Step("files", ok=False, detail=some(wrong))
    return Step("files", ok=True, detail=_FORM_IS_FREE)


def _check_cells(proof: ColumnProof, output: MeasuredOutput) -> Step:
    if output.unread:
        return Step("data", ok=True, detail=output.unread, settled=False)
    if output.problem:
        return Step("data", ok=False, detail=f"the data cannot be read: {output.problem}")
    if dict(output.columns or {}) != {proof.name: proof.root}:
        return Step("data", ok=False, detail="the cells are not those of the column, or are not alone")
    return Step("data", ok=True, detail=f"its {output.rows} cells are those of the column")
