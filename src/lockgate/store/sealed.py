"""Sealed records in a home: the encrypted content, and its key in shares that only seats can read.

    HOME/sealed/COMMITMENT.box    salt and content, AES-256-GCM under a key of this record alone
    HOME/sealed/COMMITMENT.keys   that key in shares, each sealed to one seat's X25519 key (HPKE)

The node keeps no key of its own by which it could open a record: it forgets the record's key once the shares are
sealed. Deleting `COMMITMENT.keys` makes the content unreadable for ever, except to who copied that file before. What
the log says of a record is `lockgate.evidence.sealing`; the order of things is `lockgate.flow.sealing`.

Source: RFC 9180 (HPKE, base mode, DHKEM(X25519, HKDF-SHA256), AES-256-GCM); NIST SP 800-38D.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.evidence.disk import Disk, FileDisk, replace_file
from lockgate.evidence.key_sharing import join_key, split_key
from lockgate.evidence.sealing import SALT_BYTES, Sealed, bound, commit
from lockgate.terms.errors import EvidenceError, InputError, LockgateError

SEALED_FOLDER = "sealed"
CONTENT_AT_MOST = 16 << 20
SEAT_KEY_BYTES = 32

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = b"lockgate/sealed/1\x00"
_KEY_BYTES, _NONCE_BYTES = 32, 12
_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")


@dataclass(frozen=True, slots=True)
class Seat:
    """A named key that a record can be sealed to.

    Attributes:
        name: Such as `regulator`.
        public_key: X25519, 32 bytes.
    """

    name: str
    public_key: bytes

    @property
    def id(self) -> str:
        """Return name and fingerprint of the key, as the log names the seat."""
        return f"{self.name}+{hashlib.sha256(self.public_key).hexdigest()[:8]}"

    def __str__(self) -> str:
        """Return the seat as it is handed to those who seal."""
        return f"{self.name}={base64.b64encode(self.public_key).decode()}"


def parse_seat(text: str) -> Seat:
    """Return the seat that a text spells: `NAME=` and 32 bytes in base 64.

    Raises:
        InputError: If it spells none.
    """
    name, _, key = text.partition("=")
    try:
        public_key = base64.b64decode(key, validate=True)
    except ValueError:
        public_key = b""
    if not _NAME.fullmatch(name) or len(public_key) != SEAT_KEY_BYTES:
        raise InputError(f"expected NAME=KEY for a seat, found `{text}`", "take what `lockgate evidence seat` prints")
    return Seat(name, public_key)


def check_seat_name(name: str) -> None:
    """Refuse what is no name of a seat.

    Raises:
        InputError: If it is none.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"expected a seat's name of small letters, digits and hyphens, found `{name}`",
            "write one such as regulator",
        )


def seat_of(name: str, private_key: bytes) -> Seat:
    """Return the public side of a seat's private key, 32 bytes."""
    return Seat(name, X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw())


class SealedRecords:
    """The sealed records of a home. One writer at a time: hold the home's lock."""

    def __init__(self, home: Path, *, disk: Disk | None = None) -> None:
        self._home = home
        self._folder = home / SEALED_FOLDER
        self._disk = disk or FileDisk()

    def put(self, blank: Sealed, content: bytes, seats: Sequence[Seat], rng: Callable[[int], bytes]) -> Sealed:
        """Return a record with its commitment, once box and shares are on the disk; it is sealed when the log says so.

        Args:
            blank: Cover, day of review and threshold; the rest is filled in here.
            content: At most 16 MiB.
            seats: Different ones; at least as many as the threshold.
            rng: Randomness of the operating system.

        Raises:
            InputError: If the content is too long.
            LockgateError: If a write fails.
        """
        if len(content) > CONTENT_AT_MOST:
            raise InputError(
                f"a sealed record holds at most {CONTENT_AT_MOST >> 20} MiB, found more", "seal its hash instead"
            )
        salt, key, nonce = rng(SALT_BYTES), rng(_KEY_BYTES), rng(_NONCE_BYTES)
        sealed = replace(blank, commitment=commit(salt, content), seats=tuple(seat.id for seat in seats))
        box = nonce + AESGCM(key).encrypt(nonce, salt + content, bound(sealed))
        shares = split_key(key, len(seats), sealed.threshold, rng)
        wrapped = {
            seat.id: base64.b64encode(
                _SUITE.encrypt(share, X25519PublicKey.from_public_bytes(seat.public_key), _info(sealed, seat.id))
            ).decode()
            for seat, share in zip(seats, shares, strict=True)
        }
        keys = canonical_bytes({"shares": wrapped})
        try:
            if not self._folder.is_dir():
                self._disk.make_folder(self._folder)
                self._disk.sync(self._home)
            replace_file(self._disk, self._keys(sealed.commitment), keys)
            replace_file(self._disk, self._box(sealed.commitment), box)
        except OSError as error:
            raise _unwritable(error) from error
        return replace(sealed, box=_hash(box), keys=_hash(keys))

    def open(self, sealed: Sealed, private_keys: Sequence[bytes]) -> tuple[bytes, tuple[str, ...]]:
        """Return the content of a record, held against its commitment, and the seats that opened it.

        Args:
            sealed: As the log says.
            private_keys: Of seats, 32 bytes each; one that is given twice counts once.

        Raises:
            InputError: If a key is none of the record's seats, or they are too few.
            EvidenceError: If box or shares are missing, or not what was sealed.
        """
        shares = self._shares(sealed)
        found: dict[str, bytes] = {}
        for private_key in private_keys:
            seat, share = _unwrap(sealed, shares, private_key)
            found[seat] = share
        if len(found) < sealed.threshold:
            raise InputError(
                f"{sealed.threshold} of the seats {', '.join(sealed.seats)} open this record, found {len(found)}",
                "name the key files of so many seats in --seat-key",
            )
        box = self._read(self._box(sealed.commitment))
        try:
            key = join_key(list(found.values())[: sealed.threshold])
            plain = AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], bound(sealed))
        except (InvalidTag, ValueError) as error:
            raise _tampered(sealed) from error
        salt, content = plain[:SALT_BYTES], plain[SALT_BYTES:]
        if _hash(box) != sealed.box or commit(salt, content) != sealed.commitment:
            raise _tampered(sealed)
        return content, tuple(sorted(found))

    def has_keys(self, commitment: str) -> bool:
        """Return whether the shares of a record's key are here."""
        return self._keys(commitment).exists()

    def delete_keys(self, commitment: str) -> None:
        """Destroy the shares of a record's key: written over, then removed; no error if they are gone.

        Copies, such as backups, and what a file system or a disk keeps of old blocks are out of reach.

        Raises:
            LockgateError: If that failed; do it again.
        """
        path = self._keys(commitment)
        found = [item for item in (path, _unfinished(path)) if item.exists()]
        try:
            for item in found:
                with item.open("r+b") as file:
                    file.write(bytes(item.stat().st_size))
                self._disk.sync(item)
                item.unlink()
            if found:
                self._disk.sync(self._folder)
        except OSError as error:
            raise _unwritable(error) from error

    def remove(self, commitment: str) -> None:
        """Remove a record that was never sealed; its key first."""
        self.delete_keys(commitment)
        box = self._box(commitment)
        try:
            for path in (box, _unfinished(box)):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(error) from error

    def list_all(self) -> tuple[str, ...]:
        """Return the commitments of which anything is here."""
        if not self._folder.is_dir():
            return ()
        names = {path.name.removesuffix(".new") for path in self._folder.iterdir()}
        return tuple(sorted({name.partition(".")[0] for name in names if name.endswith((".box", ".keys"))}))

    def faults(self, sealed: Sealed, *, is_deleted: bool) -> dict[str, str]:
        """Return what is wrong with the files of a record, by file, held against its leaf; no key is needed.

        Args:
            sealed: As its leaf says.
            is_deleted: Whether a leaf says that its key was destroyed.
        """
        wanted = {self._box(sealed.commitment): sealed.box}
        keys, found = self._keys(sealed.commitment), {}
        if not is_deleted:
            wanted[keys] = sealed.keys
        elif self.has_keys(sealed.commitment):
            found[keys.name] = (
                "the log says that this key was destroyed, and here it lies: `evidence erase` destroys it"
            )
        for path, hash_ in wanted.items():
            try:
                if _hash(path.read_bytes()) != hash_:
                    found[path.name] = "it is not what the leaf of the record has the hash of"
            except OSError as error:
                found[path.name] = f"it cannot be read: {error.strerror}"
        return found

    def _shares(self, sealed: Sealed) -> Mapping[str, Any]:
        data = self._read(self._keys(sealed.commitment))
        if _hash(data) != sealed.keys:
            raise _tampered(sealed)
        shares = parse_canonical(data).get("shares")
        if not isinstance(shares, dict) or set(shares) != set(sealed.seats):
            raise _tampered(sealed)
        return shares

    def _box(self, commitment: str) -> Path:
        return self._folder / f"{commitment}.box"

    def _keys(self, commitment: str) -> Path:
        return self._folder / f"{commitment}.keys"

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise EvidenceError(
                f"the file `{path.name}` of a sealed record cannot be read: {error.strerror}",
                "Restore it from a backup of the home.",
            ) from error


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _unfinished(path: Path) -> Path:
    """Return the name under which a file is written before it has its own."""
    return path.with_name(f"{path.name}.new")


def _unwrap(sealed: Sealed, shares: Mapping[str, Any], private_key: bytes) -> tuple[str, bytes]:
    """Return a seat of the record and its share, by the private key of the seat."""
    private = X25519PrivateKey.from_private_bytes(private_key)
    id_ = hashlib.sha256(private.public_key().public_bytes_raw()).hexdigest()[:8]
    seat = next((item for item in sealed.seats if item.endswith(f"+{id_}")), None)
    if seat is None:
        raise InputError(
            f"the key `{id_}` is none of the seats of this record, which are {', '.join(sealed.seats)}",
            "name the key file of one of them in --seat-key",
        )
    try:
        return seat, _SUITE.decrypt(base64.b64decode(shares[seat], validate=True), private, _info(sealed, seat))
    except (InvalidTag, TypeError, ValueError) as error:
        raise _tampered(sealed) from error


def _info(sealed: Sealed, seat: str) -> bytes:
    """Return what a share is bound to: the record and the seat, so that none can be moved to another."""
    return _INFO + bytes.fromhex(sealed.commitment) + seat.encode()


def _tampered(sealed: Sealed) -> EvidenceError:
    return EvidenceError(
        f"the sealed record `{sealed.commitment[:16]}` is not what the log committed to",
        "Restore it from a backup of the home.",
    )


def _unwritable(error: OSError) -> LockgateError:
    return LockgateError(
        f"a sealed record cannot be written: {error.strerror or error}", "Free space or mend the home's folder."
    )
