"""The statement of a dossier: which members it must have, its canonical bytes, its hash, and reading it back.

The statement says what moved, under which facts and decision, what was done and measured. Proof and report stand
beside it and are no part of it. What it means is for `lockgate.evidence.check`; here is its form alone.
"""

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.evidence.column_tree import columns_root, has_column_tree
from lockgate.evidence.entry import entry_of
from lockgate.evidence.shape import (
    Shape,
    anything,
    count,
    day,
    flag,
    list_of,
    mapping_of,
    matching,
    nullable,
    number,
    one_of,
    open_record,
    record,
    text,
)
from lockgate.terms.decision import Outcome
from lockgate.terms.errors import EvidenceError
from lockgate.terms.evidence_record import STATEMENT_MEMBERS

VERSIONS = (1, 2, 3)
"""Versions of the form that are read; the last is written. Since 2 a release commits to its columns with salts, since 3
to log and end of the permit beside them."""

STATEMENT, PROOF, REPORT, SALTS = "statement.json", "proof", "report.html", "salts"
"""Names of the files of a dossier; `salts` lies beside released data only."""

DATA = "data"
"""Name of the folder of released data, beside the dossier."""

_ALWAYS = frozenset(
    {
        "version",
        "kind",
        "release",
        "salt",
        "title",
        "made_at",
        "log",
        "software",
        "holder",
        "recipient",
        "dataset",
        "facts",
        "decision",
    }
)

REQUIRED: Mapping[str, frozenset[str]] = {
    "release": STATEMENT_MEMBERS - {"refusal", "law"},
    "refusal": _ALWAYS | {"refusal"},
}
"""Members that a statement of each kind must have."""

BARRED: Mapping[str, frozenset[str]] = {
    "release": frozenset({"refusal"}),
    "refusal": frozenset({"output", "permit"}),
}
"""Members that a statement of each kind may not have."""

_HASH = matching(r"[0-9a-f]{64}", "a SHA-256 in hexadecimal")
_OUTCOME = one_of(*(outcome.value for outcome in Outcome))
_TRUTH = one_of("yes", "no", "unknown")
_PARTY = open_record({"name": nullable(text), "in": nullable(text)}, set())


def file_path(value: object, path: str) -> None:
    """Accept a path inside the release folder and nowhere else."""
    text(value, path)
    plain = PurePosixPath(str(value))
    if str(plain) != value or plain.is_absolute() or ".." in plain.parts or "\\" in value or not plain.parts:
        raise EvidenceError(f"expected a plain relative path at `{path}`")


_INPUT = {
    "source": text,
    "files": list_of(record({"name": text, "sha256": _HASH, "bytes": count})),
    "rows": count,
    "data_hash": _HASH,
}

_DUTY = open_record(
    {
        "id": text,
        "kind": text,
        "gates": flag,
        "met": _TRUTH,
        "because": list_of(text),
        "by": nullable(text),
        "met_by": text,
    },
    {"id", "kind", "gates", "met", "because"},
)
_FINDING = open_record(
    {
        "instrument": text,
        "article": text,
        "effect": text,
        "duties": list_of(text),
        "missing": list_of(text),
        "lifts": list_of(text),
        "lifted_by": list_of(text),
        "reason": text,
        "confidence": text,
    },
    {"instrument", "article", "effect", "reason"},
)
_STEP = open_record(
    {"measure": text, "columns": list_of(text), "amount": count, "parameters": mapping_of(text)}, {"measure"}
)
_CHECK = open_record({"name": text, "measured": number, "required": nullable(number), "ok": flag, "meaning": text})
_VERDICT = open_record(
    {
        "name": text,
        "type": text,
        "category": text,
        "role": text,
        "verdict": text,
        "probability": number,
        "grade": text,
        "sensitive_in": list_of(text),
    },
    {"name", "category", "role", "verdict", "grade"},
)

_SHAPES: Mapping[str, Shape] = {
    "version": one_of(*VERSIONS),
    "kind": one_of(*REQUIRED),
    "release": matching(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "a release id"),
    "salt": matching(r"[0-9a-f]{32,128}", "at least 16 random bytes in hexadecimal"),
    "title": text,
    "made_at": matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "a time in UTC to the second"),
    "log": record({"origin": text, "key": text}, {"cosigner_key": text}),
    "software": open_record({"lockgate": text}),
    "holder": _PARTY,
    "recipient": _PARTY,
    "dataset": text,
    "input": record(_INPUT, {"population": record(_INPUT), "columns": mapping_of(_HASH)}),
    "output": record(
        {
            "format": text,
            "files": list_of(record({"path": file_path, "sha256": _HASH, "bytes": count})),
            "rows": count,
            "data_hash": _HASH,
            "columns": mapping_of(_HASH),
        }
    ),
    "classification": open_record(
        {
            "rows": count,
            "persons": open_record({"count": count, "by": text}),
            "columns": list_of(_VERDICT),
            "grade": text,
        }
    ),
    "facts": open_record({"as_of": day, "values": mapping_of(anything), "columns": list_of(anything)}),
    "differences": list_of(open_record({"fact": text, "said": anything, "found": anything, "taken": anything})),
    "decision": open_record(
        {
            "outcome": _OUTCOME,
            "as_of": day,
            "laws": text,
            "findings": list_of(_FINDING),
            "duties": list_of(_DUTY),
            "missing": list_of(open_record({"fact": text, "question": text})),
        }
    ),
    "law": record(
        {
            "stamp": text,
            "instruments": mapping_of(text),
            "numbers": mapping_of(mapping_of(text)),
            "lists": mapping_of(text),
        }
    ),
    "route": open_record({"id": text, "steps": list_of(_STEP)}),
    "plan": open_record(
        {
            "steps": list_of(_STEP),
            "quasi_identifiers": list_of(text),
            "k": count,
            "models": list_of(open_record({"model": text})),
            "search": text,
            "labels": text,
            "moves": count,
            "statistics": open_record({}),
            "synthesis": open_record({}),
            "key_version": count,
            "chosen": open_record({}),
        },
        {"steps", "quasi_identifiers", "k"},
    ),
    "verification": open_record({"checks": list_of(_CHECK), "quasi_identifiers": list_of(text), "persons_by": text}),
    "permit": open_record(
        {"route": text, "granted": day, "until": nullable(day), "duties_met": list_of(text), "standing": list_of(text)}
    ),
    "refusal": open_record({"outcome": text, "reasons": list_of(text)}),
}


def statement_bytes(statement: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of a statement, once its form has been checked: the content of `statement.json`.

    Args:
        statement: Members by name, JSON values or frozen types of `terms`.

    Raises:
        EvidenceError: If a member is missing, unknown, barred for its kind, or of another form.
        InputError: If a value has no canonical form.
    """
    data = canonical_bytes(statement)
    parse_statement(data)
    return data


def parse_statement(data: bytes) -> Mapping[str, Any]:
    """Return the statement whose canonical bytes these are.

    Args:
        data: Content of `statement.json`.

    Raises:
        EvidenceError: If the bytes are not canonical, or the statement is not of the form of its kind.
    """
    statement = parse_canonical(data)
    record({}, _SHAPES)(statement, "")
    for name in ("version", "kind"):
        open_record({name: _SHAPES[name]})(statement, "")
    kind = str(statement["kind"])
    for name in sorted(REQUIRED[kind] - set(statement)):
        raise EvidenceError(f"the statement of a {kind} lacks the member `{name}`")
    for name in sorted(BARRED[kind] & set(statement)):
        raise EvidenceError(f"the statement of a {kind} may not have the member `{name}`")
    if kind == "release" and ("columns" in statement["input"]) != has_column_tree(statement):
        raise EvidenceError("the member `input.columns` belongs to a release since version 2, and there it must be")
    return statement


def leaf_entry(data: bytes) -> bytes:
    """Return the entry by which the log records a statement.

    Args:
        data: Content of `statement.json`.

    Raises:
        EvidenceError: If it is no statement.
    """
    statement = parse_statement(data)
    columns = columns_root(statement) if has_column_tree(statement) else ""
    return entry_of(statement_hash(data), statement["kind"], columns)


def statement_hash(data: bytes) -> str:
    """Return the SHA-256 of a statement's canonical bytes, hexadecimal; the salt inside keeps it from being guessed."""
    return hashlib.sha256(data).hexdigest()
