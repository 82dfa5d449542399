"""The home of a node: a folder (0700) with its keys, its log, its partitions and its running releases.

    HOME/keys/NAME.key      32 random bytes each, made once, 0600
    HOME/fingerprints/NAME  what is remembered of each key (`lockgate.store.fingerprints`)
    HOME/log/               the transparency log (`lockgate.evidence.log` owns it), unless it lies in a database:
    HOME/log.postgres       where that is, and as whom to connect (`lockgate.store.postgres_log`)
    HOME/high-water.json    the largest tree this node has signed, kept apart from the log; there as soon as the log is
    HOME/releases/          the journal of releases (`lockgate.store.releases`)
    HOME/work/              temporary files of running releases
    HOME/partitions/        partitions of earlier releases
    HOME/vault/             values behind tokens, sealed (`lockgate.store.vault`)
    HOME/reversals/         who had tokens turned back or forgotten, and why (`lockgate.flow.revealing`)
    HOME/revocations/       releases taken back, by whom and why (`lockgate.flow.revoking`)
    HOME/lock               held by the one writer

The only place that makes keys. A key that is lost cannot be made again: pseudonyms change, earlier releases can no
longer be held against new ones, the log cannot go on. So a key that there has been is never made a second time.

A log is founded, then its mark is written, and only then can there be anything else that hangs on a leaf. So a home
without a mark is a new one, or has lost it; which of the two, its other folders tell.
"""

import fcntl
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.cosignature import cosigner_key
from lockgate.evidence.disk import Disk, FileDisk, replace_file
from lockgate.evidence.log import Log, Seeds
from lockgate.evidence.merkle import TreeHead
from lockgate.evidence.note import VerifierKey, verifier_key
from lockgate.evidence.storage import CHECKPOINT, FolderStorage, LogStorage
from lockgate.store.fingerprints import Fingerprints, write_once
from lockgate.store.postgres_log import PostgresStorage
from lockgate.terms.errors import EvidenceError, InputError, LockgateError

KEY_BYTES = 32
_FOLDERS = ("keys", "releases", "work", "partitions")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
_SIGNING, _COSIGNING, _PERSONS = "signing", "signing-ml-dsa", "persons"
_HIGH_WATER = "high-water.json"
_RECORDS = ("releases", "partitions", "refusals", "revocations", "reversals", "budgets", "sealed", "sealed-demands")
"""Folders in which nothing lies that is older than the log."""

_DATABASE = "log.postgres"
_POLL_S = 0.05


class Home:
    """The state of this node."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk

    @classmethod
    def open(cls, path: Path, *, disk: Disk | None = None) -> "Home":
        """Return the home at a path, made with its folders if it is not there.

        Args:
            path: The folder; missing parents are made.
            disk: Where writes go; the file system unless a test says otherwise.

        Raises:
            InputError: If the path is not a folder, or others than its owner may enter it.
            LockgateError: If the folder cannot be made or written.
        """
        home = cls(path.absolute(), disk or FileDisk())
        try:
            home._make()
        except (FileExistsError, NotADirectoryError) as error:
            raise InputError(f"expected a folder at `{path}`, found something else", "Name another --home.") from error
        except OSError as error:
            raise _unwritable(path, error) from error
        return home

    @property
    def path(self) -> Path:
        """Return the folder itself."""
        return self._path

    @property
    def keys(self) -> Path:
        """Return the folder of keys."""
        return self._path / "keys"

    @property
    def fingerprints(self) -> Fingerprints:
        """Return what the home remembers of its keys."""
        return Fingerprints(self._path / "fingerprints", self._disk)

    def key_names(self) -> frozenset[str]:
        """Return the names of the keys that are here, or have been."""
        return self.fingerprints.names() | {path.stem for path in self.keys.glob("*.key")}

    @property
    def log(self) -> Path:
        """Return the folder of the log; `lockgate.evidence.log` makes it."""
        return self._path / "log"

    def seeds(self) -> Seeds:
        """Return the keys that sign this node's checkpoints."""
        return Seeds(self.signing_key(), self.cosigning_key())

    def log_storage(self, origin: str, disk: Disk | None = None) -> LogStorage:
        """Return where the log lies: the folder, or the database that `log.postgres` names.

        Args:
            origin: Identity of the log.
            disk: Where writes to the folder go; the home's unless a test says otherwise.

        Raises:
            InputError: If others than its owner may read `log.postgres`, which may hold a password.
            LockgateError: If it cannot be read.
        """
        path = self._path / _DATABASE
        if not path.exists():
            return FolderStorage(self.log, disk or self._disk)
        try:
            _refuse_open_to_others(path)
            return PostgresStorage(path.read_text(encoding="utf-8").strip(), origin)
        except (OSError, UnicodeDecodeError) as error:
            raise LockgateError(f"`{path}` cannot be read", "Write a libpq connection string into it.") from error

    @property
    def releases(self) -> Path:
        """Return the folder of the journal of releases."""
        return self._path / "releases"

    @property
    def work(self) -> Path:
        """Return the folder for temporary files of running releases."""
        return self._path / "work"

    @property
    def partitions(self) -> Path:
        """Return the folder of partitions of earlier releases."""
        return self._path / "partitions"

    @property
    def origin(self) -> str:
        """Return the identity of this node's log, made from its public key."""
        public_key = verifier_key("unnamed", self.signing_key()).public_key
        return f"lockgate.local/{public_key[:4].hex()}"

    @property
    def verifier_key(self) -> VerifierKey:
        """Return the public key of this node's log, to be handed to those who verify."""
        return verifier_key(self.origin, self.signing_key())

    @property
    def cosigner_key(self) -> VerifierKey:
        """Return the public ML-DSA-44 key with which this node's log cosigns its own checkpoints."""
        return cosigner_key(self.origin, self.cosigning_key())

    def key(self, name: str) -> bytes:
        """Return a secret key, 32 bytes from the operating system, made when it is first asked for.

        Args:
            name: What it is for, such as `pseudonym`, `row-order`, `example`; lower case and hyphens.

        Raises:
            ValueError: If the name is of another form.
            InputError: If others than its owner may read the key.
            EvidenceError: If there was such a key and it is gone, or it is another one now.
            LockgateError: If the key cannot be read or written, or is damaged.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"expected a key name in lower case, found `{name}`")
        path = self.keys / f"{name}.key"
        try:
            if not path.exists():
                self._refuse_a_second_key(name, path)
                write_once(self._disk, path, os.urandom(KEY_BYTES))
                self.fingerprints.note(name, path.read_bytes())
            _refuse_open_to_others(path)
            key = path.read_bytes()
            is_it = self.fingerprints.is_of(name, key)
        except OSError as error:
            raise _unwritable(path, error) from error
        if len(key) != KEY_BYTES:
            raise LockgateError(
                f"expected {KEY_BYTES} bytes in the key `{path}`, found {len(key)}", "Restore the key from a backup."
            )
        if not is_it:
            raise EvidenceError(
                f"the key `{path}` is not the one of which this home keeps the fingerprint: it was changed",
                "Restore it, and the folder fingerprints, from a backup of the home.",
            )
        return key

    def signing_key(self) -> bytes:
        """Return the Ed25519 seed that signs this node's checkpoints, 32 bytes."""
        return self.key(_SIGNING)

    def cosigning_key(self) -> bytes:
        """Return the ML-DSA-44 seed that cosigns this node's checkpoints, 32 bytes."""
        return self.key(_COSIGNING)

    def open_log(self, disk: Disk | None = None) -> Log:
        """Return the log of this home, made new where there never was one; hold the home's lock.

        Args:
            disk: Where writes to the log go; the home's unless a test says otherwise.

        Raises:
            EvidenceError: If the log is broken, older or other than the home remembers, or the mark is gone.
            LockgateError: If something cannot be written.
        """
        mark, storage = self.high_water(), self.log_storage(self.origin, disk)
        if mark is None and self.has_records():
            raise self.lost_mark()
        log = Log.open_in(storage, self.origin, self.seeds(), high_water=mark)
        if self.has_lost_mark(mark, log.size):
            raise self.lost_mark()
        if mark is None or mark.size < log.size:
            self.raise_high_water(log.head)
        return log

    def has_records(self) -> bool:
        """Return whether anything is here that hangs on a leaf of the log, so that log and mark have to be here too."""
        folders = (self._path / name for name in _RECORDS)
        return any(map(_holds, folders))

    def has_lost_mark(self, mark: TreeHead | None, size: int) -> bool:
        """Return whether a log of so many leaves cannot be without the mark that this home has of it.

        A log in a database may have leaves of other writers before this home has seen it first.
        """
        is_mine = size > 0 and not (self._path / _DATABASE).exists()
        return mark is None and (is_mine or self.has_records())

    def lost_mark(self) -> EvidenceError:
        """Return what there is to say of a home that has lost its mark."""
        return EvidenceError(
            f"the record `{self._path / _HIGH_WATER}` of the largest tree is gone: the log may have been cut short",
            "Restore it from a backup of the home; if there is none, take a checkpoint that a witness or a recipient "
            "has kept, and run: lockgate evidence fsck --remember CHECKPOINT",
        )

    @contextmanager
    def lock(self, wait_s: float = 10.0) -> Iterator[None]:
        """Hold the home as its one writer; not to be nested.

        Args:
            wait_s: How long to wait for another writer, seconds.

        Raises:
            LockgateError: If another writer still holds the home after the wait, or the lock cannot be made.
        """
        path = self._path / "lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            self._wait_for(descriptor, wait_s)
            self._remember_keys()
            yield
        finally:
            os.close(descriptor)

    def high_water(self) -> TreeHead | None:
        """Return the largest tree that this node remembers of its log, or None before the first.

        Raises:
            EvidenceError: If the record is damaged.
        """
        path = self._path / _HIGH_WATER
        if not path.exists():
            return None
        try:
            record = parse_canonical(path.read_bytes())
            return TreeHead(int(record["size"]), bytes.fromhex(record["root"]))
        except (OSError, KeyError, TypeError, ValueError, EvidenceError) as error:
            raise EvidenceError(f"the record `{path}` is damaged", "Restore it from a backup of the home.") from error

    def raise_high_water(self, head: TreeHead) -> None:
        """Remember a tree of the log. Call it after every append, under the lock.

        Args:
            head: The log's tree; it must not be smaller than the one remembered.

        Raises:
            EvidenceError: If it is smaller, or another tree of the same size.
            LockgateError: If it cannot be written.
        """
        known = self.high_water()
        if known is not None and (head.size < known.size or (head.size == known.size and head.root != known.root)):
            raise EvidenceError(
                f"the log of {head.size} leaves does not follow the one of {known.size} leaves known before",
                "Restore the log's folder from its newest backup.",
            )
        path = self._path / _HIGH_WATER
        try:
            replace_file(self._disk, path, canonical_bytes({"root": head.root.hex(), "size": head.size}))
        except OSError as error:
            raise _unwritable(path, error) from error

    def _make(self) -> None:
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._disk.make_folder(self._path)
            self._disk.sync(self._path.parent)
        _refuse_open_to_others(self._path)
        missing = [name for name in _FOLDERS if not (self._path / name).is_dir()]
        for name in missing:
            self._disk.make_folder(self._path / name)
        if missing:
            self._disk.sync(self._path)

    def _refuse_a_second_key(self, name: str, path: Path) -> None:
        """Make no new key where there has been one: what hangs on the old one would silently hang on nothing."""
        if name == _SIGNING and (self.has_records() or (self._path / _HIGH_WATER).exists() or self.log.exists()):
            what = "that signs the log of this home"
        elif name == _COSIGNING and self._has_cosigned():
            what = "that signs the log of this home with ML-DSA-44"
        elif name == _PERSONS and (_holds(self.partitions) or _holds(self.releases)):
            what = "by which new releases are held against earlier ones"
        elif name in self.fingerprints.names():
            what = "that this home has used before"
        else:
            return
        raise EvidenceError(f"the key `{path}` {what} is gone", "Restore it from a backup of the home.")

    def _has_cosigned(self) -> bool:
        """Return whether the log has a line of this home's ML-DSA-44 key; a log of before there was one has none."""
        storage = self.log_storage(self.origin)
        if storage.is_new():
            return False
        try:
            signatures = parse_checkpoint(storage.read(CHECKPOINT)).note.signatures
        except EvidenceError:
            return True  # it cannot be told: a key made now might be a second one
        return len({key_id for name, key_id, _ in signatures if name == self.origin}) > 1

    def _remember_keys(self) -> None:
        """Note the fingerprints of keys that have none: of a home of before there were any, or of a killed maker."""
        try:
            known = self.fingerprints.names()
            for path in self.keys.glob("*.key"):
                if path.stem not in known and path.stat().st_size == KEY_BYTES:
                    self.fingerprints.note(path.stem, path.read_bytes())
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def _wait_for(self, descriptor: int, wait_s: float) -> None:
        until = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    raise LockgateError(
                        f"another lockgate is writing to `{self._path}`", "Wait until it is done, then try again."
                    ) from error
                time.sleep(_POLL_S)
            else:
                return


def _holds(folder: Path) -> bool:
    """Whether anything lies in a folder."""
    return folder.is_dir() and next(folder.iterdir(), None) is not None


def _refuse_open_to_others(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & _OTHERS:
        wanted = "700" if stat.S_ISDIR(mode) else "600"
        raise InputError(
            f"expected `{path}` to be closed to everyone but its owner, found mode {stat.S_IMODE(mode):o}",
            f"Run: chmod {wanted} '{path}'",
        )


def _unwritable(path: Path, error: OSError) -> LockgateError:
    return LockgateError(
        f"`{path}` cannot be read or written: {error.strerror or error}", "Free space, mend the folder, or use --home."
    )
