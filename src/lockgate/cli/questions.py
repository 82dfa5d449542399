"""Questions asked at the terminal, the answers written into the flow file.

An answer becomes a key of the file by text, below its table's header, so that comments and order stay as they are.
"""

import sys
from pathlib import Path

from rich.markup import escape
from rich.prompt import Prompt

from lockgate.cli.surroundings import Surroundings
from lockgate.cli.text_file import write_whole
from lockgate.flow.answers import parse_answer, with_answer
from lockgate.terms.decision import Decision
from lockgate.terms.errors import InputError
from lockgate.terms.fact import FACTS


def ask_questions(path: Path, decision: Decision, surroundings: Surroundings) -> bool:
    """Ask the most decisive question that a flow file can answer; return whether the file changed.

    Args:
        path: The flow file; rewritten with the answer.
        decision: Whose questions are asked.
        surroundings: Where words go.

    Raises:
        InputError: If there is no terminal to ask at.
    """
    askable = [item for item in decision.missing if item.decides and _is_askable(item.fact)]
    if not askable:
        return False
    if not sys.stdin.isatty() and not sys.stdin.readable():
        raise InputError("--ask needs somebody who answers", "answer the questions in the flow file")
    item = askable[0]
    surroundings.side.print(f"\n{escape(item.question)}")
    surroundings.side.print(f"[dim]{item.fact} {item.role} · asked by {escape('; '.join(item.asked_by))}[/]")
    while True:
        given = Prompt.ask(
            f"answer ({_kind(item.fact, item.role)}; empty stops)", console=surroundings.side, default=""
        )
        if not given:
            return False
        try:
            answer = parse_answer(item.fact, item.role, given, surroundings.today)
        except InputError as error:
            surroundings.side.print(f"{escape(str(error))}; {escape(error.hint)}")
            continue
        write_whole(path, with_answer(path.read_text(encoding="utf-8"), item.fact, answer))
        return True


def _is_askable(fact: str) -> bool:
    return fact in FACTS or fact.startswith("safeguards.")


def _kind(fact: str, role: str) -> str:
    if role:
        return "yes or no"
    if fact not in FACTS:
        return "the date on which it was done, or no"
    term = FACTS[fact]
    return ", ".join(term.options) if term.options else term.type.value
