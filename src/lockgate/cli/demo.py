"""`lockgate demo`: the main job on bundled real data, from nothing."""

import argparse

from lockgate.cli.surroundings import Surroundings

HELP = "the main job on bundled data, from nothing, in under two minutes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--out", metavar="DIR", default="", help="where the releases go; default: .lockgate/demo")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Tell the story, return 0."""
    del arguments, surroundings
    return 0
