"""What is made of a dossier is made of one that passes the whole check: a credential, a column alone, a page in PDF.

Each of them is a new claim, and whoever gets it no longer sees the folder that it came from.
"""

import argparse
from collections.abc import Collection
from pathlib import Path

from lockgate.cli.surroundings import Surroundings
from lockgate.cli.verify_steps import read_trust
from lockgate.evidence.trust import Trust, parse_trust
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.progress import Progress, Silent
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.terms.errors import EvidenceError, InputError


def add_trust(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names another anchor than the key of the home."""
    parser.add_argument(
        "--trust", metavar="KEY|POLICY", help="on whom you rely; default: the key of the home, for its own dossiers"
    )


def require_sound(
    place: Path,
    surroundings: Surroundings,
    given: str | None = None,
    *,
    without: Collection[str] = (),
    progress: Progress | None = None,
) -> None:
    """Raise unless the dossier passes every step, signed by the home at hand or under the anchor that was named.

    Args:
        place: The release folder.
        surroundings: Of the command.
        given: The trust anchor, a key or a file; None for the home's own key.
        without: Steps that do not matter for what is made.
        progress: Told of passes over the data.

    Raises:
        InputError: If there is neither an anchor nor a home.
        EvidenceError: If a step fails.
    """
    folder = surroundings.home_beside(place.absolute().parent)
    trust = _own_key(folder) if given is None else read_trust(given)
    home = folder if folder.is_dir() else None
    steps = check_release(
        place, CheckMeans(load_laws(), trust, home, surroundings.today, progress=progress or Silent())
    )
    failed = next((step for step in steps if not step.ok and step.step not in without), None)
    if failed is not None:
        raise EvidenceError(
            f"`{place}` does not pass the check, so nothing is made of it: {failed.step}: {failed.detail}",
            f"run `lockgate verify {place}`",
        )


def _own_key(folder: Path) -> Trust:
    if not (folder / "keys").is_dir():
        raise InputError(f"no home at `{folder}`: not known whose dossier this is", "name the home that made it")
    return parse_trust(str(Home.open(folder).verifier_key))
