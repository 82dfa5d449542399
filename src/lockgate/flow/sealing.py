"""Records sealed now, opened or deleted later: the order in which disk and log are written.

    seal      box and shares on the disk, then the leaf: from here on the record is sealed
    open      opened and held against its commitment in memory; room is made where the content goes; who and why on
              the disk; the leaf; then handed out
    review    who and why on the disk; the leaf with the new day
    delete    who and why on the disk; the leaf; then the key is destroyed

A run that is killed leaves a box without a leaf, which the next one removes, or a leaf of a deletion whose key still
lies there, which the next one destroys (`settle_sealed`). Nothing is handed out, and no key destroyed, without a leaf.
What could hinder an opening (wrong seats, a file that exists, a full disk) is asked before the leaf, so that a leaf of
an opening whose content nobody saw is left only by a run that is killed after it. Then it stays, and says too much
rather than too little: by that time the content was in clear.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lockgate.evidence.canonical import canonical_bytes
from lockgate.evidence.disk import FileDisk, replace_file
from lockgate.evidence.log import Log
from lockgate.evidence.sealing import (
    Cover,
    Followed,
    Sealed,
    deleted_entry,
    follow_sealed,
    opened_entry,
    reviewed_entry,
    sealed_entry,
)
from lockgate.flow.recovery import open_log
from lockgate.flow.revealing import Demand
from lockgate.store.home import Home
from lockgate.store.sealed import SEALED_FOLDER, SealedRecords, Seat
from lockgate.terms.errors import InputError, LockgateError

_SALT_BYTES = 16
_NAME_AT_LEAST = 8
DEMANDS_FOLDER = "sealed-demands"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a record is to be sealed.

    Attributes:
        cover: What everybody may know of it.
        review: Day by which it has to be looked at again.
        seats: Whose keys it is sealed to.
        threshold: How many of them open it together.
    """

    cover: Cover
    review: date
    seats: Sequence[Seat]
    threshold: int = 1


def seal(
    home: Home, content: bytes, wish: Wish, today: date, random_bytes: Callable[[int], bytes]
) -> tuple[Sealed, int]:
    """Return the sealed record and the number of its leaf, once that is durable.

    Args:
        home: Where it is kept; takes its lock.
        content: What is sealed; the caller's own copy of it is the caller's affair.
        wish: How.
        today: The day of the call.
        random_bytes: Randomness of the operating system.

    Raises:
        InputError: If the wish is not one that the log takes, or the day of review is not to come.
        EvidenceError: If the log is broken.
        LockgateError: If a write fails.
    """
    _check_day(wish.review, today)
    unknown = "0" * 64
    seats = tuple(seat.id for seat in wish.seats)
    blank = Sealed(unknown, unknown, unknown, wish.cover, wish.review, seats, wish.threshold)
    sealed_entry(blank)  # refused before anything is written
    records = SealedRecords(home.path)
    with home.lock():
        log = open_log(home)
        settle_sealed(records, log)
        sealed = records.put(blank, content, wish.seats, random_bytes)
        return sealed, _append(home, log, sealed_entry(sealed))


def open_sealed(
    home: Home,
    name: str,
    private_keys: Sequence[bytes],
    demand: Demand,
    random_bytes: Callable[[int], bytes],
    make_room: Callable[[int], None] = lambda _: None,
) -> tuple[Sealed, bytes, int]:
    """Return a sealed record, its content, and the leaf by which the log says that it was opened, and by which seats.

    Args:
        home: Where it is kept; takes its lock.
        name: Commitment of the record, or its first digits, at least eight.
        private_keys: Of seats.
        demand: Who opens it, why and when.
        random_bytes: Randomness of the operating system.
        make_room: Makes sure that so many bytes can be written where the content goes, or raises; called before the
            leaf.

    Raises:
        InputError: If there is no such record, its key was destroyed, or the keys do not open it.
        EvidenceError: If the log is broken, or the record is not what the log committed to.
        LockgateError: If a write fails; nothing is handed out then.
    """
    _check_demand(demand)
    records = SealedRecords(home.path)
    with home.lock():
        log = open_log(home)
        sealed = _find(settle_sealed(records, log), name).sealed
        content, seats = records.open(sealed, private_keys)
        make_room(len(content))
        hash_ = _keep_demand(home, demand, "open", sealed, random_bytes)
        return sealed, content, _append(home, log, opened_entry(sealed.commitment, seats, hash_))


def review_sealed(
    home: Home, name: str, until: date, demand: Demand, random_bytes: Callable[[int], bytes]
) -> tuple[Sealed, int]:
    """Return a sealed record, and the leaf that moves its day of review.

    Raises:
        InputError: If there is no such record, its key was destroyed, or the day is not to come.
        EvidenceError: If the log is broken.
        LockgateError: If a write fails.
    """
    _check_demand(demand)
    _check_day(until, demand.at.date())
    with home.lock():
        log = open_log(home)
        sealed = _find(settle_sealed(SealedRecords(home.path), log), name).sealed
        hash_ = _keep_demand(home, demand, "review", sealed, random_bytes)
        return sealed, _append(home, log, reviewed_entry(sealed.commitment, until, hash_))


def delete_sealed(home: Home, name: str, demand: Demand, random_bytes: Callable[[int], bytes]) -> tuple[Sealed, int]:
    """Return a record whose key was destroyed, and the leaf that says so; the commitment stays.

    Raises:
        InputError: If there is no such record, or its key was destroyed before.
        EvidenceError: If the log is broken.
        LockgateError: If a write fails; if the leaf is in the log, the next run destroys the key.
    """
    _check_demand(demand)
    records = SealedRecords(home.path)
    with home.lock():
        log = open_log(home)
        sealed = _find(settle_sealed(records, log), name).sealed
        hash_ = _keep_demand(home, demand, "delete", sealed, random_bytes)
        leaf = _append(home, log, deleted_entry(sealed.commitment, hash_))
        records.delete_keys(sealed.commitment)
        return sealed, leaf


def settle_sealed(records: SealedRecords, log: Log) -> Mapping[str, Followed]:
    """Return what the log says of every sealed record, once the home agrees with it; hold the home's lock.

    Raises:
        EvidenceError: If the log says what cannot be.
        LockgateError: If a key cannot be destroyed.
    """
    followed = follow_sealed(log.reader.entries())
    for commitment in records.list_all():
        if commitment not in followed:
            records.remove(commitment)  # its leaf never came: nobody was told that it is sealed
        elif followed[commitment].is_deleted:
            records.delete_keys(commitment)
    return followed


def kept_sealed(home: Home) -> Iterator[tuple[str, Path]]:
    """Yield what the home keeps of sealed records, by the hash that the log has of it: boxes, and who asked why."""
    for name, ending in ((SEALED_FOLDER, "box"), (DEMANDS_FOLDER, "json")):
        for path in sorted((home.path / name).glob(f"*.{ending}")):
            yield hashlib.sha256(path.read_bytes()).hexdigest(), path


def _append(home: Home, log: Log, entry: bytes) -> int:
    leaf = log.append([entry])
    home.raise_high_water(log.head)
    return leaf


def _find(followed: Mapping[str, Followed], name: str) -> Followed:
    found = [item for key, item in followed.items() if key.startswith(name)] if len(name) >= _NAME_AT_LEAST else []
    if len(found) != 1:
        raise InputError(
            f"expected one sealed record whose name begins with `{name}`, found {len(found)}",
            "give at least eight of the digits that `lockgate evidence review` lists",
        )
    if found[0].is_deleted:
        raise InputError(f"the key of the record `{name}` was destroyed", "leave it: nobody can open it any more")
    return found[0]


def _check_day(review: date, today: date) -> None:
    if review <= today:
        raise InputError(f"the day of review `{review}` is not to come", "name a later day")


def _check_demand(demand: Demand) -> None:
    if not demand.by.strip() or not demand.why.strip():
        raise InputError("expected a name and a reason", "say who asks in --by and why in --why")


def _keep_demand(home: Home, demand: Demand, what: str, sealed: Sealed, random_bytes: Callable[[int], bytes]) -> str:
    """Return the hash of who asked for what and why, once that is on the disk; salted, for names are few."""
    data = canonical_bytes(
        {
            "what": what,
            "record": sealed.commitment,
            "by": demand.by,
            "why": demand.why,
            "account": demand.account,
            "at": demand.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "salt": random_bytes(_SALT_BYTES).hex(),
        }
    )
    disk, folder, hash_ = FileDisk(), home.path / DEMANDS_FOLDER, hashlib.sha256(data).hexdigest()
    try:
        disk.make_folder(folder)
        disk.sync(home.path)
        replace_file(disk, folder / f"{hash_}.json", data)
    except OSError as error:
        problem = error.strerror or error
        raise LockgateError(f"`{folder}` cannot be written: {problem}", "Free space or mend the home.") from error
    return hash_
