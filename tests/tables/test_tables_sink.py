"""What is written can be read, whole or not at all, in the same bytes every time."""

import errno
import math
import os
import sqlite3
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from lockgate.tables.sink import FORMATS, write_table
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError, LockgateError
from lockgate.terms.flow_request import SourceReference

CELLS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
AWKWARD = st.sampled_from(
    [None, "", '"', '""', "\n", "\r", "\r\n", ",", "a,b", " ", "NA", "null", "\ufeff", "1e5", "007"]
)
NAMES = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=5).filter(
        str.strip
    ),
    min_size=1,
    max_size=4,
    unique=True,
)


@st.composite
def text_tables(draw: st.DrawFn) -> pa.Table:
    names = draw(NAMES)
    rows = draw(st.integers(0, 6))
    cells = st.lists(CELLS | AWKWARD, min_size=rows, max_size=rows)
    return pa.table({name: pa.array(draw(cells), pa.string()) for name in names})


def read_back(path: Path) -> pa.Table:
    source = open_source(SourceReference(str(path)))
    return pa.Table.from_batches(source.batches(), schema=source.schema)


@pytest.mark.parametrize("format_", ["csv", "parquet", "jsonl", "sqlite", "arrow"])
@settings(max_examples=150, deadline=None)
@given(table=text_tables())
def test_text_with_nulls_comes_back_as_it_went(format_: str, table: pa.Table) -> None:
    if format_ == "jsonl" and not table.num_rows:
        return
    if format_ == "sqlite" and len({name.casefold() for name in table.schema.names}) < table.num_columns:
        return  # SQLite does not tell the case of names apart
    with TemporaryDirectory() as folder:
        path = write_table(Path(folder), "t", table.to_batches(), table.schema, format_, fsync=False)
        assert read_back(path).equals(table)


@pytest.mark.parametrize("format_", FORMATS)
def test_plain_types_come_back_in_what_the_format_knows(tmp_path: Path, format_: str) -> None:
    table = pa.table(
        {
            "whole": pa.array([2**62, None, -1], pa.int64()),
            "broken": pa.array([0.1, None, 123456789012.25]),
            "day": pa.array([date(2026, 1, 2), None, date(1900, 2, 28)]),
            "decimal": pa.array([Decimal("1.50"), None, Decimal(2)], pa.decimal128(9, 2)),
            "flag": pa.array([True, None, False]),
            "raw": pa.array([b"\x00\xff", None, b""]),
        }
    )
    rows = read_back(write_table(tmp_path, "t", table.to_batches(), table.schema, format_)).to_pylist()
    if format_ in ("parquet", "arrow"):
        assert rows == table.to_pylist()
        return
    assert [str(row["day"]) for row in rows] == ["2026-01-02", "None", "1900-02-28"]
    assert [row["decimal"] for row in rows] == ["1.50", None, "2.00"]
    as_text = format_ == "csv"
    assert [row["broken"] for row in rows] == (
        ["0.1", None, "123456789012.25"] if as_text else [0.1, None, 123456789012.25]
    )
    assert [row["whole"] for row in rows] == ([str(2**62), None, "-1"] if as_text else [2**62, None, -1])
    assert [row["raw"] for row in rows] == ([b"\x00\xff", None, b""] if format_ == "sqlite" else ["00ff", None, ""])


@pytest.mark.parametrize("format_", FORMATS)
def test_the_bytes_do_not_depend_on_how_rows_were_cut(tmp_path: Path, format_: str) -> None:
    table = pa.table({"n": range(70_000), "t": [f"x{number % 97}" for number in range(70_000)]})
    first = write_table(tmp_path, "t", table.to_batches(), table.schema, format_).read_bytes()
    cut = table.to_batches(max_chunksize=1_001)
    assert write_table(tmp_path, "t", cut, table.schema, format_).read_bytes() == first


def test_parquet_has_one_row_group_a_fragment_and_zstd(tmp_path: Path) -> None:
    table = pa.table({"n": range(140_000)})
    found = parquet.ParquetFile(write_table(tmp_path, "t", table.to_batches(), table.schema, "parquet")).metadata
    assert [found.row_group(group).num_rows for group in range(found.num_row_groups)] == [65_536, 65_536, 8_928]
    assert found.row_group(0).column(0).compression == "ZSTD"


def test_csv_is_quoted_only_where_it_must_be(tmp_path: Path) -> None:
    table = pa.table({"a;b": ["x", "", None, 'q"q'], "c": [1, 2, 3, 4]})
    path = write_table(tmp_path, "t", table.to_batches(), table.schema, "csv")
    assert path.read_text() == '"a;b",c\nx,1\n"",2\n,3\n"q""q",4\n'


def test_numbers_that_json_does_not_have_become_null(tmp_path: Path) -> None:
    table = pa.table({"n": [1.5, math.nan, math.inf]})
    assert write_table(tmp_path, "t", table.to_batches(), table.schema, "jsonl").read_text() == (
        '{"n":1.5}\n{"n":null}\n{"n":null}\n'
    )


def test_the_stem_names_the_table_of_a_database(tmp_path: Path) -> None:
    table = pa.table({"n": [1]})
    path = write_table(tmp_path, 'customers "2"', table.to_batches(), table.schema, "sqlite")
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [('customers "2"',)]
    connection.close()


@pytest.mark.parametrize("format_", FORMATS)
def test_a_full_disk_leaves_no_file_and_keeps_the_earlier_one(tmp_path: Path, format_: str) -> None:
    schema = pa.schema([("n", pa.int64())])
    batch = pa.record_batch({"n": [1]})
    earlier = write_table(tmp_path, "t", [batch], schema, format_).read_bytes()

    def broken() -> Iterator[pa.RecordBatch]:
        yield from [batch] * 3
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(LockgateError, match=r"no space left in `.*` to write `t[.]") as caught:
        write_table(tmp_path, "t", broken(), schema, format_)
    assert f"`{tmp_path}`" in str(caught.value)
    assert caught.value.hint
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [earlier]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_folder_that_is_none_is_said(tmp_path: Path, format_: str) -> None:
    (tmp_path / "file").touch()
    for folder in ("nothing", "file"):
        with pytest.raises(LockgateError) as caught:
            write_table(tmp_path / folder, "t", [], pa.schema([("n", pa.int64())]), format_)
        assert not isinstance(caught.value, InputError)


def test_what_csv_cannot_hold_is_refused_by_the_columns_name(tmp_path: Path) -> None:
    table = pa.table({"n": ["a\0b"]})
    with pytest.raises(LockgateError, match="column `n` holds a NUL"):
        write_table(tmp_path, "t", table.to_batches(), table.schema, "csv")
    assert not list(tmp_path.iterdir())


def test_an_unknown_format_and_a_nested_column_are_input_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found `xlsx`"):
        write_table(tmp_path, "t", [], pa.schema([("n", pa.int64())]), "xlsx")
    with pytest.raises(InputError, match="nested"):
        write_table(tmp_path, "t", [], pa.schema([("n", pa.list_(pa.int64()))]), "csv")


@pytest.mark.parametrize("format_", ["csv", "parquet", "sqlite"])
def test_a_table_without_rows_keeps_its_columns(tmp_path: Path, format_: str) -> None:
    schema = pa.schema([("n", pa.string()), ("m", pa.string())])
    found = read_back(write_table(tmp_path, "t", [], schema, format_))
    assert found.schema == schema
    assert found.num_rows == 0
