"""k-anonymity: loss and time on Adult, on a million rows and on ten, beside anonypy.

`python benchmarks/kanonymity.py ADULT_FOLDER [--rows 1000000] [--moves 20000] [--peer-python PYTHON]`

ADULT_FOLDER holds `adult.csv` and `adult_hierarchy_*.csv`, delimited by `;`. All columns are quasi-identifiers, k is 5.
Loss is what `lockgate.verify` measures on the released values. Times are of the processor, compiled code made before;
reading, encoding to codes and relabelling are not in the time of a search.
"""

import argparse
import csv
import json
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from lockgate.protect import combinations, kanonymity
from lockgate.protect.domain_choice import Labels, Vocabulary
from lockgate.protect.search import Search, find_partition
from lockgate.terms.hierarchy import Hierarchy, make_hierarchy
from lockgate.verify import figures, fold

K = 5
BATCH = 65_536
PEER = """
import json, sys, time
import anonypy, pandas as pd
table = pd.read_csv(sys.argv[1], sep=";", dtype=str)
table["age"] = table["age"].astype(int)
names = list(table.columns)
for name in names:
    if name != "age":
        table[name] = table[name].astype("category")
table["row"] = range(len(table))
start = time.process_time()
mondrian = anonypy.mondrian.Mondrian(table, names, "row")
parts = mondrian.partition(5)
spent = time.process_time() - start
loss = 0.0
for part in parts:
    for name in names:
        found, whole = table[name][part], table[name]
        if name == "age":
            share = (found.max() - found.min()) / (whole.max() - whole.min())
        else:
            share = (found.nunique() - 1) / (whole.nunique() - 1)
        loss += share * len(part)
print(json.dumps({"seconds": spent, "loss": loss / len(table) / len(names), "classes": len(parts)}))
"""


def read_adult(folder: Path) -> tuple[pa.RecordBatch, dict[str, Hierarchy]]:
    """The table as text, and its hierarchies."""
    with (folder / "adult.csv").open(encoding="utf-8") as lines:
        head, *rows = csv.reader(lines, delimiter=";")
    hierarchies = {}
    for path in sorted(folder.glob("adult_hierarchy_*.csv")):
        name = path.stem.removeprefix("adult_hierarchy_")
        with path.open(encoding="utf-8") as lines:
            hierarchies[name] = make_hierarchy(name, [tuple(row) for row in csv.reader(lines, delimiter=";")])
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays(columns, names=head), hierarchies


def grow(adult: pa.RecordBatch, rows: int, share: float = 0.05, seed: int = 1) -> pa.Table:
    """More rows: drawn again, ages moved by a normal draw of 3 years, a share of the other cells drawn anew."""
    rng = np.random.default_rng(seed)  # noqa: TID251 - made-up rows, the same each time
    chosen = rng.integers(0, adult.num_rows, rows)
    columns = []
    for name, column in zip(adult.schema.names, adult.columns, strict=True):
        encoded = column.dictionary_encode()
        codes = np.asarray(encoded.indices)
        if name == "age":
            ages = np.array([int(age) for age in encoded.dictionary.to_pylist()])[codes[chosen]]
            moved = np.clip(np.rint(ages + rng.normal(0, 3, rows)), 17, 90).astype(np.int64)
            columns.append(pa.array(moved).cast(pa.string()))
            continue
        own = np.where(rng.random(rows) < share, codes[rng.integers(0, adult.num_rows, rows)], codes[chosen])
        columns.append(encoded.dictionary.take(pa.array(own)))
    return pa.table(columns, names=adult.schema.names)


def least(work: Callable[[], object], times: int = 3) -> float:
    """Least processor time of a few runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def searched(table: pa.Table, question: kanonymity.Question, times: int) -> tuple[float, kanonymity.Recoding]:
    """Seconds of the search alone, and the recoding."""
    spent: list[float] = []

    def timed(problem: kanonymity.Problem, search: Search) -> kanonymity.Partition:
        found: list[kanonymity.Partition] = []
        spent.append(least(lambda: found.append(find_partition(problem, search)), times))
        return found[-1]

    original, kanonymity.find_partition = kanonymity.find_partition, timed
    try:
        recoding = kanonymity.solve(table, question)
    finally:
        kanonymity.find_partition = original
    return spent[0], recoding


def measured_loss(batch: pa.RecordBatch, released: pa.RecordBatch, hierarchies: dict[str, Hierarchy]) -> float:
    """The loss as `verify` measures it."""
    names = batch.schema.names
    pairs = fold.fold(released, batch, None, names)
    secrets = fold.fold_sensitive(released, names, [])
    return figures.measure(pairs, secrets, figures.Reading(hierarchies, frozenset(names))).loss


def on_adult(folder: Path, moves: int) -> None:
    """Every kind of labels, with and without refinement."""
    batch, hierarchies = read_adult(folder)
    names = tuple(batch.schema.names)
    table = combinations.fold(batch, names, None)
    kanonymity.solve(table, kanonymity.Question(names, K, hierarchies, 0.0, moves=1))  # code is loaded
    for labels, search in (*((labels, Search.LOCAL) for labels in Labels), (Labels.HIERARCHY, Search.STRICT)):
        for tried in (0, moves):
            vocabulary = Vocabulary(labels)
            question = kanonymity.Question(
                names, K, hierarchies, 0.0, search=search, vocabulary=vocabulary, moves=tried
            )
            seconds, recoding = searched(table, question, 1 if tried else 3)
            loss = measured_loss(batch, kanonymity.apply(batch, recoding), hierarchies)
            print(
                f"adult  {search.value:7} {labels.value:10} moves {recoding.moves:7}  {seconds:7.3f} s  loss {loss:.4f}"
            )


def at_scale(folder: Path, rows: int) -> None:
    """Fold, search and map of many rows, each by itself."""
    batch, hierarchies = read_adult(folder)
    names = tuple(batch.schema.names)
    grown = grow(batch, rows)
    encoded = pa.table([column.dictionary_encode() for column in grown.columns], names=list(names))
    question = kanonymity.Question(names, K, hierarchies, 0.0)
    start = time.process_time()
    table = combinations.merge([combinations.fold(part, names, None) for part in grown.to_batches(BATCH)])
    folded = time.process_time()
    seconds, recoding = searched(table, question, 1)
    solved = time.process_time()
    kept = sum(int((kanonymity.classes_of(part, recoding) >= 0).sum()) for part in grown.to_batches(BATCH))
    mapped = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{rows} rows, {len(recoding.classes)} combinations: fold {folded - start:.2f} s, search {seconds:.2f} s, "
        f"solve with it {solved - folded - seconds:.2f} s, classes of rows {mapped - solved:.2f} s, "
        f"loss {recoding.loss:.4f}, kept {kept}, {memory:.2f} GiB ({encoded.nbytes / 2**20:.0f} MiB encoded)"
    )


def beside_peer(folder: Path, rows: int, python: str) -> None:
    """The first rows of Adult with set labels, by anonypy and by us."""
    batch, hierarchies = read_adult(folder)
    batch, names = batch.slice(0, rows), tuple(batch.schema.names)
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "part.csv"
        lines = [names, *(tuple(row.values()) for row in batch.to_pylist())]
        file.write_text("\n".join(map(";".join, lines)), encoding="utf-8")
        run = subprocess.run([python, "-c", PEER, str(file)], check=True, capture_output=True)
    theirs = json.loads(run.stdout)
    question = kanonymity.Question(names, K, hierarchies, 0.0, vocabulary=Vocabulary(Labels.SET))
    seconds, recoding = searched(combinations.fold(batch, names, None), question, 3)
    loss = measured_loss(batch, kanonymity.apply(batch, recoding), hierarchies)
    print(
        f"{rows} rows, sets: anonypy {theirs['seconds']:.2f} s, loss {theirs['loss']:.4f}; ours {seconds:.4f} s, "
        f"loss {loss:.4f}: {theirs['seconds'] / seconds:.0f} times faster, {loss / theirs['loss']:.2f} of the loss"
    )


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("adult", type=Path)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--moves", type=int, default=20_000)
    parser.add_argument("--peer-python")
    parser.add_argument("--peer-rows", type=int, default=3_000)
    given = parser.parse_args()
    on_adult(given.adult, given.moves)
    if given.rows:
        at_scale(given.adult, given.rows)
    if given.peer_python:
        beside_peer(given.adult, given.peer_rows, given.peer_python)


if __name__ == "__main__":
    main()
