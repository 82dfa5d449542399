import hashlib
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.evidence.checkpoint import parse_checkpoint, sign_checkpoint
from lockgate.evidence.disk import FileDisk
from lockgate.evidence.log import Log
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.merkle import TreeHead, is_consistent, is_included, leaf_hash, tree_hash
from lockgate.evidence.note import verifier_key
from lockgate.evidence.proof import parse_proof
from lockgate.evidence.tiles import encode_bundle
from lockgate.terms.errors import EvidenceError, LockgateError

ORIGIN, SEED = "lockgate.local/test", bytes(range(32))
KEY = verifier_key(ORIGIN, SEED)


def _entry(number: int) -> bytes:
    return b'{"kind":"release","statement":"%s"}' % hashlib.sha256(b"%d" % number).hexdigest().encode()


def _entries(start: int, end: int) -> list[bytes]:
    return [_entry(number) for number in range(start, end)]


def _root(size: int) -> bytes:
    return tree_hash([leaf_hash(_entry(number)) for number in range(size)])


class Killed(BaseException):
    """The process is gone at this point."""


class FaultyDisk(FileDisk):
    """Counts the writes and ends one of them badly: before or after it took effect, as an error or as a death."""

    at_once = 1

    def __init__(self, at: int, error: type[BaseException], *, persists: bool) -> None:
        self.count, self.at, self.error, self.persists = 0, at, error, persists

    def _act(self, write: Callable[[], None]) -> None:
        self.count += 1
        if self.count != self.at:
            write()
            return
        if self.persists:
            write()
        raise self.error(28, "No space left on device") if self.error is OSError else self.error

    def make_folder(self, path: Path) -> None:
        self._act(lambda: FileDisk.make_folder(self, path))

    def write(self, path: Path, data: bytes) -> None:
        self._act(lambda: FileDisk.write(self, path, data))

    def sync(self, path: Path) -> None:
        self._act(lambda: FileDisk.sync(self, path))

    def rename(self, source: Path, target: Path) -> None:
        self._act(lambda: FileDisk.rename(self, source, target))


class TearingDisk(FaultyDisk):
    """As above, but a write that fails leaves half of its bytes."""

    def write(self, path: Path, data: bytes) -> None:
        self.count += 1
        if self.count != self.at:
            FileDisk.write(self, path, data)
            return
        FileDisk.write(self, path, data[: len(data) // 2])
        raise self.error(28, "No space left on device") if self.error is OSError else self.error


def test_a_log_proves_every_leaf_as_it_grows(tmp_path: Path):
    log = Log.open(tmp_path / "log", ORIGIN, SEED)
    assert (log.size, log.origin) == (0, ORIGIN)
    heads = [log.head]
    for start, end in ((0, 1), (1, 2), (2, 5), (5, 255), (255, 256), (256, 257), (257, 600), (600, 601)):
        assert log.append(_entries(start, end)) == start
        assert log.head == TreeHead(end, _root(end))
        log = Log.open(tmp_path / "log", ORIGIN, SEED, high_water=heads[-1])
        heads.append(log.head)
    for head in heads:
        assert is_consistent(head, log.head, log.consistency(head.size))
    for index in (0, 1, 4, 254, 255, 256, 511, 512, 599, 600):
        assert log.entry(index) == _entry(index)
        proof = parse_proof(log.prove(index).encode())
        assert is_included(leaf_hash(_entry(index)), index, proof.checkpoint.head, proof.path)
    assert log.find(_entry(300)) == 300
    assert log.find(_entry(300), since=301) is None
    assert log.find(_entry(601)) is None


def test_a_log_spanning_three_levels_reproduces_its_root(tmp_path: Path):
    entries = [b"%d" % number for number in range(65_536 + 300)]
    log = Log.open(tmp_path / "log", ORIGIN, SEED)
    log.append(entries)
    again = LogReader.open(tmp_path / "log", KEY)
    assert again.head == TreeHead(len(entries), tree_hash([leaf_hash(entry) for entry in entries]))
    for index in (0, 65_535, 65_536, 65_835):
        proof = parse_proof(again.prove(index).encode())
        assert is_included(leaf_hash(entries[index]), index, again.head, proof.path)


def test_a_tile_that_a_checkpoint_has_counted_is_never_written_again(tmp_path: Path):
    written: list[str] = []

    class Recorder(FileDisk):
        def write(self, path: Path, data: bytes) -> None:
            written.append(str(path.relative_to(tmp_path)))
            super().write(path, data)

    log = Log.open(tmp_path / "log", ORIGIN, SEED, disk=Recorder())
    for size in range(520):
        log.append([_entry(size)])
    tiles = [path for path in written if "tile" in path]
    assert len(tiles) == len(set(tiles))


def test_writes_come_in_the_documented_order(tmp_path: Path):
    log = Log.open(tmp_path / "log", ORIGIN, SEED)
    seen: list[tuple[str, str]] = []

    class Recorder(FileDisk):
        at_once = 1

        def write(self, path: Path, data: bytes) -> None:
            seen.append(("write", path.relative_to(tmp_path / "log").as_posix()))
            super().write(path, data)

        def sync(self, path: Path) -> None:
            seen.append(("sync", path.relative_to(tmp_path / "log").as_posix()))
            super().sync(path)

        def rename(self, source: Path, target: Path) -> None:
            seen.append(("rename", target.relative_to(tmp_path / "log").as_posix()))
            super().rename(source, target)

    log = Log.open(tmp_path / "log", ORIGIN, SEED, disk=Recorder())
    seen.clear()
    log.append(_entries(0, 1))
    files = ["tile/entries/000.p/1", "tile/0/000.p/1", "checkpoint.new"]
    assert seen[:3] == [("write", name) for name in files]
    assert seen[-2:] == [("rename", "checkpoint"), ("sync", ".")]
    synced = [name for verb, name in seen[3:-2] if verb == "sync"]
    assert len(synced) == len(seen) - 5
    folders = {".", "tile", "tile/entries", "tile/entries/000.p", "tile/0", "tile/0/000.p"}
    assert sorted(synced) == sorted({*files, *folders})  # before the rename, in whatever order
    seen.clear()
    log.append(_entries(1, 2))
    assert len([name for verb, name in seen if verb == "sync"]) == 6  # three files, two folders, and the commit


@pytest.mark.parametrize("disk_type", [FaultyDisk, TearingDisk])
@pytest.mark.parametrize("persists", [False, True])
@pytest.mark.parametrize("error", [OSError, Killed])
@pytest.mark.parametrize(("before", "more"), [(0, 1), (3, 2), (254, 3)])
def test_no_leaf_is_lost_whichever_write_fails(
    tmp_path: Path, disk_type: type[FaultyDisk], persists: bool, error: type[BaseException], before: int, more: int
):
    """Founding the log, opening it and two appends; every write of each ends badly once."""
    at, expected = 0, [_root(size) for size in range(before + 2 * more + 2)]
    while True:
        at += 1
        folder = tmp_path / f"log-{at}"
        disk = disk_type(at, error, persists=persists)
        returned, sizes = 0, [0, before, before + more, before + 2 * more]
        try:
            log = Log.open(folder, ORIGIN, SEED, disk=disk)
            for start, end in pairwise(sizes):
                if end > start:
                    log.append(_entries(start, end))
                    returned = end
        except (LockgateError, Killed):
            pass
        if disk.count < at:
            break  # every write has had its turn
        mark = TreeHead(returned, expected[returned]) if returned else None
        log = Log.open(folder, ORIGIN, SEED, high_water=mark)
        assert log.size in sizes
        assert log.size >= returned
        assert log.head.root == expected[log.size]
        log.append(_entries(log.size, sizes[-1] + 1))
        log = Log.open(folder, ORIGIN, SEED)
        assert log.head == TreeHead(sizes[-1] + 1, expected[sizes[-1] + 1])
        first = max(0, before - 2)
        assert [log.entry(index) for index in range(first, log.size)] == _entries(first, log.size)
    assert at > 15


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 25), st.booleans(), st.booleans(), st.integers(1, 4)), min_size=1, max_size=8),
    st.sampled_from([0, 1, 252, 255]),
)
def test_no_leaf_is_lost_whatever_fails_after_whatever_failed(faults: list[tuple[int, bool, bool, int]], before: int):
    """One attempt after another, each ended badly at some write, each over what the one before it left."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "log"
        known = before
        if before:
            Log.open(folder, ORIGIN, SEED).append(_entries(0, before))
        for at, persists, tears, more in faults:
            disk = (TearingDisk if tears else FaultyDisk)(at, OSError, persists=persists)
            mark = TreeHead(known, _root(known))
            with suppress(LockgateError):
                log = Log.open(folder, ORIGIN, SEED, high_water=mark, disk=disk)
                known = log.size
                log.append(_entries(known, known + more))
                known = log.size
        log = Log.open(folder, ORIGIN, SEED, high_water=TreeHead(known, _root(known)))
        assert log.head.root == _root(log.size)
        assert [log.entry(index) for index in range(before, log.size)] == _entries(before, log.size)


def test_after_a_failed_write_the_log_refuses_to_go_on(tmp_path: Path):
    Log.open(tmp_path / "log", ORIGIN, SEED).append(_entries(0, 3))
    writes = FaultyDisk(0, OSError, persists=False)
    log = Log.open(tmp_path / "log", ORIGIN, SEED, disk=writes)
    writes.at = writes.count + 1
    with pytest.raises(LockgateError, match="No space left on device") as caught:
        log.append(_entries(3, 4))
    assert caught.value.exit_code == 1
    with pytest.raises(EvidenceError, match="earlier write"):
        log.append(_entries(3, 4))
    assert log.size == 3


@pytest.mark.slow
def test_a_killed_writer_loses_no_leaf_that_it_was_told_of(tmp_path: Path):
    """A process appends and prints each size that `append` returned; it is killed at some moment, many times over."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from lockgate.evidence.log import Log\n"
        "log = Log.open(Path(sys.argv[1]), 'lockgate.local/test', bytes(range(32)))\n"
        "while True:\n"
        "    log.append([b'entry %d' % log.size])\n"
        "    print(log.size, flush=True)\n"
    )
    known = 0
    for wait_ms in range(0, 100, 5):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            known = max(known, int(process.stdout.readline()))
            time.sleep(wait_ms / 1000)
            process.kill()
            known = max([known, *map(int, process.stdout.read().split())])
        log = Log.open(tmp_path / "log", ORIGIN, SEED)
        assert known <= log.size <= known + 1
    assert [log.entry(index) for index in range(log.size)] == [b"entry %d" % index for index in range(log.size)]


def test_every_changed_byte_of_the_checkpoint_is_found(tmp_path: Path):
    log = Log.open(tmp_path / "log", ORIGIN, SEED)
    log.append(_entries(0, 3))
    path = tmp_path / "log" / "checkpoint"
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises(EvidenceError):
            Log.open(tmp_path / "log", ORIGIN, SEED)


def test_every_changed_byte_at_the_right_edge_is_found(tmp_path: Path):
    Log.open(tmp_path / "log", ORIGIN, SEED).append(_entries(0, 3))
    for name in ("tile/0/000.p/3", "tile/entries/000.p/3"):
        path = tmp_path / "log" / name
        data = path.read_bytes()
        for at in range(len(data)):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            with pytest.raises(EvidenceError):
                Log.open(tmp_path / "log", ORIGIN, SEED)
        path.write_bytes(data)
    assert Log.open(tmp_path / "log", ORIGIN, SEED).size == 3


def test_a_changed_entry_or_hash_inside_the_log_is_found_when_it_is_read(tmp_path: Path):
    log = Log.open(tmp_path / "log", ORIGIN, SEED)
    log.append(_entries(0, 600))
    bundle = tmp_path / "log" / "tile/entries/000"
    bundle.write_bytes(encode_bundle([b"forged", *_entries(1, 256)]))
    with pytest.raises(EvidenceError, match="leaf 0"):
        log.entry(0)
    tile = tmp_path / "log" / "tile/0/001"
    tile.write_bytes(b"\x00" * 32 + tile.read_bytes()[32:])
    with pytest.raises(EvidenceError, match="leaf 300"):
        log.prove(300)


def test_a_rolled_back_folder_is_found_by_the_high_water_mark(tmp_path: Path):
    log = Log.open(tmp_path / "log", ORIGIN, SEED)
    log.append(_entries(0, 3))
    old = (tmp_path / "log" / "checkpoint").read_bytes()
    log.append(_entries(3, 4))
    (tmp_path / "log" / "checkpoint").write_bytes(old)
    assert Log.open(tmp_path / "log", ORIGIN, SEED).size == 3
    with pytest.raises(EvidenceError, match="cut short: it holds 3 leaves and has held 4"):
        Log.open(tmp_path / "log", ORIGIN, SEED, high_water=log.head)


def test_a_split_view_is_found_by_the_high_water_mark(tmp_path: Path):
    mine = Log.open(tmp_path / "mine", ORIGIN, SEED)
    other = Log.open(tmp_path / "other", ORIGIN, SEED)
    mine.append(_entries(0, 3))
    other.append([_entry(0), b"forged", *_entries(2, 5)])
    assert not is_consistent(mine.head, other.head, other.consistency(3))
    with pytest.raises(EvidenceError, match="another than the one of 3 leaves"):
        Log.open(tmp_path / "other", ORIGIN, SEED, high_water=mine.head)


def test_a_log_that_was_taken_away_is_not_founded_anew(tmp_path: Path):
    with pytest.raises(EvidenceError, match="`checkpoint`"):
        Log.open(tmp_path / "log", ORIGIN, SEED, high_water=TreeHead(3, _root(3)))
    assert not (tmp_path / "log").exists()
    log = Log.open(tmp_path / "log", ORIGIN, SEED)
    log.append(_entries(0, 1))
    (tmp_path / "log" / "checkpoint").unlink()
    with pytest.raises(EvidenceError, match="`checkpoint`"):
        Log.open(tmp_path / "log", ORIGIN, SEED)


def test_a_log_of_another_key_or_origin_is_refused(tmp_path: Path):
    Log.open(tmp_path / "log", ORIGIN, SEED).append(_entries(0, 1))
    with pytest.raises(EvidenceError, match="not signed by its key"):
        Log.open(tmp_path / "log", ORIGIN, bytes(32))
    with pytest.raises(EvidenceError, match="expected a checkpoint of the log `elsewhere`"):
        Log.open(tmp_path / "log", "elsewhere", SEED)


def test_a_signed_checkpoint_without_its_tiles_is_refused(tmp_path: Path):
    Log.open(tmp_path / "log", ORIGIN, SEED).append(_entries(0, 2))
    path = tmp_path / "log" / "checkpoint"
    path.write_text(sign_checkpoint(ORIGIN, TreeHead(2, _root(3)), SEED))
    with pytest.raises(EvidenceError, match="do not give the root"):
        Log.open(tmp_path / "log", ORIGIN, SEED)
    path.write_text(sign_checkpoint(ORIGIN, TreeHead(5, _root(5)), SEED))
    with pytest.raises(EvidenceError, match=r"tile/0/000.p/5"):
        Log.open(tmp_path / "log", ORIGIN, SEED)


def test_leaves_that_are_not_there_and_entries_that_are_too_long_are_refused(tmp_path: Path):
    log = Log.open(tmp_path / "log", ORIGIN, SEED)
    log.append([b"x" * 65_535, b""])
    assert log.entry(0) == b"x" * 65_535
    assert log.entry(1) == b""
    with pytest.raises(EvidenceError, match="expected a leaf below 2"):
        log.prove(2)
    with pytest.raises(EvidenceError, match="at least 3 leaves"):
        log.consistency(3)
    with pytest.raises(ValueError, match="at most 65535 bytes"):
        log.append([b"x" * 65_536])
    with pytest.raises(ValueError, match="at least one"):
        log.append([])
    log.append([b"goes on"])


def test_the_checkpoint_of_an_empty_log_is_signed(tmp_path: Path):
    checkpoint = parse_checkpoint(Log.open(tmp_path / "log", ORIGIN, SEED).checkpoint().encode())
    assert checkpoint.head.size == 0


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path):
    (tmp_path / "log").write_text("a file")
    with pytest.raises(LockgateError, match="the log cannot be written"):
        Log.open(tmp_path / "log", ORIGIN, SEED)
