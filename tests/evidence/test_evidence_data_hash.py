import datetime as dt
import hashlib
import time
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.evidence.data_hash import FRAGMENT_ROWS, DataHash, cells_leaf
from lockgate.evidence.merkle import EMPTY_ROOT, leaf_hash, tree_hash
from lockgate.terms.errors import InputError

CELLS = st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=60)


def _hash(*batches: pa.RecordBatch) -> DataHash:
    data_hash = DataHash(batches[0].schema)
    for batch in batches:
        data_hash.add(batch)
    return data_hash


def _root(cells: pa.Array) -> str:
    return _hash(pa.record_batch({"c": cells})).root()


def test_the_hash_of_two_cells_is_the_one_of_the_documented_encoding():
    cells = b"T" + (2).to_bytes(8, "little") + b"\x01\x00" + (2).to_bytes(4, "little") + bytes(4) + "é".encode()
    leaf = hashlib.sha256(b"\x00lockgate cells 1\n" + cells).digest()
    assert cells_leaf(pa.array(["é", None])) == leaf
    column = leaf_hash(b"lockgate column 1\n" + (1).to_bytes(4, "little") + b"c" + leaf)
    assert _root(pa.array(["é", None])) == column.hex()


@pytest.mark.parametrize(
    ("cells", "body"),
    [
        (pa.array([-2, None], pa.int8()), b"I" + (-2).to_bytes(8, "little", signed=True) + bytes(8)),
        (pa.array([2**64 - 1, None], pa.uint64()), b"U" + b"\xff" * 8 + bytes(8)),
        (pa.array([1.5, None]), b"F" + np.float64(1.5).tobytes() + bytes(8)),
        (pa.array([True, None]), b"B\x01\x00"),
        (pa.array([dt.date(1970, 1, 3), None]), b"d" + (2).to_bytes(8, "little") + bytes(8)),
        (pa.array([Decimal("1.50"), None]), b"D" + (4).to_bytes(4, "little") + bytes(4) + b"1.50"),
        (pa.array([b"\xff", None]), b"X" + (1).to_bytes(4, "little") + bytes(4) + b"\xff"),
        (pa.array([1, None], pa.timestamp("ms", "UTC")), b"Z" + (1000).to_bytes(8, "little") + bytes(8)),
        (pa.array([1, None], pa.timestamp("ms")), b"L" + (1000).to_bytes(8, "little") + bytes(8)),
        (pa.array([1, None], pa.timestamp("ns")), b"Ln" + (1).to_bytes(8, "little") + bytes(8)),
        (pa.array([1, None], pa.time32("s")), b"t" + (1_000_000).to_bytes(8, "little") + bytes(8)),
        (pa.array([-1, None], pa.duration("ms")), b"P" + (-1000).to_bytes(8, "little", signed=True) + bytes(8)),
        (pa.nulls(2), b"N"),
    ],
)
def test_every_kind_of_cell_is_encoded_as_documented(cells: pa.Array, body: bytes):
    kind = body[:2] if body[:2] == b"Ln" else body[:1]
    validity = b"\x00\x00" if kind == b"N" else b"\x01\x00"
    encoded = kind + (2).to_bytes(8, "little") + validity + body[len(kind) :]
    assert cells_leaf(cells) == hashlib.sha256(b"\x00lockgate cells 1\n" + encoded).digest()


def test_lists_and_records_are_encoded_as_documented():
    validity, two = b"\x01\x00", (2).to_bytes(8, "little")
    inner = b"I" + (1).to_bytes(8, "little") + b"\x01" + (7).to_bytes(8, "little")
    lists = b"A" + two + validity + (1).to_bytes(4, "little") + bytes(4) + inner
    assert cells_leaf(pa.array([[7], None])) == hashlib.sha256(b"\x00lockgate cells 1\n" + lists).digest()
    field = b"I" + two + validity + (7).to_bytes(8, "little") + bytes(8)
    records = b"S" + two + validity + (1).to_bytes(4, "little") + (1).to_bytes(4, "little") + b"a" + field
    assert cells_leaf(pa.array([{"a": 7}, None])) == hashlib.sha256(b"\x00lockgate cells 1\n" + records).digest()


@settings(max_examples=80, deadline=None)
@given(CELLS, st.data())
def test_the_hash_does_not_depend_on_the_layout_of_text(values: list[str | None], data: st.DataObject):
    expected = _root(pa.array(values, pa.string()))
    assert _root(pa.array(values, pa.large_string())) == expected
    assert _root(pa.array(values, pa.string_view())) == expected
    assert _root(pa.array(values, pa.string()).dictionary_encode()) == expected
    padded = pa.array(["before", None, *values, "after"], pa.string())
    assert _root(padded.slice(2, len(values))) == expected
    cuts = sorted(data.draw(st.lists(st.integers(0, len(values)), max_size=4)))
    batch = pa.record_batch({"c": padded.slice(2, len(values))})
    bounds = [0, *cuts, len(values)]
    pieces = [batch.slice(start, end - start) for start, end in pairwise(bounds)]
    assert _hash(*pieces).root() == expected


@settings(max_examples=80, deadline=None)
@given(CELLS, CELLS)
def test_different_cells_have_different_hashes(one: list[str | None], other: list[str | None]):
    assert (_root(pa.array(one, pa.string())) == _root(pa.array(other, pa.string()))) == (one == other)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1)), max_size=40))
def test_the_hash_does_not_depend_on_the_width_of_numbers(values: list[int | None]):
    expected = _root(pa.array(values, pa.int64()))
    assert _root(pa.array(values, pa.int32())) == expected
    assert _root(pa.array(values, pa.int32()).dictionary_encode()) == expected
    floats = [None if value is None else value / 4 for value in values]
    assert _root(pa.array(floats, pa.float64())) == _root(pa.array([None, *floats], pa.float64()).slice(1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.array([1, None], pa.int8()), pa.array([1, None], pa.uint64())),
        (pa.array([1.5, float("nan")], pa.float32()), pa.array([1.5, -float("nan")])),
        (pa.array([b"ab", None], pa.binary(2)), pa.array([b"ab", None])),
        (pa.array([[1], None, [2, 3]]), pa.array([[1], None, [2, 3]], pa.large_list(pa.int8()))),
        (pa.array([[1, 2], None], pa.list_(pa.int8(), 2)), pa.array([[1, 2], None], pa.list_view(pa.int64()))),
        (pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())), pa.array([[{"key": "a", "value": 1}], None])),
        (pa.array([dt.date(2020, 1, 1), None], pa.date64()), pa.array([dt.date(2020, 1, 1), None])),
        (pa.array([1, None], pa.timestamp("s")), pa.array([10**9, None], pa.timestamp("ns"))),
        (pa.array([True, None]), pa.array([True, None]).dictionary_encode()),
        (pc.run_end_encode(pa.array(["a", "a", None])), pa.array(["a", "a", None])),
        (pa.array([Decimal("0.0000000001")], pa.decimal128(20, 10)), pa.array([Decimal("0.0000000001")])),
    ],
)
def test_layouts_of_one_value_have_one_hash(one: pa.Array, other: pa.Array):
    assert _root(one) == _root(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.array(["1"]), pa.array([1])),
        (pa.array(["a", ""]), pa.array(["a", None])),
        (pa.array(["ab", "c"]), pa.array(["a", "bc"])),
        (pa.array(["a"]), pa.array([b"a"])),
        (pa.array([0.0]), pa.array([-0.0])),
        (pa.array([0.0]), pa.array([0])),
        (pa.array([1], pa.timestamp("ns")), pa.array([0], pa.timestamp("ns"))),
        (pa.array([1], pa.timestamp("us")), pa.array([1], pa.timestamp("us", "UTC"))),
        (pa.array([Decimal("1.0")]), pa.array([Decimal("1.00")])),
        (pa.array([[1], [2]]), pa.array([[1, 2], []])),
        (pa.array([[]], pa.list_(pa.int8())), pa.array([None], pa.list_(pa.int8()))),
        (pa.array([{"a": None}]), pa.array([None], pa.struct([("a", pa.null())]))),
        (pa.array([{"a": 1}]), pa.array([{"b": 1}])),
    ],
)
def test_different_values_have_different_hashes(one: pa.Array, other: pa.Array):
    assert _root(one) != _root(other)


def test_bytes_under_cells_without_a_value_do_not_count():
    dirty = pa.Array.from_buffers(
        pa.string(),
        2,
        [pa.py_buffer(b"\x02"), pa.py_buffer(np.array([0, 6, 7], "<i4").tobytes()), pa.py_buffer(b"secretx")],
    )
    assert dirty.to_pylist() == [None, "x"]
    assert _root(dirty) == _root(pa.array([None, "x"]))


def test_fragments_are_cut_by_row_number_whatever_the_batches():
    rows = FRAGMENT_ROWS + 5
    batch = pa.record_batch({"n": pa.array(range(rows)), "s": pa.array([str(row) for row in range(rows)])})
    whole = _hash(batch)
    parts = _hash(*[batch.slice(start, 7919) for start in range(0, rows, 7919)])
    assert (whole.root(), whole.columns(), whole.rows) == (parts.root(), parts.columns(), rows)
    leaves = [cells_leaf(batch["n"].slice(0, FRAGMENT_ROWS)), cells_leaf(batch["n"].slice(FRAGMENT_ROWS))]
    assert whole.columns()["n"] == tree_hash(leaves).hex()


def test_a_column_alone_gives_its_root():
    batch = pa.record_batch({"a": pa.array([1, 2]), "b": pa.array(["x", None])})
    assert _hash(batch).columns()["b"] == _hash(batch.select(["b"])).columns()["b"]


def test_names_and_order_of_columns_count():
    one = pa.record_batch({"a": pa.array([1]), "b": pa.array([1])})
    assert len({_hash(one).root(), _hash(one.select(["b", "a"])).root(), _hash(one.select(["a"])).root()}) == 3


def test_a_table_without_rows_has_a_hash():
    data_hash = DataHash(pa.schema([("a", pa.string())]))
    assert data_hash.columns() == {"a": EMPTY_ROOT.hex()}
    assert data_hash.root() == leaf_hash(b"lockgate column 1\n" + (1).to_bytes(4, "little") + b"a" + EMPTY_ROOT).hex()


def test_a_file_read_back_has_the_hash_of_what_was_written(tmp_path: Path):
    table = pa.table(
        {
            "s": pa.array(["a", None, "é"]).dictionary_encode(),
            "f": pa.array([1.5, None, float("nan")]),
            "t": pa.array([1, None, 3], pa.timestamp("ms", "UTC")),
            "d": pa.array([Decimal("1.50"), None, Decimal("-2.00")]),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=2)
    again = pq.read_table(tmp_path / "t.parquet")
    assert _hash(*table.to_batches()).root() == _hash(*again.to_batches()).root()


def test_types_and_times_that_have_no_canonical_form_are_input_errors():
    with pytest.raises(InputError, match="month_day_nano_interval"):
        _root(pa.array([pa.MonthDayNano([1, 2, 3])]))
    with pytest.raises(InputError, match="292,000 years"):
        _root(pa.array([2**62], pa.timestamp("s")))


@pytest.mark.slow
def test_text_is_hashed_at_more_than_100_megabytes_a_second():
    cells = pa.array([f"customer-{row:08d}-abcdef" for row in range(2_000_000)])
    start = time.perf_counter()
    _root(cells)
    assert cells.nbytes / (time.perf_counter() - start) > 100e6
