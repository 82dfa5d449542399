"""What the leaves of this home's log are about: hashes in the log, joined with the records that the home still has.

A leaf holds a hash and a word. Who knows the record can say more: which release, when, with what outcome. A record
that is gone or changed leaves its leaf without words; the leaf stays. Nothing here takes the home's lock or writes, so
that a release may be running meanwhile.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.entry import BUDGET_KINDS, KINDS, REVOKED
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.sealing import SEALED_KINDS
from lockgate.flow.recovery import STATEMENT
from lockgate.flow.sealing import kept_sealed
from lockgate.store.home import Home
from lockgate.store.partitions import Partitions
from lockgate.store.releases import Releases, ReleaseState
from lockgate.terms.errors import EvidenceError, InputError

RECORD_FOLDERS = ("refusals", "revocations", "reversals")
"""Folders of the home that hold records by id, each with its statement and its proof."""

ALL_KINDS = (*KINDS, *BUDGET_KINDS, REVOKED, *SEALED_KINDS)
"""Every kind of leaf that lockgate writes."""

BUDGETS = "budgets"
FIRST_KINDS = frozenset({"release", "refusal"})
"""Kinds of leaves that a release id stands for: the one by which it came to the log."""

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DIGITS = re.compile(r"[0-9a-f]{6,64}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_ABOUT = ("statement", "budget")
_SHOWN_OF_A_HASH = 12


@dataclass(frozen=True, slots=True)
class Record:
    """A record of this home that the log holds the hash of.

    Attributes:
        id: Of a release, refusal, revocation or reversal; of a budget record the first digits of its hash.
        path: Where it lies, or lay.
        made_at: When, ISO 8601; empty if it is not known any more.
        outcome: Of the decision; empty if there is none, or it is not known any more.
    """

    id: str
    path: Path
    made_at: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One leaf, with what is known of it.

    Attributes:
        leaf: Its number.
        kind: What happened: the word in the entry; `unknown` where the entry is not one of lockgate's.
        id: Id of the record; empty if this home does not know it.
        made_at: When the record was made, ISO 8601; empty if not known.
        outcome: Of the decision; empty if there is none.
        hash: SHA-256 that the entry is about, hexadecimal; empty where it has none.
    """

    leaf: int
    kind: str
    id: str
    made_at: str
    outcome: str
    hash: str


def read_entry(entry: bytes) -> tuple[str, str, Mapping[str, Any]]:
    """Return kind, hash and members of an entry of a log; `unknown` and nothing where it is not one of lockgate's."""
    try:
        members = json.loads(entry.decode("utf-8"))
        kind = members["kind"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "unknown", "", {}
    texts = [str(members[name]) for name in (*_ABOUT, *sorted(set(members) - set(_ABOUT))) if name in members]
    about = next((text for text in texts if _HASH.fullmatch(text)), "")
    return str(kind), about, members


def known_records(home: Home) -> dict[str, Record]:
    """Return the records of a home by the hash that the log holds of each."""
    found = {}
    times = {item.release: item.made_at for item in Partitions(home.partitions).list_all()}
    for running in Releases(home.releases).list_all():
        folder = running.target if running.state not in _STAGED else running.staged
        record = Record(running.release, folder / STATEMENT, times.get(running.release, ""))
        found[running.statement_hash] = _told(record, running.statement_hash) or record
    for path in _statements(home):
        hash_ = _hash_of(path)
        told = _told(Record(path.parent.name, path), hash_) if hash_ else None
        if told:
            found[hash_] = told
    budgets = home.path / BUDGETS
    for path in sorted(budgets.glob("*.json")) if budgets.is_dir() else ():
        found[path.stem] = Record(path.stem[:_SHOWN_OF_A_HASH], path)
    for hash_, path in kept_sealed(home):
        found[hash_] = Record(path.stem[:_SHOWN_OF_A_HASH], path)
    return found


def list_entries(log: LogReader, records: Mapping[str, Record], since: int = 0) -> Iterator[LogEntry]:
    """Yield what is known of each leaf, once it was found in the tree.

    Args:
        log: The log.
        records: From `known_records`.
        since: The leaf to begin at.

    Raises:
        EvidenceError: If a file of the log is missing or is not what was signed.
    """
    for leaf, entry in log.scan(since):
        kind, about, _ = read_entry(entry)
        record = records.get(about)
        if record is None:
            yield LogEntry(leaf, kind, "", "", "", about)
        else:
            yield LogEntry(leaf, kind, record.id, record.made_at, record.outcome, about)


def find_entry(wanted: str, entries: Iterable[LogEntry]) -> LogEntry:
    """Return the leaf that a number, an id, or the first digits of a hash stand for.

    Of an id with several leaves it is the one by which it came to the log.

    Args:
        wanted: What the user wrote.
        entries: Of the whole log.

    Raises:
        InputError: If there is none; the nearest is named.
    """
    ids: dict[str, LogEntry] = {}
    by_hash: list[LogEntry] = []
    size = 0
    for entry in entries:
        size += 1
        if _NUMBER.fullmatch(wanted) and entry.leaf == int(wanted):
            return entry
        if entry.id and (entry.id not in ids or entry.kind in FIRST_KINDS):
            ids[entry.id] = entry
        if entry.hash and _DIGITS.fullmatch(wanted) and entry.hash.startswith(wanted):
            by_hash.append(entry)
    if wanted in ids:
        return ids[wanted]
    if len({entry.hash for entry in by_hash}) == 1:
        return by_hash[0]
    raise _not_found(wanted, ids, by_hash, size)


def _not_found(wanted: str, ids: Mapping[str, LogEntry], by_hash: list[LogEntry], size: int) -> InputError:
    if by_hash:
        return InputError(f"`{wanted}`: several hashes in the log begin so", "give more digits")
    if _NUMBER.fullmatch(wanted) and size:
        return InputError(f"`{wanted}`: no such leaf in a log of {size}", f"take one from 0 to {size - 1}")
    near = get_close_matches(wanted, ids, n=1, cutoff=0.0)
    hint = f"take the nearest, `{near[0]}`" if near else "run `lockgate evidence log`, which lists them"
    return InputError(f"`{wanted}`: the log knows no such leaf, id or hash", hint)


_STAGED = frozenset({ReleaseState.PREPARED})


def _statements(home: Home) -> Iterator[Path]:
    for name in RECORD_FOLDERS:
        kept = home.path / name
        yield from sorted(kept.glob(f"*/{STATEMENT}")) if kept.is_dir() else ()


def _told(record: Record, hash_: str) -> Record | None:
    """Return the record with what its statement says; None if the statement is gone or is another."""
    try:
        data = record.path.read_bytes()
        if statement_hash(data) != hash_:
            return None
        statement = json.loads(data)
        decision = statement.get("refusal") or statement.get("decision") or {}
        return Record(record.id, record.path, str(statement["made_at"]), str(decision.get("outcome", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, EvidenceError):
        return None


def _hash_of(path: Path) -> str:
    try:
        return statement_hash(path.read_bytes())
    except OSError:
        return ""
