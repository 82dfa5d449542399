"""Questions asked at the terminal, the answers written into the flow file.

An answer becomes a key of the file by text, below its table's header, so that comments and order stay as they are.
"""

from pathlib import Path

from rich.markup import escape

from lockgate.cli.surroundings import Surroundings
from lockgate.cli.text_file import write_whole
from lockgate.flow.answers import parse_answer, with_answer
from lockgate.terms.decision import Decision, MissingFact
from lockgate.terms.errors import InputError
from lockgate.terms.fact import FACTS, FactType


def ask_questions(path: Path, decision: Decision, surroundings: Surroundings, skipped: set[tuple[str, str]]) -> bool:
    """Ask the most decisive question that a flow file can answer; return whether the file changed.

    Args:
        path: The flow file; rewritten with the answer.
        decision: Whose questions are asked.
        surroundings: Where words go.
        skipped: Questions, as fact and role, that got no answer; grows.

    Raises:
        InputError: If there is nobody to answer.
    """
    for item in decision.missing:
        if item.decides and _is_askable(item.fact) and (item.fact, item.role) not in skipped:
            answer = _ask(item, surroundings)
            if answer is not None:
                write_whole(path, with_answer(path.read_text(encoding="utf-8"), item.fact, answer))
                return True
            skipped.add((item.fact, item.role))
    return False


def _ask(item: MissingFact, surroundings: Surroundings) -> tuple[str, str] | None:
    """Return the key and the value that a person answers; None for no answer."""
    side = surroundings.side
    asked_by = f" · asked by {'; '.join(item.asked_by[:_CITATIONS_AT_MOST])}" if item.asked_by else ""
    side.print(f"\n[bold]{escape(item.question)}[/]\n[dim]{item.fact} {item.role}{escape(asked_by)}[/]")
    while True:
        try:
            given = side.input(f"[dim]{escape(_kind(item.fact, item.role))}; empty skips[/] > ")
        except EOFError as error:
            raise InputError("--ask needs somebody who answers", "answer the questions in the flow file") from error
        if not given.strip():
            return None
        try:
            return parse_answer(item.fact, item.role, given, surroundings.today)
        except InputError as error:
            side.print(f"{escape(str(error))}; {escape(error.hint)}")


_CITATIONS_AT_MOST = 3


def _is_askable(fact: str) -> bool:
    return fact in FACTS or fact.startswith("safeguards.")


def _kind(fact: str, role: str) -> str:
    if role:
        return "yes or no"
    if fact not in FACTS:
        return "the date on which it was done, or no"
    term = FACTS[fact]
    return ", ".join(term.options) if term.options else _KINDS.get(term.type, term.type.value)


_KINDS = {
    FactType.FLAG: "yes or no",
    FactType.TRISTATE: "yes or no",
    FactType.PLACE: "two letters of the country, such as CN, or EU",
    FactType.PLACES: "two letters each, such as CN KR",
    FactType.COUNT: "a whole number",
}
