"""`lockgate evidence COMMAND`: what the log of this node holds, proves and has had witnessed. A family of commands.

Each is a module of its own with `HELP`, `add_arguments(parser)` and `run(arguments, surroundings)`, as the door's are.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

from lockgate.cli.surroundings import Surroundings

HELP = "read, prove, export and check the log of this node; have it witnessed, witness others"

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "affected": "lockgate.cli.evidence_affected",
        "column": "lockgate.cli.evidence_column",
        "cosign": "lockgate.cli.evidence_cosign",
        "credential": "lockgate.cli.evidence_credential",
        "erase": "lockgate.cli.evidence_erase",
        "export": "lockgate.cli.evidence_export",
        "fsck": "lockgate.cli.evidence_fsck",
        "log": "lockgate.cli.evidence_log",
        "open": "lockgate.cli.evidence_open",
        "pdf": "lockgate.cli.evidence_pdf",
        "prove": "lockgate.cli.evidence_prove",
        "review": "lockgate.cli.evidence_review",
        "seal": "lockgate.cli.evidence_seal",
        "seat": "lockgate.cli.evidence_seat",
        "show": "lockgate.cli.evidence_show",
        "statistics": "lockgate.cli.evidence_statistics",
        "witness": "lockgate.cli.evidence_witness",
    }
)


def add_arguments(parser: argparse.ArgumentParser, given: Sequence[str] = ()) -> None:
    """Declare the commands of the family.

    Args:
        parser: Of the family.
        given: What stands behind `evidence` on the command line: only commands
            that are named there are loaded, all where none is.
    """
    commands = parser.add_subparsers(
        dest="action", metavar="COMMAND", required=True, parser_class=parser.__class__, title="commands"
    )
    for name in [name for name in COMMANDS if name in given] or COMMANDS:
        module = import_module(COMMANDS[name])
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        # Left out here means: as it was said, or not, before the name of the command.
        command.add_argument(
            "--json",
            action="store_true",
            default=argparse.SUPPRESS,
            help="print one JSON document on standard output",
        )
        command.add_argument(
            "--home", metavar="DIR", default=argparse.SUPPRESS, help="where keys, log and earlier releases lie"
        )
        module.add_arguments(command)


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Return the exit code of the command that was named."""
    command: Callable[[argparse.Namespace, Surroundings], int] = import_module(COMMANDS[arguments.action]).run
    return command(arguments, surroundings)
