"""`lockgate verify DIR|DOSSIER`: anyone, offline."""

import argparse
import re
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lockgate.cli.surroundings import Surroundings
from lockgate.evidence.check import Step
from lockgate.evidence.release_state import STATE
from lockgate.evidence.trust import Trust, parse_trust
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.population_check import PopulationAtHand
from lockgate.laws.catalogue import load_laws
from lockgate.terms.errors import EvidenceError, InputError
from lockgate.terms.flow_request import SourceReference

_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_SHOWN_OF_A_HASH = 16
"""Digits of a hash that people are shown, so that lines stay whole; --json has all."""

HELP = "check a release or a dossier, offline, step by step"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("place", metavar="DIR|DOSSIER", help="a release folder, or the statement.json of a dossier")
    parser.add_argument("--trust", metavar="KEY|POLICY", help="a verifier key, or a file with keys or a tlog-policy")
    parser.add_argument("--population", metavar="FILE", help="the table of all persons that the copy was held against")
    parser.add_argument("--hierarchies", metavar="DIR", default="", help="for --population, where labels name groups")
    parser.add_argument("--strict", action="store_true", help="fail where a question stays open, such as who signed")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Check, print, return 0 or 6."""
    place = Path(arguments.place)
    if not place.exists():
        raise InputError(f"`{place}`: no such folder or file", "name a release folder or a statement.json")
    trust = read_trust(arguments.trust) if arguments.trust else None
    if arguments.hierarchies and not arguments.population:
        raise InputError("--hierarchies serves --population alone", "give both, or neither")
    known = (
        PopulationAtHand(SourceReference(arguments.population), arguments.hierarchies) if arguments.population else None
    )
    means = CheckMeans(load_laws(), trust, _home(place, surroundings), surroundings.today, known)
    steps = check_release(place, means)
    ok = all(step.ok and (step.settled or not arguments.strict) for step in steps)
    surroundings.answer({"ok": ok, "steps": steps})
    show_steps(steps, surroundings.console, is_strict=arguments.strict)
    return 0 if ok else EvidenceError.exit_code


def read_trust(given: str) -> Trust:
    """Return the trust anchor that a key or a file states.

    Raises:
        InputError: If it is neither.
    """
    path = Path(given)
    if not path.is_file():
        return parse_trust(given)
    try:
        return parse_trust(path.read_text(encoding="utf-8"))
    except InputError as error:  # its words quote a line of the file, and it may be any file
        raise InputError(f"--trust: `{given}` holds no keys and no policy", error.hint) from error
    except UnicodeDecodeError as error:
        raise InputError(f"--trust: `{given}` is no text", "name a key, or a file with keys or a policy") from error


def show_steps(steps: tuple[Step, ...], console: Console, *, is_strict: bool = False) -> None:
    """Print the steps of a check and what they mean together."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column()
    table.add_column(overflow="fold")
    for step in steps:
        mark = "[red]✗[/]" if not step.ok else "[green]✓[/]" if step.settled else "[yellow]·[/]"
        table.add_row(mark, step.step, escape(_HASH.sub(_shortened, step.detail)))
    console.print(table)
    failed = [step.step for step in steps if not step.ok]
    open_ = [step.step for step in steps if step.ok and not step.settled]
    if failed == [STATE]:
        console.print("\n[bold red]No longer in force[/]: the dossier is intact, the release must not be relied on")
    elif failed:
        console.print(f"\n[bold red]Not intact[/]: {failed[0]} failed")
    elif open_ and is_strict:
        console.print(f"\n[bold red]Not accepted under --strict[/]: open: {', '.join(open_)}")
    elif "trust" in open_:
        console.print("\n[bold green]Consistent[/], signer unknown: give the signer's key with --trust")
    else:
        console.print("\n[bold green]Intact[/]")


def _shortened(found: re.Match[str]) -> str:
    return f"{found[0][:_SHOWN_OF_A_HASH]}…"


def _home(place: Path, surroundings: Surroundings) -> Path | None:
    """Return a home at hand: as given, else beside the release or in the current folder."""
    if surroundings.home:
        return Path(surroundings.home)
    near = (place.absolute().parent / ".lockgate", Path.cwd() / ".lockgate")
    return next((home for home in near if home.is_dir()), None)
