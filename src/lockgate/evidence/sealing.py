"""Records that open later: what the log says of each, and what is counted of them in public.

A record is encrypted and sealed to seats: named keys, so many of which open it together. The log holds a commitment to
its content and a cover line: words from closed lists, a country, a month, a band of persons, so that anyone can count
and nobody is named. What becomes of it is a leaf too: opened, reviewed (the day of the next review is moved), or
deleted (its key is destroyed; commitment and cover line stay). A record whose day of review has passed, and that was
neither opened nor deleted, is overdue, and everybody who has the log can count it.

    sealed            {"box", "commitment", "cover", "keys", "kind", "review", "seats", "threshold"}
    sealed-opened     {"demand", "kind", "record", "seats"}
    sealed-reviewed   {"demand", "kind", "record", "review"}
    sealed-deleted    {"demand", "kind", "record"}

`box` and `keys` are the hashes of the encrypted content and of its key in sealed shares, so that neither can be
exchanged unseen; `demand` is the salted hash of who asked and why, which stays in the home. Nothing here looks at a
clock: a record is overdue as of a day that is given, and the order of events is that of the leaves.

Source: Goldwasser, Park, "Public Accountability vs. Secret Laws" (2017), accountable deletion; Frankle and others,
"Practical Accountability of Secret Processes" (USENIX Security 2018), cover sheets.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.terms.errors import EvidenceError, InputError
from lockgate.terms.lists import PLACES

AUTHORITIES = ("court", "customs", "intelligence", "police", "prosecution", "regulator", "tax", "other")
INSTRUMENTS = (
    "court-order",
    "administrative-order",
    "preservation",
    "emergency",
    "treaty-request",
    "inspection",
    "informal",
)
PERSONS = ("0", "1", "2-10", "11-100", "101-1000", "over-1000", "unknown")
OUTCOMES = ("pending", "refused", "narrowed", "partial", "full", "no-data", "withdrawn", "challenged")

SALT_BYTES = 32
SEATS_AT_MOST = 32
SEALED, OPENED, REVIEWED, DELETED = "sealed", "sealed-opened", "sealed-reviewed", "sealed-deleted"
SEALED_KINDS = (SEALED, OPENED, REVIEWED, DELETED)
"""What happened to a sealed record: sealed, opened, its day of review moved, its key destroyed."""

_COMMITMENT = b"lockgate/sealed/1\x00"
_HASH = re.compile(r"[0-9a-f]{64}")
_SEAT = re.compile(r"[a-z][a-z0-9-]{0,40}\+[0-9a-f]{8}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_MEMBERS: Mapping[str, frozenset[str]] = {
    SEALED: frozenset({"box", "commitment", "cover", "keys", "kind", "review", "seats", "threshold"}),
    OPENED: frozenset({"demand", "kind", "record", "seats"}),
    REVIEWED: frozenset({"demand", "kind", "record", "review"}),
    DELETED: frozenset({"demand", "kind", "record"}),
}


@dataclass(frozen=True, slots=True)
class Cover:
    """What everybody may know of a sealed record.

    Attributes:
        authority: Who asks, one of `AUTHORITIES`.
        instrument: By what, one of `INSTRUMENTS`.
        country: Of the authority, ISO 3166-1 alpha-2, or `EU`.
        month: In which it came, `YYYY-MM`.
        secrecy: Whether the authority claims secrecy.
        persons: How many it is about, one of `PERSONS`.
        outcome: One of `OUTCOMES`.
    """

    authority: str
    instrument: str
    country: str
    month: str
    secrecy: bool
    persons: str
    outcome: str

    def check(self) -> None:
        """Refuse a word that is on no list: a cover line names nobody.

        Raises:
            InputError: If a member is none of its list.
        """
        for name, found, known in (
            ("authority", self.authority, AUTHORITIES),
            ("instrument", self.instrument, INSTRUMENTS),
            ("persons", self.persons, PERSONS),
            ("outcome", self.outcome, OUTCOMES),
        ):
            if found not in known:
                raise InputError(f"{name}: expected one of {', '.join(known)}, found `{found}`", "choose one of them")
        if self.country not in PLACES:
            raise InputError(
                f"country: expected two letters of ISO 3166-1 or EU, found `{self.country}`", "write it such as KR"
            )
        if not _MONTH.fullmatch(self.month):
            raise InputError(f"month: expected one such as 2026-11, found `{self.month}`", "write it in that form")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed record as its leaf says.

    Attributes:
        commitment: SHA-256 of salt and content, hexadecimal; also the record's name.
        box: SHA-256 of the encrypted content, hexadecimal.
        keys: SHA-256 of the record's key in shares, each sealed to a seat, hexadecimal.
        cover: What everybody may know.
        review: Day by which it has to be looked at again.
        seats: Names of the keys it is sealed to, each `NAME+ID`.
        threshold: How many of them open it together.
    """

    commitment: str
    box: str
    keys: str
    cover: Cover
    review: date
    seats: tuple[str, ...]
    threshold: int


@dataclass(frozen=True, slots=True)
class Followed:
    """What has become of a sealed record.

    Attributes:
        sealed: As it was sealed.
        review: Day of review that holds now.
        opened: How often it was opened.
        reviewed: How often its day of review was moved.
        is_deleted: Whether its key was destroyed.
    """

    sealed: Sealed
    review: date
    opened: int = 0
    reviewed: int = 0
    is_deleted: bool = False

    def is_overdue(self, today: date) -> bool:
        """Return whether it should have been looked at again before a day, and nobody has."""
        return not self.opened and not self.is_deleted and self.review < today


@dataclass(frozen=True, slots=True)
class SealedCount:
    """How many records of one class of authority there are.

    Attributes:
        authority: The class.
        sealed: All that were ever sealed.
        opened: Those that were opened, once or oftener.
        deleted: Those whose key was destroyed.
        reviewed: Reviews by which a day was moved, of all of them.
        overdue: Those that should have been looked at again.
    """

    authority: str
    sealed: int
    opened: int
    deleted: int
    reviewed: int
    overdue: int


def commit(salt: bytes, content: bytes) -> str:
    """Return the commitment to a content, hexadecimal: it binds, and tells nothing to who lacks the salt.

    Args:
        salt: 32 random bytes.
        content: Any bytes.

    Raises:
        ValueError: If the salt is of another length.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"expected a salt of {SALT_BYTES} bytes")
    return hashlib.sha256(_COMMITMENT + salt + content).hexdigest()


def sealed_entry(sealed: Sealed) -> bytes:
    """Return the log entry of a record that is sealed.

    Raises:
        InputError: If cover, seats or threshold are of another form than the log takes.
    """
    sealed.cover.check()
    if not 1 <= len(set(sealed.seats)) == len(sealed.seats) <= SEATS_AT_MOST:
        raise InputError(f"expected 1 to {SEATS_AT_MOST} different seats, found {len(sealed.seats)}", "name each once")
    if not 1 <= sealed.threshold <= len(sealed.seats):
        raise InputError(
            f"expected a threshold of 1 to the {len(sealed.seats)} seats there are, found {sealed.threshold}",
            "say how many of the seats are to open it together",
        )
    return canonical_bytes(
        {
            "kind": SEALED,
            "commitment": sealed.commitment,
            "box": sealed.box,
            "keys": sealed.keys,
            **_public(sealed),
        }
    )


def bound(sealed: Sealed) -> bytes:
    """Return what the encrypted content is bound to: all that the leaf says and that is known before encryption."""
    return canonical_bytes({"commitment": sealed.commitment, **_public(sealed)})


def opened_entry(record: str, seats: Sequence[str], demand: str) -> bytes:
    """Return the log entry of a record that certain seats open."""
    return canonical_bytes({"kind": OPENED, "record": record, "seats": list(seats), "demand": demand})


def reviewed_entry(record: str, review: date, demand: str) -> bytes:
    """Return the log entry by which the day of the next review is moved."""
    return canonical_bytes({"kind": REVIEWED, "record": record, "review": review.isoformat(), "demand": demand})


def deleted_entry(record: str, demand: str) -> bytes:
    """Return the log entry of a record whose key is destroyed."""
    return canonical_bytes({"kind": DELETED, "record": record, "demand": demand})


def follow_sealed(entries: Iterable[bytes]) -> Mapping[str, Followed]:
    """Return what has become of every sealed record, by its commitment, in the order of sealing.

    Args:
        entries: All entries of a log, in order; those of other kinds are passed over.

    Raises:
        EvidenceError: If an entry of a sealed record is malformed, or says what cannot be: twice sealed, opened or
            reviewed after its key was destroyed, or anything of a record that was never sealed.
    """
    found: dict[str, Followed] = {}
    for entry in entries:
        if b'"kind":"sealed' not in entry:
            continue
        said = _read(entry)
        if said["kind"] == SEALED:
            sealed = _sealed(said)
            if sealed.commitment in found:
                raise EvidenceError(f"the log seals the record `{sealed.commitment}` twice")
            found[sealed.commitment] = Followed(sealed, sealed.review)
        else:
            found[said["record"]] = _step(found.get(said["record"]), said)
    return found


def count_sealed(entries: Iterable[bytes], today: date) -> tuple[SealedCount, ...]:
    """Return how many records of each class of authority were sealed, opened, deleted, reviewed, and are overdue.

    Args:
        entries: All entries of a log, in order.
        today: The day as of which a record is overdue.

    Raises:
        EvidenceError: If the log says of a sealed record what cannot be.
    """
    followed = tuple(follow_sealed(entries).values())
    counts = []
    for authority in AUTHORITIES:
        of = [item for item in followed if item.sealed.cover.authority == authority]
        if of:
            counts.append(
                SealedCount(
                    authority=authority,
                    sealed=len(of),
                    opened=sum(bool(item.opened) for item in of),
                    deleted=sum(item.is_deleted for item in of),
                    reviewed=sum(item.reviewed for item in of),
                    overdue=sum(item.is_overdue(today) for item in of),
                )
            )
    return tuple(counts)


def _public(sealed: Sealed) -> dict[str, object]:
    return {
        "cover": asdict(sealed.cover),
        "review": sealed.review.isoformat(),
        "seats": list(sealed.seats),
        "threshold": sealed.threshold,
    }


def _read(entry: bytes) -> Mapping[str, Any]:
    said = parse_canonical(entry)
    if set(said) != _MEMBERS.get(str(said.get("kind")), frozenset()) or not said:
        raise EvidenceError("the log says of a sealed record what no entry says")
    hashes = [said[name] for name in ("box", "commitment", "demand", "keys", "record") if name in said]
    seats = said.get("seats", [])
    if not all(isinstance(item, str) and _HASH.fullmatch(item) for item in hashes) or not (
        isinstance(seats, list) and all(isinstance(seat, str) and _SEAT.fullmatch(seat) for seat in seats)
    ):
        raise EvidenceError("the log says of a sealed record what is no hash or no seat")
    return said


def _sealed(said: Mapping[str, Any]) -> Sealed:
    try:
        sealed = Sealed(
            commitment=said["commitment"],
            box=said["box"],
            keys=said["keys"],
            cover=Cover(**said["cover"]),
            review=date.fromisoformat(said["review"]),
            seats=tuple(said["seats"]),
            threshold=said["threshold"],
        )
        # holds it to the lists, and to what they are spelt of
        is_whole = sealed_entry(sealed) == canonical_bytes(said) and isinstance(said["cover"]["secrecy"], bool)
    except (TypeError, ValueError, InputError) as error:
        raise EvidenceError("the log seals a record in another form than it can have") from error
    if not is_whole:
        raise EvidenceError("the log seals a record in another form than it can have")
    return sealed


def _step(known: Followed | None, said: Mapping[str, Any]) -> Followed:
    record = said["record"]
    if known is None:
        raise EvidenceError(f"the log speaks of the record `{record}`, which it never sealed")
    if known.is_deleted:
        raise EvidenceError(f"the log speaks of the record `{record}` after its key was destroyed")
    match said["kind"]:
        case "sealed-opened":
            return replace(known, opened=known.opened + 1)
        case "sealed-reviewed":
            try:
                review = date.fromisoformat(said["review"])
            except (TypeError, ValueError) as error:
                raise EvidenceError(f"the log reviews the record `{record}` for no day") from error
            return replace(known, review=review, reviewed=known.reviewed + 1)
        case _:
            return replace(known, is_deleted=True)
