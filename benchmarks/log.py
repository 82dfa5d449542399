"""The log with a million leaves: appends acknowledged durable, proofs, memory.

`python benchmarks/log.py FOLDER [--leaves N] [--batch N]`: writes a log into a new folder below FOLDER with real
fsyncs, each append acknowledged before the next; then opens it anew, as another process would, and proves leaves spread
over it, each by a reader that has read nothing yet and by one that goes on; and follows a chain of checkpoints, each
held against the one before, of one length and of twice that. Between the appends, after every twentieth: a bare write
and `fsync` of a small file, not counted, so that the disk can be told from the program. And as many threads as
`--writers` says, each of which appends leaf after leaf, alone, and waits for each (`lockgate.store.group_commit`).
"""

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

from lockgate.evidence.checkpoint import parse_checkpoint, sign_checkpoint
from lockgate.evidence.disk import FileDisk
from lockgate.evidence.entry import entry_of
from lockgate.evidence.log import Log
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.merkle import TreeHead, is_consistent
from lockgate.evidence.note import VerifierKey, is_signed_by
from lockgate.store.group_commit import GroupCommit


class CountingDisk(FileDisk):
    """The file system, its fsyncs counted."""

    syncs = 0

    def sync(self, path: Path) -> None:
        """Count and call fsync."""
        self.syncs += 1
        super().sync(path)


def peak_mib() -> float:
    """Return the largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def prove_all(folder: Path, key: VerifierKey, leaves: int, *, is_warm: bool) -> None:
    """Prove leaves spread over the log; print wall and processor time of the slowest and the middle one."""
    walls, processors = [], []
    reader = LogReader.open(folder, key)
    for index in range(0, leaves, max(1, leaves // 500)):
        if not is_warm:
            reader = LogReader.open(folder, key)
        wall, processor = time.perf_counter(), time.process_time()
        reader.prove(index)
        walls.append((time.perf_counter() - wall) * 1000)
        processors.append((time.process_time() - processor) * 1000)
    walls.sort()
    processors.sort()
    half = len(walls) // 2
    print(
        f"  proof, {'warm' if is_warm else 'cold'}: median {walls[half]:.2f} ms, "
        f"slowest of {len(walls)} {walls[-1]:.2f} ms;"
        f" of processor time {processors[half]:.2f} and {processors[-1]:.2f} ms"
    )


def follow_chain(folder: Path, key: VerifierKey, seed: bytes, count: int) -> None:
    """Verify checkpoints of growing sizes, each against the one before; print processor time for each."""
    reader = LogReader.open(folder, key)
    sizes = [reader.size * (number + 1) // count for number in range(count)]
    texts = [sign_checkpoint(key.name, TreeHead(size, reader.root_at(size)), seed).encode() for size in sizes]
    paths = [reader.consistency(old, new) for old, new in pairwise(sizes)]
    began, last = time.process_time(), None
    for text, path in zip(texts, [(), *paths], strict=True):
        checkpoint = parse_checkpoint(text)
        if not is_signed_by(checkpoint.note, key):
            raise AssertionError("a checkpoint of the chain is not signed")
        if last is not None and not is_consistent(last, checkpoint.head, path):
            raise AssertionError("a checkpoint of the chain does not follow the one before")
        last = checkpoint.head
    print(f"  chain of {count:,} checkpoints: {(time.process_time() - began) / count * 1000:.3f} ms each")


class Bare:
    """Bare writes and fsyncs of a small file, one after every twentieth append, while others are under way."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "bare"
        self._appends = 0
        self.walls: list[float] = []

    def measure_now_and_then(self) -> None:
        """Write and fsync, if it is time for it."""
        self._appends += 1
        if self._appends % 20 == 0:
            began = time.perf_counter()
            self._path.write_bytes(b"x" * 4096)
            FileDisk().sync(self._path)
            self.walls.append(time.perf_counter() - began)

    def compare(self, wall: float) -> str:
        """Return an append in words, as so many of these; seconds for all appends, without those here."""
        own = sum(self.walls) / len(self.walls)
        each = wall / self._appends
        return f"an append took {each * 1000:.1f} ms, {each / own:.1f} bare writes and fsyncs of {own * 1000:.2f} ms"


def append_at_once(folder: Path, writers: int, appends: int) -> None:
    """Append with many threads, each leaf acknowledged to who wrote it; print rate and leaves an append."""
    log, groups = Log.open(folder / "shared", "lockgate.local/shared", bytes(32), cosigning_seed=bytes([9] * 32)), []

    bare = Bare(folder)

    def append(entries: Sequence[bytes]) -> int:
        groups.append(len(entries))
        bare.measure_now_and_then()
        return log.append(entries)

    shared = GroupCommit(append)

    def write(writer: int) -> None:
        for number in range(appends):
            shared.append([entry_of(f"{writer * appends + number:064x}", "release")])

    wall, processor = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(writers) as threads:
        list(threads.map(write, range(writers)))
    wall, processor = time.perf_counter() - wall - sum(bare.walls), time.process_time() - processor
    count = writers * appends
    print(f"{writers} writers, leaf by leaf: {count / wall:,.0f} appends/s acknowledged,")
    print(f"  {count / processor:,.0f} appends/s of processor time, {count / len(groups):.1f} leaves a group")
    print(f"  {bare.compare(wall)}")


def main() -> None:
    """Write, prove, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--chain", type=int, default=1_000)
    parser.add_argument("--writers", type=int, default=64)
    parser.add_argument("--appends", type=int, default=200)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=asked.folder))
    disk, seed, second = CountingDisk(), bytes(range(32)), bytes([9] * 32)
    origin = "lockgate.local/benchmark"
    try:
        log = Log.open(folder / "log", origin, seed, cosigning_seed=second, disk=disk)
        wall, processor = time.perf_counter(), time.process_time()
        at_tenth, bare = 0.0, Bare(folder)
        for first in range(0, asked.leaves, asked.batch):
            last = min(first + asked.batch, asked.leaves)
            log.append([entry_of(f"{number:064x}", "release") for number in range(first, last)])
            bare.measure_now_and_then()
            if not at_tenth and last >= asked.leaves // 10:
                at_tenth = peak_mib()
        wall, processor = time.perf_counter() - wall - sum(bare.walls), time.process_time() - processor
        print(
            f"{asked.leaves:,} leaves in batches of {asked.batch}: {asked.leaves / wall:,.0f} appends/s acknowledged,"
        )
        print(f"  {asked.leaves / processor:,.0f} appends/s of processor time, {disk.syncs:,} fsyncs")
        print(f"  peak memory {at_tenth:.0f} MiB after a tenth, {peak_mib():.0f} MiB at the end")
        print(f"  {bare.compare(wall)}")
        append_at_once(folder, asked.writers, asked.appends)
        key = log.key
        for name in ("cold", "warm"):
            prove_all(folder / "log", key, asked.leaves, is_warm=name == "warm")
        for count in (asked.chain, 2 * asked.chain):
            follow_chain(folder / "log", key, seed, count)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
