"""The report of a dossier: one page of HTML that a lawyer reads and a browser needs nothing else for.

Made of the statement alone, so that a verifier renders it again and compares byte for byte. The page itself stands in
`report.html.jinja`; here is what it shows.
"""

from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from lockgate.evidence.dossier import leaf_entry, parse_statement, statement_bytes, statement_hash
from lockgate.evidence.merkle import leaf_hash
from lockgate.terms.duty import DUTIES, DutyKind

_OUTCOMES: Mapping[str, str] = {
    "permitted": "Every duty that the flow waits for is met.",
    "conditional": "Lawful once the open duties below are met.",
    "refused": "An article stands against the flow, or a duty can no longer be met.",
    "undecided": "A fact that decides is unknown.",
    "verification-failed": "The protected copy misses a required figure.",
}
_MEASURES: Mapping[str, str] = {
    "entrust": "Arranged: the recipient acts for the holder only, on its instructions",
    "keep-in-country": "Arranged: the data stay in the holder's country, nobody abroad gets access",
    "drop": "Left out",
    "pseudonymise": "Replaced by keyed pseudonyms",
    "redact": "Identifiers cut out of the text",
    "generalise": "Made coarser",
    "k-anonymise": "Made coarser until persons cannot be told apart by them",
    "aggregate": "Replaced by counts over groups",
    "fewer-persons": "Cut to fewer persons",
}
_DECIDING = ("forbids", "cannot-tell", "requires", "lifts")
_EFFECTS: Mapping[str, str] = {
    "forbids": "forbids",
    "cannot-tell": "cannot tell",
    "requires": "requires",
    "lifts": "lifts",
}


def _load_template() -> Template:
    source = resources.files("lockgate.evidence").joinpath("report.html.jinja").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source)


_TEMPLATE = _load_template()


def render_report(statement: Mapping[str, Any]) -> str:
    """Return the report as one HTML page, the same bytes for the same statement.

    Args:
        statement: A statement of the form that `statement_bytes` accepts.

    Raises:
        EvidenceError: If it is of another form.
    """
    data = statement_bytes(statement)
    statement = parse_statement(data)
    kind, decision = statement["kind"], statement["decision"]
    digest = statement_hash(data)
    return _TEMPLATE.render(
        s=statement,
        released=kind == "release",
        banner=_banner(statement),
        parties=(("From", _party(statement["holder"])), ("To", _party(statement["recipient"]))),
        purpose=_fact(statement, "purpose.use"),
        means=_fact(statement, "means.by"),
        findings=_findings(decision["findings"]),
        set_aside=sum(1 for item in decision["findings"] if item["effect"] not in _DECIDING),
        duties=[_duty(item) for item in decision["duties"] if item["kind"] != DutyKind.STANDING],
        standing=[_duty(item) for item in decision["duties"] if item["kind"] == DutyKind.STANDING],
        columns=_columns(statement),
        steps=[_step(item) for item in statement.get("route", {}).get("steps", [])],
        checks=[_check(item) for item in statement.get("verification", {}).get("checks", [])],
        differences=[_difference(item) for item in statement.get("differences", [])],
        statement_hash=digest,
        leaf_hash=leaf_hash(leaf_entry(data)).hex(),
    )


def _banner(statement: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands at the head of the page: what happened, in a word, and why."""
    if statement["kind"] == "release":
        return {"tone": "good", "word": "Released", "why": "The route taken meets every duty that the flow waits for."}
    outcome = statement["refusal"]["outcome"]
    return {"tone": "bad", "word": "Not released", "why": _OUTCOMES.get(outcome, outcome)}


def _party(party: Mapping[str, Any]) -> str:
    name, place, role = party.get("name"), party.get("in"), party.get("as")
    words = [name or "not named", f"({place})" if place else "(place not said)"]
    return " ".join([*words, f"as {role}"] if isinstance(role, str) and role else words)


def _fact(statement: Mapping[str, Any], name: str) -> str:
    value = statement["facts"]["values"].get(name)
    return value if isinstance(value, str) and value else "not said"


def _findings(items: list[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the findings that decide, the ones that stand against the flow first."""
    deciding = [item for item in items if item["effect"] in _DECIDING]
    deciding.sort(key=lambda item: (bool(item.get("lifted_by")), _DECIDING.index(item["effect"])))
    return [
        {
            "article": f"{item['instrument']} {item['article']}",
            "effect": "set aside" if item.get("lifted_by") else _EFFECTS[item["effect"]],
            "tone": "plain" if item.get("lifted_by") else item["effect"],
            "reason": item["reason"],
            "more": "set aside by " + ", ".join(item["lifted_by"]) if item.get("lifted_by") else "",
            "confidence": "" if item.get("confidence") == "high" else item.get("confidence", ""),
        }
        for item in deciding
    ]


def _duty(item: Mapping[str, Any]) -> dict[str, Any]:
    term = DUTIES.get(item["id"])
    title = term.title if term else item["id"]
    return {
        "id": item["id"],
        "title": title[:1].upper() + title[1:],
        "met": item["met"],
        "word": {"yes": "Met", "no": "Open", "unknown": "Not shown"}[item["met"]],
        "mark": {"yes": "✓", "no": "✗", "unknown": "?"}[item["met"]],
        "because": ", ".join(item["because"]),
        "by": item.get("by") or "",
        "met_by": item.get("met_by") or "",
    }


def _columns(statement: Mapping[str, Any]) -> list[dict[str, str]]:
    released = statement.get("output", {}).get("columns")
    return [
        {
            "name": item["name"],
            "type": item.get("type") or "none recognised",
            "category": item["category"],
            "role": item["role"],
            "verdict": item["verdict"],
            "grade": item["grade"],
            "sensitive": ", ".join(item.get("sensitive_in", [])),
            "fate": "" if released is None else ("in the copy" if item["name"] in released else "not in the copy"),
        }
        for item in statement.get("classification", {}).get("columns", [])
    ]


def _step(item: Mapping[str, Any]) -> dict[str, Any]:
    amount, measure = item.get("amount", 0), item["measure"]
    figure = {"k-anonymise": "k", "aggregate": "k", "fewer-persons": "persons", "generalise": "width"}.get(measure, "")
    return {
        "measure": measure,
        "title": _MEASURES.get(measure, measure),
        "columns": item.get("columns", []),
        "amount": f"{figure} = {amount:,}" if amount and figure else "",
    }


def _check(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a figure with its bar: shares of one run to 1, others to the larger of figure and bound."""
    measured, required = float(item["measured"]), item["required"]
    bound = None if required is None else float(required)
    is_share = 0 <= measured <= 1 and (bound is None or 0 <= bound <= 1)
    scale = 1.0 if is_share else max(abs(measured), abs(bound or 0.0), 1.0)
    return {
        "name": item["name"].replace("-", " "),
        "measured": _figure(measured),
        "required": "" if bound is None else _figure(bound),
        "ok": item["ok"],
        "meaning": item["meaning"],
        "bar": f"{max(0.0, min(100.0, 100 * measured / scale)):.1f}",
        "mark": "" if bound is None else f"{max(0.0, min(100.0, 100 * bound / scale)):.1f}",
    }


def _difference(item: Mapping[str, Any]) -> dict[str, str]:
    return {name: _words(item[name]) for name in ("fact", "said", "found", "taken")}


def _words(value: object) -> str:
    if value is None:
        return "not said"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_words, value)) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_words(part)}" for key, part in sorted(value.items())) or "none"
    return _figure(value) if isinstance(value, (int, float)) else str(value)


def _figure(value: float) -> str:
    """Return a number for people: whole ones with thousands apart, others to three places or two digits that count."""
    if float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) >= 0.001:  # noqa: PLR2004 - below, three places say nothing
        return f"{value:,.3f}".rstrip("0")
    return format(Decimal(f"{value:.2g}"), "f")
