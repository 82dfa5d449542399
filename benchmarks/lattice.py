"""How long the lattice takes on Adult, and how good it is: `python benchmarks/lattice.py [FOLDER]`.

FOLDER holds adult.csv and adult_hierarchy_*.csv (`;`-separated); without it, the copy in the package. Processor time
after encoding, compiled beforehand, the least of three runs; numpy is the same search without compiled code.
"""

import csv
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from lockgate.protect import combinations, kanonymity, lattice_loops
from lockgate.protect.domain_choice import Labels, Vocabulary
from lockgate.protect.lattice import Items, encode, make_lattice
from lockgate.protect.lattice_groups import Demand, Grouper
from lockgate.protect.lattice_metric import Domain, Metric, MetricKind
from lockgate.protect.lattice_search import find_optimum, search
from lockgate.protect.lattice_yardstick import make_yardstick
from lockgate.protect.problem import never
from lockgate.protect.search import Search
from lockgate.terms.hierarchy import Hierarchy, make_hierarchy
from lockgate.terms.privacy_model import (
    DistinctDiversity,
    EntropyDiversity,
    GroundDistance,
    KAnonymity,
    RecursiveDiversity,
    TCloseness,
)

PACKAGED = Path(kanonymity.__file__).parents[1] / "examples" / "adult"


def read(folder: Path) -> tuple[pa.Table, dict[str, Hierarchy]]:
    with (folder / "adult.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file, delimiter=";"))
    trees = {}
    for name in header:
        with (folder / f"adult_hierarchy_{name}.csv").open(encoding="utf-8", newline="") as file:
            trees[name] = make_hierarchy(name, [tuple(line) for line in csv.reader(file, delimiter=";")])
    return pa.table({name: [line[at] for line in lines] for at, name in enumerate(header)}), trees


def least(run: Callable[[], object], times: int = 3) -> float:
    found = []
    for _ in range(times):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


def globally(table: pa.Table, trees: dict[str, Hierarchy]) -> None:
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    attributes, codes, number = encode(columns, trees)
    rows = np.bincount(number).astype(np.int64)
    items, lattice = Items(codes, rows, rows), make_lattice(attributes)

    def run(metric: Metric, limit: float, loops: object) -> object:
        yardstick = make_yardstick(metric, lattice, items, suppresses=limit > 0)
        return search(lattice, Grouper(lattice, items, Demand(persons=5), limit, loops), yardstick, None, never)

    print("| metric | limit | value | nodes grouped | s | numpy s |\n|---|---|---|---|---|---|")
    domains = (Domain.OBSERVED, Domain.HIERARCHY)
    cases = [(Metric(MetricKind.LOSS, domain), limit) for domain in domains for limit in (0.0, 0.02, 1.0)]
    cases += [(Metric(kind), limit) for kind in list(MetricKind)[1:] for limit in (0.0, 0.04, 1.0)]
    for metric, limit in cases:
        found = run(metric, limit, lattice_loops)
        seconds = least(partial(run, metric, limit, lattice_loops))
        plain = least(partial(run, metric, limit, None), 1) if metric.kind is MetricKind.LOSS else float("nan")
        name = f"{metric.kind} {metric.domain}" if metric.kind is MetricKind.LOSS else metric.kind
        print(f"| {name} | {limit} | {found.value:.6g} | {found.visited} | {seconds:.2f} | {plain:.2f} |")


def within_models(table: pa.Table, trees: dict[str, Hierarchy]) -> None:
    print("\n| models | limit | loss | nodes grouped | s, with encoding |\n|---|---|---|---|---|")
    name = "occupation"
    for models in (
        [DistinctDiversity(name, 5)],
        [EntropyDiversity(name, 5)],
        [RecursiveDiversity(name, 5, 4.0)],
        [KAnonymity(5), TCloseness(name, 0.2)],
        [KAnonymity(5), TCloseness(name, 0.2, GroundDistance.HIERARCHICAL)],
    ):
        for limit in (0.0, 0.04, 1.0):
            start = time.process_time()
            found = find_optimum(table, trees, models, Metric(domain=Domain.HIERARCHY), limit)
            seconds = time.process_time() - start
            print(f"| {models[-1]} | {limit} | {found.loss:.6g} | {found.visited} of {found.nodes} | {seconds:.2f} |")


def strictly(table: pa.Table, trees: dict[str, Hierarchy], moves: tuple[int, ...]) -> None:
    print("\n| strict, moves | loss | classes | s |\n|---|---|---|---|")
    columns = tuple(table.column_names)
    folded = combinations.fold(table.combine_chunks().to_batches()[0], columns, None)
    for most in moves:
        question = kanonymity.Question(
            columns, 5, trees, 0.0, search=Search.STRICT, vocabulary=Vocabulary(Labels.HIERARCHY), moves=most
        )
        found = kanonymity.solve(folded, question)
        seconds = least(partial(kanonymity.solve, folded, question), 3 if not most else 1)
        print(f"| {most} | {found.loss:.5f} | {len(found.labels[0])} | {seconds:.2f} |", flush=True)


if __name__ == "__main__":
    given = read(Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGED)
    globally(*given)
    within_models(*given)
    strictly(*given, (0, 20_000, 40_000))
