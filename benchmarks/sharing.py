"""A release of each kind of source with one worker and with two: wall times and seconds of the processor.

`python benchmarks/sharing.py [--rows 2200000] [--kinds parquet,partitioned,…] [--pairs 3] [--folder FOLDER]`

The table is Adult drawn again, as in `benchmarks/release.py`, with a number for each row. A release runs as a user
runs it, in a process of its own, the numbers of workers in turn; the least of several is told. `consent` is Parquet
with a register that lets 39 of 40 rows go. Kinds: parquet, partitioned, structs,
arrow, jsonl, consent.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
from pyarrow import dataset, ipc, parquet
from release import ADULT, make_table, wait_for_code

HEAD = 'subject_key = "id"\n'
REGISTER = {"purpose": "research", "recipient": "The public", "category": "", "state": "given", "since": "2026-01-01"}


def write(kind: str, table: pa.Table, folder: Path) -> Path:
    """The table as one kind of source; the path of it."""
    path = folder / f"{kind}-{table.num_rows}"
    if kind == "partitioned":
        if not path.exists():
            parting = dataset.partitioning(pa.schema([("sex", pa.string())]), flavor="hive")
            limits = {"max_rows_per_file": 500_000, "max_rows_per_group": 65_536}
            dataset.write_dataset(table, path, format="parquet", partitioning=parting, **limits)
        return path
    path = path.with_suffix({"arrow": ".arrow", "jsonl": ".jsonl"}.get(kind, ".parquet"))
    if path.exists():
        return path
    match kind:
        case "arrow":
            with ipc.new_file(path, table.schema, options=ipc.IpcWriteOptions(compression="lz4")) as writer:
                writer.write_table(table, max_chunksize=65_536)
        case "jsonl":
            table.to_pandas().to_json(path, orient="records", lines=True)
        case "structs":
            inner = pa.StructArray.from_arrays([table["race"].combine_chunks()], ["code"])
            parquet.write_table(table.append_column("more", inner), path, row_group_size=65_536)
        case _:
            parquet.write_table(table, path, row_group_size=65_536)
    return path


def flow_of(kind: str, source: Path, folder: Path, rows: int) -> Path:
    """A flow file for a kind of source."""
    flow = (ADULT / "flow.toml").read_text(encoding="utf-8")
    flow = flow.replace('"adult.csv"', f'"{source}"').replace("k = 10", "k = 5")
    flow = flow.replace('hierarchies = "."', f'hierarchies = "{ADULT}"')
    flow = flow.replace("hierarchies =", 'drop = ["id"]\nhierarchies =')
    if kind == "consent":
        register = folder / f"register-{rows}.parquet"
        ids = [str(number) for number in range(rows) if number % 40]
        cells = {name: pa.repeat(pa.scalar(value), len(ids)) for name, value in REGISTER.items()}
        parquet.write_table(pa.table({"subject": ids, **cells, "until": pa.nulls(len(ids), pa.string())}), register)
        flow = flow.replace("min_age", f"{HEAD}min_age")
        flow = flow.replace("[means]", f'[basis.consent]\nregister = "{register}"\n\n[means]')
    (folder / f"{kind}.toml").write_text(flow, encoding="utf-8")
    return folder / f"{kind}.toml"


def release(flow: Path, workers: int) -> tuple[float, float]:
    """Seconds of the wall and of the processor of a release."""
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "lockgate", "release", "--home", f"{place}/home", "--out", f"{place}/out"]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run([*command, "--workers", str(workers), str(flow)], capture_output=True, check=False)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{flow.stem}: exit {done.returncode}: {done.stderr.decode()[-800:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a line for each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_200_000)
    parser.add_argument("--kinds", default="parquet,partitioned,structs,arrow,jsonl,consent")
    parser.add_argument("--pairs", type=int, default=2)
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    folder = (wanted.folder or Path(tempfile.mkdtemp())).resolve()
    folder.mkdir(exist_ok=True)
    file = folder / f"adult-{wanted.rows}.parquet"
    make_table(file, wanted.rows)
    table = parquet.read_table(file)
    table = table.append_column("id", pa.array([str(number) for number in range(table.num_rows)]))
    wait_for_code()
    for kind in wanted.kinds.split(","):
        flow = flow_of(kind, write(kind, table, folder), folder, table.num_rows)
        if not wanted.pairs:
            continue
        found = {1: [], 2: []}
        for _ in range(wanted.pairs):
            for workers, spent in found.items():
                spent.append(release(flow, workers))
        (one, alone), (two, both) = (map(min, zip(*found[workers], strict=True)) for workers in (1, 2))
        print(f"{kind}: {one:.1f} s, {two:.1f} s ({one / two:.2f}); processor {alone:.1f}, {both:.1f} s", flush=True)
    if not wanted.folder:
        shutil.rmtree(folder)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    sys.exit(main())
