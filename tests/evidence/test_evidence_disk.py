"""Waiting for the disk: many fsyncs at once, an error in one of them, a fork."""

import errno
import os
from collections.abc import Collection
from pathlib import Path

import pytest

from lockgate.evidence.disk import FileDisk
from lockgate.evidence.log import Log
from lockgate.evidence.merkle import TreeHead, leaf_hash, tree_hash
from lockgate.terms.errors import LockgateError

ORIGIN, SEED = "lockgate.local/test", bytes(range(32))


def _entries(start: int, end: int) -> list[bytes]:
    return [b"%d" % number for number in range(start, end)]


def _root(size: int) -> bytes:
    return tree_hash([leaf_hash(entry) for entry in _entries(0, size)])


def test_the_disk_is_waited_for_twice_and_a_sync_that_fails_fails_the_append(tmp_path: Path):
    waits: list[int] = []

    class Waiting(FileDisk):
        def sync_all(self, paths: Collection[Path]) -> None:
            waits.append(len(paths))
            super().sync_all(paths)

        def sync(self, path: Path) -> None:
            if path.name == "0" and len(waits) > 2:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            super().sync(path)

    log = Log.open(tmp_path / "log", ORIGIN, SEED, disk=Waiting())
    log.append(_entries(0, 700))
    assert len(waits) == 2  # founded, appended; each with one sync more, of the rename
    with pytest.raises(LockgateError, match="cannot be written"):
        log.append(_entries(700, 900))
    assert Log.open(tmp_path / "log", ORIGIN, SEED).size == 700
    child = os.fork()  # which has none of the threads that wait
    if not child:
        status = 1
        try:
            Log.open(tmp_path / "log", ORIGIN, SEED).append(_entries(700, 900))
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert Log.open(tmp_path / "log", ORIGIN, SEED).head == TreeHead(900, _root(900))
