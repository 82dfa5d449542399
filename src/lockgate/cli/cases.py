"""`lockgate cases [CASE]`: cases from the field, decided now; each with a page of plain words."""

import argparse
import secrets
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding

from lockgate.cli.decision_text import COLOURS, show_decision
from lockgate.cli.progress import watch
from lockgate.cli.surroundings import Surroundings
from lockgate.examples.cases import Case, list_cases
from lockgate.flow.deciding import Decided, decide_request
from lockgate.flow.file import read_flow_file
from lockgate.flow.scanning import ScanMeans
from lockgate.laws.body import Laws
from lockgate.laws.catalogue import load_laws
from lockgate.tables.scratch import scratch_folder
from lockgate.terms.errors import InputError
from lockgate.terms.rendering import as_json

HELP = "cases from the field: list them, or read and decide one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("case", nargs="?", metavar="CASE", help="such as overseas-sellers; default: all")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Decide the cases and print what is decided, return 0."""
    cases, laws = list_cases(), load_laws()
    chosen = [case for case in cases if arguments.case in (None, case.id)]
    if not chosen:
        known = ", ".join(case.id for case in cases)
        raise InputError(f"no case `{arguments.case}`", f"the cases are: {known}")
    decided = {case.id: {flow.name: _decide(flow, laws, surroundings) for flow in case.flows} for case in chosen}
    surroundings.answer({"cases": [_document(case, decided[case.id]) for case in chosen]})
    if arguments.case is None:
        _show_all(chosen, decided, surroundings)
    else:
        surroundings.console.print(Markdown(chosen[0].page))
        for item in decided[chosen[0].id].values():
            show_decision(item, surroundings.console)
    return 0


def _decide(flow: Path, laws: Laws, surroundings: Surroundings) -> Decided:
    request = read_flow_file(flow)
    with TemporaryDirectory(dir=scratch_folder()) as folder, watch(surroundings) as progress:
        as_of = request.as_of or surroundings.today
        return decide_request(request, ScanMeans(laws, as_of, secrets.token_bytes(32), Path(folder), progress))


def _document(case: Case, decided: dict[str, Decided]) -> dict[str, Any]:
    decisions = {name: as_json(item.decision) for name, item in decided.items()}
    return {"id": case.id, "title": case.title, "decisions": decisions}


def _show_all(cases: list[Case], decided: dict[str, dict[str, Decided]], surroundings: Surroundings) -> None:
    console = surroundings.console
    for case in cases:
        console.print(f"[bold]{case.id}[/]")
        console.print(Padding(escape(case.title), (0, 0, 0, 2)))
        for name, item in decided[case.id].items():
            outcome = item.decision.outcome
            console.print(f"    [{COLOURS[outcome]}]{outcome:<12}[/] {name.removesuffix('.toml')}")
    console.print("[dim]`lockgate cases CASE` tells one. About law, on the facts given; not legal advice.[/]")
