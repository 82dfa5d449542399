"""Sources cut into ranges of rows: every row once, in batches that do not depend on how many rows a range has."""

import pickle
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.row_ranges import RowRanges, find_ranges
from lockgate.tables.source import Source, open_source
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


def test_a_file_that_changed_since_it_was_opened_is_told_of(tmp_path: Path) -> None:
    ranges = ranges_of(source_of(tmp_path / "table", (FRAGMENT_ROWS, FRAGMENT_ROWS)), FRAGMENT_ROWS)
    parquet.write_table(table_of(2 * FRAGMENT_ROWS), tmp_path / "table" / "0.parquet")
    with pytest.raises(InputError, match="changed meanwhile"):
        list(ranges.batches(0))


def test_small_sources_and_those_that_cannot_be_cut_are_not(tmp_path: Path) -> None:
    source = source_of(tmp_path / "table", (FRAGMENT_ROWS, FRAGMENT_ROWS))
    assert find_ranges(source) is None
    assert find_ranges(source, 4 * FRAGMENT_ROWS) is None

    (tmp_path / "few.csv").write_text("a,b\n1,2\n")
    assert find_ranges(open_source(SourceReference(str(tmp_path / "few.csv"))), FRAGMENT_ROWS) is None

    nested = pa.table({"a": pa.array([{"b": 1}] * ROWS)})
    parquet.write_table(nested, tmp_path / "nested.parquet")
    assert find_ranges(open_source(SourceReference(str(tmp_path / "nested.parquet"))), FRAGMENT_ROWS) is None


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
    assert replace(ranges_of(source_of(tmp_path / "t", (9_999, 9_999)), FRAGMENT_ROWS), rows=1).numbers == range(1)
