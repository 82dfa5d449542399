"""A synthetic Adult with differential privacy: how far its marginals are from the real ones, in how long.

python benchmarks/dp_synthesis.py [--epsilon 1] [--turns 5]

Error: half the 1-norm between the shares of a marginal, real and synthetic, mean over all marginals of 1, 2 and 3
columns, beside a table whose columns are drawn independently from the real ones.
"""

import argparse
import os
import time
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from lockgate import examples
from lockgate.protect.dp.synthesis import fold, synthesise
from lockgate.terms.privacy_loss import MICRO, PrivacyLoss, rho_within
from lockgate.terms.synthesis import ColumnDomain, SynthesisPlan

DELTA = 1_000_000  # 1e-9


def domains_of(folder: Path, names: list[str]) -> tuple[ColumnDomain, ...]:
    """The leaves of the hierarchies; ages from 0 to 100."""
    domains = []
    for name in names:
        lines = (folder / f"adult_hierarchy_{name}.csv").read_text(encoding="utf-8").splitlines()
        values = tuple(dict.fromkeys(line.split(";")[0] for line in lines))
        number = name == "age"
        domains.append(ColumnDomain(name, low=Decimal(0), high=Decimal(100)) if number else ColumnDomain(name, values))
    return tuple(domains)


def codes(real: pa.Table, made: pa.Table, name: str) -> tuple[np.ndarray, np.ndarray]:
    both = np.concatenate([np.asarray(table[name].cast(pa.string()).to_pylist()) for table in (real, made)])
    _, code = np.unique(both, return_inverse=True)
    return code[: real.num_rows], code[real.num_rows :]


def errors(real: pa.Table, made: pa.Table) -> list[float]:
    coded = [codes(real, made, name) for name in real.column_names]
    found = []
    for way in (1, 2, 3):
        distances = []
        for chosen in combinations(coded, way):
            key = [np.zeros(len(part), np.int64) for part in (chosen[0][0], chosen[0][1])]
            for pair in chosen:
                width = max(int(part.max()) for part in pair) + 1
                key = [old * width + part for old, part in zip(key, pair, strict=True)]
            size = max(int(part.max()) for part in key) + 1
            shares = [np.bincount(part, minlength=size) / len(part) for part in key]
            distances.append(np.abs(shares[0] - shares[1]).sum() / 2)
        found.append(float(np.mean(distances)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epsilon", type=Decimal, default=Decimal(1))
    parser.add_argument("--turns", type=int, default=5)
    given = parser.parse_args()
    folder = Path(next(iter(examples.__path__))) / "adult"
    real = pc.read_csv(folder / "adult.csv", parse_options=pc.ParseOptions(delimiter=";"))
    rho = rho_within(int(given.epsilon * MICRO), DELTA)
    plan = SynthesisPlan(domains_of(folder, real.column_names), PrivacyLoss(rho=rho))
    batch = real.combine_chunks().to_batches()[0]
    found = []
    for _ in range(given.turns):
        started = time.process_time()
        made = synthesise(fold(batch, plan), plan, os.urandom)
        found.append([time.process_time() - started, made.num_rows, *errors(real, made)])
    print(f"epsilon {given.epsilon}, delta 1e-9, rho {rho / MICRO}; {given.turns} turns")
    for name, values in zip(("seconds", "rows", "1-way", "2-way", "3-way"), zip(*found, strict=True), strict=True):
        print(f"{name:8} mean {np.mean(values):.4f}, worst {max(values):.4f}")
    rng = np.random.default_rng(1)  # noqa: TID251 - a baseline
    alone = pa.table({name: real[name].take(rng.permutation(real.num_rows)) for name in real.column_names})
    print("independent columns", [round(value, 4) for value in errors(real, alone)])


if __name__ == "__main__":
    main()
