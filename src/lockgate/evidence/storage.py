"""Where the files of a log lie: the protocol of a storage, and the folder, which is the usual one.

A storage keeps files by path, as C2SP tlog-tiles names them, and the checkpoint, which it replaces last and at once.
`lockgate.evidence.log` says in which order a folder writes; another storage has to promise the same: that `commit`
has returned means that everything is durable, and whatever happened otherwise, the checkpoint is the old one with the
files that it counts, or the new one with all of its own.

Source: C2SP tlog-tiles.
"""

import stat
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Protocol

from lockgate.evidence.disk import Disk, FileDisk
from lockgate.evidence.tiles import Tile
from lockgate.terms.errors import EvidenceError, LockgateError

CHECKPOINT = "checkpoint"

_MOST_BYTES = 32 << 20
"""More than any file of a log holds: a tile of 256 entries of 64 KiB is half of it."""


class LogStorage(Protocol):
    """The files of one log."""

    def is_new(self) -> bool:
        """Return whether no log was ever founded here."""

    def settle(self) -> None:
        """Return once all that can be read is durable."""

    def read(self, path: str) -> bytes:
        """Return a file; EvidenceError if there is none or it cannot be read."""

    def hold(self) -> AbstractContextManager[None]:
        """Keep other writers waiting, where that is the storage's affair."""

    def commit(self, tiles: Sequence[Tile], checkpoint: bytes) -> None:
        """Return once tiles and checkpoint are durable; call it inside `hold`.

        Args:
            tiles: New files, none of them counted by the checkpoint that stands; none when a log is founded.
            checkpoint: The new checkpoint.

        Raises:
            LockgateError: If that failed; the old checkpoint stands, or the new one.
        """


class FolderStorage:
    """A log in a folder. Who may write is the affair of who opened it: the home's lock, in a home."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or FileDisk()
        self._sure: set[Path] = set()
        """Folders whose own name is known to be on the disk: an append that was broken off may have left others."""

    def is_new(self) -> bool:
        """Return whether there is no folder, or one in which founding a log did not come to its end."""
        try:
            return not self._folder.exists() or {item.name for item in self._folder.iterdir()} <= {f"{CHECKPOINT}.new"}
        except OSError as error:
            raise _unwritable(error) from error

    def settle(self) -> None:
        """Sync the folder: a rename may have been seen and not yet be on the disk."""
        try:
            if self._folder.exists():
                self._disk.sync(self._folder)
        except OSError as error:
            raise _unwritable(error) from error

    def read(self, path: str) -> bytes:
        """Return the content of a file."""
        file = self._folder / path
        try:
            found = file.stat()
            if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES:  # a pipe would be waited for for ever
                raise EvidenceError(f"the file `{path}` of the log is no file that a log has")
            return file.read_bytes()
        except OSError as error:
            raise EvidenceError(
                f"the file `{path}` of the log cannot be read: {error.strerror}",
                "Restore the log's folder from a backup.",
            ) from error

    def hold(self) -> AbstractContextManager[None]:
        """Nothing: one writer at a time is the caller's promise."""
        return nullcontext()

    def commit(self, tiles: Sequence[Tile], checkpoint: bytes) -> None:
        """Write in the order that `lockgate.evidence.log` documents."""
        try:
            self._write(tiles, checkpoint)
        except OSError as error:
            raise _unwritable(error) from error

    def _write(self, tiles: Sequence[Tile], checkpoint: bytes) -> None:
        if not tiles:  # a log is founded; its folder may be there, and not yet be on the disk
            self._disk.make_folder(self._folder)
            self._disk.sync(self._folder.parent)
        files, folders, made = list[Path](), set[Path](), set[Path]()
        for tile in tiles:  # step 1
            path = self._folder / tile.path
            for folder in _folders_down_to(self._folder, path):
                if folder not in self._sure:
                    if not folder.is_dir():
                        self._disk.make_folder(folder)
                    folders.add(folder.parent)
                    made.add(folder)
            self._disk.write(path, tile.data)
            files.append(path)
            folders.add(path.parent)
        temporary = self._folder / f"{CHECKPOINT}.new"
        self._disk.write(temporary, checkpoint)  # step 2
        self._disk.sync_all([*files, temporary, *sorted(folders)])  # step 3
        self._disk.rename(temporary, self._folder / CHECKPOINT)  # step 4
        self._disk.sync(self._folder)  # step 5
        self._sure |= made


def _folders_down_to(folder: Path, path: Path) -> list[Path]:
    """Return the folders between a folder and a file, outermost first."""
    return [folder / part for part in reversed(path.relative_to(folder).parents) if part.parts]


def _unwritable(error: OSError) -> LockgateError:
    return LockgateError(f"the log cannot be written: {error.strerror or error}", "Free space or mend the folder.")
