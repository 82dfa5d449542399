"""The seam between evidence and the disk: the few writes that durability rests on, so that a test can fail each one.

Reading does not go through the seam: it changes nothing.
"""

import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    """The writes that evidence makes. Each may raise `OSError`, before or after it has taken effect."""

    def make_folder(self, path: Path) -> None:
        """Make a folder that only its owner can enter; its parent exists; no error if it is there already."""

    def write(self, path: Path, data: bytes) -> None:
        """Make the file, or replace its content, without waiting for the disk."""

    def sync(self, path: Path) -> None:
        """Wait until a file, or the list of names of a folder, is on the disk."""

    def sync_all(self, paths: Collection[Path]) -> None:
        """Wait until all of these files and lists of names are on the disk, in whatever order."""

    def rename(self, source: Path, target: Path) -> None:
        """Give the file its new name at once, replacing what had it."""


class FileDisk:
    """The file system of this machine; files are readable by their owner only.

    Attributes:
        at_once: So many fsyncs may wait for the disk together. A journal takes many into one write, so that waiting for
            all of them costs little more than waiting for one.
    """

    at_once = 16

    def make_folder(self, path: Path) -> None:
        """Make the folder with mode 0700."""
        path.mkdir(mode=0o700, exist_ok=True)

    def write(self, path: Path, data: bytes) -> None:
        """Write the bytes to a file of mode 0600."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            file.write(data)

    def sync(self, path: Path) -> None:
        """Call fsync on the file or folder."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync_all(self, paths: Collection[Path]) -> None:
        """Call fsync on all, several at once; the first error is raised once all have ended."""
        if self.at_once == 1 or len(paths) == 1:
            for path in paths:
                self.sync(path)
            return
        waiting = [_threads(self.at_once).submit(self.sync, path) for path in paths]
        wait(waiting)
        for done in waiting:
            done.result()

    def rename(self, source: Path, target: Path) -> None:
        """Call rename."""
        source.replace(target)


@cache
def _threads(count: int) -> ThreadPoolExecutor:
    """Return the threads that wait for the disk: of this process alone, for a fork has none of them."""
    return ThreadPoolExecutor(count, "fsync")


os.register_at_fork(after_in_child=_threads.cache_clear)


def replace_file(disk: Disk, path: Path, data: bytes) -> None:
    """Replace a file whole or not at all, and wait until that is on the disk.

    The rename is the point from which the new content holds.

    Args:
        disk: Where to.
        path: The file; its folder exists.
        data: The new content.

    Raises:
        OSError: If a write failed; the old content stands, or the new one, never a mixture.
    """
    temporary = path.with_name(f"{path.name}.new")
    disk.write(temporary, data)
    disk.sync(temporary)
    disk.rename(temporary, path)
    disk.sync(path.parent)
