"""`lockgate decide FLOW.toml`: what the law of the day says, article by article, and the lawful routes."""

import argparse
import secrets
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from lockgate.cli.decision_text import show_decision
from lockgate.cli.progress import watch
from lockgate.cli.questions import ask_questions
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.deciding import decide_request
from lockgate.flow.file import read_flow_file
from lockgate.flow.scanning import ScanMeans
from lockgate.laws.catalogue import load_laws
from lockgate.terms.decision import Outcome
from lockgate.terms.errors import InputError, ReleaseRefused, Undecided

HELP = "say what the law of the day says of a flow, article by article, and the lawful routes"

EXIT_CODES = {
    Outcome.PERMITTED: 0,
    Outcome.CONDITIONAL: 0,
    Outcome.REFUSED: ReleaseRefused.exit_code,
    Outcome.UNDECIDED: Undecided.exit_code,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("flow", metavar="FLOW.toml", help="the flow file")
    parser.add_argument("--as-of", metavar="DAY", type=_day, help="decide under the law of this day")
    parser.add_argument("--trace", action="store_true", help="show every article that was tried")
    parser.add_argument(
        "--ask", action="store_true", help="ask the open questions and write the answers to the flow file"
    )


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Decide, print, return the exit code of the outcome."""
    path = Path(arguments.flow)
    laws = load_laws()
    skipped: set[tuple[str, str]] = set()
    while True:
        request = read_flow_file(path)
        if arguments.as_of:
            request = replace(request, as_of=arguments.as_of)
        with tempfile.TemporaryDirectory() as folder, watch(surroundings) as progress:
            as_of = request.as_of or surroundings.today
            means = ScanMeans(laws, as_of, secrets.token_bytes(32), Path(folder), progress)
            decided = decide_request(request, means)
        if not arguments.ask or not ask_questions(path, decided.decision, surroundings, skipped):
            break
    surroundings.answer(decided.decision)
    show_decision(decided, surroundings.console, is_traced=arguments.trace)
    return EXIT_CODES[decided.decision.outcome]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--as-of: expected a day such as 2026-11-21, found `{text}`") from error
