"""Microaggregation: loss of MDAV and of tighter groups, and what they cost.

`python benchmarks/microaggregation.py [TABLE.csv]`; a table of numbers with a header is measured beside the bundled
census extract and made-up records. Processor time, compiled before.
"""

import sys
import time
from hashlib import shake_256
from pathlib import Path

import numpy as np
from pyarrow import csv

from lockgate.examples.bundled import adult
from lockgate.protect.mdav import group_records
from lockgate.protect.mdav_sums import Floats
from lockgate.protect.microaggregation import Grouping, microaggregate, standardise

SCHOOLING = [
    "Preschool",
    "1st-4th",
    "5th-6th",
    "7th-8th",
    "9th",
    "10th",
    "11th",
    "12th",
    "HS-grad",
    "Some-college",
    "Assoc-voc",
    "Assoc-acdm",
    "Bachelors",
    "Masters",
    "Prof-school",
    "Doctorate",
]


def census() -> Floats:
    """Return age and level of schooling, 1 to 16, of the census extract."""
    table = csv.read_csv(adult().location, parse_options=csv.ParseOptions(delimiter=";"))
    level = {name: number for number, name in enumerate(SCHOOLING, start=1)}
    schooling = [level[name] for name in table["education"].to_pylist()]
    return np.stack((np.asarray(table["age"], dtype=np.float64), np.array(schooling, dtype=np.float64)), axis=1)


def made_up(rows: int, columns: int, *, skewed: bool) -> Floats:
    """Return correlated records of the normal distribution, or of the log-normal one."""
    stream = shake_256(f"records {columns}".encode()).digest(8 * (rows + columns) * columns)
    even = (np.frombuffer(stream, "<u4").astype(np.float64) + 0.5) * 2.0**-32
    normal = np.sqrt(-2 * np.log(even[::2])) * np.cos(2 * np.pi * even[1::2])
    records = normal[: rows * columns].reshape(rows, columns) @ normal[rows * columns :].reshape(columns, columns)
    return np.exp(records / 2) if skewed else records


def measured(matrix: Floats, k: int, grouping: Grouping) -> tuple[float, float]:
    """Return loss in per cent and processor seconds."""
    start = time.process_time()
    result = microaggregate(matrix, k, grouping)
    return result.loss_percent, time.process_time() - start


def main() -> None:
    """Print loss and time of every table."""
    tables = {
        "census extract, age and schooling": census(),
        "census extract, age": census()[:, :1],
        "made up, 1,080 x 13": made_up(1_080, 13, skewed=False),
        "made up, 834 x 13, skewed": made_up(834, 13, skewed=True),
        "made up, 30,000 x 5": made_up(30_000, 5, skewed=False),
        "made up, 30,000 x 5, skewed": made_up(30_000, 5, skewed=True),
        "made up, 100,000 x 5": made_up(100_000, 5, skewed=False),
    }
    for path in sys.argv[1:]:
        table = csv.read_csv(path)
        tables[Path(path).name] = np.stack([np.asarray(column, np.float64) for column in table.columns], axis=1)
    microaggregate(made_up(3_000, 2, skewed=False), 3, Grouping.REFINED)  # compile
    print("| table | k | MDAV loss % | tighter | ratio | MDAV s | tighter s |\n|---|---|---|---|---|---|---|")
    for name, matrix in tables.items():
        for k in (3, 5, 10):
            plain, plain_s = measured(matrix, k, Grouping.MDAV)
            tight, tight_s = measured(matrix, k, Grouping.REFINED)
            print(
                f"| {name} | {k} | {plain:.4f} | {tight:.4f} | {tight / plain if plain else 1:.3f} | "
                f"{plain_s:.2f} | {tight_s:.2f} |",
                flush=True,
            )
    points = standardise(made_up(10_000, 5, skewed=False))
    start = time.process_time()
    group_records(points, 5, None)
    print(f"\nwithout compiled code, 10,000 x 5, k = 5: {time.process_time() - start:.2f} s")


if __name__ == "__main__":
    main()
