"""Errors that lockgate raises on purpose, in one tree.

    LockgateError                   exit 1   something else failed
    ├── InputError                  exit 2   the input is wrong
    ├── LawDataError                exit 3   law data are broken: refuse to start
    ├── ReleaseRefused              exit 4   the law, or a measure of risk, stands against the release
    │   └── VerificationFailed      exit 4   a measured figure misses the required one
    ├── Undecided                   exit 5   a fact that decides is unknown
    ├── EvidenceError               exit 6   evidence is broken: stop
    └── CounterpartyError           exit 7   the other party failed

A message says what was expected, what was found, and where; it never holds a person's data. The hint is one
imperative sentence. Inside the program a refusal is a result; only a door turns it into one of these.
"""

from collections.abc import Mapping


class LockgateError(Exception):
    """Anything that lockgate reports to the person at the door.

    Args:
        message: What was expected, what was found, where; lower case, no full stop.
        hint: What to do next, one imperative sentence, or an empty string.
    """

    exit_code = 1
    http_status = 500

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.details: Mapping[str, object] = {}
        """What a door may show beside the message: a decision with its routes, figures. JSON values or terms."""


class InputError(LockgateError):
    """The input is wrong: a file, a key, a value, an option."""

    exit_code = 2
    http_status = 422


class LawDataError(LockgateError):
    """The law data do not hold together, so that no decision can be trusted."""

    exit_code = 3


class ReleaseRefused(LockgateError):  # noqa: N818 - named after the outcome, as the house's error tree says
    """The release may not be made."""

    exit_code = 4
    http_status = 403


class VerificationFailed(ReleaseRefused):
    """A protected copy misses a required figure.

    Args:
        measured: The figure found.
        required: The figure that the plan requires.
    """

    def __init__(self, message: str, hint: str = "", *, measured: object = None, required: object = None) -> None:
        super().__init__(message, hint)
        self.measured = measured
        self.required = required


class Undecided(LockgateError):  # noqa: N818 - named after the outcome, as the house's error tree says
    """A fact that decides is unknown."""

    exit_code = 5
    http_status = 409


class EvidenceError(LockgateError):
    """Evidence is broken or missing; nothing goes on until it is mended."""

    exit_code = 6


class CounterpartyError(LockgateError):
    """The other party answered wrongly or not at all."""

    exit_code = 7
    http_status = 502
