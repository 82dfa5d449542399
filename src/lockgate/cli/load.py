"""`lockgate load DIR --into ADDRESS --table NAME`: a released copy into a new table of a database or a lake."""

import argparse
from pathlib import Path

from rich.markup import escape

from lockgate.cli.progress import watch
from lockgate.cli.sound_dossier import add_trust, require_sound
from lockgate.cli.surroundings import Surroundings
from lockgate.evidence.dossier import STATEMENT
from lockgate.flow.loading import load_release
from lockgate.terms.errors import InputError

HELP = "load a released copy into a new table of PostgreSQL, MySQL, MariaDB or Delta"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("place", metavar="DIR", help="the release folder, with its data")
    parser.add_argument(
        "--into",
        metavar="ADDRESS",
        required=True,
        help="postgresql://user@host/database, mysql://user@host/database, or a folder for a Delta table",
    )
    parser.add_argument("--table", metavar="NAME", required=True, help="the table to make; the name must be free")
    add_trust(parser)


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Check the folder, load, print, return 0."""
    place = Path(arguments.place)
    if not (place / STATEMENT).exists():
        raise InputError(f"`{place}`: no release here", "name a release folder")
    with watch(surroundings) as progress:
        progress.step("checking the release")
        require_sound(place, surroundings, arguments.trust, without={"report"}, progress=progress)
        loaded = load_release(place, arguments.into, arguments.table, progress)
    surroundings.answer(
        {
            "table": loaded.table,
            "rows": loaded.rows,
            "data_hash": loaded.data_hash,
            "statement": loaded.statement,
            "notes": list(loaded.notes),
        }
    )
    surroundings.console.print(f"[bold green]Loaded[/] {loaded.rows:,} rows into {escape(loaded.table)}")
    surroundings.console.print("Read back from there, they give the hash that the statement records.")
    for note in loaded.notes:
        surroundings.side.print(f"note: {escape(note)}")
    return 0
