"""`lockgate evidence pdf DIR`: the report of a dossier as PDF, printed by a browser of this machine."""

import argparse
from pathlib import Path

from rich.markup import escape

from lockgate.cli.browser import find_browser, print_page
from lockgate.cli.sound_dossier import add_trust, require_sound
from lockgate.cli.surroundings import Surroundings
from lockgate.evidence.dossier import STATEMENT, parse_statement
from lockgate.evidence.report import render_report
from lockgate.flow.folder_check import read_evidence
from lockgate.terms.errors import InputError

HELP = "print the report of a dossier to a PDF, with a browser of this machine"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("place", metavar="DIR", help="the folder of a release or a refusal")
    parser.add_argument("--out", metavar="FILE", default="", help="the file to write; default: DIR.pdf, beside it")
    add_trust(parser)


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Print the report that the statement gives, whatever page lies in the folder; return 0."""
    place = Path(arguments.place)
    statement = read_evidence(place / STATEMENT)
    if statement is None:
        raise InputError(f"`{place}`: no dossier here", "name the folder of a release or a refusal")
    out = Path(arguments.out) if arguments.out else beside(place)
    if out.absolute().is_relative_to(place.absolute()):
        raise InputError(f"--out: `{out}` lies in the dossier, which holds nothing else", "name a file outside of it")
    refuse_other(out)
    browser = find_browser()
    require_sound(place, surroundings, arguments.trust, without={"report"})  # the page is rendered anew
    print_page(render_report(parse_statement(statement)), out, browser)
    surroundings.answer({"out": str(out), "browser": str(browser)})
    surroundings.console.print(f"{escape(str(out))} shows what the statement says; the dossier itself is the evidence")
    return 0


def beside(place: Path) -> Path:
    """Return the PDF of a dossier: beside its folder, which holds nothing but what its statement names."""
    folder = place.absolute()
    return folder.with_name(f"{folder.name}.pdf")


def refuse_other(out: Path) -> None:
    """Refuse to write over what is no PDF.

    Raises:
        InputError: If something else lies there.
    """
    if out.exists() and not (out.is_file() and out.read_bytes().startswith(b"%PDF-")):
        raise InputError(f"`{out}` exists already and is no PDF", "name another file in --out")
