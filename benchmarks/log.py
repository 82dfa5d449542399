"""The log with a million leaves: appends acknowledged durable, proofs, memory.

`python benchmarks/log.py FOLDER [--leaves N] [--batch N]`: writes a log into a new folder below FOLDER with real
fsyncs, each append acknowledged before the next; then opens it anew, as another process would, and proves leaves spread
over it. Beside it in the same run: bare `fsync`s of small files, so that the disk can be told from the program.
"""

import argparse
import resource
import shutil
import tempfile
import time
from pathlib import Path

from lockgate.evidence.disk import FileDisk
from lockgate.evidence.entry import entry_of
from lockgate.evidence.log import Log


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


def main() -> None:
    """Write, prove, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=1024)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=asked.folder))
    disk, seed, origin = CountingDisk(), bytes(range(32)), "lockgate.local/benchmark"
    try:
        log = Log.open(folder / "log", origin, seed, disk=disk)
        wall, processor = time.perf_counter(), time.process_time()
        at_tenth = 0.0
        for first in range(0, asked.leaves, asked.batch):
            last = min(first + asked.batch, asked.leaves)
            log.append([entry_of(f"{number:064x}", "release") for number in range(first, last)])
            if not at_tenth and last >= asked.leaves // 10:
                at_tenth = peak_mib()
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        print(
            f"{asked.leaves:,} leaves in batches of {asked.batch}: {asked.leaves / wall:,.0f} appends/s acknowledged,"
        )
        print(f"  {asked.leaves / processor:,.0f} appends/s of processor time, {disk.syncs:,} fsyncs")
        print(f"  peak memory {at_tenth:.0f} MiB after a tenth, {peak_mib():.0f} MiB at the end")
        bare = time.perf_counter()
        for _ in range(200):
            (folder / "bare").write_bytes(b"x" * 4096)
            FileDisk().sync(folder / "bare")
        print(f"  a bare write and fsync: {(time.perf_counter() - bare) / 200 * 1000:.2f} ms")
        log = Log.open(folder / "log", origin, seed)
        taken = []
        for index in range(0, asked.leaves, max(1, asked.leaves // 500)):
            began = time.perf_counter()
            log.prove(index)
            taken.append(time.perf_counter() - began)
        taken.sort()
        print(
            f"  proof: median {taken[len(taken) // 2] * 1000:.2f} ms, slowest of {len(taken)} {taken[-1] * 1000:.2f} ms"
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
