"""`lockgate forget TOKEN…`: delete what stands behind tokens for good, once it is on record who asked and why."""

import argparse
import os

from lockgate.cli.reveal import add_demand, demand_of, existing_home, tokens_of
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.revealing import forget

HELP = "delete the values behind tokens for good; records who asks and why"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_demand(parser)


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Record, delete, print, return 0."""
    home = existing_home(surroundings)
    recorded, count = forget(home, tokens_of(arguments), demand_of(arguments, surroundings), os.urandom)
    surroundings.answer({"forgetting": recorded.id, "leaf": recorded.leaf, "forgotten": count})
    surroundings.console.print(f"forgotten: the values of {count} tokens; nobody can turn them back")
    surroundings.side.print(f"on record as forgetting {recorded.id}, leaf {recorded.leaf}", style="dim")
    return 0
