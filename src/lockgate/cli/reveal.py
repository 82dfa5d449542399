"""`lockgate reveal TOKEN…`: what stands behind tokens, once it is on record who asked and why."""

import argparse
import os
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from lockgate.cli.option_values import whole_number
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.decrypting import reveal_encrypted
from lockgate.flow.revealing import Demand, Recorded, list_recorded, reveal
from lockgate.protect.token_vault import TOKEN
from lockgate.store.home import Home
from lockgate.store.vault import Kept
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

HELP = "turn tokens and encrypted cells back into values; records who asks and why before it answers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_demand(parser)
    parser.add_argument(
        "--encrypted", metavar="DIR", default="", help="the release whose encrypted cells are turned back, not tokens"
    )
    parser.add_argument("--column", metavar="NAME", default="", help="with --encrypted: the column of the cells")
    parser.add_argument(
        "--key-version",
        metavar="N",
        type=whole_number,
        default=0,
        help="with --encrypted: where the release does not say it",
    )
    parser.add_argument("--history", action="store_true", help="show all reversals on record; reveals nothing")


def add_demand(parser: argparse.ArgumentParser) -> None:
    """Declare tokens, name and reason."""
    parser.add_argument("tokens", metavar="TOKEN", nargs="*", help="a token, such as t_…")
    parser.add_argument(
        "--from", dest="file", metavar="FILE", default="", help="any text file with tokens in it, such as a table"
    )
    parser.add_argument("--by", metavar="NAME", default="", help="who asks")
    parser.add_argument("--why", metavar="REASON", default="", help="why; goes into the record")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Record, reveal, print, return 0."""
    home = existing_home(surroundings)
    if arguments.history:
        _show_history(list_recorded(home), surroundings)
        return 0
    recorded, found = _revealed(home, arguments, demand_of(arguments, surroundings))
    surroundings.answer({"reversal": recorded.id, "leaf": recorded.leaf, "values": found})
    table = Table(box=None, pad_edge=False, show_header=False)
    for item in found:
        table.add_row(item.token, escape(item.value))
    surroundings.console.print(table)
    surroundings.side.print(f"on record as reversal {recorded.id}, leaf {recorded.leaf}", style="dim")
    return 0


def _revealed(home: Home, arguments: argparse.Namespace, demand: Demand) -> tuple[Recorded, tuple[Kept, ...]]:
    """Return what is turned back, tokens or encrypted cells, and its record."""
    if bool(arguments.encrypted) != bool(arguments.column):
        raise InputError("--encrypted and --column belong together", "name the release and its column, or neither")
    if not arguments.encrypted:
        return reveal(home, tokens_of(arguments), demand, os.urandom)
    place = Path(arguments.encrypted), arguments.column
    return reveal_encrypted(home, place, _cells_of(arguments), demand, os.urandom, arguments.key_version)


def _cells_of(arguments: argparse.Namespace) -> list[str]:
    """Return the cells of the command line, and those of the column in a table; nothing else of it is looked at."""
    if not arguments.file:
        return list(arguments.tokens)
    source = open_source(SourceReference(arguments.file))
    if arguments.column not in source.schema.names:
        raise InputError(f"--from: `{source.name}` has no column `{arguments.column}`", "name a table that has it")
    cells = [cell for batch in source.batches([arguments.column]) for cell in batch.column(0).to_pylist()]
    return [*arguments.tokens, *(str(cell) for cell in cells if cell is not None)]


def existing_home(surroundings: Surroundings) -> Home:
    """Return the home, which must be there: a new one knows nothing.

    Raises:
        InputError: If there is none.
    """
    path = surroundings.home_beside(Path.cwd())
    if not path.is_dir():
        raise InputError(f"`{path}`: no such folder", "name the home of a node in --home")
    return Home.open(path)


def tokens_of(arguments: argparse.Namespace) -> list[str]:
    """Return the tokens of the command line and of the file; nothing else of the file is looked at."""
    if not arguments.file:
        return list(arguments.tokens)
    path = Path(arguments.file)
    if not path.is_file():
        raise InputError(f"--from: `{path}`: no such file", "name a file with tokens in it")
    return [*arguments.tokens, *TOKEN.findall(path.read_text(encoding="utf-8", errors="replace"))]


def demand_of(arguments: argparse.Namespace, surroundings: Surroundings) -> Demand:
    """Return who asks and why."""
    return Demand(arguments.by, arguments.why, os.getuid(), surroundings.now)


def _show_history(recorded: tuple[Recorded, ...], surroundings: Surroundings) -> None:
    surroundings.answer({"reversals": recorded})
    table = Table(box=None, pad_edge=False)
    for name in ("when", "what", "tokens", "by", "why", "leaf"):
        table.add_column(name, overflow="fold")
    for item in recorded:
        leaf = "not done" if item.leaf is None else str(item.leaf)
        table.add_row(item.made_at, item.kind, str(item.tokens), escape(item.by), escape(item.why), leaf)
    surroundings.console.print(table if recorded else "No token has been turned back.")
