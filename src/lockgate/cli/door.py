"""The door: reads the command line, runs one command, turns errors into exit codes.

Exit codes: 0 done; 1 anything else; 2 the input is wrong; 3 law data broken; 4 refused, verification failed, or the
release of a conditional flow; 5 undecided; 6 evidence broken; 7 the other party; 130 interrupted.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType, ModuleType

from lockgate import __version__
from lockgate.cli import attack, decide, demo, keys, laws, new, release, scan, verify
from lockgate.cli.surroundings import Surroundings
from lockgate.terms.errors import InputError, LockgateError
from lockgate.terms.rendering import as_json

COMMANDS: Mapping[str, ModuleType] = MappingProxyType(
    {
        "scan": scan,
        "new": new,
        "decide": decide,
        "release": release,
        "verify": verify,
        "attack": attack,
        "keys": keys,
        "laws": laws,
        "demo": demo,
    }
)
"""One module a command: `HELP`, `add_arguments(parser)`, `run(arguments, surroundings) -> exit code`."""

_INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are ours: one message, a hint, exit 2."""

    def error(self, message: str) -> None:  # type: ignore[override] # raises instead of leaving the process
        raise InputError(message, f"run `{self.prog} --help`")


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code of the command that the command line names."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    wants_json = "--json" in given
    try:
        return _run(given)
    except KeyboardInterrupt:
        return _fail(LockgateError("interrupted; nothing was released"), _INTERRUPTED, wants_json=wants_json)
    except LockgateError as error:
        return _fail(error, error.exit_code, wants_json=wants_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        what = (error.strerror or "the system refused").lower()
        where = f"`{error.filename}`: " if error.filename else ""
        return _fail(
            LockgateError(f"{where}{what}", "make room or give access, then run it again"), 1, wants_json=wants_json
        )


def _run(given: Sequence[str]) -> int:
    parser = _make_parser()
    parsed = parser.parse_args(given)
    if parsed.command is None:
        parser.print_help()
        return InputError.exit_code
    surroundings = Surroundings(
        now=datetime.now(UTC).replace(microsecond=0),  # noqa: TID251 - the door reads the clock, once
        wants_json=parsed.json,
        home=parsed.home,
    )
    command: Callable[[argparse.Namespace, Surroundings], int] = COMMANDS[parsed.command].run
    return command(parsed, surroundings)


def _make_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="lockgate",
        description="Lets data move lawfully and provably. Not legal advice.",
        epilog="Start with `lockgate demo`, then `lockgate scan YOUR.csv`.",
    )
    parser.add_argument("--version", action="version", version=f"lockgate {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        command.add_argument("--json", action="store_true", help="print one JSON document on standard output")
        command.add_argument("--home", metavar="DIR", help="where keys, log and earlier releases lie")
        module.add_arguments(command)
    return parser


def _fail(error: LockgateError, exit_code: int, *, wants_json: bool) -> int:
    if wants_json:
        details = getattr(error, "details", None) or {}
        print(json.dumps({**as_json(details), "error": str(error), "hint": error.hint, "exit": exit_code}))  # noqa: T201 - the one document
    print(f"lockgate: {error}", file=sys.stderr)  # noqa: T201 - the door speaks
    if error.hint:
        print(f"  {error.hint}", file=sys.stderr)  # noqa: T201 - the door speaks
    return exit_code
