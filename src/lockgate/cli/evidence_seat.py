"""`lockgate evidence seat NAME --out FILE`: make the key of a seat, to which records can be sealed."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lockgate.cli.surroundings import Surroundings
from lockgate.store.sealed import SEAT_KEY_BYTES, check_seat_name, seat_of
from lockgate.terms.errors import InputError

HELP = "make the key of a seat that opens sealed records; prints what those who seal need"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("name", metavar="NAME", help="of the seat, such as regulator")
    parser.add_argument("--out", metavar="FILE", required=True, help="the private key; never leaves the seat")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Make the key, print its public side, return 0."""
    check_seat_name(arguments.name)
    key, path = os.urandom(SEAT_KEY_BYTES), Path(arguments.out)
    seat = seat_of(arguments.name, key)
    with new_private_file(path, "--out") as file:
        file.write(key)
    surroundings.answer({"seat": seat.id, "key": str(seat), "file": str(path)})
    surroundings.console.print(str(seat), soft_wrap=True)
    surroundings.side.print(f"{seat.id}: hand out the line above, keep `{path}` to yourself", style="dim")
    return 0


@contextmanager
def new_private_file(path: Path, option: str) -> Iterator[BinaryIO]:
    """A new file that its owner alone may read; it is on the disk in the end, or it is gone again.

    Raises:
        InputError: If it exists or cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise InputError(f"{option}: `{path}` exists already", "name a file that does not exist yet") from error
    except OSError as error:
        reason = (error.strerror or "the system refused").lower()
        raise InputError(f"{option}: `{path}`: {reason}", "name a file in a folder that is there") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
