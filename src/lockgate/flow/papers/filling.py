"""What fills the fields of papers: short lines of what the facts of a flow say, none where they say nothing."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from lockgate.flow.deciding import Decided
from lockgate.terms.column import Treatment
from lockgate.terms.duty import DUTIES
from lockgate.terms.fact import FACTS
from lockgate.terms.finding import Effect
from lockgate.terms.truth import Truth

_COMBINATIONS_AT_MOST = 5
_TRANSFER = ("security-assessment", "standard-contract-or-certification", "transfer-safeguards", "transfer-assessment")


def _holder(decided: Decided) -> Iterable[str]:
    return _party(decided, "holder", decided.request.holder)


def _recipient(decided: Decided) -> Iterable[str]:
    yield from _party(decided, "recipient", decided.request.recipient)
    yield from _said(decided, "recipient.as")


def _party(decided: Decided, party: str, name: str) -> Iterable[str]:
    if name:
        yield name
    place, roles = (decided.planned.values.get(f"{party}.{fact}") for fact in ("in", "roles"))
    if place:
        yield f"in {place}"
    if isinstance(roles, tuple) and roles:
        yield f"roles: {', '.join(roles)}"


def _said(decided: Decided, *facts: str) -> Iterable[str]:
    """Yield what single facts say, with their question where a bare yes or no would not be understood."""
    for fact in facts:
        value = decided.planned.values.get(fact)
        if isinstance(value, bool):
            yield f"{FACTS[fact].question} {'yes' if value else 'no'}"
        elif isinstance(value, int):
            yield f"{value:,}"
        elif value is not None and value not in ("", ()):
            yield ", ".join(value) if isinstance(value, tuple) else value


def _purpose(decided: Decided) -> Iterable[str]:
    values = decided.planned.values
    for fact, label in (("purpose.use", "used for"), ("purpose.collected_for", "collected for")):
        if fact in values:
            yield f"{label} {values[fact]}"


def _persons(decided: Decided) -> Iterable[str]:
    values = decided.planned.values
    persons, sensitive = values.get("data.persons"), values.get("data.sensitive_persons")
    if isinstance(persons, int):
        yield f"{persons:,} persons"
    if isinstance(sensitive, int):
        yield f"{sensitive:,} of them with sensitive personal information"
    places = values.get("data.subjects_in")
    if isinstance(places, tuple):
        yield f"in {', '.join(places)}"
    yield from _said(decided, "data.employees")


def _exported(decided: Decided) -> Iterable[str]:
    for kind in ("ordinary", "sensitive"):
        value = decided.planned.values.get(f"holder.exported_this_year.{kind}")
        if isinstance(value, int):
            yield f"{kind}: {value:,} persons"


def _columns(decided: Decided) -> Iterable[str]:
    for column in decided.planned.columns:
        treated = "" if column.treatment is Treatment.NONE else f", {column.treatment}"
        yield f"{column.name}: {column.category}, {column.role}{treated}"


def _unnecessary(decided: Decided) -> Iterable[str]:
    for column in decided.planned.columns:
        if column.is_personal and column.necessary is not True:
            yield f"{column.name}: {'not necessary' if column.necessary is False else 'not said'}"
    if all(column.necessary is True for column in decided.planned.columns if column.is_personal):
        yield "none: every column of persons is said to be necessary"


def _sensitive(decided: Decided) -> Iterable[str]:
    found = [
        f"{column.name}: {column.category}, in {', '.join(column.sensitive_in)}"
        for column in decided.planned.columns
        if column.is_personal and column.sensitive_in
    ]
    return found or ["none among the columns that move"]


def _youngest(decided: Decided) -> Iterable[str]:
    age = decided.planned.values.get("data.min_age")
    return [f"{age} years"] if isinstance(age, int) else []


def _uniqueness(decided: Decided) -> Iterable[str]:
    if decided.classification is None:
        return []
    return [
        f"{' + '.join(item.columns)}: {item.unique_share:.1%} of the rows stand alone"
        for item in decided.classification.quasi_identifiers[:_COMBINATIONS_AT_MOST]
    ]


def _measures(decided: Decided) -> Iterable[str]:
    return [
        f"{step.kind}: {', '.join(step.columns)}{f' (at least {step.amount})' if step.amount else ''}"
        for step in decided.wished
    ]


def _duties(*states: Truth) -> Callable[[Decided], Iterable[str]]:
    def fill(decided: Decided) -> Iterable[str]:
        for duty in decided.decision.duties:
            if duty.met in states:
                yield f"{DUTIES[duty.id].title} ({'; '.join(duty.because)})"

    return fill


def _asked_by(decided: Decided) -> Iterable[str]:
    found = (duty.because for duty in decided.decision.duties if duty.id == "impact-assessment")
    return [citation for because in found for citation in because]


def _forbids(decided: Decided) -> Iterable[str]:
    found = [
        f"{finding.citation}: {finding.reason}"
        for finding in decided.decision.findings
        if finding.effect is Effect.FORBIDS and not finding.lifted_by
    ]
    return found or ["none of the coded articles"]


def _routes(decided: Decided) -> Iterable[str]:
    for route in decided.decision.routes:
        steps = "; ".join(f"{step.kind} {', '.join(step.columns)}".strip() for step in route.steps) or "as it stands"
        yield f"{route.id}: {steps}; {route.outcome}, open duties: {', '.join(route.duties) or 'none'}"


def _contract(decided: Decided) -> Iterable[str]:
    for paper in ("contract", "standard-contract"):
        safeguard = decided.planned.safeguards.get(paper)
        for what, day in sorted(safeguard.done.items()) if safeguard else ():
            yield f"{paper}: {what} {day.isoformat()}"


def _transfer(decided: Decided) -> Iterable[str]:
    values = decided.planned.values
    holder, recipient = values.get("holder.in"), values.get("recipient.in")
    if holder and recipient and holder == recipient:
        yield f"none: both parties are in {holder}"
        return
    if recipient:
        yield f"to {recipient}"
    for duty in decided.decision.duties:
        if duty.id in _TRANSFER:
            yield f"{DUTIES[duty.id].title}: {duty.met}"


def _decision(decided: Decided) -> Iterable[str]:
    yield f"{decided.decision.outcome} under the law of {decided.decision.as_of} (stamp {decided.decision.laws})"


def _facts(*names: str) -> Callable[[Decided], Iterable[str]]:
    return lambda decided: _said(decided, *names)


FILLINGS: Mapping[str, Callable[[Decided], Iterable[str]] | None] = MappingProxyType(
    {
        "person": None,
        "holder": _holder,
        "recipient": _recipient,
        "asked-by": _asked_by,
        "persons": _persons,
        "exported": _exported,
        "columns": _columns,
        "unnecessary": _unnecessary,
        "sensitive": _sensitive,
        "youngest": _youngest,
        "uniqueness": _uniqueness,
        "measures": _measures,
        "duties-met": _duties(Truth.YES),
        "duties-open": _duties(Truth.NO, Truth.UNKNOWN),
        "forbids": _forbids,
        "routes": _routes,
        "contract": _contract,
        "transfer": _transfer,
        "decision": _decision,
        "purpose": _purpose,
        "ground": _facts("basis.ground", "basis.special_ground"),
        "means": _facts("means.by"),
        "important": _facts("data.important"),
        "major-impact": _facts("purpose.major_impact"),
    }
)
"""What fills a field, by name; None where only a person can."""
