"""Grouped counts and sums with differential privacy, beside OpenDP's polars path on the same rows in the same run.

    python benchmarks/dp_statistics.py --peer-python /path/to/env/bin/python [--rows 10000000]

The peer's environment: `pip install 'opendp[polars]==0.16.0'`. Both start from rows in memory and end with noisy
figures; seconds are of the processor, least of the runs. `by person` bounds every person to five rows first.
"""

import argparse
import json
import math
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa

from lockgate.protect.dp.discrete_noise import discrete_gaussian, discrete_laplace
from lockgate.protect.dp.grouping import contributions_of, fold, merge, split
from lockgate.protect.dp.release_table import release_table
from lockgate.terms.privacy_loss import PrivacyLoss
from lockgate.terms.statistic import Statistic, StatisticKind, StatisticsPlan

BOUND, MOST, GROUPS, BUCKETS = 200_000, 5, 200, 32
KEY = os.urandom(32)
COUNT = Statistic(StatisticKind.COUNT)
SUM = Statistic(StatisticKind.SUM, "pay", Decimal(0), Decimal(BOUND), 2)
KEYS = (tuple(str(number) for number in range(GROUPS)),)


def make(rows: int) -> pa.Table:
    rng = np.random.default_rng(1)  # noqa: TID251 - made-up rows
    group = pa.array(rng.integers(0, GROUPS, rows)).cast(pa.string())
    return pa.table({"group": group, "pay": rng.lognormal(10, 1, rows), "person": rng.integers(0, rows // 5, rows)})


def plan_of(statistic: Statistic, most: int) -> StatisticsPlan:
    loss = PrivacyLoss(epsilon=1_000_000)
    return StatisticsPlan((statistic,), loss, ("group",), KEYS, max_rows=most, max_groups=most, signed=True)


def by_row(table: pa.Table, statistic: Statistic) -> pa.Table:
    plan = plan_of(statistic, 1)
    parts = [fold(contributions_of(batch, None, 0, plan, KEY), plan, KEY) for batch in table.to_batches()]
    return release_table(merge(parts), plan, os.urandom)


def by_person(table: pa.Table, persons: np.ndarray, statistic: Statistic) -> pa.Table:
    plan = plan_of(statistic, MOST)
    buckets: list[list[pa.Table]] = [[] for _ in range(BUCKETS)]
    first = 0
    for batch in table.to_batches():
        some = contributions_of(batch, persons[first : first + batch.num_rows], first, plan, KEY)
        for bucket, part in zip(buckets, split(some, BUCKETS), strict=True):
            bucket.append(part)
        first += batch.num_rows
    parts = []
    while buckets:
        parts.append(fold(pa.concat_tables(buckets.pop()), plan, KEY))
    return release_table(merge(parts), plan, os.urandom)


def timed(make_table: Callable[[], pa.Table], turns: int = 3) -> tuple[float, dict[str, float]]:
    took = []
    for _ in range(turns):
        started = time.process_time()
        found = make_table()
        took.append(time.process_time() - started)
    return min(took), dict(
        zip(found["group"].to_pylist(), map(float, found[found.column_names[1]].to_pylist()), strict=True)
    )


def error(found: dict[str, float], true: dict[str, float]) -> float:
    return float(np.mean([abs(found[key] - true[key]) / true[key] for key in true]))


def noise() -> None:
    for name, draw, deviation in (("Laplace", discrete_laplace, math.sqrt(2)), ("Gaussian", discrete_gaussian, 1.0)):
        for scale in (Fraction(5), Fraction(10**9)):
            started = time.process_time()
            drawn = draw(os.urandom, scale, 100_000).astype(float)
            took = time.process_time() - started
            spread = drawn.std() / float(scale) / deviation
            print(f"noise {name:8} scale {float(scale):.0e}: 100,000 draws {took:.3f} s, spread {spread:.3f} of theory")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer-python", required=True)
    parser.add_argument("--rows", type=int, default=10_000_000)
    given = parser.parse_args()
    noise()
    table = make(given.rows)
    code = np.asarray(table["group"].combine_chunks().cast(pa.int64()))
    clamped = np.clip(np.asarray(table["pay"]), 0, BOUND)
    true = {
        "count": dict(zip(map(str, range(GROUPS)), np.bincount(code).tolist(), strict=True)),
        "sum": dict(zip(map(str, range(GROUPS)), np.bincount(code, weights=clamped).tolist(), strict=True)),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.arrow"
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table, max_chunksize=1 << 20)
        peer = Path(__file__).parent / "dp_opendp.py"
        told = subprocess.run(
            [given.peer_python, str(peer), str(path), str(given.rows)], capture_output=True, text=True, check=True
        ).stdout
    peers: dict[str, tuple[float, dict[str, float]]] = {}
    for line in map(json.loads, told.splitlines()):
        if line["name"] not in peers or line["cpu"] < peers[line["name"]][0]:
            peers[line["name"]] = (line["cpu"], line["found"])
    table = table.combine_chunks()
    batches = pa.Table.from_batches(table.to_batches(max_chunksize=1 << 20))
    person = np.asarray(table["person"], np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    persons = np.stack([person, person ^ (person >> np.uint64(29))], axis=1)
    ours = {
        "count": timed(lambda: by_row(batches, COUNT)),
        "sum": timed(lambda: by_row(batches, SUM)),
        "count by person": timed(lambda: by_person(batches, persons, COUNT), 2),
        "sum by person": timed(lambda: by_person(batches, persons, SUM), 2),
    }
    for name, (took, found) in ours.items():
        theirs = peers[name]
        line = f"{name:16} ours {took:6.2f} s, OpenDP {theirs[0]:6.2f} s, ratio {took / theirs[0]:.3f}"
        if name in true:
            mine, other = error(found, true[name]), error(theirs[1], true[name])
            line += f"; mean relative error ours {mine:.2e}, OpenDP {other:.2e}, ratio {mine / other:.3f}"
        print(line)


if __name__ == "__main__":
    main()
