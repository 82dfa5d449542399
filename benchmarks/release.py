"""A whole release, Parquet to Parquet: scan, decide, protect, verify, record; beside a plain copy of the same table.

`python benchmarks/release.py [--rows 1000000] [--folder FOLDER] [--pseudonym] [--distinct COMBINATIONS]`

The table is Adult drawn again (see `benchmarks/kanonymity.py`), nine quasi-identifiers, k is 5, no pseudonyms; with
`--pseudonym` an identifier that becomes a pseudonym, and eight quasi-identifiers (see `benchmarks/large_table.py`). The
release runs as a user runs it, `lockgate release`, in a process of its own; the copy is pyarrow in a process of its own
too, which reads the file batch by batch and writes it with zstd in one thread. Times are of the processor and of the
wall, memory is that of all processes together (see `benchmarks/tree.py`). Compiled code is made before, and a release
of 20,000 rows goes first. The table is kept in FOLDER for the next run, if given.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
from kanonymity import grow
from large_table import IDENTIFIER, write_large
from pyarrow import csv, parquet
from tree import Spent, spent_by_tree

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


def with_pseudonym(flow: str, file: Path) -> str:
    """The flow of a table with an identifier, which nobody but a recipient gets."""
    traits = [name for name in parquet.read_schema(file).names if name != IDENTIFIER]
    for old, new in (
        ('as = "public"', 'as = "independent-controller"'),
        ('by = "publication"', 'by = "copy"'),
        ("[protect]\n", f'[protect]\npseudonymise = ["{IDENTIFIER}"]\n'),
    ):
        assert old in flow, old
        flow = flow.replace(old, new)
    words = [f'{name} = {{ role = "quasi-identifier", necessary = true }}' for name in traits]
    words.append(f'{IDENTIFIER} = {{ role = "direct-identifier", category = "specific-identity", necessary = true }}')
    return flow.partition("[data.columns]")[0] + "[data.columns]\n" + "\n".join(words) + "\n"


def release(file: Path, folder: Path, workers: int = 0, *, pseudonym: bool = False) -> Spent:
    """What a release of a file takes; its home is its own, so that no earlier release is held against it.

    Args:
        file: The data.
        folder: For the home and the copy, which are removed.
        workers: How many; 0 for as many as there are cores.
        pseudonym: Whether an identifier becomes one.
    """
    flow = (ADULT / "flow.toml").read_text(encoding="utf-8")
    flow = with_pseudonym(flow, file) if pseudonym else flow
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
    found = spent_by_tree([sys.executable, "-m", "lockgate", "release", *given, str(place)])
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
    """Make the table, scan it, release it, copy it; print a line each and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--pseudonym", action="store_true")
    parser.add_argument("--distinct", type=int, default=0, help="combinations that rows are drawn from, 0 for any")
    wanted = parser.parse_args()
    pseudonym = wanted.pseudonym or bool(wanted.distinct)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        tables = (wanted.folder or folder).resolve()
        if pseudonym:
            few, file = (tables / f"people-{rows}-{wanted.distinct}.parquet" for rows in (WARM_ROWS, wanted.rows))
            write_large(few, WARM_ROWS)
            write_large(file, wanted.rows, wanted.distinct)
        else:
            few, file = tables / f"adult-{WARM_ROWS}.parquet", tables / f"adult-{wanted.rows}.parquet"
            make_table(few, WARM_ROWS)
            make_table(file, wanted.rows)
        wait_for_code()
        release(few, folder, pseudonym=pseudonym)
        scan = spent_by_tree([sys.executable, "-m", "lockgate", "scan", str(file), "--json", "--home", work])
        found = release(file, folder, pseudonym=pseudonym)
        peer = spent_by_tree([sys.executable, "-c", COPY, str(file), str(folder / "plain.parquet")])
        for name, spent in (("scan", scan), ("release", found), ("copy", peer)):
            print(f"{name}: {spent.processor:.2f} s of the processor, {spent.wall:.2f} s, {spent.memory:.2f} GiB")
        print(f"release: {found.processor / peer.processor:.1f} times the processor time of a copy", end=", ")
        print(f"{found.wall / peer.wall:.1f} times its wall time")


if __name__ == "__main__":
    main()
