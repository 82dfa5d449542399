"""`lockgate attack DIR`: try to re-identify people in a release, and say in words what came of it."""

import argparse
from pathlib import Path

from rich.markup import escape

from lockgate.cli.progress import watch
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.attacking import Attacker, attack_release
from lockgate.terms.verification import Attack

HELP = "try to re-identify people in a release, with or without a file of people you know"

_QUESTIONS = (
    ("Who could be found?", ("linkage", "singling-out")),
    ("What could be learnt about them?", ("attribute",)),
    ("Could one tell who is in it at all?", ("membership", "nearest-record", "distance-ratio")),
)
"""What people want to know, and the attacks that answer it."""

_NEARLY_ALL = 0.995
_SMALL = 0.001


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("place", metavar="DIR", help="a release folder")
    parser.add_argument("--knowing", metavar="FILE", default="", help="a file of people whose traits an attacker knows")
    parser.add_argument(
        "--control", metavar="FILE", default="", help="people like them who are not in the release, to compare with"
    )
    parser.add_argument(
        "--sensitive", metavar="A,B", default="", help="columns that an attacker wants to learn; default: as released"
    )
    parser.add_argument(
        "--hierarchies", metavar="DIR", default="", help="the hierarchies that the release was made with"
    )


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Attack, print, return 0."""
    sensitive = tuple(name.strip() for name in arguments.sensitive.split(",") if name.strip())
    attacker = Attacker(arguments.knowing, arguments.control, arguments.hierarchies, sensitive)
    with watch(surroundings) as progress:
        attacks = attack_release(Path(arguments.place), attacker, progress)
    surroundings.answer({"attacks": attacks})
    if surroundings.wants_json:
        return 0
    for question, names in _QUESTIONS:
        answers = [attack for attack in attacks if attack.name.partition(":")[0] in names]
        if answers:
            surroundings.console.print(f"[bold]{question}[/]")
        for attack in answers:
            surroundings.console.print(attack_text(attack))
    surroundings.console.print(_advice(arguments))
    return 0


def attack_text(attack: Attack) -> str:
    """Return one attack for people: its figures beside guessing, a verdict, and what it means."""
    low, high = attack.interval
    counted = low == high
    between = "" if counted else f" (between {low:.2%} and {high:.2%})"
    return (
        f"  [bold]{escape(attack.name)}[/] {attack.success:.2%}{between}, guessing {_share(attack.baseline)}: "
        f"{_verdict(attack)}\n    {escape(attack.means)}"
    )


def _share(chance: float) -> str:
    """Return a chance as people read it, small ones as one of so many."""
    return f"1 in {1 / chance:.0f}" if 0 < chance < _SMALL else f"{chance:.2%}"


def _verdict(attack: Attack) -> str:
    """Return how an attack compares with guessing, in words."""
    low, _ = attack.interval
    if attack.success >= _NEARLY_ALL and attack.baseline < _NEARLY_ALL:
        return "[red]nearly always[/]"
    if attack.success <= attack.baseline or low <= attack.baseline < attack.success:
        return "[green]no better than guessing[/]"
    if not attack.baseline:
        return "[yellow]better than guessing[/]"
    return f"[yellow]{attack.success / attack.baseline:.1f} times as often as guessing[/]"


def _advice(arguments: argparse.Namespace) -> str:
    if not arguments.knowing:
        return "\nThis is what the copy alone gives away. Name people whose traits are known with --knowing FILE."
    if not arguments.control:
        return "\nName people who are surely not in the copy with --control FILE, to tell them from those who are."
    return ""
