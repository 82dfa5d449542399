"""The evidence of a home held against itself: log, high-water mark, cosigned checkpoints, journal, records, dossiers.

    1. log         every file of the log against every other, and against the signed root
    2. mark        the largest tree that the home remembers is a beginning of the log
    3. cosigned    so is every tree that witnesses cosigned, and their lines hold
    4. journal     every release has the leaves that its state asks for, and the right number
    5. records     every refusal, revocation and reversal has its leaf
    6. leaves      every leaf is of a record that the home knows
    7. dossiers    statements are those that were recorded, and their proofs hold

Takes no lock and writes nothing: what a running release adds meanwhile is read again before it is called wrong. What
is merely gone, such as a release folder that was handed over, is a note and no fault.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.log_check import Fault, check_log
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.merkle import TreeHead, is_included, leaf_hash
from lockgate.evidence.note import is_signed_by
from lockgate.evidence.proof import parse_proof
from lockgate.evidence.quorum import describe_unknown, describe_witnesses
from lockgate.evidence.storage import FolderStorage
from lockgate.evidence.trust import parse_trust
from lockgate.flow.cosigning import cosigned_of
from lockgate.flow.log_entries import RECORD_FOLDERS, Record, known_records, read_entry
from lockgate.flow.recovery import PROOF, STATEMENT
from lockgate.store.home import Home
from lockgate.store.releases import Releases, ReleaseState, RunningRelease
from lockgate.terms.errors import EvidenceError, InputError, LockgateError

_LEAVES = {
    ReleaseState.PREPARED: (),
    ReleaseState.RECORDED: ("release",),
    ReleaseState.RELEASED: ("release", "released"),
    ReleaseState.REVOKED: ("release", "released", "revoked"),
    ReleaseState.ABANDONED: ("abandoned",),
}
"""Leaves that the log has, by what the journal notes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with the evidence of a home.

    Attributes:
        part: Which of the parts above.
        where: File, release or leaf.
        problem: One sentence.
        first: First byte that is wrong; None where it is not about bytes.
        last: Last byte that may be wrong.
        leaf: Number of the first leaf that it touches.
    """

    part: str
    where: str
    problem: str
    first: int | None = None
    last: int | None = None
    leaf: int | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of examining a home.

    Attributes:
        origin: Identity of the log.
        size: Leaves that its checkpoint counts; None if it cannot be read.
        files: Files of the log that were looked at.
        records: Releases and records that were looked at.
        faults: What is wrong.
        notes: What is gone and need not be there.
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
        InputError: If the home has no log yet.
    """
    storage = home.log_storage(home.origin) if (home.keys / "signing.key").exists() else None
    if storage is None or storage.is_new():
        raise InputError(f"`{home.path}`: no log in this home yet", "make a release first, or name a home in --home")
    own = home.cosigner_key if (home.keys / "signing-ml-dsa.key").exists() else None
    faults, notes, records = [], list[str](), 0
    try:  # what is read of the home first can only lag behind the log, which is read next
        mark, journal, folders = home.high_water(), Releases(home.releases).list_all(), _record_folders(home)
        log = LogReader.open_in(storage, home.verifier_key)
        faults += _mark_faults(log, mark)
        faults += _cosigned_faults(home, log, notes)
        known = known_records(home)
        records = len(known)
        leaves = _Leaves(home, log, known)
        faults += leaves.faults(journal, folders, notes)
        strange = leaves.strange()
        if isinstance(storage, FolderStorage):
            faults += strange
        elif strange:  # a log in a database may have several writers, each with records of its own
            notes.append(f"{len(strange)} leaves are of records that this home does not know")
    except LockgateError as error:
        faults.append(Finding("home", str(home.path), str(error)))
    names = _names(home.log) if isinstance(storage, FolderStorage) else ()
    checked = check_log(storage, home.verifier_key, own, names)
    if checked.faults:  # what opening or reading the log said is said better there
        faults = [_of_log(fault) for fault in checked.faults] + [item for item in faults if item.part != "home"]
    size = checked.checkpoint.head.size if checked.checkpoint else None
    return Examined(home.origin, size, checked.files, records, tuple(faults), tuple(notes))


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


def _mark_faults(log: LogReader, mark: TreeHead | None) -> list[Finding]:
    if mark is None or (mark.size <= log.size and log.root_at(mark.size) == mark.root):
        return []
    if mark.size > log.size:
        problem = f"the log was cut short: it holds {log.size} leaves and has held {mark.size}"
    else:
        problem = f"the log's first {mark.size} leaves are not those that this home has signed"
    return [Finding("mark", "high-water.json", problem)]


def _cosigned_faults(home: Home, log: LogReader, notes: list[str]) -> list[Finding]:
    kept, faults = cosigned_of(home), []
    text = kept.trust_policy()
    trust = parse_trust(text) if text else None
    known = [log.key, home.cosigner_key, *(item.key for item in trust.witnesses)] if trust else []
    for size in kept.sizes():
        where = f"cosigned/{size}"
        try:
            checkpoint = log.check_earlier(kept.checkpoint(size))
            if trust:
                describe_witnesses(checkpoint, replace(trust, quorum=None))
                notes += [f"{where}: {said}" for said in [describe_unknown(checkpoint, known)] if said]
        except EvidenceError as error:
            faults.append(Finding("cosigned", where, str(error)))
    return faults


class _Leaves:
    """The leaves of a log, by the hashes that they name."""

    def __init__(self, home: Home, log: LogReader, known: Mapping[str, Record]) -> None:
        self._home = home
        self._log = log
        self._known = known
        self._seen: dict[str, list[tuple[int, str]]] = {}
        self._strange: list[tuple[int, str, str]] = []
        for leaf, entry in log.scan():
            kind, about, members = read_entry(entry)
            for value in members.values():
                if isinstance(value, str) and value in known:
                    self._seen.setdefault(value, []).append((leaf, kind))
            if about not in known:
                self._strange.append((leaf, kind, about))

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
        leaf = next((leaf for leaf, kind in leaves if kind == "release"), None)
        if running.leaf is not None and running.leaf != leaf:
            return [Finding("journal", where, f"the journal notes leaf {running.leaf}, the log has it as {leaf}")]
        if running.state not in (ReleaseState.RELEASED, ReleaseState.REVOKED):
            return []
        if not running.target.is_dir():
            notes.append(f"{where}: its folder `{running.target}` is not at its place any more")
            return []
        return self._of_dossier(running.target, running.statement_hash, leaf)

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
            and head.size <= log.size
            and log.root_at(head.size) == head.root
            and is_included(leaf_hash(log.entry(proof.index)), proof.index, head, proof.path)
        )
        return [] if is_good else [Finding("dossiers", str(folder / PROOF), "it does not prove its leaf", leaf=leaf)]
