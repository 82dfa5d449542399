"""Where a release stands, as the log and its permit say it: released, expired, revoked, or given up.

A release is never rewritten: a revocation is a leaf of its own, and an expiry is the last day of the permit. So a
dossier that is intact may be of a release that nobody should rely on any more; only a log at hand, newer than the
dossier, tells.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from lockgate.evidence.dossier import parse_statement, statement_hash
from lockgate.evidence.entry import entry_of, read_revocation_entry
from lockgate.evidence.step import Step
from lockgate.terms.errors import EvidenceError

STATE = "state"
"""Name of the step."""


class Standing(StrEnum):
    """Where a release stands."""

    RECORDED = "recorded"
    RELEASED = "released"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ABANDONED = "abandoned"


class Entries(Protocol):
    """A log whose entries can be read; `LogReader` is such."""

    def entries(self) -> tuple[bytes, ...]:
        """Return all entries, after their hashes have been found to give the signed root."""


def find_standing(hash_: str, until: date | None, entries: Iterable[bytes], today: date | None) -> Standing:
    """Return where a release stands. What was revoked stays so; what was given up never went out.

    Args:
        hash_: SHA-256 of its statement, hexadecimal.
        until: Last day of its permit; None if it has no end.
        entries: Of a log that holds its leaf; empty where no log is at hand.
        today: The day to judge by; None leaves the end of the permit aside.
    """
    found = Standing.RECORDED
    released, abandoned = entry_of(hash_, "released"), entry_of(hash_, "abandoned")
    for entry in entries:
        revoked = read_revocation_entry(entry)
        if revoked is not None and revoked[0] == hash_:
            return Standing.REVOKED
        if entry == released:
            found = Standing.RELEASED
        elif entry == abandoned:
            found = Standing.ABANDONED
    if found is not Standing.ABANDONED and is_expired(until, today):
        return Standing.EXPIRED
    return found


def is_expired(until: date | None, today: date | None) -> bool:
    """Return whether a permit has run out; its last day still counts."""
    return until is not None and today is not None and today > until


def last_day(statement: dict[str, Any]) -> date | None:
    """Return the last day of the permit in a statement; None if it has no end.

    Raises:
        EvidenceError: If it is no day.
    """
    return _day(statement.get("permit", {}).get("until"))


def _day(until: str | None) -> date | None:
    try:
        return None if until is None else date.fromisoformat(until)
    except (TypeError, ValueError) as error:
        raise EvidenceError("the permit ends on no day") from error


def check_state(statement: bytes, log: Entries | None, today: date | None) -> Step:
    """Return the step of a check that says whether a release may still be relied on.

    Args:
        statement: Content of `statement.json`, which has been found in the log's tree.
        log: The log that holds it, at hand; None if none is.
        today: The day to judge by; None leaves the end of the permit aside.
    """
    try:
        parsed = dict(parse_statement(statement))
        if parsed["kind"] != "release":
            return Step(STATE, ok=True, detail="nothing was released")
    except EvidenceError as error:
        return Step(STATE, ok=False, detail=str(error))
    return check_standing(statement_hash(statement), parsed["permit"].get("until"), log, today)


def check_standing(hash_: str, last: str | None, log: Entries | None, today: date | None) -> Step:
    """Return the step of a check that says whether a release may still be relied on.

    Args:
        hash_: SHA-256 of its statement, hexadecimal, which has been found in the log's tree.
        last: Last day of its permit as it was recorded; None if it has no end.
        log: The log that holds it, at hand; None if none is.
        today: The day to judge by; None leaves the end of the permit aside.
    """
    try:
        until = _day(last)
        standing = find_standing(hash_, until, log.entries() if log else (), today)
    except EvidenceError as error:
        return Step(STATE, ok=False, detail=str(error))
    is_known = log is not None and standing is Standing.RELEASED
    told = _told(standing, until, has_log=log is not None)
    return Step(STATE, ok=standing not in _FALLEN, detail=told, settled=is_known or standing in _FALLEN)


_FALLEN = frozenset({Standing.EXPIRED, Standing.REVOKED, Standing.ABANDONED})


def _told(standing: Standing, until: date | None, *, has_log: bool) -> str:
    match standing:
        case Standing.EXPIRED:
            return f"expired: the permit ended on {until}"
        case Standing.REVOKED:
            return "revoked: a later leaf of the log takes the release back"
        case Standing.ABANDONED:
            return "abandoned: the log says that it did not go out"
        case Standing.RECORDED | Standing.RELEASED:
            end = f", until {until}" if until else ""
            if not has_log:
                return f"the log is not at hand: not known whether it was revoked{end}"
            late = "" if standing is Standing.RELEASED else "; this log does not yet say that it went out"
            return f"{standing.value}, not revoked{end}{late}"
