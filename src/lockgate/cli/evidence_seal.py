"""`lockgate evidence seal FILE …`: seal a record to seats, with a cover line in the log."""

import argparse
import os
from pathlib import Path

from lockgate.cli.option_values import day, whole_number
from lockgate.cli.surroundings import Surroundings
from lockgate.evidence.sealing import AUTHORITIES, INSTRUMENTS, OUTCOMES, PERSONS, Cover
from lockgate.flow.sealing import Wish, seal
from lockgate.store.home import Home
from lockgate.store.sealed import CONTENT_AT_MOST, parse_seat
from lockgate.terms.errors import InputError

HELP = "seal a record that opens later: encrypted to seats, a commitment and a cover line in the log"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="the record, at most 16 MiB")
    parser.add_argument(
        "--seat", metavar="NAME=KEY", action="append", default=[], help="a seat, as `evidence seat` prints it"
    )
    parser.add_argument("--threshold", metavar="K", type=whole_number, default=1, help="so many seats open it together")
    parser.add_argument("--review", metavar="DATE", type=day, required=True, help="look again by then")
    parser.add_argument("--authority", choices=AUTHORITIES, required=True, help="who asks")
    parser.add_argument("--instrument", choices=INSTRUMENTS, required=True, help="by what")
    parser.add_argument("--country", metavar="XX", required=True, help="of the authority, such as KR")
    parser.add_argument("--persons", choices=PERSONS, default="unknown", help="how many it is about")
    parser.add_argument("--outcome", choices=OUTCOMES, default="pending", help="what came of it")
    parser.add_argument("--secret", action="store_true", help="the authority claims secrecy")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Seal, print, return 0."""
    content = read_record(Path(arguments.file))
    if not arguments.seat:
        raise InputError("expected a seat in --seat", "take what `lockgate evidence seat` prints")
    cover = Cover(
        authority=arguments.authority,
        instrument=arguments.instrument,
        country=arguments.country,
        month=f"{surroundings.today:%Y-%m}",
        secrecy=arguments.secret,
        persons=arguments.persons,
        outcome=arguments.outcome,
    )
    wish = Wish(cover, arguments.review, tuple(map(parse_seat, arguments.seat)), arguments.threshold)
    home = Home.open(surroundings.home_beside(Path.cwd()))
    sealed, leaf = seal(home, content, wish, surroundings.today, os.urandom)
    surroundings.answer({"record": sealed.commitment, "seats": sealed.seats, "review": sealed.review, "leaf": leaf})
    surroundings.console.print(f"sealed as {sealed.commitment[:16]}, leaf {leaf}")
    surroundings.console.print(
        f"{sealed.threshold} of {', '.join(sealed.seats)} open it; to be looked at again by {sealed.review}"
    )
    surroundings.side.print(f"`{arguments.file}` is still there in clear: delete it", style="dim")
    return 0


def read_record(path: Path) -> bytes:
    """Return the content of a plain file of bearable length.

    Raises:
        InputError: If it is none.
    """
    try:
        if not path.is_file() or path.stat().st_size > CONTENT_AT_MOST:
            raise InputError(f"`{path}`: no plain file of at most {CONTENT_AT_MOST >> 20} MiB", "name another")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"`{path}`: {error.strerror}", "name a file that can be read") from error
