"""`lockgate evidence erase RECORD`: destroy the key of a sealed record; its commitment stays in the log."""

import argparse
import os

from lockgate.cli.evidence_open import add_asked, asked
from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.sealing import delete_sealed

HELP = "destroy the key of a sealed record for good; a leaf says so first, the commitment stays"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("record", metavar="RECORD", help="its name, or the first digits of it")
    add_asked(parser)


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Record, destroy, print, return 0."""
    home = existing_home(surroundings)
    sealed, leaf = delete_sealed(home, arguments.record, asked(arguments, surroundings), os.urandom)
    surroundings.answer({"record": sealed.commitment, "leaf": leaf})
    surroundings.console.print(f"the key of {sealed.commitment[:16]} is destroyed, leaf {leaf}")
    surroundings.console.print("backups of the home that hold its `sealed` folder still hold the key")
    return 0
