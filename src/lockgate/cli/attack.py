"""`lockgate attack DIR`: try to re-identify people in a release."""

import argparse
from pathlib import Path

from rich.markup import escape

from lockgate.cli.surroundings import Surroundings
from lockgate.flow.attacking import attack_release
from lockgate.terms.verification import Attack

HELP = "try to re-identify people in a release, with or without a file of people you know"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("place", metavar="DIR", help="a release folder")
    parser.add_argument("--knowing", metavar="FILE", default="", help="a file of people whose traits an attacker knows")
    parser.add_argument(
        "--hierarchies", metavar="DIR", default="", help="the hierarchies that the release was made with"
    )


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Attack, print, return 0."""
    attacks = attack_release(Path(arguments.place), arguments.knowing, arguments.hierarchies)
    surroundings.answer({"attacks": attacks})
    for attack in attacks:
        surroundings.console.print(attack_text(attack))
    return 0


def attack_text(attack: Attack) -> str:
    """Return one attack in a line for people."""
    return (
        f"[bold]{escape(attack.name)}[/] succeeds in {attack.success:.2%} of the cases, guessing in "
        f"{attack.baseline:.2%}: {escape(attack.means)}"
    )
