"""The vault of tokens: which value stands behind each, sealed at rest.

    HOME/vault/vault.db    one row a value: place, token, version of the key, sealed value

* *place* is HMAC-SHA-256 of domain and value under a key of its own: the same value is found again without being read;
* the value is sealed by AES-256-GCM under a fresh nonce, bound to its token, so that rows cannot be exchanged;
* a value gets its token in one transaction: of two processes that ask at once one writes, and both get that token. A
  process that is killed leaves either the row or nothing, and a token is told only after its row is on the disk.

Who has the file and not the keys learns how many values there are, and their lengths. Not here: who may ask for a
value, and the record of it; `lockgate.flow.revealing` writes that before it opens the vault.

Source: NIST SP 800-38D (GCM, nonces of 96 random bits: at most 2^32 values a key).
"""

import base64
import hmac
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lockgate.store.home import Home
from lockgate.store.key_versions import newest_version, versioned_key
from lockgate.terms.errors import LockgateError

KEY = "vault"
"""Name of the vault's keys in the home."""

_CONTEXT = b"lockgate/vault/1\x00"
_TOKEN_BYTES, _TOKEN_CHARACTERS = 17, 26
_NONCE_BYTES = 12
_WAIT_S = 30.0
_AT_ONCE = 10_000
_CACHE_KIB = 1 << 16

_TABLE = """
CREATE TABLE IF NOT EXISTS entries (
    place BLOB PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A value that the vault gives back.

    Attributes:
        token: What stands for it.
        domain: What it identifies, and towards whom.
        value: The value.
    """

    token: str
    domain: str
    value: str


class Vault:
    """The vault of a home. Safe for several processes at once; needs no lock of the home."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._path = home.path / "vault" / "vault.db"

    @property
    def path(self) -> Path:
        """Return the file."""
        return self._path

    def assign(self, domain: str, values: Sequence[str], rng: Callable[[int], bytes]) -> tuple[str, ...]:
        """Return the token of each value, made where it had none; all are on the disk by then.

        Args:
            domain: Name of what the values identify, and towards whom.
            values: Distinct values.
            rng: Returns so many bytes of the operating system's randomness.

        Raises:
            LockgateError: If the vault cannot be read or written.
        """
        version = newest_version(self._home, KEY)
        index, seal = self._index_key(), AESGCM(self._key(version))
        tokens: list[str] = []
        with self._opened() as vault:
            for start in range(0, len(values), _AT_ONCE):
                chosen = values[start : start + _AT_ONCE]
                places = [_place(index, domain, value) for value in chosen]
                with _writing(vault):
                    known = _tokens_at(vault, places)
                    fresh = {place: value for place, value in zip(places, chosen, strict=True) if place not in known}
                    rows = list(zip(sorted(fresh), _new_tokens(len(fresh), rng), strict=True))
                    nonces = rng(_NONCE_BYTES * len(rows))
                    vault.executemany(
                        "INSERT INTO entries VALUES (?, ?, ?, ?)",
                        [
                            (
                                place,
                                token,
                                version,
                                _seal(seal, nonces[at : at + _NONCE_BYTES], token, domain, fresh[place]),
                            )
                            for at, (place, token) in zip(range(0, len(nonces), _NONCE_BYTES), rows, strict=True)
                        ],
                    )
                known |= dict(rows)
                tokens += [known[place] for place in places]
        return tuple(tokens)

    def find(self, tokens: Sequence[str]) -> frozenset[str]:
        """Return those tokens that the vault knows; nothing is opened.

        Raises:
            LockgateError: If the vault cannot be read.
        """
        with self._opened() as vault:
            return frozenset(token for token in tokens if _row(vault, token) is not None)

    def open_tokens(self, tokens: Sequence[str]) -> tuple[Kept, ...]:
        """Return what stands behind tokens, in their order; those that the vault does not know are left out.

        Call it only after the reversal is on record.

        Raises:
            LockgateError: If the vault cannot be read, or an entry is damaged or sealed under a key that is lost.
        """
        found = []
        with self._opened() as vault:
            for token in tokens:
                row = _row(vault, token)
                if row is not None:
                    found.append(_open(AESGCM(self._key(row[0])), token, row[1]))
        return tuple(found)

    def forget(self, tokens: Sequence[str]) -> int:
        """Return how many entries were deleted, and written over, for good; their tokens mean nothing from then on.

        Copies of the file, such as backups, still hold them.

        Raises:
            LockgateError: If the vault cannot be written.
        """
        with self._opened() as vault, _writing(vault):
            return sum(vault.execute("DELETE FROM entries WHERE token = ?", (token,)).rowcount for token in tokens)

    def count(self) -> int:
        """Return how many values the vault holds."""
        with self._opened() as vault:
            return int(vault.execute("SELECT count(*) FROM entries").fetchone()[0])

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self._make()
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None)) as vault:
                vault.execute("PRAGMA journal_mode = DELETE")
                vault.execute("PRAGMA synchronous = EXTRA")  # waits for the folder as well
                vault.execute("PRAGMA secure_delete = ON")
                vault.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
                vault.execute(_TABLE)
                yield vault
        except (OSError, sqlite3.Error) as error:
            raise LockgateError(
                f"the vault `{self._path}` cannot be read or written: {error}",
                "Free space, or restore the vault from a backup of the home.",
            ) from error

    def _make(self) -> None:
        """Make folder and file for their owner only; the files that stand beside it in a transaction follow suit."""
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))

    def _index_key(self) -> bytes:
        """Return the key of places: of the first version always, or a value would not be found again."""
        return hmac.digest(versioned_key(self._home, KEY, 1), _CONTEXT + b"place", "sha256")

    def _key(self, version: int) -> bytes:
        return hmac.digest(versioned_key(self._home, KEY, version), _CONTEXT + b"seal", "sha256")


@contextmanager
def _writing(vault: sqlite3.Connection) -> Iterator[None]:
    """One transaction: whole, or not at all."""
    vault.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        vault.execute("ROLLBACK")
        raise
    vault.execute("COMMIT")


def _tokens_at(vault: sqlite3.Connection, places: Sequence[bytes]) -> dict[bytes, str]:
    found = {}
    for place in places:
        row = vault.execute("SELECT token FROM entries WHERE place = ?", (place,)).fetchone()
        if row is not None:
            found[place] = str(row[0])
    return found


def _row(vault: sqlite3.Connection, token: str) -> tuple[int, bytes] | None:
    row: tuple[int, bytes] | None = vault.execute(
        "SELECT version, sealed FROM entries WHERE token = ?", (token,)
    ).fetchone()
    return row


def _new_tokens(count: int, rng: Callable[[int], bytes]) -> list[str]:
    drawn = rng(_TOKEN_BYTES * count)
    pieces = (drawn[at : at + _TOKEN_BYTES] for at in range(0, len(drawn), _TOKEN_BYTES))
    return ["t_" + base64.b32encode(piece).decode()[:_TOKEN_CHARACTERS].lower() for piece in pieces]


def _place(key: bytes, domain: str, value: str) -> bytes:
    return hmac.digest(key, _joined(domain, value), "sha256")


def _seal(seal: AESGCM, nonce: bytes, token: str, domain: str, value: str) -> bytes:
    return nonce + seal.encrypt(nonce, _joined(domain, value), _CONTEXT + token.encode())


def _open(seal: AESGCM, token: str, sealed: bytes) -> Kept:
    try:
        content = seal.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _CONTEXT + token.encode())
    except (InvalidTag, ValueError) as error:
        raise LockgateError(
            f"the vault's entry of `{token}` is damaged, or sealed under a key that is lost",
            "Restore vault and keys from one backup of the home.",
        ) from error
    size = int.from_bytes(content[:8], "big")
    return Kept(token, content[8 : 8 + size].decode(), content[8 + size :].decode())


def _joined(domain: str, value: str) -> bytes:
    """Return domain and value as bytes; the length keeps them apart."""
    name = domain.encode()
    return len(name).to_bytes(8, "big") + name + value.encode()
