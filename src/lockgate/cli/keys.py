"""`lockgate keys`: the public key that others need to trust this node's releases."""

import argparse
from pathlib import Path

from lockgate.cli.surroundings import Surroundings
from lockgate.store.home import Home

HELP = "show the public key of this node's log, for those who verify"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command: none of its own."""
    del parser


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Print the verifier key, return 0."""
    del arguments
    home = Home.open(surroundings.home_beside(Path.cwd()))
    key = str(home.verifier_key)
    surroundings.answer({"origin": home.origin, "key": key, "home": str(home.path)})
    surroundings.console.print(key, soft_wrap=True)
    surroundings.side.print("hand this to those who verify: lockgate verify DIR --trust KEY", style="dim")
    return 0
