"""Interrupted releases: finished, or given up, by the same steps that a release takes.

The order of a release (`publish`):

 1. the staged folder is whole and on the disk, without its proof;
 2. the journal notes `prepared`;
 3. the leaf is appended to the log, durably: from here on the release exists;
 4. the journal notes `recorded`;
 5. the proof is written into the staged folder and synced;
 6. the staged folder is renamed to its target;
 7. a `released` leaf is appended; the journal notes `released`.

After a crash the journal and the log say which of these was reached; `recover` goes on from there, or appends an
`abandoned` leaf where the staged folder is no longer whole.
"""

import os
import shutil
from pathlib import Path

from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.entry import entry_of
from lockgate.evidence.log import Log
from lockgate.store.home import Home
from lockgate.store.releases import Releases, ReleaseState, RunningRelease
from lockgate.terms.errors import InputError

STATEMENT = "statement.json"
PROOF = "proof"
REPORT = "report.html"
DATA = "data"


def open_log(home: Home) -> Log:
    """Return the log of a home; hold the home's lock.

    Raises:
        EvidenceError: If the log is broken or older than the home remembers.
    """
    return Log.open(home.log, home.origin, home.signing_key(), high_water=home.high_water())


def append_leaf(home: Home, log: Log, kind: str, hash_: str) -> int:
    """Return the number of a new leaf, once it is durable and remembered."""
    leaf = log.append([entry_of(hash_, kind)])
    home.raise_high_water(log.head)
    return leaf


def publish(home: Home, log: Log, journal: Releases, running: RunningRelease) -> RunningRelease:
    """Return a release, published: takes the steps that it has not taken yet."""
    if running.state is ReleaseState.PREPARED:
        leaf = log.find(entry_of(running.statement_hash, "release"), since=running.log_size)
        if leaf is None:
            leaf = append_leaf(home, log, "release", running.statement_hash)  # 3
        running = journal.record(running, leaf)  # 4
    if running.staged.exists():
        _write_synced(running.staged / PROOF, log.prove(_leaf(running)).encode())  # 5
        rename_whole(running.staged, running.target)  # 6
    if log.find(entry_of(running.statement_hash, "released"), since=_leaf(running)) is None:
        append_leaf(home, log, "released", running.statement_hash)  # 7
    return journal.finish(running)


def recover(home: Home, log: Log, journal: Releases) -> tuple[RunningRelease, ...]:
    """Return the interrupted releases, each finished or abandoned."""
    return tuple(_recover_one(home, log, journal, running) for running in journal.list_unfinished())


def rename_whole(staged: Path, target: Path) -> None:
    """Give a staged folder its name; a target that has come to exist meanwhile is left alone.

    Raises:
        InputError: If the target exists and is not an empty folder.
    """
    try:
        staged.rename(target)
    except OSError as error:
        if target.exists():
            raise InputError(f"`{target}` exists already", "name a folder that does not exist in --out") from error
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_synced(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on the disk."""
    _write_synced(path, data)
    sync_folder(path.parent)


def _recover_one(home: Home, log: Log, journal: Releases, running: RunningRelease) -> RunningRelease:
    is_logged = log.find(entry_of(running.statement_hash, "release"), since=running.log_size) is not None
    if is_logged and (_is_whole(running.staged, running) or _is_whole(running.target, running)):
        if running.staged.exists() and running.target.exists() and not _is_whole(running.target, running):
            return _abandon(home, log, journal, running)
        return publish(home, log, journal, running)
    return _abandon(home, log, journal, running)


def _abandon(home: Home, log: Log, journal: Releases, running: RunningRelease) -> RunningRelease:
    if log.find(entry_of(running.statement_hash, "abandoned"), since=running.log_size) is None:
        append_leaf(home, log, "abandoned", running.statement_hash)
    shutil.rmtree(running.staged, ignore_errors=True)
    return journal.abandon(running)


def _is_whole(folder: Path, running: RunningRelease) -> bool:
    """Whether a folder holds the statement of a release; its data were synced before the journal knew of it."""
    try:
        return statement_hash((folder / STATEMENT).read_bytes()) == running.statement_hash
    except OSError:
        return False


def _leaf(running: RunningRelease) -> int:
    assert running.leaf is not None
    return running.leaf


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
