"""A whole release, Parquet to Parquet: scan, decide, protect, verify, record; beside a plain copy of the same table.

`python benchmarks/release.py [--rows 1000000] [--folder FOLDER]`

The table is Adult drawn again (see `benchmarks/kanonymity.py`), nine quasi-identifiers, k is 5, no pseudonyms. The
release runs as a user runs it, `lockgate release`, in a process of its own; the copy is pyarrow in a process of its own
too, which reads the file batch by batch and writes it with zstd in one thread. Times are of the processor and of the
wall. Compiled code is made before, and a release of 20,000 rows goes first. The table is kept in FOLDER for the next
run, if given.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from kanonymity import grow
from pyarrow import csv, parquet

import lockgate
from lockgate.cli import warming
from lockgate.terms.compiled_code import CodeFolder

ADULT = Path(lockgate.__file__).parent / "examples" / "adult"
WARM_ROWS = 20_000
COPY = """
import sys
import pyarrow as pa
from pyarrow import parquet
pa.set_cpu_count(1)
source = parquet.ParquetFile(sys.argv[1])
with parquet.ParquetWriter(sys.argv[2], source.schema_arrow, compression="zstd", compression_level=3) as writer:
    for batch in source.iter_batches(65_536, use_threads=False):
        writer.write_batch(batch)
"""


class Spent(NamedTuple):
    """What a process took: seconds of the processor, seconds of the wall, the most memory it held in GiB."""

    processor: float
    wall: float
    memory: float


def spent_by(command: list[str]) -> Spent:
    """What a command takes, which must end well."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Spent(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / (1 << 20))


def make_table(file: Path, rows: int) -> None:
    """Write Adult drawn again, unless it is there."""
    if file.exists():
        return
    text = csv.ConvertOptions(column_types=dict.fromkeys(_names(), pa.string()))
    table = csv.read_csv(ADULT / "adult.csv", parse_options=csv.ParseOptions(delimiter=";"), convert_options=text)
    parquet.write_table(grow(table.combine_chunks().to_batches()[0], rows), file, row_group_size=65_536)


def _names() -> list[str]:
    with (ADULT / "adult.csv").open(encoding="utf-8") as lines:
        return lines.readline().strip().split(";")


def release(file: Path, folder: Path, workers: int = 0) -> Spent:
    """What a release of a file takes; its home is its own, so that no earlier release is held against it.

    Args:
        file: The data.
        folder: For the home and the copy, which are removed.
        workers: How many; 0 for as many as there are cores.
    """
    flow = (ADULT / "flow.toml").read_text(encoding="utf-8")
    for old, new in (
        ('"adult.csv"', f'"{file}"'),
        ("k = 10", "k = 5"),
        ('hierarchies = "."', f'hierarchies = "{ADULT}"'),
    ):
        assert old in flow, old
        flow = flow.replace(old, new)
    place = folder / f"{file.stem}.toml"
    place.write_text(flow, encoding="utf-8")
    places = folder / f"home-{file.stem}", folder / f"{file.stem}-copy"
    given = ["--home", str(places[0]), "--out", str(places[1])]
    given += ["--workers", str(workers)] if workers else []
    found = spent_by([sys.executable, "-m", "lockgate", "release", *given, str(place)])
    for left in places:
        shutil.rmtree(left)
    return found


def wait_for_code() -> None:
    """Have compiled code made, and wait for it; give up after ten minutes."""
    warming.begin()
    made = CodeFolder.made
    for _ in range(6_000):
        if made is None or made.exists():
            return
        time.sleep(0.1)
    raise SystemExit("compiled code was not made")


def main() -> None:
    """Make the table, release it, copy it; print a line each and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        tables = (wanted.folder or folder).resolve()
        few, file = tables / f"adult-{WARM_ROWS}.parquet", tables / f"adult-{wanted.rows}.parquet"
        make_table(few, WARM_ROWS)
        make_table(file, wanted.rows)
        wait_for_code()
        release(few, folder)
        found = release(file, folder)
        peer = spent_by([sys.executable, "-c", COPY, str(file), str(folder / "plain.parquet")])
        for name, spent in (("release", found), ("copy", peer)):
            print(f"{name}: {spent.processor:.2f} s of the processor, {spent.wall:.2f} s, {spent.memory:.2f} GiB")
        print(f"{found.processor / peer.processor:.1f} times the processor time of a copy")


if __name__ == "__main__":
    main()
