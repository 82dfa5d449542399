"""`lockgate scan` as a whole command beside reading the same file with pyarrow; prints ratios.

`python benchmarks/scan.py [ROWS]`; the files are made under the folder for temporary files and removed afterwards.
Processor times (user and system, of a process of its own) and wall times; for few rows the least of five runs.

Cells: eight text columns of the made-up customers; one row is about 190 bytes.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from lockgate.examples.customers import generate_customers

COLUMNS = ("customer_id", "name", "id_number", "mobile", "email", "bank_card", "address", "note")
SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])
READERS = {
    ".parquet": "import sys; from pyarrow import parquet; print(parquet.read_table(sys.argv[1]).num_rows)",
    ".csv": "import sys; from pyarrow import csv; print(csv.read_csv(sys.argv[1]).num_rows)",
}


def make(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write the same rows as Parquet and as CSV with every cell in quotes."""
    paths = folder / f"{rows}.parquet", folder / f"{rows}.csv"
    size = 0
    with parquet.ParquetWriter(paths[0], SCHEMA) as first, csv.CSVWriter(paths[1], SCHEMA) as second:
        for batch in generate_customers(rows, 7):
            chosen = batch.select(COLUMNS)
            size += chosen.nbytes
            first.write_batch(chosen)
            second.write_batch(chosen)
    print(f"{rows:,} rows, {size / 1e9:.2f} GB as Arrow, {paths[1].stat().st_size / 1e9:.2f} GB as CSV")
    return paths


def run(*command: str, times: int = 1) -> tuple[float, float]:
    """Return processor and wall time of a command, of the run with the least processor time."""
    best = (float("inf"), 0.0)
    for _ in range(times):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - start
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, (spent, wall))
    return best


def peak_mib(*command: str) -> int:
    """Return the most memory that a command held at once."""
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss >> 10


def compare(what: str, ours: tuple[float, float], theirs: tuple[float, float], wanted: float) -> None:
    """Print two runs and their ratio."""
    print(
        f"{what:<34} processor {ours[0]:7.2f} s, {ours[0] / theirs[0]:5.1f} x  "
        f"wall {ours[1]:7.2f} s, {ours[1] / theirs[1]:5.1f} x  (must: {wanted:.0f} x)"
    )


def main(rows: int) -> None:
    """Run all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare = run("-c", "import pyarrow, numba", times=5)
        _, small = make(folder, 1_000)
        compare("scan of 1,000 rows of CSV", run("-m", "lockgate", "scan", str(small), "--json", times=5), bare, 2)
        fewer = make(folder, rows // 10)
        first = run("-m", "lockgate", "scan", str(fewer[0]), "--json")
        print(f"first scan of {rows // 10:,} rows, which compiles what is not compiled yet: processor {first[0]:.2f} s")
        for path in make(folder, rows):
            read = run("-c", READERS[path.suffix], str(path), times=2)
            print(f"{'read ' + path.suffix:<34} processor {read[0]:7.2f} s          wall {read[1]:7.2f} s")
            compare(f"scan of {rows:,} rows", run("-m", "lockgate", "scan", str(path), "--json"), read, 3)
            path.rename(folder / f"large{path.suffix}")
        for path in fewer:
            large = peak_mib("-m", "lockgate", "scan", str(folder / f"large{path.suffix}"), "--json")
            less = peak_mib("-m", "lockgate", "scan", str(path), "--json")
            print(f"memory, {path.suffix}: {less} MiB for {rows // 10:,} rows, {large} MiB for {rows:,}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
