"""The JSON documents of every command: keys and types as docs/flow-file.md has them, and nothing else on stdout."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from small_flows import CONDITIONAL, COUNTS_ONLY, REFUSED, UNDECIDED, write_flow

NUMBER = (int, float)
TEXT_OR_NONE = (str, type(None))
CHECK = {"name": str, "measured": NUMBER, "required": (*NUMBER, type(None)), "ok": bool, "meaning": str}
STEP = {"measure": str}
STEP_MORE = {"columns": [str], "amount": int}

SCAN = {
    "source": str,
    "rows": int,
    "persons": {"count": int, "by": str, "sensitive": int, "youngest": (int, type(None))},
    "sampled": bool,
    "sampled_persons": (int, type(None)),
    "laws": str,
    "rules": str,
    "grade": {
        "level": str,
        "scanned": str,
        "important": str,
        "answers": {str: str},
        "asks": [str],
        "signals": [{"signal": str, "why": str}],
    },
    "quasi_identifiers": [{"columns": [str], "unique_share": float}],
    "columns": [
        {
            "name": str,
            "type": TEXT_OR_NONE,
            "category": str,
            "role": str,
            "verdict": str,
            "probability": float,
            "grade": str,
            "sensitive_in": [str],
            "sensitive_under": [str],
            "advised_under": [str],
            "evidence": {str: NUMBER},
            "example": str,
            "text_hits": {str: int},
            "text": {str: int},
            "word": (type(None), {"category": str, "by": str}),
        }
    ],
}
DECIDE = {
    "outcome": str,
    "as_of": str,
    "laws": str,
    "findings": [
        {
            "instrument": str,
            "article": str,
            "effect": str,
            "duties": [str],
            "missing": [str],
            "lifts": [str],
            "lifted_by": [str],
            "reason": str,
            "in_force": [TEXT_OR_NONE],
            "confidence": str,
        }
    ],
    "duties": [
        {"id": str, "kind": str, "gates": bool, "met": str, "because": [str], "by": TEXT_OR_NONE, "met_by": str}
    ],
    "missing": [{"fact": str, "role": str, "question": str, "asked_by": [str], "decides": bool}],
    "routes": [
        {
            "id": str,
            "steps": [(STEP, STEP_MORE)],
            "outcome": str,
            "duties": [str],
            "paperwork": int,
            "days": int,
            "loses": NUMBER,
        }
    ],
}
RELEASE = {
    "release": str,
    "outcome": str,
    "route": str,
    "out": TEXT_OR_NONE,
    "statement_hash": str,
    "leaf": (int, type(None)),
    "verification": {"ok": bool, "checks": [CHECK]},
    "rows_in": int,
    "rows_out": int,
    "steps": [(STEP, STEP_MORE)],
}
VERIFY = {"ok": bool, "steps": [{"step": str, "ok": bool, "detail": str, "settled": bool, "differences": [str]}]}
ATTACK = {"attacks": [{"name": str, "success": float, "baseline": float, "interval": [float], "means": str}]}
FAULT = {"error": str, "hint": str, "exit": int}
REFUSAL = {**FAULT, "outcome": str, "reasons": [str], "decision": DECIDE}
NEW = {"flow": str, "columns": int, "persons": int}
KEYS = {"origin": str, "key": str, "cosigner_key": str, "home": str, "versions": dict}
LAWS = {
    "laws": str,
    "instruments": [
        {
            "id": str,
            "title": str,
            "title_local": str,
            "jurisdiction": str,
            "strength": str,
            "articles": [
                {
                    "number": str,
                    "title": str,
                    "statement": str,
                    "coded": bool,
                    "why_not": str,
                    "lifts": [str],
                    "versions": [object],
                }
            ],
        }
    ],
}


def misfits(value: Any, shape: Any, path: str = "$") -> list[str]:
    """Return where a JSON value is not of a shape: types, lists of one shape, members by name or by `str`."""
    match shape:
        case (dict() as required, dict() as optional):
            given = {name: item for name, item in optional.items() if isinstance(value, dict) and name in value}
            return misfits(value, {**required, **given}, path)
        case dict():
            return _member_misfits(value, shape, path)
        case list():
            if not isinstance(value, list):
                return [f"{path} is no array"]
            return [wrong for at, item in enumerate(value) for wrong in misfits(item, shape[0], f"{path}[{at}]")]
        case _:
            kinds = shape if isinstance(shape, tuple) else (shape,)
            fits = isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds or object in kinds)
            return [] if fits else [f"{path} is a {type(value).__name__}"]


def _member_misfits(value: Any, shape: Mapping[Any, Any], path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path} is no object"]
    if str in shape:
        return [wrong for name, item in value.items() for wrong in misfits(item, shape[str], f"{path}.{name}")]
    wrong = [f"{path} lacks {name}" for name in shape.keys() - value.keys()]
    wrong += [f"{path} has {name}" for name in value.keys() - shape.keys()]
    common = shape.keys() & value.keys()
    return wrong + [item for name in common for item in misfits(value[name], shape[name], f"{path}.{name}")]


@pytest.fixture
def prepared(place: Path, lockgate: Callable[..., Any]) -> Path:
    for name, changes in (
        ("refused", REFUSED),
        ("conditional", CONDITIONAL),
        ("undecided", UNDECIDED),
        ("counts", COUNTS_ONLY),
    ):
        write_flow(place, changes, f"{name}.toml")
    return place


SHAPES = [
    ("scan passengers.csv", SCAN),
    ("scan passengers.csv --explain Name", SCAN["columns"][0]),
    ("new passengers.csv", NEW),
    ("decide flow.toml", DECIDE),
    ("decide flow.toml --trace", DECIDE),
    ("decide refused.toml", DECIDE),
    ("decide undecided.toml", DECIDE),
    ("decide counts.toml", DECIDE),
    ("release flow.toml --out new", RELEASE),
    ("release flow.toml --out newer --dry-run", RELEASE),
    ("release refused.toml --out newest", REFUSAL),
    ("release conditional.toml --out newest", REFUSAL),
    ("release undecided.toml --out newest", REFUSAL),
    ("release flow.toml --out out", FAULT),
    ("release missing.toml --out newest", FAULT),
    ("verify out", VERIFY),
    ("verify out --strict", VERIFY),
    ("verify nowhere", FAULT),
    ("attack out", ATTACK),
    ("attack out --knowing passengers.csv", ATTACK),
    ("keys", KEYS),
    ("laws", LAWS),
    ("laws cn/pipl", LAWS),
    ("laws cn/nonsense", FAULT),
    ("scan missing.csv", FAULT),
    ("scan", FAULT),
    ("nonsense", FAULT),
]


@pytest.mark.usefixtures("prepared")
def test_with_json_standard_output_holds_one_document_of_the_known_shape_and_nothing_else(
    lockgate: Callable[..., Any],
):
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    wrong = {}
    for command, shape in SHAPES:
        answer = lockgate(*command.split(), "--json")
        document = json.loads(answer.out)  # fails on anything beside the one document
        found = misfits(document, shape)
        if found or ("exit" in document and document["exit"] != answer.code):
            wrong[command] = found
    assert wrong == {}


@pytest.mark.usefixtures("prepared")
def test_the_words_of_closed_lists_are_those_of_the_documentation(lockgate: Callable[..., Any]):
    decision = lockgate("decide", "undecided.toml", "--json").document
    assert decision["outcome"] == "undecided"
    assert {item["met"] for item in decision["duties"]} <= {"yes", "no", "unknown"}
    assert {item["effect"] for item in decision["findings"]} <= {
        "requires",
        "forbids",
        "lifts",
        "cannot-tell",
        "does-not-apply",
    }
    assert {item["confidence"] for item in decision["findings"]} <= {"high", "medium", "low"}
    assert all(len(item["in_force"]) == 2 for item in decision["findings"])
    scan = lockgate("scan", "passengers.csv", "--json").document
    assert {column["verdict"] for column in scan["columns"]} <= {"confirmed", "suspected", "refuted", "none"}
    assert {column["role"] for column in scan["columns"]} <= {
        "direct-identifier",
        "quasi-identifier",
        "sensitive",
        "ordinary",
    }


@pytest.mark.usefixtures("prepared")
def test_json_and_words_for_people_come_from_the_same_run(lockgate: Callable[..., Any], prepared: Path):
    document = lockgate("decide", "refused.toml", "--json").document
    words = lockgate("decide", "refused.toml").out
    assert document["outcome"].upper() in words
    assert all(route["id"] in words for route in document["routes"])


@pytest.mark.usefixtures("prepared")
def test_a_check_says_in_json_what_failed_and_what_stays_open(lockgate: Callable[..., Any], place: Path):
    released = lockgate("release", "flow.toml", "--out", "out", "--json").document
    answer = lockgate("verify", "out", "--json")
    details = {step["step"]: step["detail"] for step in answer.document["steps"]}
    assert (answer.code, answer.document["ok"]) == (0, True)
    assert released["statement_hash"] in details["statement"]
    assert released["release"] in details["statement"]
    assert details["inclusion"] == f"the statement is leaf {released['leaf']}"
    strict = lockgate("verify", "out", "--json", "--strict")
    assert (strict.code, strict.document["ok"]) == (6, False)
    (place / "out" / "proof").write_text("")
    answer = lockgate("verify", "out", "--json")
    assert (answer.code, answer.document["ok"]) == (6, False)
    assert next(step["step"] for step in answer.document["steps"] if not step["ok"]) == "proof"
