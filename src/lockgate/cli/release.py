"""`lockgate release FLOW.toml --out DIR`: scan, decide, protect, verify, record, write."""

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lockgate.cli import workers
from lockgate.cli.browser import find_browser, print_page
from lockgate.cli.decision_text import show_routes
from lockgate.cli.evidence_pdf import beside, refuse_other
from lockgate.cli.language import ENGLISH
from lockgate.cli.option_values import day
from lockgate.cli.progress import watch
from lockgate.cli.surroundings import Surroundings
from lockgate.evidence.dossier import STATEMENT, parse_statement
from lockgate.evidence.report import render_report
from lockgate.flow.file import read_flow_file
from lockgate.flow.node import Node
from lockgate.flow.release import Released, release
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.tables.scratch import scratch_folder
from lockgate.tables.sink import FORMATS
from lockgate.terms.errors import InputError, LockgateError, ReleaseRefused, Undecided
from lockgate.terms.measure import MeasureKind
from lockgate.terms.verification import VerificationReport

HELP = "scan, decide, protect, verify, record and write a copy that may leave"

_SHOWN = (
    "k",
    "k-linked",
    "k-composed",
    "not-composed",
    "not-recorded",
    "population",
    "k-map",
    "delta-presence:low",
    "delta-presence:high",
    "presence-bound",
    "crowd",
    "residual-identifiers",
    "suppressed-share",
    "unique-before",
    "unique-after",
    "linkage",
    "loss",
    "classes",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("flow", metavar="FLOW.toml", help="the flow file")
    parser.add_argument("--out", metavar="DIR", required=True, help="the release folder")
    parser.add_argument("--route", metavar="ID", default="", help="a route that `decide` has shown")
    parser.add_argument("--format", choices=sorted(FORMATS), default="", help="of the data; default: the source's")
    parser.add_argument("--until", metavar="DATE", type=day, help="last day on which the release may be relied on")
    parser.add_argument("--pdf", action="store_true", help="also print the report to DIR.pdf, with a browser of here")
    parser.add_argument("--dry-run", action="store_true", help="do everything but leave nothing")
    workers.add_arguments(parser)
    parser.add_argument("--resume", action="store_true", help="go on where an interrupted run of the same has stopped")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Release, print, return 0; a refusal leaves with its own exit code."""
    path = Path(arguments.flow)
    request = read_flow_file(path)
    if arguments.until:
        request = replace(request, until=arguments.until)
    browser = _browser(arguments)
    with (
        _home(surroundings.home_beside(path.parent), rehearse=arguments.dry_run) as home,
        watch(surroundings) as progress,
        workers.shared(arguments, surroundings) as sharing,
    ):
        node = Node(home, load_laws(), surroundings.now, os.urandom, progress, sharing)
        try:
            released = release(
                request,
                Path(arguments.out),
                node,
                route=arguments.route,
                format_=arguments.format,
                rehearse=arguments.dry_run,
            )
        except (ReleaseRefused, Undecided) as error:
            decision: Any = error.details.get("decision")
            if decision is not None:
                show_routes(decision.routes, surroundings.console)
            raise
    pdf = _print(released, browser, surroundings) if browser and released.out else None
    surroundings.answer({**release_document(released), **({"pdf": pdf} if browser else {})})
    show_release(released, surroundings.console)
    if pdf:
        surroundings.console.print(f"{escape(pdf)} shows what the statement says", soft_wrap=True)
    return 0


def _browser(arguments: argparse.Namespace) -> Path | None:
    """Return what prints, where it is asked for: found before anything is released.

    Raises:
        InputError: If there is none, nothing is released, or something else lies where the PDF goes.
    """
    if not arguments.pdf:
        return None
    if arguments.dry_run:
        raise InputError("--pdf: a rehearsal leaves no report to print", "leave out --pdf or --dry-run")
    refuse_other(beside(Path(arguments.out)))
    return find_browser()


def _print(released: Released, browser: Path, surroundings: Surroundings) -> str | None:
    """Return the PDF beside a release; None where it could not be printed: the release stands all the same."""
    assert released.out is not None
    out = beside(released.out)
    try:
        print_page(render_report(parse_statement((released.out / STATEMENT).read_bytes())), out, browser)
    except (LockgateError, OSError) as error:
        again = f"the release stands; run `lockgate evidence pdf {released.out}` for its PDF"
        surroundings.side.print(f"no PDF: {error}; {again}", markup=False, soft_wrap=True)
        return None
    return str(out)


@contextmanager
def _home(path: Path, *, rehearse: bool) -> Iterator[Home]:
    """The home of the node; a rehearsal does not make one, but works in one that is gone afterwards."""
    if not rehearse or path.exists():
        yield Home.open(path)
        return
    with TemporaryDirectory(dir=scratch_folder()) as folder:
        yield Home.open(Path(folder) / "home")


def release_document(released: Released) -> dict[str, Any]:
    """Return the JSON document of a release."""
    return {
        "release": released.release,
        "outcome": released.taken.decision.outcome,
        "route": released.taken.id,
        "out": str(released.out) if released.out else None,
        "statement_hash": released.statement_hash,
        "leaf": released.leaf,
        "verification": {"ok": released.copy.verification.ok, "checks": released.copy.verification.checks},
        "rows_in": released.copy.rows_in,
        "rows_out": released.copy.rows_out,
        "steps": [step.as_json() for step in released.taken.steps],
    }


def show_release(released: Released, console: Console) -> None:
    """Print what a release left."""
    copy = released.copy
    done = "Released" if released.out else "Would release"
    console.print(f"\n[bold green]{done}[/] {_amount(released)}, route {released.taken.id}")
    for step in released.taken.steps:
        console.print(f"  • {escape(ENGLISH.step(step))}")
    _show_chosen(released.decided.request.wish.chosen, console)
    show_verification(copy.verification, console)
    if released.out is None:
        console.print("\nA rehearsal: nothing was written.")
        return
    out = escape(str(released.out))
    console.print(f"\n{out}/ holds the data, its statement, its proof (leaf {released.leaf}) and report.html")
    console.print(f"Check it anywhere, offline: [bold]lockgate verify {out}[/]")


def _show_chosen(chosen: Mapping[str, Any], console: Console) -> None:
    """Print what the program chose, if it did."""
    setting = chosen.get("setting")
    if setting:
        words = f"search {setting['search']}, labels {setting['labels']}, at least {setting['k']} persons"
        console.print(f"  • chosen: {words}; the least loss of {chosen['tried']} settings tried that is enough")


def _amount(released: Released) -> str:
    """Return how much was released of how much: rows of rows, or what was made of them."""
    copy, kinds = released.copy, {step.kind for step in released.taken.steps}
    made = next((words for kind, words in _MADE.items() if kind in kinds), None)
    if made is None:
        return f"{copy.rows_out:,} of {copy.rows_in:,} rows"
    return f"{copy.rows_out:,} {made[copy.rows_out != 1]}, made of {copy.rows_in:,} rows"


_MADE = {
    MeasureKind.STATISTICS: ("group with noise", "groups with noise"),
    MeasureKind.SYNTHESISE: ("made-up row", "made-up rows"),
    MeasureKind.AGGREGATE: ("count", "counts"),
}
"""What a copy holds that holds no rows of the source: one, and several."""


def show_verification(report: VerificationReport, console: Console) -> None:
    """Print the figures of a copy, those that matter most to people."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(overflow="fold")
    shown = [check for check in report.checks if check.name in _SHOWN or not check.ok]
    for check in shown:
        mark = "[dim]·[/]" if check.required is None else "[green]✓[/]" if check.ok else "[red]✗[/]"
        table.add_row(mark, escape(check.meaning))
    console.print(table)
