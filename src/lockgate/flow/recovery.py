"""Interrupted releases: finished, or given up, by the same steps that a release takes.

The order of a release (`publish`):

 1. the staged folder is whole and on the disk, without its proof;
 2. the journal notes `prepared`;
 3. the leaf is appended to the log, durably: from here on the release exists;
 4. the journal notes `recorded`;
 5. the proof is written into the staged folder and synced;
 6. the staged folder is renamed to its target;
 7. a `released` leaf is appended; the journal notes `released`.

The staged folder is closed to all but its owner until step 6: its check may not have passed.

After a crash the journal and the log say which of these was reached; `recover` goes on from there, or appends an
`abandoned` leaf where the staged folder is no longer whole, or where something else stands at its target. A run that
is killed before step 2 leaves a note of its staged folder in the home's `work`, by which `sweep` removes it.

The partition of a release (`lockgate.store.partitions`) is on the disk before step 2. It is removed where nothing can
have gone out, and a partition that is there binds later releases: one of a release that came to its leaf and whose
staged folder is gone stays, because the folder may have been renamed and taken away before the log could say so.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from lockgate.evidence import dossier
from lockgate.evidence.column_tree import render_seed
from lockgate.evidence.disk import FileDisk, replace_file
from lockgate.evidence.dossier import leaf_entry, statement_bytes, statement_hash
from lockgate.evidence.entry import entry_of
from lockgate.evidence.log import Log
from lockgate.evidence.report import render_report
from lockgate.flow.earlier import settle_partitions
from lockgate.store.home import Home
from lockgate.store.partitions import Partitions
from lockgate.store.releases import Releases, ReleaseState, RunningRelease
from lockgate.terms.errors import EvidenceError, InputError, LockgateError

STATEMENT, PROOF, REPORT, SALTS, DATA = dossier.STATEMENT, dossier.PROOF, dossier.REPORT, dossier.SALTS, dossier.DATA

_NOTE = ".staged"


def open_log(home: Home) -> Log:
    """Return the log of a home; hold the home's lock.

    Raises:
        EvidenceError: If the log is broken, or older than the home's mark or its journal remembers.
    """
    known, log = Releases(home.releases).known_size(), home.open_log()
    check_journal(known, log.size)
    return log


def check_journal(known: int, size: int) -> None:
    """Refuse a log that is shorter than the journal of releases knows it: log and mark may be of one old copy.

    Args:
        known: From `Releases.known_size`, read before the log.
        size: Leaves of the log.

    Raises:
        EvidenceError: If it is.
    """
    if size < known:
        raise EvidenceError(
            f"the log was cut short: it holds {size} leaves, and the journal of releases knows of {known}",
            "Restore the log's folder from its newest backup.",
        )


def write_dossier(staged: Path, statement: Mapping[str, Any], seed: bytes) -> str:
    """Return the hash of a release's statement, once the staged folder is whole but for its proof and on the disk.

    Args:
        staged: Holds the data already.
        statement: Of the release.
        seed: Of the salts of the released columns.
    """
    data = statement_bytes(statement)
    write_synced(staged / STATEMENT, data)
    write_synced(staged / SALTS, render_seed(seed))
    write_synced(staged / REPORT, render_report(statement).encode())
    sync_folder(staged / DATA)
    sync_folder(staged.parent)
    return statement_hash(data)


def append_leaf(home: Home, log: Log, kind: str, hash_: str) -> int:
    """Return the number of a new leaf, once it is durable and remembered."""
    return _append(home, log, entry_of(hash_, kind))


def _append(home: Home, log: Log, entry: bytes) -> int:
    leaf = log.append([entry])
    home.raise_high_water(log.head)
    return leaf


def record_refusal(home: Home, release: str, statement: Mapping[str, Any]) -> Path:
    """Return the folder of a refusal's dossier in the home, once its leaf is in the log and its proof beside it.

    Args:
        home: Where refusals are kept, locked.
        release: Id of the release that was refused.
        statement: Of the refusal.
    """
    data, kept = statement_bytes(statement), home.path / "refusals"
    made, folder = home.work / f"{release}.refusal", kept / release
    made.mkdir(mode=0o700)
    write_synced(made / STATEMENT, data)
    write_synced(made / REPORT, render_report(statement).encode())
    kept.mkdir(mode=0o700, exist_ok=True)
    made.rename(folder)
    sync_folder(kept)
    sync_folder(home.path)
    log = open_log(home)
    leaf = append_leaf(home, log, "refusal", statement_hash(data))
    replace_file(FileDisk(), folder / PROOF, log.prove(leaf).encode())
    return folder


def publish(home: Home, log: Log, journal: Releases, running: RunningRelease) -> RunningRelease:
    """Return a release, published: takes the steps that it has not taken yet."""
    if running.state is ReleaseState.PREPARED:
        leaf = log.find(entry_of(running.statement_hash, "release"), since=running.log_size)
        if leaf is None:
            leaf = _append(home, log, _leaf_entry(running))  # 3
        running = journal.record(running, leaf)  # 4
    if running.staged.exists():
        _write_synced(running.staged / PROOF, log.prove(_leaf(running)).encode())  # 5
        sync_folder(running.staged)
        _rename_whole(running.staged, running.target)  # 6
    sync_folder(running.target.parent)  # also of a rename that an interrupted run has made
    if log.find(entry_of(running.statement_hash, "released"), since=_leaf(running)) is None:
        append_leaf(home, log, "released", running.statement_hash)  # 7
    return journal.finish(running)


def recover(home: Home, log: Log, journal: Releases) -> tuple[RunningRelease, ...]:
    """Return the interrupted releases, each finished or abandoned; partitions of releases that never were are gone."""
    settle_partitions(Partitions(home.partitions), log, journal)
    return tuple(_recover_one(home, log, journal, running) for running in journal.list_unfinished())


def settle(home: Home, journal: Releases, release: str) -> RunningRelease | None:
    """Return a release whose publishing failed, if it can be finished after all; None if it is given up.

    What went wrong once may go wrong again: then the next run recovers.
    """
    with suppress(LockgateError, OSError):
        recover(home, open_log(home), journal)
        running = journal.find(release)
        return running if running and running.state is ReleaseState.RELEASED else None
    return None


def target_of(out: Path, home: Path) -> Path:
    """Return the folder that a release will be, without symbolic links on the way.

    Args:
        out: As it was named.
        home: Of the node.

    Raises:
        InputError: If it lies in the home, exists already, or has no folder to lie in.
    """
    target = out.resolve()
    if target.is_relative_to(home.resolve()):
        raise InputError(f"--out: `{out}` lies in the home, whose folders are swept", "name a folder outside of it")
    if not target.parent.is_dir():
        raise InputError(f"--out: no folder at `{target.parent}`", "make it, or name another")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"--out: `{out}` exists already", "name a folder that does not exist")
    return target


@contextmanager
def staged_folder(home: Home, journal: Releases, release: str, target: Path) -> Iterator[Path]:
    """A hidden folder beside the target, to be renamed; noted before it is made, so that the next run can sweep it.

    Once the journal knows the release, the folder is the journal's: `recover` finishes or removes it.
    """
    staged = target.parent / f".{target.name}{_staged_suffix(release)}"
    note = home.work / f"{release}{_NOTE}"
    replace_file(FileDisk(), note, os.fsencode(staged))
    try:
        staged.mkdir(mode=0o700)
        (staged / DATA).mkdir()  # with the mode that the umask gives: the published folder gets it too
        yield staged
    finally:
        if journal.find(release) is None:
            shutil.rmtree(staged, ignore_errors=True)
        note.unlink(missing_ok=True)


def sweep(home: Home, journal: Releases, is_kept: Callable[[Path], bool] = lambda _: False) -> None:
    """Remove what runs that were killed before they recorded anything have left; hold the home's lock.

    Args:
        home: Of the node.
        journal: Of releases.
        is_kept: Whether a temporary folder stays.
    """
    known = {running.staged for running in journal.list_unfinished()}
    for note in home.work.glob(f"*{_NOTE}"):
        staged = Path(os.fsdecode(note.read_bytes()))
        # A note is whole or not there; should it be damaged all the same, nothing else may be removed by it.
        if staged not in known and staged.name.endswith(_staged_suffix(note.stem)):
            shutil.rmtree(staged, ignore_errors=True)
        if not staged.exists():
            note.unlink()
    for left in home.work.iterdir():
        if is_kept(left):
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        elif left.suffix != _NOTE:
            left.unlink()


def _rename_whole(staged: Path, target: Path) -> None:
    """Give a staged folder its name, and the mode that the umask gives; a target that is there meanwhile is left alone.

    Raises:
        InputError: If the target exists and is not an empty folder.
    """
    if (staged / DATA).is_dir():
        staged.chmod(stat.S_IMODE((staged / DATA).stat().st_mode))
    try:
        staged.rename(target)
    except OSError as error:
        if target.exists():
            raise InputError(f"`{target}` exists already", "name a folder that does not exist in --out") from error
        raise


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
    # From the first leaf on: a journal that was put back may have another number too, and the log decides.
    if log.find(entry_of(running.statement_hash, "released")) is not None:
        return _note_released(log, journal, running)
    is_logged = log.find(entry_of(running.statement_hash, "release"), since=running.log_size) is not None
    may_be_out = is_logged and not running.staged.exists()
    if is_logged and _is_whole(running.target, running):
        shutil.rmtree(running.staged, ignore_errors=True)
        return publish(home, log, journal, running)
    if is_logged and _is_whole(running.staged, running) and not _is_taken(running.target):
        return publish(home, log, journal, running)
    if not may_be_out:
        _remove_partition(home, running)
    return _abandon(home, log, journal, running)


def _note_released(log: Log, journal: Releases, running: RunningRelease) -> RunningRelease:
    """Note what the log says of a release: killed before its last note, or the journal was brought back from a copy."""
    leaf = log.find(entry_of(running.statement_hash, "release"))
    if leaf is None:
        raise EvidenceError(
            f"the log says `released` of the release `{running.release}`, and has no leaf of it",
            "Run: lockgate evidence fsck",
        )
    if running.state is ReleaseState.PREPARED:
        running = journal.record(running, leaf)
    return journal.finish(replace(running, leaf=leaf))


def _remove_partition(home: Home, running: RunningRelease) -> None:
    """Remove the partition of a release of which nothing has gone out, and of which nothing ever will.

    The staged statement goes first: without it no run finishes the release, so that none is out without a partition.
    The staged folder stays till the partition is gone: a run that goes on from here finds it, and knows the same.
    """
    if running.staged.is_dir():
        (running.staged / STATEMENT).unlink(missing_ok=True)
        sync_folder(running.staged)
    Partitions(home.partitions).remove(running.release)


def _abandon(home: Home, log: Log, journal: Releases, running: RunningRelease) -> RunningRelease:
    """Give a release up; its folder goes first, which makes room on a disk that was full."""
    shutil.rmtree(running.staged, ignore_errors=True)
    if log.find(entry_of(running.statement_hash, "abandoned"), since=running.log_size) is None:
        append_leaf(home, log, "abandoned", running.statement_hash)
    return journal.abandon(running)


def _is_taken(target: Path) -> bool:
    """Whether something stands at a target that a folder may not replace."""
    return target.exists() and (not target.is_dir() or any(target.iterdir()))


def _is_whole(folder: Path, running: RunningRelease) -> bool:
    """Whether a folder holds the statement of a release; its data were synced before the journal knew of it."""
    try:
        return statement_hash((folder / STATEMENT).read_bytes()) == running.statement_hash
    except OSError:
        return False


def _staged_suffix(release: str) -> str:
    return f".lockgate-{release}"


def _leaf_entry(running: RunningRelease) -> bytes:
    """Return what the log is to say of a release, which may already lie at its target."""
    folders = (running.staged, running.target)
    folder = next((item for item in folders if _is_whole(item, running)), running.staged)
    return leaf_entry((folder / STATEMENT).read_bytes())


def _leaf(running: RunningRelease) -> int:
    assert running.leaf is not None
    return running.leaf


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
