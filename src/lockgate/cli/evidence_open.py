"""`lockgate evidence open RECORD --seat-key FILE … --out FILE`: open a sealed record; the log says that it was.

1. the file is made, new and for its owner only;
2. as many bytes as the content has are written to it, so that a full disk shows now;
3. the record is opened, and its leaf is in the log;
4. the content is written over those bytes.

So no content is ever seen without its leaf, and what can go wrong goes wrong before the leaf; the file is removed then.
Should step 4 fail all the same, the leaf stays and is right: the record was opened.
"""

import argparse
import os
from pathlib import Path

from lockgate.cli.evidence_seat import new_private_file
from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.revealing import Demand
from lockgate.flow.sealing import open_sealed
from lockgate.store.sealed import SEAT_KEY_BYTES
from lockgate.terms.errors import InputError

HELP = "open a sealed record with the keys of its seats; a leaf says so before anything is written"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("record", metavar="RECORD", help="its name, or the first digits of it")
    parser.add_argument("--seat-key", metavar="FILE", action="append", default=[], help="private key of a seat")
    parser.add_argument("--out", metavar="FILE", required=True, help="where the content goes; must not exist")
    add_asked(parser)


def add_asked(parser: argparse.ArgumentParser) -> None:
    """Declare name and reason."""
    parser.add_argument("--by", metavar="NAME", default="", help="who asks")
    parser.add_argument("--why", metavar="REASON", default="", help="why; goes into the record")


def asked(arguments: argparse.Namespace, surroundings: Surroundings) -> Demand:
    """Return who asks and why."""
    return Demand(arguments.by, arguments.why, os.getuid(), surroundings.now)


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Open, write, return 0."""
    home, out = existing_home(surroundings), Path(arguments.out)
    keys = [_private_key(Path(file)) for file in arguments.seat_key]
    demand = asked(arguments, surroundings)
    with new_private_file(out, "--out") as file:  # 1

        def make_room(length: int) -> None:
            file.write(bytes(length))  # 2
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)

        sealed, content, leaf = open_sealed(home, arguments.record, keys, demand, os.urandom, make_room)  # 3
        file.write(content)  # 4
    surroundings.answer({"record": sealed.commitment, "leaf": leaf, "bytes": len(content), "file": str(out)})
    surroundings.console.print(
        f"opened {sealed.commitment[:16]}, leaf {leaf}: {len(content)} bytes, the very ones that were sealed"
    )
    return 0


def _private_key(path: Path) -> bytes:
    try:
        key = path.read_bytes() if path.is_file() and path.stat().st_size == SEAT_KEY_BYTES else b""
    except OSError as error:
        reason = (error.strerror or "the system refused").lower()
        raise InputError(f"--seat-key: `{path}`: {reason}", "name a file that can be read") from error
    if not key:
        raise InputError(
            f"--seat-key: `{path}`: no file of {SEAT_KEY_BYTES} bytes", "name what `lockgate evidence seat` wrote"
        )
    return key
