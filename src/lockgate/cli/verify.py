"""`lockgate verify DIR|FILE`: anyone, offline."""

import argparse
from pathlib import Path

from lockgate.cli import verify_steps, workers
from lockgate.cli.progress import watch
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.place_check import is_column
from lockgate.flow.population_check import PopulationAtHand
from lockgate.laws.catalogue import load_laws
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

HELP = verify_steps.HELP


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    verify_steps.add_arguments(parser)
    parser.add_argument("--population", metavar="FILE", help="the table of all persons that the copy was held against")
    workers.add_arguments(parser)
    parser.add_argument("--hierarchies", metavar="DIR", default="", help="for --population, where labels name groups")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Check, print, return 0 or 6."""
    place, trust = verify_steps.place_of(arguments), verify_steps.trust_of(arguments)
    data, log = verify_steps.data_of(arguments), verify_steps.log_of(arguments)
    home = _home(surroundings)
    if log is not None and home is not None:
        raise InputError("--log and --home each name a log", "give one of them")
    if arguments.population and is_column(place):
        raise InputError("--population: a column alone is held against no population", "leave --population out")
    if arguments.hierarchies and not arguments.population:
        raise InputError("--hierarchies serves --population alone", "give both, or neither")
    known = (
        PopulationAtHand(SourceReference(arguments.population), arguments.hierarchies) if arguments.population else None
    )
    found = tuple(item for item in (place.absolute().parent / ".lockgate", Path.cwd() / ".lockgate") if item.is_dir())
    with watch(surroundings) as progress, workers.shared(arguments, surroundings) as sharing:
        means = CheckMeans(
            load_laws(), trust, home, surroundings.today, known, data, log, found, sharing=sharing, progress=progress
        )
        steps = check_release(place, means)
    return verify_steps.tell(steps, arguments, surroundings)


def _home(surroundings: Surroundings) -> Path | None:
    """Return the home that was named; None if none was."""
    if surroundings.home is None:
        return None
    named = Path(surroundings.home)
    if not surroundings.home or not named.is_dir():
        raise InputError(f"--home: no home at `{named}`", "name the home whose log is to be asked, or leave it out")
    return named
