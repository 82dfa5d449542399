"""The peer of `dp_statistics.py`: OpenDP's polars path, in an environment of its own; prints one line of JSON a query.

python dp_opendp.py FILE.arrow MAX_LENGTH
"""

import json
import sys
import time
import warnings

import opendp.prelude as dp
import polars as pl

warnings.simplefilter("ignore")
dp.enable_features("contrib")

BOUND = 200_000.0
MOST = 5
GROUPS = 200


def measure(name: str, frame: pl.LazyFrame, length: int, expression: pl.Expr, *, by_person: bool) -> None:
    started, wall = time.process_time(), time.perf_counter()
    invariant = None if by_person else "keys"
    context = dp.Context.compositor(
        data=frame,
        privacy_unit=dp.unit_of(contributions=1, identifier="person" if by_person else None),
        privacy_loss=dp.loss_of(epsilon=1.0),
        split_evenly_over=1,
        margins=[
            dp.polars.Margin(max_length=length, max_groups=GROUPS),
            dp.polars.Margin(by=["group"], max_length=length, max_groups=GROUPS, invariant=invariant),
        ],
    )
    query = context.query()
    if by_person:
        keys = pl.LazyFrame({"group": [str(number) for number in range(GROUPS)]})
        query = query.truncate_per_group(MOST).group_by("group").agg(expression).with_keys(keys)
    else:
        query = query.group_by("group").agg(expression)
    found = query.release().collect()
    took = {"cpu": time.process_time() - started, "wall": time.perf_counter() - wall}
    values = dict(zip(found["group"].to_list(), found[found.columns[1]].to_list(), strict=True))
    print(json.dumps({"name": name, **took, "found": values}), flush=True)


def main() -> None:
    frame = pl.read_ipc(sys.argv[1], memory_map=False).lazy()
    length = int(sys.argv[2])
    count = dp.len(signed=True)
    total = pl.col("pay").fill_nan(0.0).fill_null(0.0).dp.sum((0.0, BOUND))
    for _ in range(3):
        measure("count", frame, length, count, by_person=False)
        measure("sum", frame, length, total, by_person=False)
    for _ in range(2):
        measure("count by person", frame, length, count, by_person=True)
        measure("sum by person", frame, length, total, by_person=True)


if __name__ == "__main__":
    main()
