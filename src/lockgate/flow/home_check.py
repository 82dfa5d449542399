"""The files of a home that hang on leaves, held against them: keys, partitions, budgets, sealed records.

    keys         every key of which a fingerprint is kept is there and is that key, the keys that sign are there in any
                 case; the salts of a release that is at hand come from the home's own key
    partitions   every release that went out has its partition; its tables are those of its record, and it is of the
                 release that the journal knows
    budgets      every record is the one that its leaf is of; what was drawn is whole, and there if it was paid for
    sealed       content and key of every record are those of its leaf; a key that was destroyed is not there; who asked
                 for an opening, a review or a deletion, and why, is there for every leaf of it

What nothing has a hash of, and so nobody can find changed: the vault, members of the journal and of partitions that
neither a leaf nor a statement repeats, and what a witness remembers of other logs. A key and its fingerprint that were
exchanged together are found where the log, its signatures or a release hang on the key, not otherwise.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lockgate.evidence.canonical import parse_canonical
from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.column_tree import OUTPUT, render_seed
from lockgate.evidence.sealing import DELETED, OPENED, REVIEWED, follow_sealed
from lockgate.evidence.storage import CHECKPOINT, LogStorage
from lockgate.flow.recovery import SALTS
from lockgate.flow.sealing import DEMANDS_FOLDER
from lockgate.flow.statement import column_seed
from lockgate.store.budget import BudgetLedger, ReservationState
from lockgate.store.home import Home
from lockgate.store.partitions import KeptRelease, Partitions
from lockgate.store.releases import ReleaseState, RunningRelease
from lockgate.store.sealed import SEALED_FOLDER, SealedRecords
from lockgate.terms.errors import EvidenceError, LockgateError

_WENT_OUT = frozenset({ReleaseState.RELEASED, ReleaseState.REVOKED})
_ASKED = {OPENED: "open", REVIEWED: "review", DELETED: "delete"}
"""What a demand says was asked for, by the kind of the leaf."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with the evidence of a home.

    Attributes:
        part: Which part of the check found it.
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
class Said:
    """One leaf as it speaks of files of a home.

    Attributes:
        leaf: Its number.
        kind: What happened.
        entry: Its bytes.
        members: What it says.
    """

    leaf: int
    kind: str
    entry: bytes
    members: Mapping[str, Any]


def key_faults(
    home: Home, storage: LogStorage, journal: tuple[RunningRelease, ...], cosigning: str
) -> Iterator[Finding]:
    """Yield what is wrong with the keys of a home, as far as its evidence can tell.

    Args:
        home: Whose.
        storage: Of its log.
        journal: Its releases.
        cosigning: What is wrong with its ML-DSA-44 key; empty if nothing is. A log of before there was one needs none.
    """
    wrong = {name: home.fingerprints.problem(name, home.keys / f"{name}.key") for name in sorted(home.key_names())}
    for name, problem in wrong.items():
        if problem:
            yield Finding("keys", f"keys/{name}.key", problem)
    if cosigning and not wrong.get("signing-ml-dsa"):
        yield from _cosigning_faults(home, storage, cosigning)
    if not wrong.get("column-salts"):
        yield from _salts_faults(home, journal)


def _cosigning_faults(home: Home, storage: LogStorage, problem: str) -> Iterator[Finding]:
    try:
        signatures = parse_checkpoint(storage.read(CHECKPOINT)).note.signatures
    except EvidenceError:
        return  # the log is at fault, and is told of there
    if len({key_id for name, key_id, _ in signatures if name == home.origin}) > 1:
        yield Finding("keys", "keys/signing-ml-dsa.key", f"the checkpoint has a line of it, and {problem}")


def _salts_faults(home: Home, journal: tuple[RunningRelease, ...]) -> Iterator[Finding]:
    released = [item for item in journal if item.state in _WENT_OUT and (item.target / SALTS).is_file()]
    if released and not (home.keys / "column-salts.key").exists():
        yield Finding("keys", "keys/column-salts.key", "it is gone: no column of a release can be shown any more")
        return
    for running in released:
        if not _are_its_salts(home, running):
            where = running.target / SALTS
            problem = f"the salts of release {running.release} do not come of it: this key, or `{where}`, was changed"
            yield Finding("keys", "keys/column-salts.key", problem)


def _are_its_salts(home: Home, running: RunningRelease) -> bool:
    try:
        return (running.target / SALTS).read_bytes() == render_seed(column_seed(home, running.release, OUTPUT))
    except (OSError, LockgateError):
        return False


def partition_faults(
    home: Home, journal: tuple[RunningRelease, ...], notes: list[str], kept: tuple[KeptRelease, ...]
) -> Iterator[Finding]:
    """Yield what is wrong with the partitions of earlier releases.

    Args:
        home: Whose.
        journal: Read before the partitions were listed.
        notes: Takes what is merely left over.
        kept: The partitions.
    """
    partitions, known = Partitions(home.partitions), {item.release: item for item in journal}
    there = {item.release for item in kept}
    for release, running in known.items():
        if running.state in _WENT_OUT and release not in there:
            yield Finding("partitions", f"partitions/{release}.json", "the release went out, and its partition is gone")
    for item in kept:
        where = f"partitions/{item.release}.json"
        of = known.get(item.release)
        if of is None:
            notes.append(f"{where}: the journal knows no such release; the next one removes it, or finishes it")
        elif (of.statement_hash, of.log_size) != (item.statement_hash, item.log_size):
            yield Finding("partitions", where, "it is of another release than the one that the journal knows")
        for name, problem in partitions.faults(item.release).items():
            yield Finding("partitions", f"partitions/{name}", problem)


def budget_faults(home: Home, said: list[Said]) -> Iterator[Finding]:
    """Yield what is wrong with the records of privacy budgets; a leaf whose record is gone is told of elsewhere."""
    ledger, leaves = BudgetLedger(home), {str(item.members.get("budget")): item.leaf for item in reversed(said)}
    for name, problem in ledger.faults().items():
        yield Finding("budgets", f"budgets/{name}", problem, leaf=leaves.get(Path(name).stem))
    for item in said:
        if item.kind == ReservationState.COMMITTED and not ledger.is_kept(str(item.members.get("budget"))):
            where = f"budgets/{item.members.get('budget')}.drawn"
            yield Finding("budgets", where, "what was drawn and paid for is gone", leaf=item.leaf)


def sealed_faults(home: Home, said: list[Said], notes: list[str]) -> Iterator[Finding]:
    """Yield what is wrong with sealed records, and with what is kept of who asked for them.

    Args:
        home: Whose.
        said: All leaves of sealed records, in order.
        notes: Takes what is merely left over.
    """
    try:
        followed = follow_sealed(item.entry for item in said)
    except EvidenceError as error:
        yield Finding("sealed", "log", str(error))
        return
    records = SealedRecords(home.path)
    leaves = {str(item.members.get("commitment", item.members.get("record"))): item.leaf for item in reversed(said)}
    for commitment, item in followed.items():
        for name, problem in records.faults(item.sealed, is_deleted=item.is_deleted).items():
            yield Finding("sealed", f"{SEALED_FOLDER}/{name}", problem, leaf=leaves[commitment])
    notes += [
        f"{SEALED_FOLDER}/{commitment[:16]}…: it never came to the log; the next sealing removes it"
        for commitment in records.list_all()
        if commitment not in followed
    ]
    yield from _demand_faults(home, said, notes)


def _demand_faults(home: Home, said: list[Said], notes: list[str]) -> Iterator[Finding]:
    named = {str(item.members["demand"]): item for item in said if "demand" in item.members}
    for hash_, of in named.items():
        problem = _demand_problem(home.path / DEMANDS_FOLDER / f"{hash_}.json", hash_, of)
        if problem:
            yield Finding("sealed", f"{DEMANDS_FOLDER}/{hash_}.json", problem, leaf=of.leaf)
    notes += [
        f"{DEMANDS_FOLDER}/{path.stem[:16]}…: its leaf never came to the log: nothing came of it"
        for path in sorted((home.path / DEMANDS_FOLDER).glob("*.json"))
        if path.stem not in named
    ]


def _demand_problem(path: Path, hash_: str, of: Said) -> str:
    try:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != hash_:
            return "it is not what its leaf has the hash of"
        demand = parse_canonical(data)
    except OSError as error:
        return f"who asked, and why, cannot be read: {error.strerror}"
    except EvidenceError as error:
        return str(error)
    if (demand.get("what"), demand.get("record")) != (_ASKED[of.kind], of.members["record"]):
        return "it is of another record, or of another act, than its leaf"
    return ""
