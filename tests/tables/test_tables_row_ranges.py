"""Sources cut into ranges of rows: every row once, in batches that do not depend on how many rows a range has."""

import gc
import json
import pickle
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import ipc, parquet

from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.file_copy import copied_if_large
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.kept_rows import KeptSource, keep_rows
from lockgate.tables.row_ranges import RowRanges, find_ranges
from lockgate.tables.row_source import Source
from lockgate.tables.source import encoded_batches, open_source
from lockgate.tables.table_file import read_tables, write_tables
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

ROWS = 5 * FRAGMENT_ROWS + 17


def table_of(rows: int, first: int = 0) -> pa.Table:
    numbers = range(first, first + rows)
    texts = [None if number % 11 == 0 else f"text {number % 7}" for number in numbers]
    return pa.table({"n": pa.array(numbers, pa.int64()), "t": pa.array(texts, pa.string())})


def source_of(folder: Path, groups: tuple[int, ...]) -> Source:
    """Return two files with row groups of other sizes."""
    first, second = table_of(2 * FRAGMENT_ROWS + 5), table_of(ROWS - 2 * FRAGMENT_ROWS - 5, 2 * FRAGMENT_ROWS + 5)
    folder.mkdir()
    for number, (table, rows) in enumerate(zip((first, second), groups, strict=True)):
        parquet.write_table(table, folder / f"{number}.parquet", row_group_size=rows)
    return open_source(SourceReference(str(folder)))


def ranges_of(source: Source, size: int) -> RowRanges:
    found = find_ranges(source, size)
    assert found is not None
    return found


def test_the_rows_of_a_range_are_told_once_they_are_done_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(BytesRead, "tell_range", told.append)
    batches = ranges_of(source_of(tmp_path / "table", (50_000, 70_001)), 2 * FRAGMENT_ROWS).batches(0)
    next(batches)
    assert told == []
    next(batches)
    assert told == [FRAGMENT_ROWS]
    assert next(batches, None) is None
    assert told == [FRAGMENT_ROWS] * 2


@pytest.mark.parametrize("groups", [(FRAGMENT_ROWS, FRAGMENT_ROWS), (50_000, 70_001), (1_000, ROWS)])
@pytest.mark.parametrize("size", [FRAGMENT_ROWS, 2 * FRAGMENT_ROWS])
def test_ranges_hold_every_row_once_in_batches_of_65536(tmp_path: Path, groups: tuple[int, int], size: int) -> None:
    ranges = pickle.loads(pickle.dumps(ranges_of(source_of(tmp_path / "table", groups), size)))

    found = [batch for number in ranges.numbers for batch in ranges.batches(number)]

    assert [first for first, _ in found] == [number * FRAGMENT_ROWS for number in range(6)]
    assert [batch.num_rows for _, batch in found] == [FRAGMENT_ROWS] * 5 + [17]
    assert pa.Table.from_batches([batch for _, batch in found]).to_pylist() == table_of(ROWS).to_pylist()


def test_only_wanted_columns_are_read(tmp_path: Path) -> None:
    ranges = ranges_of(source_of(tmp_path / "table", (50_000, 50_000)), FRAGMENT_ROWS)
    first, batch = next(ranges.batches(2, ["n"]))
    assert (first, batch.schema.names, batch.column("n")[0].as_py()) == (2 * FRAGMENT_ROWS, ["n"], 2 * FRAGMENT_ROWS)


def test_no_footer_is_left_behind_by_a_range_that_was_read(tmp_path: Path) -> None:
    ranges = find_ranges(source_of(tmp_path / "in", (FRAGMENT_ROWS, 40_000)), FRAGMENT_ROWS)
    assert ranges is not None
    assert sum(1 for _ in ranges.batches(0)) == 1
    gc.collect()
    before = footers()
    gc.disable()
    try:
        assert sum(batch.num_rows for number in ranges.numbers for _, batch in ranges.batches(number)) == ROWS
        assert footers() == before
    finally:
        gc.enable()


def footers() -> int:
    return sum(isinstance(held, parquet.FileMetaData) for held in gc.get_objects())


def test_a_file_that_changed_since_it_was_opened_is_told_of(tmp_path: Path) -> None:
    ranges = ranges_of(source_of(tmp_path / "table", (FRAGMENT_ROWS, FRAGMENT_ROWS)), FRAGMENT_ROWS)
    parquet.write_table(table_of(2 * FRAGMENT_ROWS), tmp_path / "table" / "0.parquet")
    with pytest.raises(InputError, match="changed meanwhile"):
        list(ranges.batches(0))


def partitioned(folder: Path) -> Source:
    """Return folders by a key, one of them with a file of no rows; rows are numbered in the order of reading."""
    for number, (name, rows) in enumerate((("k=a", 70_000), ("k=__HIVE_DEFAULT_PARTITION__", 0), ("k=b%2Fc", 130_000))):
        (folder / f"p={number}" / name).mkdir(parents=True)
        begin = 0 if number < 2 else 70_000
        structs = pa.array([{"t": f"x{n % 5}"} for n in range(rows)], pa.struct([("t", pa.string())]))
        table = pa.table({"n": pa.array(range(begin, begin + rows), pa.int64()), "s": structs})
        parquet.write_table(table, folder / f"p={number}" / name / "a.parquet", row_group_size=33_333)
    return open_source(SourceReference(str(folder)))


def arrow_files(folder: Path) -> Source:
    """Return two files, one packed, with a dictionary that grows."""
    folder.mkdir()
    whole = pa.table({"n": range(200_000), "t": [f"x{n // 50_000}" for n in range(200_000)]})
    coded = whole.set_column(1, "t", whole["t"].dictionary_encode())
    for name, table, packed in (("a", coded.slice(0, 120_000), "zstd"), ("b", coded.slice(120_000), None)):
        with ipc.new_file(
            folder / f"{name}.arrow", table.schema, options=ipc.IpcWriteOptions(compression=packed)
        ) as writer:
            writer.write_table(table, max_chunksize=40_001)
    return open_source(SourceReference(str(folder)))


KINDS: dict[str, Callable[[Path], Source]] = {"partitioned": partitioned, "arrow": arrow_files}


@pytest.mark.parametrize("kind", KINDS)
def test_folders_by_key_structs_and_arrow_are_cut_as_well(tmp_path: Path, kind: str) -> None:
    source = KINDS[kind](tmp_path / "table")
    ranges = pickle.loads(pickle.dumps(ranges_of(source, FRAGMENT_ROWS)))
    found = [batch for number in ranges.numbers for batch in ranges.batches(number)]
    assert [first for first, _ in found] == [0, 65_536, 131_072, 196_608]
    assert [batch.num_rows for _, batch in found] == [65_536, 65_536, 65_536, 3_392]
    rows = [row for _, batch in found for row in batch.to_pylist()]
    assert rows == [row for batch in source.batches() for row in batch.to_pylist()]
    assert [row["n"] for row in rows] == list(range(200_000))
    last = source.schema.names[-1]
    [(_, batch)] = list(ranges.batches(3, [last]))
    assert batch.to_pylist() == [{last: row[last]} for row in rows[196_608:]]


def test_rows_that_are_kept_are_cut_as_if_they_were_all(tmp_path: Path) -> None:
    whole = source_of(tmp_path / "table", (50_000, 70_001))
    rule = np.arange(ROWS) ** 2 % 11 < 6
    rule[10_000:90_000] = False
    kept = KeptSource(whole, keep_rows(np.array_split(rule, 7)))
    ranges = pickle.loads(pickle.dumps(ranges_of(kept, FRAGMENT_ROWS)))
    found = [batch for number in ranges.numbers for batch in ranges.batches(number)]
    assert ranges.rows == rule.sum()
    assert [batch.num_rows for _, batch in found[:-1]] == [FRAGMENT_ROWS] * (len(found) - 1)
    numbers = [number for _, batch in found for number in batch.column("n").to_pylist()]
    assert numbers == np.flatnonzero(rule).tolist()
    for read in (kept.batches(["t"]), encoded_batches(kept, ["t"])):
        texts = [text for batch in read for text in batch.column("t").to_pylist()]
        assert texts == pa.Table.from_batches([batch for _, batch in found])["t"].to_pylist()


@given(st.lists(st.integers(0, 40), max_size=8), st.data())
def test_a_span_of_kept_rows_holds_them_and_no_other(parts: list[int], data: st.DataObject) -> None:
    rules = [np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), np.bool_) for n in parts]
    rule = np.concatenate([np.zeros(0, np.bool_), *rules])
    kept = keep_rows(rules)
    assert kept.count == rule.sum()
    first, count = data.draw(st.integers(0, 50)), data.draw(st.integers(1, 50))
    begin, rows = kept.span(first, count)
    batch = pa.record_batch({"n": pa.array(range(begin, begin + rows), pa.int64())})
    found = [number for one in kept.of([batch], begin) for number in one.column("n").to_pylist()]
    assert found == np.flatnonzero(rule)[first : first + count].tolist()


def test_small_sources_and_those_that_cannot_be_cut_are_not(tmp_path: Path) -> None:
    source = source_of(tmp_path / "table", (FRAGMENT_ROWS, FRAGMENT_ROWS))
    assert find_ranges(source) is None
    assert find_ranges(source, 4 * FRAGMENT_ROWS) is None

    (tmp_path / "few.csv").write_text("a,b\n1,2\n")
    assert find_ranges(open_source(SourceReference(str(tmp_path / "few.csv"))), FRAGMENT_ROWS) is None

    nested = pa.table({"a": pa.array([[1, 2]] * ROWS), "b": range(ROWS)})
    parquet.write_table(nested, tmp_path / "nested.parquet")
    assert find_ranges(open_source(SourceReference(str(tmp_path / "nested.parquet"), "a[]")), FRAGMENT_ROWS) is None
    assert find_ranges(open_source(SourceReference(str(tmp_path / "nested.parquet"))), FRAGMENT_ROWS) is not None


def written(path: Path, make: Callable[[Path], object], table: str = "") -> SourceReference:
    make(path)
    return SourceReference(str(path), table)


def _lines(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _sqlite(path: Path, rows: list[dict[str, object]]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (n INTEGER, t TEXT)")
        connection.executemany("INSERT INTO t VALUES (:n, :t)", rows)
        connection.commit()


def _stream(path: Path, rows: list[dict[str, object]]) -> None:
    table = pa.Table.from_pylist(rows)
    with ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)


@pytest.mark.parametrize("kind", ["jsonl", "json", "sqlite", "stream", "list"])
def test_what_cannot_be_cut_is_copied_as_it_is_and_cut_there(tmp_path: Path, kind: str) -> None:
    rows = [{"n": n, "t": None if n % 9 == 0 else f"é{n % 7}"} for n in range(2 * FRAGMENT_ROWS + 5)]
    match kind:
        case "jsonl":
            asked = written(tmp_path / "a.jsonl", lambda path: _lines(path, rows))
        case "json":
            asked = written(tmp_path / "a.json", lambda path: path.write_text(json.dumps({"x": 1, "rows": rows})))
        case "sqlite":
            asked = written(tmp_path / "a.db", lambda path: _sqlite(path, rows))
        case "stream":
            asked = written(tmp_path / "a.arrow", lambda path: _stream(path, rows))
        case _:
            nested = pa.table({"r": [7], "l": [rows]})
            asked = written(tmp_path / "a.parquet", lambda path: parquet.write_table(nested, path), "l[]")
    source = open_source(asked)
    assert find_ranges(source, FRAGMENT_ROWS) is None
    assert copied_if_large(source) is None
    told: list[int] = []
    copied = copied_if_large(source, 1, told.append)
    assert copied is not None
    assert copied_if_large(open_source(asked), 1) is copied
    assert (copied.name, copied.format, copied.schema, copied.notes) == (
        source.name,
        source.format,
        source.schema,
        source.notes,
    )
    assert sum(told) == len(rows)
    ranges = ranges_of(copied, FRAGMENT_ROWS)
    found = [row for number in ranges.numbers for _, batch in ranges.batches(number) for row in batch.to_pylist()]
    assert found == [row for batch in source.batches() for row in batch.to_pylist()]
    assert len(found) == len(rows)


def test_what_can_be_cut_where_it_is_is_not_copied_nor_what_parquet_cannot_keep(tmp_path: Path) -> None:
    assert copied_if_large(source_of(tmp_path / "table", (50_000, 70_001)), 1) is None
    assert copied_if_large(arrow_files(tmp_path / "arrow"), 1) is None
    whole_seconds = pa.table({"at": pa.array([1], pa.timestamp("s"))})
    with ipc.new_stream(tmp_path / "s.arrow", whole_seconds.schema) as writer:
        writer.write_table(whole_seconds)
    assert copied_if_large(open_source(SourceReference(str(tmp_path / "s.arrow"))), 1) is None


def test_rows_so_long_that_few_are_held_at_once_are_not_cut(tmp_path: Path) -> None:
    texts = pa.array([f"{number} {'x' * 9_000}" for number in range(4_000)])
    parquet.write_table(pa.table({"t": texts}), tmp_path / "long.parquet", use_dictionary=False)
    assert find_ranges(open_source(SourceReference(str(tmp_path / "long.parquet"))), 1_024) is None
    parquet.write_table(pa.table({"t": texts.slice(0, 4)}), tmp_path / "few.parquet", row_group_size=1)


def test_tables_come_back_as_they_were_left(tmp_path: Path) -> None:
    tables = [table_of(3), table_of(0), pa.table({"t": table_of(9)["t"].combine_chunks().dictionary_encode()})]
    write_tables(tmp_path / "left", tables)
    assert [table.schema for table in read_tables(tmp_path / "left")] == [table.schema for table in tables]
    assert [table.to_pylist() for table in read_tables(tmp_path / "left")] == [table.to_pylist() for table in tables]
    write_tables(tmp_path / "none", [])
    assert list(read_tables(tmp_path / "none")) == []
    ranges = ranges_of(source_of(tmp_path / "t", (9_999, 9_999)), FRAGMENT_ROWS)
    assert replace(ranges, layouts=ranges.layouts[:1]).numbers == range(3)
