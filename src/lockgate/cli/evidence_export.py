"""`lockgate evidence export DIR`: the log as static files that anybody can serve and check."""

import argparse
from pathlib import Path

from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.log_export import export_log

HELP = "write the log as static files (C2SP tlog-tiles) that anybody can serve; again to add what is new"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("folder", metavar="DIR", help="a new folder, or that of an earlier export")
    parser.add_argument(
        "--statements",
        action="store_true",
        help="also the records behind releases, refusals and budgets: whoever reads them can count and check more",
    )


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Export, print, return 0."""
    made = export_log(existing_home(surroundings), Path(arguments.folder), with_statements=arguments.statements)
    surroundings.answer(made)
    more = f"\n{made.statements} of its records beside it" if arguments.statements else ""
    surroundings.console.print(
        f"{made.size} leaves of {made.origin} in {made.folder}/, {made.size - made.since} of them new{more}",
        markup=False,
        soft_wrap=True,
    )
    return 0
