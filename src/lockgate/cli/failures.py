"""What a door does with errors, of the command line or of a command: one message, a hint, an exit code.

The words of a foreign error may hold cells, so they are never passed on.
"""

import argparse
import json
import re
import sys
from difflib import get_close_matches
from pathlib import Path
from traceback import extract_tb

from lockgate.cli import interruption
from lockgate.cli.plain_text import neutral_json, one_line
from lockgate.terms.errors import InputError, LockgateError
from lockgate.terms.rendering import as_json

_CHOICE = re.compile(
    r"argument (?P<option>.+?): invalid choice: '(?P<given>.*)' \(choose from (?P<known>.*)\)", re.DOTALL
)
_PLACES = 4
"""Lines of code that the message of an unforeseen error names."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are ours: one message, a hint, exit 2."""

    def error(self, message: str) -> None:  # type: ignore[override] # raises instead of leaving the process
        """Raise what the command line gets wrong."""
        found = _CHOICE.fullmatch(message)
        if found is None:
            raise InputError(message.removeprefix("argument "), f"run `{self.prog} --help`")
        known = [item.strip("'\"") for item in found["known"].split(", ")]
        near = get_close_matches(found["given"], known, n=1, cutoff=0.0)
        raise InputError(
            f"{found['option']}: expected one of {', '.join(known)}, found `{found['given']}`",
            f"take the nearest, `{near[0]}`, or run `{self.prog} --help`" if near else f"run `{self.prog} --help`",
        )


def fail(raised: BaseException, *, wants_json: bool) -> int:
    """Return the exit code of an error, once it has been told on standard error, and on standard output as JSON."""
    error, exit_code = _as_ours(KeyboardInterrupt() if interruption.is_heard() else raised)
    if wants_json:
        document = {**as_json(error.details), "error": str(error), "hint": error.hint, "exit": exit_code}
        print(neutral_json(json.dumps(document)))  # noqa: T201 - the one document
    print(f"lockgate: {one_line(str(error))}", file=sys.stderr)  # noqa: T201 - the door speaks
    if error.hint:
        print(f"  {one_line(_sentence(error.hint))}", file=sys.stderr)  # noqa: T201 - the door speaks
    return exit_code


def _as_ours(raised: BaseException) -> tuple[LockgateError, int]:
    """Return what a person is told of an error, and the exit code; the words of a foreign error may hold cells."""
    match raised:
        case LockgateError():
            return raised, raised.exit_code
        case KeyboardInterrupt():
            hint = "run it again: what was left half-way is cleared away then"
            return LockgateError("interrupted", hint), interruption.exit_code()
        case MemoryError():
            return LockgateError("there is not enough memory", "end other programs, then run it again"), 1
        case OSError():
            where = f"`{raised.filename}`: " if raised.filename else ""
            what = (raised.strerror or "the system refused").lower()
            return LockgateError(f"{where}{what}", "make room or give access, then run it again"), 1
        case _:
            places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(raised.__traceback__)]
            message = f"a mistake of lockgate: {type(raised).__name__} at {' < '.join(reversed(places[-_PLACES:]))}"
            return LockgateError(message, "report it with this line; it holds nothing of your data"), 1


def _sentence(hint: str) -> str:
    """Return a hint as a sentence, however it was written down."""
    return hint[:1].upper() + hint[1:] + ("" if hint.endswith((".", "?", "!", ":")) else ".")
