"""`lockgate decide FLOW.toml`: what the law of the day says, article by article, and the lawful routes."""

import argparse
import secrets
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.markup import escape

from lockgate.cli.comparison_text import show_comparison
from lockgate.cli.decision_page import render_decision, render_paper
from lockgate.cli.decision_text import show_decision
from lockgate.cli.frontier_page import render_frontier
from lockgate.cli.language import LANGUAGES, Language, language
from lockgate.cli.progress import watch
from lockgate.cli.questions import Asking, ask_question
from lockgate.cli.surroundings import Surroundings
from lockgate.cli.text_file import write_page
from lockgate.decide.comparison import compare_decisions
from lockgate.flow.deciding import Decided, Remembered, decide_request
from lockgate.flow.file import read_flow_file
from lockgate.flow.frontier import measure_frontier
from lockgate.flow.papers.paper import make_papers
from lockgate.flow.scanning import ScanMeans
from lockgate.laws.body import Laws
from lockgate.laws.catalogue import load_laws
from lockgate.tables.scratch import scratch_folder
from lockgate.terms.decision import Outcome
from lockgate.terms.errors import InputError, ReleaseRefused, Undecided
from lockgate.terms.frontier import Frontier
from lockgate.terms.rendering import as_json

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
    parser.add_argument("--compare", metavar="DAY", type=_day, help="say what the law of another day says differently")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the answer; reasons stay English")
    parser.add_argument("--html", metavar="FILE", help="write the decision as a page that stands alone")
    parser.add_argument(
        "--frontier", metavar="FILE", help="write a page of risk against loss, to choose how to protect"
    )
    parser.add_argument(
        "--papers", metavar="DIR", help="write the papers that the duties ask for, filled with the facts"
    )


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Decide, print, return the exit code of the outcome."""
    path = Path(arguments.flow)
    laws = load_laws()
    words = language(arguments.lang, {item.id: item.title_local for item in laws.instruments})
    asking, remembered = Asking(surroundings, words), Remembered()
    while True:
        decided = _decide(path, arguments.as_of, (laws, remembered), surroundings)
        if not arguments.ask or not ask_question(path, decided.decision, asking):
            break
    comparison = None
    if arguments.compare:
        other = _decide(path, arguments.compare, (laws, remembered), surroundings)
        comparison = compare_decisions(decided.decision, other.decision)
    frontier = _frontier(decided, laws, surroundings) if arguments.frontier else None
    written = _write(arguments, decided, frontier, words)
    more = {"compared": comparison, "frontier": frontier}
    added = {name: as_json(part) for name, part in more.items() if part is not None}
    surroundings.answer({**as_json(decided.decision), **added})
    console = surroundings.console
    show_decision(decided, console, words, is_traced=arguments.trace, is_last=comparison is None)
    if comparison is not None:
        show_comparison(comparison, console, words)
        console.print(f"\n[dim]{words.say('not-advice')}[/]")
    for file in written:
        surroundings.side.print(f"written: {escape(str(file))}", soft_wrap=True)
    return EXIT_CODES[decided.decision.outcome]


def _decide(path: Path, day: date | None, known: tuple[Laws, Remembered], surroundings: Surroundings) -> Decided:
    laws, remembered = known
    request = read_flow_file(path)
    if day:
        request = replace(request, as_of=day)
    with TemporaryDirectory(dir=scratch_folder()) as folder, watch(surroundings) as progress:
        as_of = request.as_of or surroundings.today
        means = ScanMeans(laws, as_of, secrets.token_bytes(32), Path(folder), progress)
        return decide_request(request, means, remembered)


def _frontier(decided: Decided, laws: Laws, surroundings: Surroundings) -> Frontier:
    with TemporaryDirectory(dir=scratch_folder()) as folder, watch(surroundings) as progress:
        means = ScanMeans(laws, decided.facts.as_of, secrets.token_bytes(32), Path(folder), progress)
        return measure_frontier(decided, means)


def _write(arguments: argparse.Namespace, decided: Decided, frontier: Frontier | None, words: Language) -> list[Path]:
    """Write the pages and the papers that are asked for; return where."""
    written = []
    if frontier is not None:
        written.append(Path(arguments.frontier))
        title = decided.request.title or words.say("a-flow")
        write_page(written[-1], render_frontier(frontier, title, words))
    if arguments.html:
        written.append(Path(arguments.html))
        write_page(written[-1], render_decision(decided, words))
    if arguments.papers:
        folder = Path(arguments.papers)
        folder.mkdir(parents=True, exist_ok=True)
        for paper in make_papers(decided):
            written.append(folder / f"{paper.name}.html")
            write_page(written[-1], render_paper(paper, words))
    return written


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"expected a day such as 2026-11-21, found `{text}`") from error
