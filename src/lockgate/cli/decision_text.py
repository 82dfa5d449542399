"""A decision in words for people: outcome, what decides, duties, questions, routes."""

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from lockgate.cli.contested import contested_in
from lockgate.cli.language import ENGLISH, Language
from lockgate.flow.deciding import Decided
from lockgate.terms.decision import Decision, MissingFact, Outcome, Route
from lockgate.terms.duty import Duty
from lockgate.terms.facts import Facts
from lockgate.terms.finding import CitedFinding, Effect
from lockgate.terms.truth import Truth

COLOURS = {
    Outcome.PERMITTED: "green",
    Outcome.CONDITIONAL: "yellow",
    Outcome.UNDECIDED: "yellow",
    Outcome.REFUSED: "red",
}
_MARKS = {Truth.YES: "[green]✓[/]", Truth.NO: "[red]✗[/]", Truth.UNKNOWN: "[yellow]?[/]"}
_QUESTIONS_AT_MOST = 8
_CITATIONS_AT_MOST = 3
_ROUTES_AT_MOST = 5


def show_decision(
    decided: Decided, console: Console, words: Language = ENGLISH, *, is_traced: bool = False, is_last: bool = True
) -> None:
    """Print a decision.

    Args:
        decided: The flow with what its decision rests on.
        console: Where to.
        words: Of the language to print in.
        is_traced: Whether to print every article that was tried.
        is_last: Whether nothing else about the flow follows.
    """
    decision = decided.decision
    console.print(f"\n[bold]{escape(decided.request.title or words.say('a-flow'))}[/]")
    console.print(f"[dim]{escape(summary_of(decided.planned, words))}; {words.say('law-of', day=decision.as_of)}[/]\n")
    colour = COLOURS[decision.outcome]
    console.print(f"[bold {colour}]{words.outcome(decision.outcome)}[/]: {words.meaning(decision.outcome)}")
    for difference in decided.differences:
        said = words.say("difference", said=difference.said, found=difference.found, taken=difference.taken)
        print_line(
            console, "[yellow]≠[/]", f"[bold]{escape(difference.fact)}[/]: {escape(said)} ({escape(difference.why)})"
        )
    _show_what_decides(decision, console, words)
    _show_questions(decision, console, words)
    _show_duties(decision.duties, console, words)
    show_routes(decision.routes, console, words)
    if is_traced:
        _show_trace(decision, console, words)
    if is_last:
        console.print(f"\n[dim]{words.say('not-advice')}[/]")


def show_routes(routes: tuple[Route, ...], console: Console, words: Language = ENGLISH) -> None:
    """Print the lawful ways through."""
    if not routes:
        console.print(f"\n{words.say('no-route')}")
        return
    console.print(f"\n[bold]{words.say('routes')}[/]")
    for route in routes[:_ROUTES_AT_MOST]:
        outcome = words.outcome(route.outcome).lower()
        head = f"[bold]{route.id}[/] [{COLOURS[route.outcome]}]{outcome}[/] · {paperwork(route, words)}"
        print_line(console, "→", f"{head} · {words.say('loses', share=f'{route.loses:.0%}')}")
        for text in [words.step(step) for step in route.steps] or [words.say("as-it-stands")]:
            print_line(console, " ", f"  {escape(text)}")


def paperwork(route: Route, words: Language) -> str:
    """Return how many papers a route needs, and how long they usually take."""
    phrase = {0: "no-open-duty", 1: "one-open-duty"}.get(route.paperwork, "open-duties")
    return words.say(phrase, count=route.paperwork, days=route.days)


def summary_of(facts: Facts, words: Language) -> str:
    """Return how many persons, from where to where, for what and on which ground."""
    values = facts.values
    persons, use, ground = (values.get(fact) for fact in ("data.persons", "purpose.use", "basis.ground"))
    parts = [
        words.say("persons", count=f"{persons:,}") if isinstance(persons, int) else words.say("persons-unknown"),
        words.say("from-to", holder=values.get("holder.in", "?"), recipient=values.get("recipient.in", "?")),
        words.say("purpose", use=use) if use else words.say("purpose-unknown"),
        words.say("ground", ground=ground) if ground else words.say("ground-unknown"),
    ]
    return ", ".join(parts)


def _show_what_decides(decision: Decision, console: Console, words: Language) -> None:
    for finding in what_decides(decision)[:_QUESTIONS_AT_MOST]:
        print_line(console, "§", _finding_text(finding, words))


def what_decides(decision: Decision) -> list[CitedFinding]:
    """Return the findings that make the outcome what it is, beside the duties that are listed anyway."""
    wanted = {
        Outcome.REFUSED: (Effect.FORBIDS,),
        Outcome.UNDECIDED: (Effect.FORBIDS,),
        Outcome.CONDITIONAL: (Effect.REQUIRES,),
        Outcome.PERMITTED: (Effect.REQUIRES, Effect.LIFTS),
    }[decision.outcome]
    open_ = {duty.id for duty in decision.duties if duty.holds_up}
    return [
        finding
        for finding in decision.findings
        if finding.effect in wanted and not finding.lifted_by and _tells_something(finding, decision.outcome, open_)
    ]


def _tells_something(finding: CitedFinding, outcome: Outcome, open_: set[str]) -> bool:
    """Whether a finding says why the outcome is what it is, beside the duties that are listed anyway."""
    if outcome is Outcome.CONDITIONAL:
        return bool(open_ & set(finding.duties))
    return outcome is not Outcome.PERMITTED or finding.effect is Effect.LIFTS


def _finding_text(finding: CitedFinding, words: Language) -> str:
    citation = escape(words.citation(finding.citation))
    notes = "".join(f" [dim]{escape(note)}[/]" for note in notes_of(finding, words))
    return f"[bold]{citation}[/] {words.effect(finding.effect)}: {escape(finding.reason)}{notes}"


def notes_of(finding: CitedFinding, words: Language) -> list[str]:
    """Return what a reader should know of our reading: a confidence that is not high, and where it is contested."""
    notes = [] if finding.confidence == "high" else [words.say("confidence", confidence=finding.confidence)]
    return notes + [words.say("contested", page=page) for page in contested_in(finding.citation)]


def _show_duties(duties: tuple[Duty, ...], console: Console, words: Language) -> None:
    if not duties:
        return
    console.print(f"\n[bold]{words.say('duties')}[/]")
    for duty in sorted(duties, key=lambda item: (not item.holds_up, not item.gates)):
        after = "" if duty.gates else f" [dim]{words.say('after-release')}[/]"
        because = "; ".join(words.citation(citation) for citation in duty.because)
        print_line(console, _MARKS[duty.met], f"{escape(words.duty(duty.id))}{after} [dim]{escape(because)}[/]")


def _show_questions(decision: Decision, console: Console, words: Language) -> None:
    deciding = deciding_questions(decision)
    if not deciding:
        return
    console.print(f"\n[bold]{words.say('questions')}[/]")
    for item in deciding[:_QUESTIONS_AT_MOST]:
        print_line(console, "?", _question_text(item, words))
    if len(deciding) > _QUESTIONS_AT_MOST:
        console.print(f"  {words.say('more-questions', count=len(deciding) - _QUESTIONS_AT_MOST)}")


def deciding_questions(decision: Decision) -> list[MissingFact]:
    """Return the questions that can change the outcome and are not shown as a duty."""
    return [item for item in decision.missing if item.decides and not _is_shown_as_duty(item)]


def _is_shown_as_duty(item: MissingFact) -> bool:
    return item.fact.startswith("safeguards.") or item.fact == "data.columns"


def _question_text(item: MissingFact, words: Language) -> str:
    asked = " · ".join(part for part in (item.fact, escape(_citations(item.asked_by, words))) if part)
    return f"{escape(words.question(item))} [dim]{asked}[/]"


def _citations(asked_by: tuple[str, ...], words: Language) -> str:
    """Return a few citations, and how many more there are."""
    more = len(asked_by) - _CITATIONS_AT_MOST
    shown = "; ".join(words.citation(citation) for citation in asked_by[:_CITATIONS_AT_MOST])
    return shown + (f" {words.say('and-more', count=more)}" if more > 0 else "")


def _show_trace(decision: Decision, console: Console, words: Language) -> None:
    console.print(f"\n[bold]{words.say('trace')}[/] [dim](laws {decision.laws})[/]")
    for finding in decision.findings:
        by = ", ".join(words.citation(citation) for citation in finding.lifted_by)
        lifted = f" [dim]{escape(words.say('lifted-by', citations=by))}[/]" if by else ""
        since, until = finding.in_force
        window = words.say("window", since=since, until=until or words.say("today"), confidence=finding.confidence)
        print_line(console, "§", f"{_finding_text(finding, words)}{lifted} [dim]{window}[/]")


def print_line(console: Console, mark: str, text: str) -> None:
    """Print a marked line whose continuation lines are indented under the text."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row(mark, text)
    console.print(Padding(grid, (0, 0, 0, 2)))
