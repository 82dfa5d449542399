"""The journal of releases: how far each one has come, so that an interrupted one can be finished or given up.

    prepared   the copy is staged; the log may hold its leaf or not (`Log.find` tells, from `log_size` on)
    recorded   the log holds its leaf; the staged folder has its proof, or can be given it, and may have been renamed
    released   the target folder stands whole and the log says so
    revoked    the target went out and may no longer be relied on; the log says so, the folder is left as it is
    abandoned  nothing went out, and the log says so

A release expires by the last day of its permit, which its statement says: no note here, or two places would tell.

One file a release, replaced whole or not at all. Not here: what to do about an unfinished one; `flow` decides that.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.evidence.disk import Disk, FileDisk, replace_file
from lockgate.terms.errors import EvidenceError, LockgateError

_RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class ReleaseState(StrEnum):
    """How far a release has come."""

    PREPARED = "prepared"
    RECORDED = "recorded"
    RELEASED = "released"
    REVOKED = "revoked"
    ABANDONED = "abandoned"


_NEXT: Mapping[ReleaseState, frozenset[ReleaseState]] = {
    ReleaseState.PREPARED: frozenset({ReleaseState.RECORDED, ReleaseState.ABANDONED}),
    ReleaseState.RECORDED: frozenset({ReleaseState.RELEASED, ReleaseState.ABANDONED}),
    ReleaseState.RELEASED: frozenset({ReleaseState.REVOKED}),
    ReleaseState.REVOKED: frozenset(),
    ReleaseState.ABANDONED: frozenset(),
}


_UNFINISHED = frozenset({ReleaseState.PREPARED, ReleaseState.RECORDED})


@dataclass(frozen=True, slots=True)
class RunningRelease:
    """One release in the journal.

    Attributes:
        release: Its id.
        state: How far it has come.
        staged: Folder in which the copy is made ready, beside the target.
        target: Folder that the recipient gets.
        statement_hash: SHA-256 of the statement, hexadecimal.
        log_size: Leaves of the log before its own leaf: where to look for it.
        leaf: Number of its leaf; None until it is recorded.
    """

    release: str
    state: ReleaseState
    staged: Path
    target: Path
    statement_hash: str
    log_size: int
    leaf: int | None = None


class Releases:
    """The journal, in one folder. One writer at a time: hold the home's lock."""

    def __init__(self, folder: Path, *, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or FileDisk()

    def prepare(self, release: str, staged: Path, target: Path, statement_hash: str, log_size: int) -> RunningRelease:
        """Return a new release, noted as prepared; call it before its leaf is appended.

        Args:
            release: Its id: letters, digits, `.`, `_`, `-`, at most 64.
            staged: Folder in which the copy is made ready.
            target: Folder that the recipient gets.
            statement_hash: SHA-256 of the statement, hexadecimal.
            log_size: Leaves of the log now.

        Raises:
            EvidenceError: If the journal has a release of that id.
            LockgateError: If the journal cannot be written.
            ValueError: If the id is of another form.
        """
        if not _RELEASE.fullmatch(release):
            raise ValueError(f"expected a release id, found `{release}`")
        if self._file(release).exists():
            raise EvidenceError(f"the journal has a release `{release}` already", "Use another id.")
        running = RunningRelease(
            release, ReleaseState.PREPARED, staged.absolute(), target.absolute(), statement_hash, log_size
        )
        self._write(running)
        return running

    def record(self, running: RunningRelease, leaf: int) -> RunningRelease:
        """Return the release, noted as recorded under its leaf."""
        return self._advance(replace(running, state=ReleaseState.RECORDED, leaf=leaf))

    def finish(self, running: RunningRelease) -> RunningRelease:
        """Return the release, noted as released."""
        return self._advance(replace(running, state=ReleaseState.RELEASED))

    def revoke(self, running: RunningRelease) -> RunningRelease:
        """Return the release, noted as revoked."""
        return self._advance(replace(running, state=ReleaseState.REVOKED))

    def abandon(self, running: RunningRelease) -> RunningRelease:
        """Return the release, noted as abandoned."""
        return self._advance(replace(running, state=ReleaseState.ABANDONED))

    def find(self, release: str) -> RunningRelease | None:
        """Return a release of the journal, or None.

        Raises:
            EvidenceError: If its file is damaged.
        """
        return self._read(self._file(release)) if self._file(release).exists() else None

    def list_all(self) -> tuple[RunningRelease, ...]:
        """Return every release of the journal by id.

        Raises:
            EvidenceError: If a file is damaged.
        """
        return tuple(self._read(path) for path in sorted(self._folder.glob("*.json")))

    def known_size(self) -> int:
        """Return how many leaves the log has had at least, by what the journal notes: a second witness of its mark.

        Raises:
            EvidenceError: If a file is damaged.
        """
        sizes = (item.log_size if item.leaf is None else item.leaf + 1 for item in self.list_all())
        return max(sizes, default=0)

    def list_unfinished(self) -> tuple[RunningRelease, ...]:
        """Return the releases that were interrupted: prepared or recorded, by id.

        Raises:
            EvidenceError: If a file is damaged.
        """
        return tuple(running for running in self.list_all() if running.state in _UNFINISHED)

    def _advance(self, running: RunningRelease) -> RunningRelease:
        known = self.find(running.release)
        if known is None or (running.state not in _NEXT[known.state] and running != known):
            state = "no" if known is None else f"the state `{known.state}` of"
            raise EvidenceError(f"the journal has {state} release `{running.release}`, cannot note `{running.state}`")
        self._write(running)
        return running

    def _file(self, release: str) -> Path:
        return self._folder / f"{release}.json"

    def _write(self, running: RunningRelease) -> None:
        content = {
            "release": running.release,
            "state": running.state.value,
            "staged": str(running.staged),
            "target": str(running.target),
            "statement_hash": running.statement_hash,
            "log_size": running.log_size,
            "leaf": running.leaf,
        }
        try:
            replace_file(self._disk, self._file(running.release), canonical_bytes(content))
        except OSError as error:
            raise LockgateError(
                f"the journal of releases cannot be written: {error.strerror or error}", "Free space or mend the home."
            ) from error

    def _read(self, path: Path) -> RunningRelease:
        try:
            return _parse(parse_canonical(path.read_bytes()))
        except (OSError, KeyError, TypeError, ValueError, EvidenceError) as error:
            raise EvidenceError(
                f"the journal file `{path}` is damaged", "Restore it from a backup of the home."
            ) from error


def _parse(content: Mapping[str, Any]) -> RunningRelease:
    return RunningRelease(
        release=str(content["release"]),
        state=ReleaseState(content["state"]),
        staged=Path(content["staged"]),
        target=Path(content["target"]),
        statement_hash=str(content["statement_hash"]),
        log_size=int(content["log_size"]),
        leaf=None if content["leaf"] is None else int(content["leaf"]),
    )
