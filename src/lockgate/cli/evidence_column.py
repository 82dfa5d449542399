"""`lockgate evidence column DIR NAME --out FOLDER`: one column of a release, alone, with the proof that it is one."""

import argparse
from pathlib import Path

from rich.markup import escape

from lockgate.cli.plain_text import one_line
from lockgate.cli.sound_dossier import add_trust, require_sound
from lockgate.cli.surroundings import Surroundings
from lockgate.evidence.dossier import STATEMENT
from lockgate.flow.column_showing import show_column
from lockgate.store.home import Home
from lockgate.terms.errors import InputError

HELP = "show one column of a release alone, with the proof that it is one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("place", metavar="DIR", help="the release folder, with its data")
    parser.add_argument("name", metavar="NAME", help="of the column")
    parser.add_argument("--out", metavar="FOLDER", required=True, help="the folder to write; must not exist")
    parser.add_argument("--input", metavar="FILE", default="", help="the table that went in, to show a column of it")
    add_trust(parser)


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Write the column, print, return 0."""
    place, out = Path(arguments.place), Path(arguments.out)
    source = Path(arguments.input) if arguments.input else None
    home = None
    if source is not None:
        folder = surroundings.home_beside(place.absolute().parent)
        if not folder.is_dir():
            raise InputError(
                f"no home at `{folder}`: the salts of the input are there only", "name the home that made the release"
            )
        home = Home.open(folder)
    if not (place / STATEMENT).exists():
        raise InputError(f"`{place}`: no release here", "name a release folder")
    require_sound(place, surroundings, arguments.trust, without={"report"})
    shown = show_column(place, arguments.name, out, source, home)
    surroundings.answer(
        {
            "column": shown.proof.name,
            "side": shown.proof.side,
            "rows": shown.rows,
            "statement": shown.proof.statement,
            "out": str(out),
        }
    )
    name = escape(str(out))
    surroundings.console.print(
        f"{name}/ holds {shown.rows:,} cells of `{escape(one_line(shown.proof.name))}` and their proof"
    )
    surroundings.console.print("it says nothing of other columns; the statement need not go with it")
    surroundings.console.print(f"Check it anywhere, offline: [bold]lockgate verify {name}[/]")
    return 0
