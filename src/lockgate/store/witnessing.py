"""What a witness has cosigned, in a folder: the `Memory` of `lockgate.evidence.witness` on a disk.

    FOLDER/HASH.json    the tree cosigned last and when, of one log; HASH is the SHA-256 of its origin
    FOLDER/HASH.lock    held by the one request that is judging a checkpoint of that log

A record is replaced whole, and is on the disk before there is a cosignature, so a witness that is killed forgets
nothing that it has told anyone. A record that cannot be read is an error, never "nothing yet": that would let a log
begin again. A folder brought back from an old copy cannot be told from a true one: keep it where backups do not reach.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.evidence.disk import Disk, FileDisk, replace_file
from lockgate.evidence.merkle import HASH_BYTES, TreeHead
from lockgate.evidence.witness import Seen
from lockgate.terms.errors import EvidenceError, InputError, LockgateError

_MEMBERS = {"origin", "root", "size", "time"}


class WitnessMemory:
    """The memory of a witness; any number of processes and threads may use one folder."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    @classmethod
    def open(cls, folder: Path, *, disk: Disk | None = None) -> "WitnessMemory":
        """Return the memory in a folder, made if it is not there.

        Args:
            folder: Its parent exists.
            disk: Where writes go; the file system unless a test says otherwise.

        Raises:
            InputError: If something else than a folder is there.
            LockgateError: If the folder cannot be made.
        """
        disk = disk or FileDisk()
        try:
            if not folder.is_dir():
                disk.make_folder(folder)
                disk.sync(folder.parent)
        except FileExistsError as error:
            raise InputError(f"expected a folder at `{folder}`, found something else", "Name another.") from error
        except OSError as error:
            raise _unwritable(folder, error) from error
        return cls(folder, disk)

    @contextmanager
    def hold(self, origin: str) -> Iterator[None]:
        """Keep every other request for this log waiting, in this process and in others.

        Args:
            origin: Identity of the log.

        Raises:
            LockgateError: If the lock cannot be made.
        """
        path = self._path(origin, "lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)  # which lets go; so does the end of the process

    def recall(self, origin: str) -> Seen | None:
        """Return what was cosigned last for a log; None for nothing yet.

        Args:
            origin: Identity of the log.

        Raises:
            EvidenceError: If the record is damaged.
        """
        path = self._path(origin, "json")
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            return _parse(data, origin)
        except (TypeError, ValueError, EvidenceError) as error:
            raise EvidenceError(
                f"the witness's record `{path}` is damaged", "Restore what was cosigned last, or retire this witness."
            ) from error

    def keep(self, origin: str, seen: Seen) -> None:
        """Return once the record is on the disk; call it inside `hold`.

        Args:
            origin: Identity of the log.
            seen: What is about to be cosigned.

        Raises:
            EvidenceError: If it is smaller than what was cosigned before, or another tree of that size.
            LockgateError: If it cannot be written; the old record stands, or the new one.
        """
        known = self.recall(origin)
        if known and (
            seen.head.size < known.head.size
            or (seen.head.size == known.head.size and seen.head.root != known.head.root)
        ):
            raise EvidenceError(
                f"a tree of {seen.head.size} leaves does not follow the one of {known.head.size} cosigned before"
            )
        head = seen.head
        record = {"origin": origin, "root": head.root.hex(), "size": str(head.size), "time": str(seen.time_s)}
        path = self._path(origin, "json")
        try:
            replace_file(self._disk, path, canonical_bytes(record))
        except OSError as error:
            raise _unwritable(path, error) from error

    def _path(self, origin: str, ending: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.{ending}"


def _parse(data: bytes, origin: str) -> Seen:
    """Return the record; numbers are texts, because canonical JSON holds whole numbers exactly only up to 2^53."""
    record = parse_canonical(data)
    if set(record) != _MEMBERS or record["origin"] != origin:
        raise ValueError("expected the record of another log")
    head = TreeHead(int(record["size"]), bytes.fromhex(record["root"]))
    seen = Seen(head, int(record["time"]))
    if head.size < 0 or len(head.root) != HASH_BYTES or seen.time_s < 1:
        raise ValueError("expected a tree and a time")
    return seen


def _unwritable(path: Path, error: OSError) -> LockgateError:
    return LockgateError(
        f"`{path}` cannot be read or written: {error.strerror or error}", "Free space or mend the witness's folder."
    )
