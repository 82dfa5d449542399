"""What a home remembers of every key that it has made, apart from the key, so that no other takes its place unseen.

    HOME/fingerprints/NAME    HMAC-SHA256 of the key's name under the key, hexadecimal

A fingerprint tells nothing of the 32 random bytes of a key. It says that there was one, and which: a key that is gone
is not made anew, one that was changed is not used. A home of before there were fingerprints gets them from the keys
that it has, by its next writer. Not here: who reads or makes keys (`lockgate.store.home`).
"""

import hmac
import os
from pathlib import Path

from lockgate.evidence.disk import Disk

_CONTEXT = b"lockgate fingerprint of a key\0"
GONE = "it is gone: restore it from a backup of the home"


class Fingerprints:
    """The fingerprints of a home's keys, one file each."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def names(self) -> frozenset[str]:
        """Return the names of the keys that there have been."""
        if not self._folder.is_dir():
            return frozenset()
        return frozenset(path.name for path in self._folder.iterdir() if not path.name.endswith(".new"))

    def note(self, name: str, key: bytes) -> None:
        """Remember a key; one that is remembered already stays as it is.

        Raises:
            OSError: If it cannot be written.
        """
        path = self._folder / name
        if path.exists():
            return
        if not self._folder.is_dir():
            self._disk.make_folder(self._folder)
            self._disk.sync(self._folder.parent)
        write_once(self._disk, path, _fingerprint(name, key))

    def is_of(self, name: str, key: bytes) -> bool:
        """Return whether a key is the one that is remembered, or none is.

        Raises:
            OSError: If the fingerprint cannot be read.
        """
        path = self._folder / name
        return not path.exists() or hmac.compare_digest(path.read_bytes(), _fingerprint(name, key))

    def problem(self, name: str, file: Path) -> str:
        """Return what is wrong with the file of a key, by what is remembered of it; empty if nothing is."""
        try:
            if not file.exists():
                return GONE if name in self.names() else ""
            if self.is_of(name, file.read_bytes()):
                return ""
        except OSError as error:
            return f"it cannot be read: {error.strerror}"
        return f"it is not the key that `fingerprints/{name}` is of: restore both from a backup of the home"


def write_once(disk: Disk, path: Path, data: bytes) -> None:
    """Write a file under another name and link it into place: of two writers one wins.

    Raises:
        OSError: If it cannot be written.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    disk.write(temporary, data)
    disk.sync(temporary)
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    disk.sync(path.parent)


def _fingerprint(name: str, key: bytes) -> bytes:
    return hmac.digest(key, _CONTEXT + name.encode(), "sha256").hex().encode()
