"""Questions asked at the terminal, the answers written into the flow file.

An answer becomes a key of the file by text, below its table's header, so that comments and order stay as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.markup import escape

from lockgate.cli.language import Language
from lockgate.cli.surroundings import Surroundings
from lockgate.cli.text_file import write_whole
from lockgate.flow.answers import parse_answer, with_answer
from lockgate.terms.decision import Decision, MissingFact
from lockgate.terms.errors import InputError
from lockgate.terms.fact import FACTS, FactType


@dataclass(frozen=True, slots=True)
class Asking:
    """A person at the terminal.

    Attributes:
        surroundings: Where words go.
        words: Of the language to ask in.
        skipped: Questions, as fact and role, that got no answer; grows.
    """

    surroundings: Surroundings
    words: Language
    skipped: set[tuple[str, str]] = field(default_factory=set)


def ask_question(path: Path, decision: Decision, asking: Asking) -> bool:
    """Ask the most decisive question that a flow file can answer; return whether the file changed.

    Args:
        path: The flow file; rewritten whole with the answer, or left as it is.
        decision: Whose questions are asked.
        asking: Who is asked, and how.

    Raises:
        InputError: If there is nobody to answer.
    """
    asked = [item for item in decision.missing if item.decides and _is_askable(item.fact)]
    for place, item in enumerate(asked):
        if (item.fact, item.role) in asking.skipped:
            continue
        answer = _ask(item, decision, len(asked) - place, asking)
        if answer is not None:
            write_whole(path, with_answer(path.read_text(encoding="utf-8-sig"), item.fact, answer))
            return True
        asking.skipped.add((item.fact, item.role))
    return False


def _ask(item: MissingFact, decision: Decision, left: int, asking: Asking) -> tuple[str, str] | None:
    """Return the key and the value that a person answers; None for no answer."""
    side, words = asking.surroundings.side, asking.words
    side.print(f"\n[bold]{escape(words.question(item))}[/]")
    for line in _explanation(item, decision, left, words):
        side.print(f"[dim]{escape(line)}[/]")
    while True:
        try:
            given = side.input(f"[dim]{escape(_kind(item.fact, item.role, words))}; {words.say('empty-skips')}[/] > ")
        except EOFError as error:
            raise InputError("--ask needs somebody who answers", "answer the questions in the flow file") from error
        if not given.strip():
            return None
        try:
            return parse_answer(item.fact, item.role, given, asking.surroundings.today)
        except InputError as error:
            side.print(f"{escape(str(error))}; {escape(error.hint)}")


def _explanation(item: MissingFact, decision: Decision, left: int, words: Language) -> Iterator[str]:
    """Yield the key, who asks, why, and how many questions are left."""
    cited = "; ".join(words.citation(citation) for citation in item.asked_by[:_CITATIONS_AT_MOST])
    asked_by = f" · {words.say('asked-by', citations=cited)}" if cited else ""
    yield f"{item.fact} {item.role}".strip() + asked_by
    why = next((found.reason for found in decision.findings if found.citation in item.asked_by and found.missing), "")
    if why:
        yield f"{words.say('asked-why')}: {why}"
    yield words.say("asked-left", count=left)


_CITATIONS_AT_MOST = 3


def _is_askable(fact: str) -> bool:
    return fact in FACTS or fact.startswith("safeguards.")


def _kind(fact: str, role: str, words: Language) -> str:
    """Return how to answer; the words of a closed list are those of the flow file in every language."""
    if role:
        return words.say("answer-flag")
    if fact not in FACTS:
        return words.say("answer-day")
    term = FACTS[fact]
    return ", ".join(term.options) if term.options else words.say(_KINDS[term.type])


_KINDS = {
    FactType.FLAG: "answer-flag",
    FactType.TRISTATE: "answer-flag",
    FactType.PLACE: "answer-place",
    FactType.PLACES: "answer-places",
    FactType.COUNT: "answer-count",
    FactType.TEXT: "answer-text",
}
