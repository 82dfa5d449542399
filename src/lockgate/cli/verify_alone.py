"""`lockgate-verify DIR|FILE`: the verifier alone, for those who check evidence and have no data to protect.

A distribution of its own (packaging/lockgate-verify) that needs no reader of tables: what rests on the rows of the data
is left open and said so. Exit codes are those of lockgate: 0 accepted, 2 wrong input, 6 not accepted.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from io import TextIOWrapper

from lockgate import __version__
from lockgate.cli import verify_steps
from lockgate.cli.failures import Parser, fail
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.folder_check import FolderMeans
from lockgate.flow.place_check import check_place, open_published_log
from lockgate.laws.catalogue import load_laws


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 where the dossier is accepted, 6 where it is not, 2 where the input is wrong."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter must not end a command
    try:
        return _run(given)
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the last door: a trace could show cells
        return fail(error, wants_json="--json" in given)


def _run(given: Sequence[str]) -> int:
    parser = Parser(
        prog="lockgate-verify",
        description="Checks releases that lockgate made, offline, step by step. Not legal advice.",
    )
    parser.add_argument("--version", action="version", version=f"lockgate-verify {__version__}")
    parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")
    verify_steps.add_arguments(parser)
    parsed = parser.parse_args(given)
    surroundings = Surroundings(
        now=datetime.now(UTC).replace(microsecond=0),  # noqa: TID251 - the door reads the clock, once
        wants_json=parsed.json,
        home=None,
    )
    log = verify_steps.log_of(parsed)
    means = FolderMeans(
        laws=load_laws(),
        trust=verify_steps.trust_of(parsed),
        today=surroundings.today,
        open_log=partial(open_published_log, log) if log else None,
        data=verify_steps.data_of(parsed),
    )
    return verify_steps.tell(check_place(verify_steps.place_of(parsed), means), parsed, surroundings)
