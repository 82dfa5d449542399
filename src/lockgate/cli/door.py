"""The door: reads the command line, runs one command, turns errors into exit codes.

Exit codes: 0 done; 1 anything else; 2 the input is wrong; 3 law data broken; 4 refused, verification failed, or the
release of a conditional flow; 5 undecided; 6 evidence broken; 7 the other party; 130 interrupted; 129 and 143 told to
end by a signal.
"""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from io import TextIOWrapper
from types import MappingProxyType, ModuleType

from lockgate import __version__
from lockgate.cli import interruption, warming
from lockgate.cli.failures import Parser, fail
from lockgate.cli.surroundings import Surroundings
from lockgate.tables.allocator import give_back_memory
from lockgate.tables.patience import is_asked_still
from lockgate.tables.scratch import leave_scratch
from lockgate.terms.errors import InputError

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "scan": "lockgate.cli.scan",
        "new": "lockgate.cli.new",
        "decide": "lockgate.cli.decide",
        "release": "lockgate.cli.release",
        "verify": "lockgate.cli.verify",
        "load": "lockgate.cli.load",
        "attack": "lockgate.cli.attack",
        "revoke": "lockgate.cli.revoke",
        "affected": "lockgate.cli.evidence_affected",
        "reveal": "lockgate.cli.reveal",
        "forget": "lockgate.cli.forget",
        "measure": "lockgate.cli.measure",
        "keys": "lockgate.cli.keys",
        "evidence": "lockgate.cli.evidence",
        "laws": "lockgate.cli.laws",
        "cases": "lockgate.cli.cases",
        "demo": "lockgate.cli.demo",
    }
)
"""One module a command: `HELP`, `add_arguments(parser)`, `run(arguments, surroundings) -> exit code`.

Loaded when it is asked for, because a command should not wait for what the others need.
"""

_FAMILIES = frozenset({"evidence"})
"""Commands that are families of commands: they load the one that the rest of the command line names."""

_SCANNING = frozenset({"scan", "new", "decide", "release", "verify", "attack", "demo"})
"""Commands that read data, for which compiled code is made ahead."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code of the command that the command line names."""
    if arguments is not None:
        return _answer(list(arguments))
    interruption.listen()  # a process of its own
    try:
        if sys.argv[1:2] and sys.argv[1] in _SCANNING:
            give_back_memory()
            warming.begin()
        exit_code = _answer(sys.argv[1:])
        leave_scratch()
        gc.freeze()  # all that is left ends with the process; Python would look through it for half a second first
        if is_asked_still():
            interruption.end(exit_code)
        return interruption.leave(exit_code)
    except KeyboardInterrupt:  # between two steps of this door
        leave_scratch()
        return interruption.leave(interruption.exit_code())


def _answer(given: list[str]) -> int:
    """Return the exit code of a command, its errors told."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter must not end a command
    try:
        exit_code = _run(given)
        sys.stdout.flush()  # a pipe that is gone shows here, not while the interpreter ends
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the last door: a trace could show cells
        return fail(error, wants_json="--json" in given)
    return exit_code


def _run(given: Sequence[str]) -> int:
    with _uncollected():
        parser = _make_parser(given)
    parsed = parser.parse_args(given)
    if parsed.command is None:
        parser.print_help()
        return InputError.exit_code
    surroundings = Surroundings(
        now=datetime.now(UTC).replace(microsecond=0),  # noqa: TID251 - the door reads the clock, once
        wants_json=parsed.json,
        home=parsed.home,
    )
    command: Callable[[argparse.Namespace, Surroundings], int] = _load(parsed.command).run
    return command(parsed, surroundings)


def _load(command: str) -> ModuleType:
    return import_module(COMMANDS[command])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Load modules without looking through them for what is not used any more: all of it is."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _make_parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of the command that stands first, or of all where none does."""
    parser = Parser(
        prog="lockgate",
        description="Lets data move lawfully and provably. Not legal advice.",
        epilog="Start with `lockgate demo`, then `lockgate scan YOUR.csv`.",
    )
    parser.add_argument("--version", action="version", version=f"lockgate {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for name in given[:1] if given and given[0] in COMMANDS else COMMANDS:
        module = _load(name)
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        command.add_argument("--json", action="store_true", help="print one JSON document on standard output")
        command.add_argument("--home", metavar="DIR", help="where keys, log and earlier releases lie")
        if name in _FAMILIES:
            module.add_arguments(command, given[1:])
        else:
            module.add_arguments(command)
    return parser
