"""Tokens turned back into values, and values forgotten: only with a name and a reason, and never without a record.

The order of a reversal:

1. the tokens are known to the vault; nothing has been opened;
2. the statement (who, why, when, which tokens) is on the disk, in the home's `reversals`;
3. its salted hash is a leaf of the log, durably;
4. its proof lies beside it;
5. only now is the vault opened, or the entries deleted.

A run that is killed before step 5 leaves a record of something that did not happen, never the reverse.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lockgate import __version__
from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.evidence.disk import FileDisk, replace_file
from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.entry import entry_of
from lockgate.evidence.log import Log
from lockgate.flow.recovery import PROOF, STATEMENT, append_leaf, open_log, sync_folder, write_synced
from lockgate.store.home import Home
from lockgate.store.vault import Kept, Vault
from lockgate.terms.errors import EvidenceError, InputError

REVERSAL, FORGETTING = "reversal", "forgetting"

_FOLDER = "reversals"
_ID_BYTES, _SALT_BYTES = 6, 16


@dataclass(frozen=True, slots=True)
class Demand:
    """Who asks, and why.

    Attributes:
        by: Name of who asks.
        why: Reason in their words; a case number will do.
        account: Number of the account on this machine that runs the command.
        at: Time, UTC, whole seconds.
    """

    by: str
    why: str
    account: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """A reversal or a forgetting on record.

    Attributes:
        id: Its id.
        kind: `reversal` or `forgetting`.
        by: Who asked.
        why: Their reason.
        account: Account on this machine.
        made_at: When, ISO 8601.
        tokens: Number of tokens.
        leaf: Number of the leaf; None where the record did not come to the log: then nothing was opened or deleted.
    """

    id: str
    kind: str
    by: str
    why: str
    account: int
    made_at: str
    tokens: int
    leaf: int | None


def reveal(
    home: Home, tokens: Sequence[str], demand: Demand, random_bytes: Callable[[int], bytes]
) -> tuple[Recorded, tuple[Kept, ...]]:
    """Return the record and what stands behind the tokens, in their order without repetitions.

    Args:
        home: Whose vault; takes its lock.
        tokens: At least one.
        demand: Who asks and why.
        random_bytes: Randomness of the operating system.

    Raises:
        InputError: If name or reason is missing, or the vault does not know a token; then nothing is opened.
        EvidenceError: If the log is broken; then nothing is opened.
    """
    with home.lock():
        vault, chosen = Vault(home), _known(home, tokens)
        recorded = record_reversal(home, REVERSAL, chosen, demand, (random_bytes, {}))
        return recorded, vault.open_tokens(chosen)  # 5


def forget(
    home: Home, tokens: Sequence[str], demand: Demand, random_bytes: Callable[[int], bytes]
) -> tuple[Recorded, int]:
    """Return the record and how many values the vault has forgotten; arguments and errors as in `reveal`."""
    with home.lock():
        vault, chosen = Vault(home), _known(home, tokens)
        recorded = record_reversal(home, FORGETTING, chosen, demand, (random_bytes, {}))
        return recorded, vault.forget(chosen)  # 5


def list_recorded(home: Home) -> tuple[Recorded, ...]:
    """Return every reversal and forgetting on record, in the order of time.

    Raises:
        EvidenceError: If a record or the log is broken.
    """
    with home.lock():
        folders = sorted((home.path / _FOLDER).glob("*/")) if (home.path / _FOLDER).is_dir() else []
        log = open_log(home)
        found = []
        for folder in folders:
            data = (folder / STATEMENT).read_bytes()
            statement = parse_canonical(data)
            leaf = log.find(entry_of(statement_hash(data), statement["kind"]), since=int(statement["log_size"]))
            found.append(_recorded(dict(statement), leaf))
    return tuple(sorted(found, key=lambda item: (item.made_at, item.leaf is None, item.leaf or 0)))


def _known(home: Home, tokens: Sequence[str]) -> tuple[str, ...]:
    """Return the tokens without repetitions, if the vault knows them all."""
    chosen = tuple(dict.fromkeys(tokens))
    if not chosen:
        raise InputError("expected at least one token", "Name tokens, or a file of them.")
    known = Vault(home).find(chosen)  # 1
    unknown = [token for token in chosen if token not in known]
    if unknown:
        raise InputError(
            f"the vault does not know {len(unknown)} of {len(chosen)} tokens, such as `{unknown[0]}`",
            "Name the home of the node that made them in --home; what was forgotten cannot be had back.",
        )
    return chosen


def record_reversal(
    home: Home,
    kind: str,
    tokens: Sequence[str],
    demand: Demand,
    given: tuple[Callable[[int], bytes], Mapping[str, object]],
) -> Recorded:
    """Return the record of a reversal, in the log and on the disk; hold the home's lock.

    Args:
        home: Whose log.
        kind: `reversal` or `forgetting`.
        tokens: What is turned back or forgotten.
        demand: Who asks and why.
        given: Randomness of the operating system, and what else the record says.

    Raises:
        InputError: If name or reason is missing.
        EvidenceError: If the log is broken.
    """
    log = open_log(home)
    statement = frame_record(kind, log, demand, given[0], {"tokens": list(tokens), **given[1]})
    data = canonical_bytes(statement)
    folder = keep_record(home, _FOLDER, str(statement["id"]), data)  # 2
    leaf = append_leaf(home, log, kind, statement_hash(data))  # 3
    replace_file(FileDisk(), folder / PROOF, log.prove(leaf).encode())  # 4
    return _recorded(statement, leaf)


def frame_record(
    kind: str, log: Log, demand: Demand, random_bytes: Callable[[int], bytes], members: Mapping[str, object]
) -> dict[str, object]:
    """Return a record of what somebody demanded: who, why and when, with an id and a salt of its own.

    Args:
        kind: Of the record.
        log: In which its leaf will be.
        demand: Who asks and why.
        random_bytes: Randomness of the operating system.
        members: What is demanded.

    Raises:
        InputError: If name or reason is missing.
    """
    if not demand.by.strip() or not demand.why.strip():
        raise InputError("expected a name and a reason", "Say who asks in --by and why in --why.")
    return {
        "version": 1,
        "kind": kind,
        "id": random_bytes(_ID_BYTES).hex(),
        "salt": random_bytes(_SALT_BYTES).hex(),
        "made_at": demand.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "log": log.origin,
        "log_size": log.size,
        "software": __version__,
        "by": demand.by.strip(),
        "why": demand.why.strip(),
        "account": demand.account,
        **members,
    }


def keep_record(home: Home, name: str, id_: str, data: bytes) -> Path:
    """Return the folder of a record in a folder of the home, whole and on the disk."""
    kept, made = home.path / name, home.work / f"{id_}.{name}"
    made.mkdir(mode=0o700)
    write_synced(made / STATEMENT, data)
    kept.mkdir(mode=0o700, exist_ok=True)
    made.rename(kept / id_)
    sync_folder(kept)
    sync_folder(home.path)
    return kept / id_


def _recorded(statement: dict[str, object], leaf: int | None) -> Recorded:
    try:
        tokens, account = statement["tokens"], statement["account"]
        assert isinstance(tokens, list)
        assert isinstance(account, int)
        texts = {name: str(statement[name]) for name in ("id", "kind", "by", "why", "made_at")}
    except (KeyError, AssertionError) as error:
        raise EvidenceError("a record of a reversal is damaged", "Restore it from a backup of the home.") from error
    return Recorded(**texts, account=account, tokens=len(tokens), leaf=leaf)
