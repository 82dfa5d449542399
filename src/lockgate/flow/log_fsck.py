"""The evidence of a home held against itself: log, mark, cosigned checkpoints, journal, records, dossiers, and more.

    1. log         every file of the log against every other, and against the signed root
    2. mark        the largest tree that the home remembers is a beginning of the log; mark and log are as large as the
                   journal, the second witness, knows them
    3. cosigned    so is every tree that witnesses cosigned, and their lines hold
    4. journal     every release has the leaves that its state asks for, and the right number
    5. records     every refusal, revocation and reversal has its leaf
    6. leaves      every leaf is of a record that the home knows, a revocation of two
    7. dossiers    statements are those that were recorded, and their proofs hold
    8. keys, partitions, budgets, sealed    see `lockgate.flow.home_check`, which also says what cannot be held

Takes no lock and writes nothing: what a running release adds meanwhile is read again before it is called wrong. What
is merely gone, such as a release folder that was handed over, is a note and no fault.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lockgate.evidence.checkpoint import Checkpoint
from lockgate.evidence.cosignature import cosigned_at
from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.log_check import Fault, check_log
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.merkle import TreeHead, is_included, leaf_hash
from lockgate.evidence.note import VerifierKey, is_signed_by
from lockgate.evidence.proof import parse_proof
from lockgate.evidence.quorum import describe_unknown, describe_witnesses
from lockgate.evidence.storage import FolderStorage
from lockgate.evidence.trust import parse_trust
from lockgate.flow.cosigning import cosigned_of
from lockgate.flow.home_check import Finding, Said, budget_faults, key_faults, partition_faults, sealed_faults
from lockgate.flow.home_files import unknown_files, unremembered_keys
from lockgate.flow.log_entries import RECORD_FOLDERS, Record, known_records, read_entry
from lockgate.flow.recovery import PROOF, STATEMENT, check_journal
from lockgate.store.fingerprints import GONE
from lockgate.store.home import KEY_BYTES, Home
from lockgate.store.partitions import Partitions
from lockgate.store.releases import Releases, ReleaseState, RunningRelease
from lockgate.terms.errors import EvidenceError, InputError, LockgateError

_LOOKS, _PAUSE_S = 3, 0.2
"""A fault that a run under way may only seem to make is looked at so often again, after so many seconds."""

_LEAVES = {
    ReleaseState.PREPARED: (),
    ReleaseState.RECORDED: ("release",),
    ReleaseState.RELEASED: ("release", "released"),
    ReleaseState.REVOKED: ("release", "released", "revoked"),
    ReleaseState.ABANDONED: ("abandoned",),
}
"""Leaves that the log has, by what the journal notes."""


_BEYOND: Mapping[ReleaseState, frozenset[str]] = {
    ReleaseState.PREPARED: frozenset({"released", "revoked", "abandoned"}),
    ReleaseState.RECORDED: frozenset({"released", "revoked", "abandoned"}),
    ReleaseState.RELEASED: frozenset({"revoked", "abandoned"}),
    ReleaseState.REVOKED: frozenset({"abandoned"}),
    ReleaseState.ABANDONED: frozenset({"released", "revoked"}),
}
"""Leaves that the log does not have, likewise. That of a prepared release may be there before the journal says so."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of examining a home.

    Attributes:
        origin: Identity of the log.
        size: Leaves that its checkpoint counts; None if it cannot be read.
        files: Files of the log that were looked at.
        records: Releases and records that were looked at.
        faults: What is wrong.
        notes: What is gone and need not be there, or is there and is none of the home's.
    """

    origin: str
    size: int | None
    files: int
    records: int
    faults: tuple[Finding, ...]
    notes: tuple[str, ...]


def examine(home: Home) -> Examined:
    """Return what is wrong with the evidence of a home.

    Raises:
        InputError: If the home has no log yet, and nothing that hangs on one.
    """
    if _key_problem(home, "signing"):
        return _without_key(home)
    storage = home.log_storage(home.origin)
    if storage.is_new() and not home.has_records() and home.high_water() is None:
        raise _no_log(home)
    own = None if _key_problem(home, "signing-ml-dsa") else home.cosigner_key
    faults, notes, records = list[Finding](), [*unremembered_keys(home), *unknown_files(home)], 0
    try:  # what is read of the home first can only lag behind the log, which is read next
        journal, known_size = Releases(home.releases).list_all(), Releases(home.releases).known_size()
        mark, folders = home.high_water(), _record_folders(home)
        faults += key_faults(home, storage, journal, _key_problem(home, "signing-ml-dsa"))
        log = LogReader.open_in(storage, home.verifier_key)
        faults += _mark_faults(home, log, mark, known_size)
        faults += _cosigned_faults(home, log, own, notes)
        known = known_records(home)
        records = len(known)
        leaves = _Leaves(home, log, own, known)
        faults += leaves.faults(journal, folders, notes)
        strange = leaves.strange()
        if isinstance(storage, FolderStorage):
            faults += strange
        elif strange:  # a log in a database may have several writers, each with records of its own
            notes.append(f"{len(strange)} leaves are of records that this home does not know")
        faults += _settled(home, leaves.said, notes)
        faults += partition_faults(home, journal, notes, Partitions(home.partitions).list_all())
    except LockgateError as error:
        faults.append(Finding("home", str(home.path), str(error)))
    names = _names(home.log) if isinstance(storage, FolderStorage) else ()
    checked = check_log(storage, home.verifier_key, own, names)
    if checked.faults:  # what opening or reading the log said is said better there
        faults = [_of_log(fault) for fault in checked.faults] + [item for item in faults if item.part != "home"]
    size = checked.checkpoint.head.size if checked.checkpoint else None
    return Examined(home.origin, size, checked.files, records, tuple(faults), tuple(notes))


def remember(home: Home, checkpoint: str) -> Examined:
    """Return a home examined, once it remembers the present tree of its log, of which it had lost the mark.

    Args:
        home: Whose log; takes its lock.
        checkpoint: One of this log that somebody else has kept, with which the log has to begin; empty for none: then
            nobody can say that the log had no more leaves.

    Raises:
        EvidenceError: If anything else is wrong with the home, or the log does not go on from the checkpoint.
        InputError: If it has not lost its mark.
    """
    with home.lock():
        found = examine(home)
        if not any(item.part == "mark" for item in found.faults) or home.high_water() is not None:
            raise InputError("the home has not lost its mark", "leave --remember out")
        other = next((item for item in found.faults if item.part != "mark"), None)
        if other is not None:
            raise EvidenceError(
                f"more is wrong than the mark: {other.where}: {other.problem}",
                "Restore the home from its newest backup.",
            )
        log = LogReader.open_in(home.log_storage(home.origin), home.verifier_key)
        if checkpoint:
            log.check_earlier(checkpoint)
        home.raise_high_water(log.head)
        return examine(home)


def _no_log(home: Home) -> InputError:
    return InputError(f"`{home.path}`: no log in this home yet", "make a release first, or name a home in --home")


def _key_problem(home: Home, name: str) -> str:
    """Return what is wrong with a key that signs, without making one; empty if nothing is."""
    path = home.keys / f"{name}.key"
    try:
        if path.stat().st_size != KEY_BYTES:
            return f"it is not of {KEY_BYTES} bytes: restore it from a backup of the home"
    except OSError:
        return GONE
    return home.fingerprints.problem(name, path)


def _without_key(home: Home) -> Examined:
    """Return what there is to say of a home that cannot sign: a new one, or one whose key is gone or damaged."""
    if not home.has_records() and home.high_water() is None and not home.log.exists():
        raise _no_log(home)
    finding = Finding("keys", "keys/signing.key", _key_problem(home, "signing"))
    return Examined("", None, 0, 0, (finding,), ())


def _of_log(fault: Fault) -> Finding:
    return Finding("log", fault.file, fault.problem, fault.first, fault.last, fault.leaf)


def _names(folder: Path) -> Iterator[str]:
    """Yield the paths of tiles in the folder of a log; a folder that cannot be read has none."""
    for path in (folder / "tile").rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def _record_folders(home: Home) -> dict[Path, bool]:
    """Return the folders of records, each with whether its proof is there, and so its leaf in the log."""
    folders = {}
    for name in RECORD_FOLDERS:
        kept = home.path / name
        for folder in sorted(item for item in kept.iterdir() if item.is_dir()) if kept.is_dir() else ():
            folders[folder] = (folder / PROOF).exists()
    return folders


def _mark_faults(home: Home, log: LogReader, mark: TreeHead | None, known_size: int) -> Iterator[Finding]:
    try:
        check_journal(known_size, log.size)
    except EvidenceError as error:
        yield Finding("mark", "releases", str(error))
    if mark is None:
        if home.has_lost_mark(home.high_water(), log.size):
            yield Finding("mark", "high-water.json", str(home.lost_mark()))
    elif mark.size > log.size:
        problem = f"the log was cut short: it holds {log.size} leaves and has held {mark.size}"
        yield Finding("mark", "high-water.json", problem)
    elif log.root_at(mark.size) != mark.root:
        problem = f"the log's first {mark.size} leaves are not those that this home has signed"
        yield Finding("mark", "high-water.json", problem)


def _settled(home: Home, said: list[Said], notes: list[str]) -> list[Finding]:
    """Return the faults of budgets and sealed records that are still there after a while: a run may be on its way."""
    faults, told = _look(home, said)
    for _ in range(_LOOKS):
        if not faults:
            break
        time.sleep(_PAUSE_S)
        faults, told = _look(home, _said(LogReader.open_in(home.log_storage(home.origin), home.verifier_key)))
    notes += told
    return faults


def _look(home: Home, said: list[Said]) -> tuple[list[Finding], list[str]]:
    notes: list[str] = []
    return [*budget_faults(home, said), *sealed_faults(home, said, notes)], notes


def _said(log: LogReader) -> list[Said]:
    """Return the leaves of budgets and sealed records."""
    found = []
    for leaf, entry in log.scan():
        kind, _, members = read_entry(entry)
        if kind.startswith(_FOLLOWED):
            found.append(Said(leaf, kind, entry, members))
    return found


_FOLLOWED = ("budget-", "sealed")


def _cosigned_faults(home: Home, log: LogReader, own: VerifierKey | None, notes: list[str]) -> list[Finding]:
    kept, faults = cosigned_of(home), list[Finding]()
    text = kept.trust_policy()
    trust = parse_trust(text) if text else None
    known = [log.key, *([own] if own else []), *(item.key for item in trust.witnesses)] if trust else []
    if kept.sizes() and trust is None:
        notes.append("cosigned/policy: it is not there; the lines of witnesses were not checked")
    for size in kept.sizes():
        where = f"cosigned/{size}"
        try:
            checkpoint = log.check_earlier(kept.checkpoint(size))
            if not _own_line_holds(checkpoint, (log.key, own)):
                faults.append(Finding("cosigned", where, "its line of the log's own ML-DSA-44 key does not hold"))
            if trust:
                describe_witnesses(checkpoint, replace(trust, quorum=None))
                notes += [f"{where}: {said}" for said in [describe_unknown(checkpoint, known)] if said]
        except EvidenceError as error:
            faults.append(Finding("cosigned", where, str(error)))
    return faults


def _own_line_holds(checkpoint: Checkpoint, keys: tuple[VerifierKey, VerifierKey | None]) -> bool:
    """Whether the line of the log's own ML-DSA-44 key holds on a checkpoint; one without the line is as good.

    Under the log's name nobody but the log signs: a line of a key that is not one of its two was made by a key that
    this home has lost, or by nobody. Without an ML-DSA-44 key nothing can be said; that it is gone is told of there.
    """
    key, own = keys
    ids = {key_id for name, key_id, _ in checkpoint.note.signatures if name == key.name} - {key.key_id}
    return own is None or not ids or (ids == {own.key_id} and cosigned_at(checkpoint, own) is not None)


class _Leaves:
    """The leaves of a log, by the hashes that they name."""

    def __init__(self, home: Home, log: LogReader, own: VerifierKey | None, known: Mapping[str, Record]) -> None:
        self._home = home
        self._own = own
        self._log = log
        self._known = known
        self._seen: dict[str, list[tuple[int, str]]] = {}
        self._strange: list[tuple[int, str, str]] = []
        self.said: list[Said] = []
        for leaf, entry in log.scan():
            kind, about, members = read_entry(entry)
            if kind.startswith(_FOLLOWED):
                self.said.append(Said(leaf, kind, entry, members))
            for value in members.values():
                if isinstance(value, str) and value in known:
                    self._seen.setdefault(value, []).append((leaf, kind))
            if kind.startswith("sealed"):
                continue  # their files are held against them by name
            also = (str(members["revocation"]),) if "revocation" in members else ()
            self._strange += [(leaf, kind, hash_) for hash_ in (about, *also) if hash_ not in known]

    def faults(
        self, journal: Iterable[RunningRelease], folders: Mapping[Path, bool], notes: list[str]
    ) -> list[Finding]:
        """Return what is wrong between leaves, journal, records and dossiers."""
        found: list[Finding] = []
        for running in journal:
            found += self._of_release(running, notes)
        for folder, has_proof in folders.items():
            found += self._of_record(folder, notes, has_proof=has_proof)
        return found

    def strange(self) -> list[Finding]:
        """Return the leaves that are of no record of this home."""
        found = []
        now_known = known_records(self._home) if self._strange else {}
        for leaf, kind, about in self._strange:
            if about not in now_known:
                problem = f"it says `{kind}` of a record that this home does not know, or that was changed"
                found.append(Finding("leaves", f"leaf {leaf}", problem, leaf=leaf))
        return found

    def _of_release(self, running: RunningRelease, notes: list[str]) -> list[Finding]:
        where = f"release {running.release}"
        leaves = self._seen.get(running.statement_hash, [])
        kinds = {kind for _, kind in leaves}
        missing = [kind for kind in _LEAVES[running.state] if kind not in kinds]
        if missing:
            problem = f"the journal notes `{running.state}`, and the log has no leaf `{missing[0]}` of it"
            return [Finding("journal", where, problem)]
        beyond = self._beyond(running, leaves)
        if beyond:
            return [beyond]
        leaf = next((leaf for leaf, kind in leaves if kind == "release"), None)
        if running.leaf is not None and running.leaf != leaf:
            return [Finding("journal", where, f"the journal notes leaf {running.leaf}, the log has it as {leaf}")]
        if running.state not in (ReleaseState.RELEASED, ReleaseState.REVOKED):
            return []
        if not running.target.is_dir():
            notes.append(f"{where}: its folder `{running.target}` is not at its place any more")
            return []
        return self._of_dossier(running.target, running.statement_hash, leaf)

    def _beyond(self, running: RunningRelease, leaves: list[tuple[int, str]]) -> Finding | None:
        """Return what is wrong with a release of which the log says more than the journal, and goes on to."""
        now: RunningRelease | None = running
        for look in range(_LOOKS + 1):
            beyond = next(((leaf, kind) for leaf, kind in leaves if now and kind in _BEYOND[now.state]), None)
            if now is None or beyond is None:
                break
            if look == _LOOKS:
                said = f"the journal notes `{now.state}`, and the log has the leaf `{beyond[1]}` of it"
                problem = f"{said}: the journal was put back, or the run was killed just then"
                return Finding("journal", f"release {now.release}", problem, leaf=beyond[0])
            time.sleep(_PAUSE_S if look else 0.0)
            now = Releases(self._home.releases).find(running.release)
        return None

    def _of_record(self, folder: Path, notes: list[str], *, has_proof: bool) -> list[Finding]:
        where = f"{folder.parent.name}/{folder.name}"
        try:
            hash_ = statement_hash((folder / STATEMENT).read_bytes())
        except OSError as error:
            return [Finding("records", where, f"its statement cannot be read: {error.strerror}")]
        leaves = self._seen.get(hash_, [])
        if leaves:
            return self._of_dossier(folder, hash_, leaves[0][0])
        if has_proof:
            return [Finding("records", where, "the log has no leaf of it: it was changed, or is of another log")]
        notes.append(f"{where}: its leaf never came to the log, so that nothing came of it")
        return []

    def _of_dossier(self, folder: Path, hash_: str, leaf: int | None) -> list[Finding]:
        """Hold statement and proof of a dossier against the log; whose proof was handed over is not looked for."""
        try:
            data = (folder / STATEMENT).read_bytes()
            if statement_hash(data) != hash_:
                return [Finding("dossiers", str(folder / STATEMENT), "it is not the statement that was recorded")]
            proof = parse_proof((folder / PROOF).read_bytes())
        except OSError as error:
            return [Finding("dossiers", str(folder), f"it cannot be read: {error.strerror}")]
        except EvidenceError as error:
            return [Finding("dossiers", str(folder / PROOF), str(error))]
        head, log = proof.checkpoint.head, self._log
        if head.size > log.size:  # it was made anew meanwhile
            log = LogReader.open_in(log.storage, log.key)
        is_good = (
            proof.index == leaf
            and proof.checkpoint.origin == log.origin
            and is_signed_by(proof.checkpoint.note, log.key)
            and _own_line_holds(proof.checkpoint, (log.key, self._own))
            and head.size <= log.size
            and log.root_at(head.size) == head.root
            and is_included(leaf_hash(log.entry(proof.index)), proof.index, head, proof.path)
        )
        return [] if is_good else [Finding("dossiers", str(folder / PROOF), "it does not prove its leaf", leaf=leaf)]
