"""`lockgate evidence seat NAME --out FILE`: make the key of a seat, to which records can be sealed."""

import argparse
import os
from pathlib import Path

from lockgate.cli.surroundings import Surroundings
from lockgate.store.sealed import SEAT_KEY_BYTES, parse_seat, seat_of
from lockgate.terms.errors import InputError

HELP = "make the key of a seat that opens sealed records; prints what those who seal need"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("name", metavar="NAME", help="of the seat, such as regulator")
    parser.add_argument("--out", metavar="FILE", required=True, help="the private key; never leaves the seat")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Make the key, print its public side, return 0."""
    key, path = os.urandom(SEAT_KEY_BYTES), Path(arguments.out)
    seat = parse_seat(str(seat_of(arguments.name, key)))
    write_private(path, key, "--out")
    surroundings.answer({"seat": seat.id, "key": str(seat), "file": str(path)})
    surroundings.console.print(str(seat), soft_wrap=True)
    surroundings.side.print(f"{seat.id}: hand out the line above, keep `{path}` to yourself", style="dim")
    return 0


def write_private(path: Path, data: bytes, option: str) -> None:
    """Write a new file that its owner alone may read.

    Raises:
        InputError: If it exists or cannot be made.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(data)
    except OSError as error:
        raise InputError(f"{option}: `{path}`: {error.strerror}", "name a file that does not exist yet") from error
