"""Uniqueness on all rows agrees with counting by hand, and with the sample where that holds all rows."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest

from lockgate.classify import uniqueness
from lockgate.flow import exactness
from lockgate.terms.classification import ColumnCombination

NAMES = ("town", "age", "sex")
COMBINATIONS = tuple(ColumnCombination(columns, 0.0) for columns in (("town",), ("town", "age"), NAMES))


def table(rows: int) -> pa.Table:
    numbers = np.arange(rows)[:, None]
    chosen = (numbers * numbers * [7, 13, 1, 31] + numbers * [3, 5, 1, 17]) % [41, 89, 2, rows // 2]
    columns = {name: chosen[:, at].astype(str) for at, name in enumerate((*NAMES, "key"))}
    return pa.table(columns)


@pytest.mark.parametrize("key", ["", "key"])
def test_the_exact_share_is_that_of_counting_by_hand(tmp_path, monkeypatch, key):
    spill = exactness.Spill
    monkeypatch.setattr(exactness, "Spill", lambda *given: spill(*given, limit_rows=1_000))
    data = table(3_000)
    batches, first = [], 0
    for batch in data.to_batches(max_chunksize=700):
        batches.append((first, batch))
        first += batch.num_rows
    found = exactness.measure_exactly(iter(batches), COMBINATIONS, key, tmp_path)
    rows = data.to_pylist()
    for item in found:
        holders = defaultdict(set)
        for number, row in enumerate(rows):
            holders[tuple(row[name] for name in item.columns)].add(row[key] if key else number)
        alone = sum(len(holders[tuple(row[name] for name in item.columns)]) == 1 for row in rows)
        assert item.unique_share == pytest.approx(alone / len(rows))
    sampled = uniqueness.solve(uniqueness.fold(data.to_batches()[0], NAMES, 0), NAMES)
    if not key:
        assert found[-1].unique_share == next(one.unique_share for one in sampled if one.columns == NAMES)
