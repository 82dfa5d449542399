"""Fragments, spilled combinations and shuffled rows: the same whatever the cut, the order and the memory."""

import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lockgate.tables.fragments import FRAGMENT_ROWS, fragments
from lockgate.tables.order import KeyedBatch, shuffled
from lockgate.tables.order_parts import join_parts, part_rows, rows_of_parts
from lockgate.tables.row_hash import hash_rows
from lockgate.tables.spill import Spill

KEYS = st.tuples(st.none() | st.sampled_from(["", "a", "b", "ab", "é", "北京"]), st.none() | st.integers(-2, 2))
ROWS = st.lists(st.tuples(KEYS, st.integers(-5, 5), st.integers(0, 2**40)), max_size=60)
SCHEMA = pa.schema([("t", pa.string()), ("n", pa.int64()), ("w", pa.int64()), ("v", pa.int64())])


def table_of(rows: list[tuple[tuple[str | None, int | None], int, int]]) -> pa.Table:
    return pa.Table.from_pylist([{"t": t, "n": n, "w": w, "v": v} for (t, n), w, v in rows], schema=SCHEMA)


def cut(table: pa.Table, cuts: list[int]) -> list[pa.Table]:
    bounds = sorted({0, table.num_rows, *(one % (table.num_rows + 1) for one in cuts)})
    return [table.slice(low, high - low) for low, high in pairwise(bounds)] or [table]


@settings(max_examples=200, deadline=None)
@given(rows=ROWS, limit=st.integers(2, 80), cuts=st.lists(st.integers(0, 60), max_size=5), data=st.data())
def test_a_spill_equals_grouping_in_memory(
    rows: list[tuple[tuple[str | None, int | None], int, int]], limit: int, cuts: list[int], data: st.DataObject
) -> None:
    expected: dict[tuple[str | None, int | None], list[int]] = {}
    for key, w, v in rows:
        sums = expected.setdefault(key, [0, 0])
        sums[0] += w
        sums[1] += v
    with TemporaryDirectory() as folder:
        with Spill(Path(folder), ["t", "n"], ["w", "v"], limit) as spill:
            for part in cut(table_of(data.draw(st.permutations(rows))), cuts):
                spill.add(part)
            merged = [row for table in spill.merged() for row in table.to_pylist()]
            assert len(merged) == len(expected) == spill.count()
            assert {(row["t"], row["n"]): [row["w"], row["v"]] for row in merged} == expected
            whole = spill.table()
            assert whole.schema == SCHEMA
            in_order = sorted(expected, key=lambda key: tuple((part is None, part or type(part)()) for part in key))
            assert [(row["t"], row["n"]) for row in whole.to_pylist()] == in_order
        assert not list(Path(folder).iterdir())


@pytest.mark.slow
def test_a_bucket_over_the_limit_is_parted_again(tmp_path: Path) -> None:
    with Spill(tmp_path, ["k"], ["w"], 100) as spill:
        for start in range(0, 9_000, 3_000):
            spill.add(pa.table({"k": [f"key {n % 7_000}" for n in range(start, start + 3_000)], "w": [1] * 3_000}))
        tables = list(spill.merged())
        assert max(table.num_rows for table in tables) <= 100
        assert sum(table.num_rows for table in tables) == 7_000
        assert spill.table().column("w").to_numpy().sum() == 9_000
        spill.add(pa.table({"k": ["one more"], "w": [1]}))
        assert spill.count() == 7_001
    assert not list(tmp_path.iterdir())


def test_a_spill_without_keys_is_one_sum_and_without_tables_nothing(tmp_path: Path) -> None:
    with Spill(tmp_path, [], ["w"], 3) as spill:
        spill.add(pa.table({"w": range(10)}))
        assert spill.table().to_pylist() == [{"w": 45}]
    with Spill(tmp_path, ["k"], ["w"]) as spill:
        assert list(spill.merged()) == []
        assert spill.count() == 0
        with pytest.raises(ValueError, match="at least one table"):
            spill.table()
        spill.add(pa.table({"k": pa.array([], pa.string()), "w": pa.array([], pa.int64())}))
        assert spill.table().num_rows == 0


def test_the_hash_of_a_row_does_not_depend_on_the_layout_of_its_columns() -> None:
    cells = ["", None, "a", "ab", "北京", "a" * 300, None, "b"]
    plain = pa.table({"k": pa.array(cells)})
    sliced = pa.table({"k": pa.array(["x", *cells, "y"]).slice(1, len(cells))})
    coded = pa.table({"k": pa.array(cells).dictionary_encode()})
    chunked = pa.table({"k": pa.chunked_array([cells[:3], cells[3:]])})
    expected = hash_rows(plain, ["k"])
    for other in (sliced, coded, chunked):
        assert hash_rows(other, ["k"]).tolist() == expected.tolist()
    assert len(set(expected.tolist())) == 7
    assert hash_rows(plain, ["k"], 1).tolist() != expected.tolist()


def test_hashes_spread_evenly_over_buckets() -> None:
    table = pa.table({"k": [str(number) for number in range(64_000)]})
    counts = np.bincount((hash_rows(table, ["k"]) % np.uint64(64)).astype(np.int64), minlength=64)
    assert 800 < counts.min() <= counts.max() < 1_200


def keys_of(start: int, count: int) -> NDArray[np.uint64]:
    numbers = np.arange(start, start + count, dtype=np.uint64)
    return (numbers * np.uint64(0x9E3779B97F4A7C15)) ^ (numbers << np.uint64(40))


def few_keys(start: int, count: int) -> NDArray[np.uint64]:
    return np.arange(start, start + count, dtype=np.uint64) % np.uint64(3)


def keyed(batches: Iterable[pa.RecordBatch], keys: Callable[[int, int], NDArray[np.uint64]]) -> Iterator[KeyedBatch]:
    start = 0
    for batch in batches:
        yield batch, keys(start, batch.num_rows)
        start += batch.num_rows


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(0, 300),
    cuts=st.lists(st.integers(0, 300), max_size=5),
    memory=st.integers(1, 400),
    few=st.booleans(),
)
def test_shuffled_rows_are_a_permutation_that_depends_on_keys_alone(
    rows: int, cuts: list[int], memory: int, few: bool
) -> None:
    keys = few_keys if few else keys_of
    table = pa.table({"n": pa.array(range(rows), pa.int64()), "t": [f"row {number}" for number in range(rows)]})
    batches = [batch for part in cut(table, cuts) for batch in part.to_batches()]
    expected = sorted(range(rows), key=lambda number: (int(keys(number, 1)[0]), number))
    with TemporaryDirectory() as folder:
        found = [row for batch in shuffled(keyed(batches, keys), Path(folder), memory) for row in batch.to_pylist()]
        assert not list(Path(folder).iterdir())
    assert [row["n"] for row in found] == expected
    assert all(row["t"] == f"row {row['n']}" for row in found)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(0, 300),
    cuts=st.lists(st.integers(0, 300), max_size=5),
    parted=st.lists(st.integers(0, 300), max_size=3),
    memory=st.integers(1, 400),
    few=st.booleans(),
    some=st.tuples(st.integers(0, 320), st.integers(0, 320)).map(sorted),
)
def test_rows_parted_by_several_and_joined_are_those_shuffled_at_once(
    rows: int, cuts: list[int], parted: list[int], memory: int, few: bool, some: list[int]
) -> None:
    keys = few_keys if few else keys_of
    texts = pa.array([None if number % 7 == 0 else f"text {number % 11}" for number in range(rows)], pa.string())
    table = pa.table({"n": pa.array(range(rows), pa.int64()), "t": texts})
    whole = [batch for part in cut(table, cuts) for batch in encoded(part)]
    with TemporaryDirectory() as folder:
        expected = list(shuffled(keyed(whole, keys), Path(folder), memory))
        parts, start = [], 0
        for number, part in enumerate(cut(table, parted)):
            place, moved = Path(folder) / f"{number}", Path(folder) / f"moved-{number}"
            place.mkdir()
            batches = [(batch, keys(start + first, batch.num_rows)) for first, batch in numbered(encoded(part))]
            made = part_rows(batches, place, memory)
            place.rename(moved)
            if made is not None:
                parts.append(pickle.loads(pickle.dumps(made)).moved_to(moved))
            start += part.num_rows
        found = list(join_parts(parts, Path(folder), memory))
        chosen = list(join_parts(parts, Path(folder), memory, range(*some)))
        assert rows_of_parts(parts) == rows
        assert all(place.name.startswith("moved-") for place in Path(folder).iterdir())
    assert [batch.to_pylist() for batch in found] == [batch.to_pylist() for batch in expected]
    every = [row for batch in expected for row in batch.to_pylist()]
    assert [row for batch in chosen for row in batch.to_pylist()] == every[slice(*some)]


def numbered(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    first = 0
    for batch in batches:
        yield first, batch
        first += batch.num_rows


def encoded(table: pa.Table) -> list[pa.RecordBatch]:
    """Return a table in batches whose texts are encoded, in a dictionary of their own."""
    place = table.schema.get_field_index("t")
    column = table.column("t").combine_chunks().dictionary_encode()
    return table.set_column(place, "t", column).to_batches() if table.num_rows else []


def test_shuffled_batches_hold_exactly_65536_rows(tmp_path: Path) -> None:
    batches = [pa.record_batch({"n": pa.array(range(start, start + 10_000))}) for start in range(0, 150_000, 10_000)]
    found = list(shuffled(keyed(batches, keys_of), tmp_path, 20_000))
    assert [batch.num_rows for batch in found] == [65_536, 65_536, 18_928]
    assert Counter(batches[0].schema.names) == Counter(found[0].schema.names)
    in_memory = list(shuffled(keyed(batches, keys_of), tmp_path))
    assert pa.Table.from_batches(in_memory).equals(pa.Table.from_batches(found))


def test_a_shuffle_that_is_given_up_leaves_no_files(tmp_path: Path) -> None:
    batches = [pa.record_batch({"n": pa.array(range(1_000))})] * 100
    rows = shuffled(keyed(batches, keys_of), tmp_path, 5_000)
    next(rows)
    assert list(tmp_path.iterdir())
    rows.close()
    assert not list(tmp_path.iterdir())


def test_too_few_keys_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected 2 keys, found 1"):
        list(shuffled([(pa.record_batch({"n": [1, 2]}), np.zeros(1, np.uint64))], tmp_path))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 90_000), max_size=6))
def test_fragments_do_not_depend_on_the_cut(sizes: list[int]) -> None:
    total = sum(sizes)
    whole = pa.table({"n": pa.array(range(total), pa.int64())})
    starts = np.cumsum([0, *sizes]).tolist()
    batches = [
        pa.record_batch({"n": whole.column("n").slice(start, size).combine_chunks()})
        for start, size in zip(starts, sizes, strict=False)
    ]
    found = list(fragments(batches, whole.schema))
    assert [number for number, _ in found] == list(range(len(found)))
    assert all(fragment.num_rows == FRAGMENT_ROWS for _, fragment in found[:-1])
    assert all(fragment.num_rows for _, fragment in found)
    assert pa.Table.from_batches([fragment for _, fragment in found], schema=whole.schema).equals(whole)


def test_a_batch_of_another_schema_is_an_error() -> None:
    with pytest.raises(ValueError, match="one schema"):
        list(fragments([pa.record_batch({"n": ["x"]})], pa.schema([("n", pa.int64())])))
