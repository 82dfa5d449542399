"""A release and a refusal as flow records them, small, with a log that holds both."""

import hashlib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.dossier import statement_bytes, statement_hash
from lockgate.evidence.entry import entry_of
from lockgate.evidence.log import Log

ORIGIN = "lockgate.local/test"
SEED = bytes(range(32))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _common(key: str) -> dict[str, Any]:
    return {
        "version": 1,
        "salt": "5a" * 16,
        "title": "Customer list to a Korean affiliate",
        "made_at": "2026-11-21T09:30:00Z",
        "log": {"origin": ORIGIN, "key": key},
        "software": {"lockgate": "0.1.0", "python": "3.11.7", "pyarrow": "26.0.1"},
        "holder": {"name": "Shop <Co> & Söhne", "in": "CN"},
        "recipient": {"name": "Acme Korea", "in": "KR", "as": "independent-controller"},
        "dataset": "shop-customers",
        "facts": {
            "as_of": "2026-11-21",
            "k": 5,
            "values": {"purpose.use": "train-ai", "means.by": "copy", "data.persons": 120},
            "columns": [],
            "safeguards": {},
            "roles_unknown": {},
        },
        "decision": {
            "outcome": "permitted",
            "as_of": "2026-11-21",
            "laws": "stamp-1",
            "findings": [
                {
                    "instrument": "cn/pipl",
                    "article": "39",
                    "effect": "requires",
                    "duties": ["separate-consent"],
                    "missing": [],
                    "lifts": [],
                    "lifted_by": ["cn/cross-border-provisions 5"],
                    "reason": "personal information goes abroad",
                    "in_force": ["2021-11-01", None],
                    "confidence": "high",
                },
                {
                    "instrument": "cn/pipl",
                    "article": "55",
                    "effect": "requires",
                    "duties": ["impact-assessment"],
                    "missing": [],
                    "lifts": [],
                    "lifted_by": [],
                    "reason": "an impact assessment comes before an export",
                    "in_force": ["2021-11-01", None],
                    "confidence": "medium",
                },
                {
                    "instrument": "cn/pipl",
                    "article": "41",
                    "effect": "does-not-apply",
                    "duties": [],
                    "missing": [],
                    "lifts": [],
                    "lifted_by": [],
                    "reason": "no authority asks",
                    "in_force": ["2021-11-01", None],
                    "confidence": "high",
                },
            ],
            "duties": [
                {
                    "id": "impact-assessment",
                    "kind": "legal",
                    "gates": True,
                    "met": "yes",
                    "because": ["cn/pipl 55"],
                    "by": None,
                    "met_by": "safeguards",
                },
                {
                    "id": "compliance-audit",
                    "kind": "standing",
                    "gates": False,
                    "met": "unknown",
                    "because": ["cn/audit-measures 3"],
                    "by": "2027-11-21",
                    "met_by": "",
                },
            ],
            "missing": [],
            "routes": [],
        },
    }


def _release(key: str) -> dict[str, Any]:
    columns = {"age": _sha("age"), "notes": _sha("notes")}
    return {
        **_common(key),
        "kind": "release",
        "release": "r-0001",
        "input": {
            "source": "customers.parquet",
            "files": [{"name": "customers.parquet", "sha256": _sha("in"), "bytes": 5120}],
            "rows": 120,
            "data_hash": _sha("in-data"),
        },
        "output": {
            "format": "parquet",
            "files": [{"path": "data/customers.parquet", "sha256": _sha("out"), "bytes": 4096}],
            "rows": 118,
            "data_hash": _sha("out-data"),
            "columns": columns,
        },
        "classification": {
            "rows": 120,
            "persons": {"count": 120, "by": "id_number", "sensitive": 0, "youngest": 19},
            "columns": [
                {
                    "name": name,
                    "type": kind,
                    "category": category,
                    "role": role,
                    "verdict": "confirmed",
                    "probability": 0.998,
                    "grade": "general-3",
                    "sensitive_in": ["KR"] if name == "id_number" else [],
                    "evidence": {"format": 0.998},
                    "example": "",
                    "text_hits": None,
                }
                for name, kind, category, role in (
                    ("id_number", "cn-resident-id", "national-identifier", "direct-identifier"),
                    ("age", "", "other-personal", "quasi-identifier"),
                    ("notes", "", "free-text", "ordinary"),
                )
            ],
            "quasi_identifiers": [],
            "grade": "general-3",
            "grade_asks": [],
            "sampled": False,
            "rules": "1",
        },
        "differences": [{"fact": "columns.age.role", "said": "ordinary", "found": None, "taken": ["a", True, 2.5]}],
        "route": {
            "id": "a1b2c3",
            "steps": [
                {"measure": "drop", "columns": ["id_number"]},
                {"measure": "k-anonymise", "columns": ["age"], "amount": 5},
            ],
        },
        "plan": {
            "steps": [{"measure": "drop", "columns": ["id_number"]}],
            "quasi_identifiers": ["age"],
            "k": 5,
            "suppression_limit": 0.02,
            "hierarchies": {"age": "numbers"},
        },
        "verification": {
            "checks": [
                {"name": "k", "measured": 6, "required": 5, "ok": True, "meaning": "Every class holds 6 persons."},
                {"name": "loss", "measured": 0.213, "required": None, "ok": True, "meaning": "A fifth is lost."},
                {"name": "linkage", "measured": 0.00004, "required": 0.1, "ok": True, "meaning": "Hardly anyone."},
            ],
            "quasi_identifiers": ["age"],
            "persons_by": "id_number",
        },
        "permit": {
            "route": "a1b2c3",
            "granted": "2026-11-21",
            "until": None,
            "duties_met": ["impact-assessment"],
            "standing": ["compliance-audit"],
        },
    }


def _refusal(key: str) -> dict[str, Any]:
    statement = {
        **_common(key),
        "kind": "refusal",
        "release": "r-0002",
        "refusal": {"outcome": "refused", "reasons": ["cn/pipl 41: an authority asks without approval"]},
    }
    statement["decision"]["outcome"] = "refused"
    return statement


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log.open(tmp_path / "log", ORIGIN, SEED)


@pytest.fixture
def release(log: Log) -> dict[str, Any]:
    return deepcopy(_release(str(log.key)))


@pytest.fixture
def refusal(log: Log) -> dict[str, Any]:
    return deepcopy(_refusal(str(log.key)))


@pytest.fixture
def logged(log: Log) -> Callable[[dict[str, Any]], tuple[bytes, bytes]]:
    """Append a statement between others; give its bytes and its proof."""

    def append(statement: dict[str, Any]) -> tuple[bytes, bytes]:
        data = statement_bytes(statement)
        leaf = log.append([entry_of(statement_hash(data), statement["kind"])])
        log.append([entry_of(_sha(f"another {log.size} {at}"), "released") for at in range(6)])
        return data, log.prove(leaf).encode()

    return append
