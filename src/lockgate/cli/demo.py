"""`lockgate demo`: the main job on bundled data, from nothing, told as a story."""

import argparse
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table

from lockgate.cli.decision_text import show_decision
from lockgate.cli.progress import watch
from lockgate.cli.release import release_document, show_release
from lockgate.cli.scan_text import scan_document, show_classification
from lockgate.cli.surroundings import Surroundings
from lockgate.cli.verify_steps import show_steps
from lockgate.evidence.step import Step
from lockgate.examples.story import Stage, tell_story
from lockgate.flow.deciding import Decided
from lockgate.flow.node import Node
from lockgate.flow.release import Released
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.terms.classification import Classification
from lockgate.terms.errors import InputError
from lockgate.terms.verification import VerificationReport

HELP = "the main job on bundled data, from nothing, told as a story"

_CHAPTERS = 6

_PLACE = ".lockgate/demo"
_OF_A_STORY = {"home", "shop"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--out", metavar="DIR", default=_PLACE, help="where the story plays; made anew")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Tell the story, return 0."""
    folder = _empty_folder(Path(arguments.out))
    home = Home.open(Path(surroundings.home) if surroundings.home else folder / "home")
    started = time.monotonic()
    with watch(surroundings) as progress:
        node = Node(home, load_laws(), surroundings.now, os.urandom, progress)
        voice = Voice(surroundings.console)
        releases = tell_story(voice, Stage(folder, node))
    surroundings.console.print(f"\n[dim]The whole story took {time.monotonic() - started:.0f} seconds.[/]")
    surroundings.answer({"scans": voice.scans, "releases": [release_document(item) for item in releases]})
    return 0


def _empty_folder(folder: Path) -> Path:
    """Return the folder, emptied of an earlier story.

    Raises:
        InputError: If it holds something else, or cannot be made.
    """
    try:
        held = {item.name for item in folder.iterdir()} if folder.is_dir() else set()
        if held and folder != Path(_PLACE) and not held >= _OF_A_STORY:
            raise InputError(f"--out: `{folder}` holds something else than a demo", "name a folder that does not exist")
        shutil.rmtree(folder, ignore_errors=True)
        # the home of one's own releases will be the same folder, and is opened only where nobody else may look
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir()
    except OSError as error:
        raise InputError(f"--out: cannot make `{folder}`: {error.strerror}", "name another folder") from error
    return folder


class Voice:
    """Tells the story on a terminal, 80 columns wide."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._number = 0
        self.scans: list[object] = []

    def chapter(self, title: str) -> None:
        """Print a numbered heading."""
        self._number += 1
        self._console.print()
        self._console.print(Rule(f"[bold]{self._number}/{_CHAPTERS}  {escape(title)}[/]", align="left"))

    def say(self, text: str) -> None:
        """Print a paragraph."""
        self._console.print(Padding(escape(text), (1, 0, 0, 0)))

    def show_scan(self, name: str, found: Classification) -> None:
        """Print what a scan found, without the questions that every table asks."""
        self.scans.append(scan_document(name, found, ""))
        show_classification(name, found, self._console, asks=False)

    def show_decision(self, decided: Decided) -> None:
        """Print what the law says."""
        show_decision(decided, self._console)

    def show_release(self, released: Released) -> None:
        """Print what was released."""
        self._console.print(f"\n[bold]{escape(released.decided.request.title)}[/]")
        show_release(released, self._console)

    def show_attack(self, released: Released) -> None:
        """Print how many persons stand out in the original and in the copy."""
        figures = _figures(released.copy.verification)
        before, after = figures.get("unique-before", 0.0), figures.get("unique-after", 0.0)
        self.say(
            f"Who knows {', '.join(released.copy.verification.quasi_identifiers)} of everybody finds "
            f"{before:.1%} of the persons in the original for certain, and {after:.1%} in the copy. "
            f"Picking among all rows that fit, he is right in {figures.get('linkage', 0.0):.2%} of the cases."
        )

    def show_check(self, steps: Sequence[Step], tampered: Sequence[Step]) -> None:
        """Print a verification and one that fails."""
        show_steps(tuple(steps), self._console)
        self.say("Now one digit of one cell is changed in a copy of the release:")
        show_steps(tuple(step for step in tampered if not step.ok), self._console)

    def show_end(self, releases: Sequence[Released]) -> None:
        """Print all releases side by side, and where to go on."""
        table = Table(box=None, pad_edge=False, header_style="dim")
        for heading in ("release", "rows", "k", "stand out", "lost", "report to look at"):
            table.add_column(heading, overflow="fold")
        for released in releases:
            figures = _figures(released.copy.verification)
            out = released.out or Path()
            table.add_row(
                out.parent.name,
                f"{released.copy.rows_out:,}",
                f"{figures.get('k', 0):.0f}",
                f"{figures.get('unique-before', 0.0):.0%} → {figures.get('unique-after', 0.0):.0%}",
                f"{figures.get('loss', 0.0):.0%}",
                escape(str(out / "report.html")),
            )
        self._console.print()
        self._console.print(Rule("[bold]What is left behind[/]", align="left"))
        self._console.print(table)
        self._console.print("\nNow your own data: [bold]lockgate scan FILE[/], then [bold]lockgate new FILE[/].")


def _figures(report: VerificationReport) -> dict[str, float]:
    return {check.name: check.measured for check in report.checks}
