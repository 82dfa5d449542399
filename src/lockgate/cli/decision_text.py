"""A decision in words for people: outcome, what decides, duties, questions, routes."""

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from lockgate.flow.deciding import Decided
from lockgate.terms.decision import Decision, MissingFact, Outcome, Route
from lockgate.terms.duty import DUTIES, Duty
from lockgate.terms.facts import Facts
from lockgate.terms.finding import CitedFinding, Effect
from lockgate.terms.measure import Measure, MeasureKind
from lockgate.terms.truth import Truth

_COLOURS = {
    Outcome.PERMITTED: "green",
    Outcome.CONDITIONAL: "yellow",
    Outcome.UNDECIDED: "yellow",
    Outcome.REFUSED: "red",
}
_MEANING = {
    Outcome.PERMITTED: "every duty that gates the flow is met",
    Outcome.CONDITIONAL: "lawful once the open duties below are met",
    Outcome.UNDECIDED: "a fact that decides is unknown",
    Outcome.REFUSED: "an article stands against the flow as it is",
}
_MARKS = {Truth.YES: "[green]✓[/]", Truth.NO: "[red]✗[/]", Truth.UNKNOWN: "[yellow]?[/]"}
_STEPS = {
    MeasureKind.DROP: "leave out {columns}",
    MeasureKind.PSEUDONYMISE: "pseudonymise {columns}",
    MeasureKind.REDACT: "redact {columns}",
    MeasureKind.GENERALISE: "generalise {columns}",
    MeasureKind.K_ANONYMISE: "make classes of at least {amount} persons over {columns}",
    MeasureKind.AGGREGATE: "send counts of at least {amount} persons by {columns}",
    MeasureKind.FEWER_PERSONS: "send {amount} persons only",
}
_QUESTIONS_AT_MOST = 8
_CITATIONS_AT_MOST = 3
_ROUTES_AT_MOST = 5


def show_decision(decided: Decided, console: Console, *, is_traced: bool = False) -> None:
    """Print a decision; with `is_traced` every article that was tried."""
    decision = decided.decision
    console.print(f"\n[bold]{escape(decided.request.title or 'A flow')}[/]")
    console.print(f"[dim]{escape(_summary(decided.planned))}; law of {decision.as_of}[/]\n")
    colour = _COLOURS[decision.outcome]
    console.print(f"[bold {colour}]{decision.outcome.upper()}[/]: {_MEANING[decision.outcome]}")
    for difference in decided.differences:
        said = f"the file says {difference.said}, the data say {difference.found}: {difference.taken} counts"
        _line(console, "[yellow]≠[/]", f"[bold]{escape(difference.fact)}[/]: {escape(said)} ({escape(difference.why)})")
    _show_what_decides(decision, console)
    _show_questions(decision, console)
    _show_duties(decision.duties, console)
    show_routes(decision.routes, console)
    if is_traced:
        _show_trace(decision, console)
    console.print("\n[dim]Not legal advice. --trace shows every article that was tried.[/]")


def show_routes(routes: tuple[Route, ...], console: Console) -> None:
    """Print the lawful ways through."""
    if not routes:
        console.print("\nNo lawful route was found with the measures at hand.")
        return
    console.print("\n[bold]Lawful routes[/]")
    for route in routes[:_ROUTES_AT_MOST]:
        papers = "no open duty" if not route.paperwork else f"{route.paperwork} open duties, about {route.days} days"
        if route.paperwork == 1:
            papers = f"1 open duty, about {route.days} days"
        colour = _COLOURS[route.outcome]
        head = f"[bold]{route.id}[/] [{colour}]{route.outcome}[/] · {papers} · loses {route.loses:.0%}"
        _line(console, "→", head)
        for text in [step_text(step) for step in route.steps] or ["as it stands"]:
            _line(console, " ", f"  {escape(text)}")


def step_text(step: Measure) -> str:
    """Return a measure as a person would say it."""
    columns = ", ".join(step.columns)
    return _STEPS[step.kind].format(columns=columns, amount=f"{step.amount:,}")


def _summary(facts: Facts) -> str:
    values = facts.values
    persons = values.get("data.persons")
    parts = [
        f"{persons:,} persons" if isinstance(persons, int) else "persons not counted",
        f"{values.get('holder.in', '?')} to {values.get('recipient.in', '?')}",
        f"for {values.get('purpose.use', 'an unknown purpose')}",
        f"on {values.get('basis.ground', 'no stated ground')}",
    ]
    return ", ".join(parts)


def _show_what_decides(decision: Decision, console: Console) -> None:
    wanted = {
        Outcome.REFUSED: (Effect.FORBIDS,),
        Outcome.UNDECIDED: (Effect.FORBIDS,),
        Outcome.CONDITIONAL: (Effect.REQUIRES,),
        Outcome.PERMITTED: (Effect.REQUIRES, Effect.LIFTS),
    }[decision.outcome]
    open_ = {duty.id for duty in decision.duties if duty.holds_up}
    shown = [
        finding
        for finding in decision.findings
        if finding.effect in wanted and not finding.lifted_by and _tells_something(finding, decision.outcome, open_)
    ]
    for finding in shown[:_QUESTIONS_AT_MOST]:
        _line(console, "§", _finding_text(finding))


def _tells_something(finding: CitedFinding, outcome: Outcome, open_: set[str]) -> bool:
    """Whether a finding says why the outcome is what it is, beside the duties that are listed anyway."""
    if outcome is Outcome.CONDITIONAL:
        return bool(open_ & set(finding.duties))
    return outcome is not Outcome.PERMITTED or finding.effect is Effect.LIFTS


def _finding_text(finding: CitedFinding) -> str:
    return f"[bold]{finding.citation}[/] {finding.effect}: {escape(finding.reason)}"


def _show_duties(duties: tuple[Duty, ...], console: Console) -> None:
    if not duties:
        return
    console.print("\n[bold]Duties[/]")
    for duty in sorted(duties, key=lambda item: (not item.holds_up, not item.gates)):
        term = DUTIES[duty.id]
        after = "" if duty.gates else " [dim](after the release)[/]"
        _line(console, _MARKS[duty.met], f"{term.title}{after} [dim]{escape('; '.join(duty.because))}[/]")


def _show_questions(decision: Decision, console: Console) -> None:
    deciding = [item for item in decision.missing if item.decides and not _is_shown_as_duty(item)]
    if not deciding:
        return
    console.print("\n[bold]Questions that can change the outcome[/]")
    for item in deciding[:_QUESTIONS_AT_MOST]:
        _line(console, "?", _question_text(item))
    if len(deciding) > _QUESTIONS_AT_MOST:
        console.print(f"  … and {len(deciding) - _QUESTIONS_AT_MOST} more; --json lists all")


def _is_shown_as_duty(item: MissingFact) -> bool:
    return item.fact.startswith("safeguards.") or item.fact == "data.columns"


def _question_text(item: MissingFact) -> str:
    asked = f"{item.fact} · " if item.fact else ""
    return f"{escape(item.question)} [dim]{asked}{escape(_citations(item.asked_by))}[/]"


def _citations(asked_by: tuple[str, ...]) -> str:
    """Return a few citations, and how many more there are."""
    more = len(asked_by) - _CITATIONS_AT_MOST
    return "; ".join(asked_by[:_CITATIONS_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def _show_trace(decision: Decision, console: Console) -> None:
    console.print(f"\n[bold]Every article that was tried[/] [dim](laws {decision.laws})[/]")
    for finding in decision.findings:
        lifted = f" [dim]lifted by {', '.join(finding.lifted_by)}[/]" if finding.lifted_by else ""
        since, until = finding.in_force
        window = f"[dim]in force {since} to {until or 'today'}, confidence {finding.confidence}[/]"
        _line(console, "§", f"{_finding_text(finding)}{lifted} {window}")


def _line(console: Console, mark: str, text: str) -> None:
    """Print a marked line whose continuation lines are indented under the text."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row(mark, text)
    console.print(Padding(grid, (0, 0, 0, 2)))
