"""A release taken back: by a leaf of its own, a tombstone; nothing that went out or was logged is rewritten.

The order of a revocation:

1. interrupted releases and revocations are settled; the release went out;
2. the record (who, why, when, of which release) is on the disk, in the home's `revocations`;
3. a leaf of its salted hash and of the release's statement is appended to the log, durably: from here on the
   release is revoked;
4. the proof of that leaf lies beside the record;
5. the journal notes `revoked`.

After a crash the log says whether step 3 was reached: `settle_revocations` takes steps 4 and 5, or removes a record
that nothing came of. The partition of the release stays, and binds later releases: the data are out.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.evidence.disk import FileDisk, replace_file
from lockgate.evidence.dossier import parse_statement, statement_hash
from lockgate.evidence.entry import revocation_entry_of
from lockgate.evidence.log import Log
from lockgate.flow.recovery import PROOF, STATEMENT, open_log, recover
from lockgate.flow.revealing import Demand, frame_record, keep_record
from lockgate.store.home import Home
from lockgate.store.releases import Releases, ReleaseState, RunningRelease
from lockgate.terms.errors import EvidenceError, InputError

REVOCATION = "revocation"

_FOLDER = "revocations"


@dataclass(frozen=True, slots=True)
class Revoked:
    """A release that was taken back.

    Attributes:
        id: Id of the revocation.
        release: Id of the release.
        statement_hash: SHA-256 of the release's statement, hexadecimal.
        by: Who revoked it.
        why: Their reason.
        made_at: When, ISO 8601.
        leaf: Number of the tombstone's leaf.
        is_new: Whether this call revoked it; False if it was revoked before.
    """

    id: str
    release: str
    statement_hash: str
    by: str
    why: str
    made_at: str
    leaf: int
    is_new: bool


def revoke(home: Home, wanted: str, demand: Demand, random_bytes: Callable[[int], bytes]) -> Revoked:
    """Return a release, taken back once its tombstone is in the log; one that was taken back before as it was then.

    Args:
        home: Whose release; takes its lock.
        wanted: Id of the release, or its folder.
        demand: Who revokes it, why and when.
        random_bytes: Randomness of the operating system.

    Raises:
        InputError: If name or reason is missing, or the home knows no such release that went out.
        EvidenceError: If the log, the journal or a record is broken.
        LockgateError: If a write fails; run it again, which finds out how far it came.
    """
    if not demand.by.strip() or not demand.why.strip():
        raise InputError("expected a name and a reason", "say who revokes in --by and why in --why")
    with home.lock():
        log, journal = open_log(home), Releases(home.releases)
        recover(home, log, journal)  # 1
        settle_revocations(home, log, journal)
        running = _find(journal, wanted)
        if running.state is ReleaseState.REVOKED:
            return _known(home, log, running)
        about = {"release": running.release, "statement": running.statement_hash}
        statement = frame_record(REVOCATION, log, demand, random_bytes, about)
        data = canonical_bytes(statement)
        folder = keep_record(home, _FOLDER, str(statement["id"]), data)  # 2
        leaf = log.append([_entry(data, statement)])  # 3
        home.raise_high_water(log.head)
        _finish(log, journal, (folder, leaf, running))  # 4, 5
        return _revoked(statement, leaf, is_new=True)


def settle_revocations(home: Home, log: Log, journal: Releases) -> None:
    """Finish the revocations whose leaf is in the log, remove the records of others; hold the home's lock.

    Raises:
        EvidenceError: If a record, the log or the journal is broken.
    """
    for folder in _folders(home):
        if (folder / PROOF).exists() and _is_noted(folder, journal):
            continue
        data, statement = _read(folder)
        leaf = log.find(_entry(data, statement), since=min(int(statement["log_size"]), log.size))
        running = journal.find(str(statement["release"]))
        if leaf is None or running is None:
            shutil.rmtree(folder)
        else:
            home.raise_high_water(log.head)
            _finish(log, journal, (folder, leaf, running))


def _find(journal: Releases, wanted: str) -> RunningRelease:
    """Return the release of an id or a folder, which must have gone out."""
    folder = Path(wanted)
    id_, hash_ = wanted, ""
    if (folder / STATEMENT).is_file():
        data = (folder / STATEMENT).read_bytes()
        id_, hash_ = str(parse_statement(data)["release"]), statement_hash(data)
    running = next((item for item in journal.list_all() if item.release == id_), None)
    if running is None or (hash_ and running.statement_hash != hash_):
        raise InputError(
            f"`{wanted}`: this home has no such release", "name its id or its folder, and its home in --home"
        )
    if running.state not in (ReleaseState.RELEASED, ReleaseState.REVOKED):
        raise InputError(f"`{wanted}`: the release was given up, nothing went out", "there is nothing to revoke")
    return running


def _finish(log: Log, journal: Releases, found: tuple[Path, int, RunningRelease]) -> None:
    folder, leaf, running = found
    replace_file(FileDisk(), folder / PROOF, log.prove(leaf).encode())  # 4
    if running.state is not ReleaseState.REVOKED:
        journal.revoke(running)  # 5


def _known(home: Home, log: Log, running: RunningRelease) -> Revoked:
    """Return the revocation of a release that the journal notes as revoked."""
    for folder in _folders(home):
        data, statement = _read(folder)
        if statement["statement"] == running.statement_hash:
            leaf = log.find(_entry(data, statement), since=min(int(statement["log_size"]), log.size))
            if leaf is not None:
                return _revoked(statement, leaf, is_new=False)
    raise EvidenceError(
        f"the record that revokes the release `{running.release}` is gone", "Restore it from a backup of the home."
    )


def _entry(data: bytes, statement: Mapping[str, Any]) -> bytes:
    return revocation_entry_of(str(statement["statement"]), statement_hash(data))


def _folders(home: Home) -> list[Path]:
    kept = home.path / _FOLDER
    return sorted(item for item in kept.iterdir() if item.is_dir()) if kept.is_dir() else []


def _is_noted(folder: Path, journal: Releases) -> bool:
    running = journal.find(str(_read(folder)[1]["release"]))
    return running is not None and running.state is ReleaseState.REVOKED


def _read(folder: Path) -> tuple[bytes, Mapping[str, Any]]:
    try:
        data = (folder / STATEMENT).read_bytes()
        statement: Mapping[str, Any] = parse_canonical(data)
        _revoked(statement, 0, is_new=False)
        int(statement["log_size"])
        _entry(data, statement)
    except (OSError, KeyError, TypeError, ValueError, EvidenceError) as error:
        raise EvidenceError(
            f"the record of the revocation `{folder.name}` is damaged", "Restore it from a backup of the home."
        ) from error
    return data, statement


def _revoked(statement: Mapping[str, Any], leaf: int, *, is_new: bool) -> Revoked:
    texts = {name: str(statement[name]) for name in ("id", "release", "by", "why", "made_at")}
    return Revoked(**texts, statement_hash=str(statement["statement"]), leaf=leaf, is_new=is_new)
