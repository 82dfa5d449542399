"""A file written in pieces and joined is the file that one writer makes, and reads as such."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from lockgate.tables.file_pieces import IN_PIECES, rows_of_piece, write_piece
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.parquet_pieces import join_parquet
from lockgate.tables.sink import FORMATS, join_table, write_table
from lockgate.tables.thrift_compact import BrokenFooterError

ROWS = 5 * FRAGMENT_ROWS + 777


@pytest.fixture(scope="module")
def table() -> pa.Table:
    """Columns that are encoded in different ways: few texts, many texts, numbers, nothing, flags, bytes."""
    numbers = range(ROWS)
    many = pa.array(
        [f"text {number * 7919 % 1_000_003} of many, so that a dictionary is given up" for number in numbers]
    )
    return pa.table(
        {
            "few": pa.array([None if number % 5 == 0 else f"x{number % 97}" for number in numbers]),
            "many": many,
            "n": pa.array(numbers, pa.int64()),
            "share": pa.array([number / 7 for number in numbers]),
            "day": pa.array([date(2000 + number % 20, 1, 1) for number in numbers]),
            "price": pa.array([Decimal(number).scaleb(-2) for number in numbers], pa.decimal128(12, 2)),
            "flag": pa.array([number % 3 == 0 for number in numbers]),
            "none": pa.nulls(ROWS, pa.string()),
            "raw": pa.array([bytes([number % 256]) * (number % 4) for number in numbers]),
        }
    )


def pieces_of(table: pa.Table, folder: Path, format_: str, size: int) -> list[Path]:
    pieces = []
    for number, start in enumerate(range(0, table.num_rows, size)):
        pieces.append(folder / f"piece-{number}")
        batches = table.slice(start, size).to_batches(max_chunksize=30_001)
        write_piece(pieces[-1], batches, table.schema, format_, number)
    return pieces


@pytest.mark.parametrize("format_", sorted(IN_PIECES))
def test_joined_pieces_are_the_bytes_of_one_writer(tmp_path: Path, table: pa.Table, format_: str) -> None:
    whole = write_table(tmp_path, "whole", table.to_batches(), table.schema, format_, fsync=False).read_bytes()
    for fragments in (1, 2, 5):
        folder = tmp_path / str(fragments)
        folder.mkdir()
        joined = join_table(folder, "joined", pieces_of(table, folder, format_, fragments * FRAGMENT_ROWS), format_)
        assert joined.read_bytes() == whole, fragments
        assert joined.suffix == FORMATS[format_]


def test_joined_parquet_has_the_right_schema_statistics_and_rows(tmp_path: Path, table: pa.Table) -> None:
    joined = join_table(tmp_path, "joined", pieces_of(table, tmp_path, "parquet", 2 * FRAGMENT_ROWS), "parquet")
    file = parquet.ParquetFile(joined)
    assert file.schema_arrow.equals(table.schema)
    assert file.read().equals(table)
    assert file.metadata.num_rows == ROWS
    assert [file.metadata.row_group(at).num_rows for at in range(6)] == [*[FRAGMENT_ROWS] * 5, 777]
    for at in range(6):
        found = file.metadata.row_group(at).column(2).statistics
        assert (found.min, found.max) == (at * FRAGMENT_ROWS, min((at + 1) * FRAGMENT_ROWS, ROWS) - 1)
    assert (
        file.read_row_group(4, ["many"])
        .column("many")
        .equals(table.column("many").slice(4 * FRAGMENT_ROWS, FRAGMENT_ROWS))
    )
    some = parquet.read_table(joined, columns=["n"], filters=[("n", ">=", ROWS - 3)])
    assert some.column("n").to_pylist() == [ROWS - 3, ROWS - 2, ROWS - 1]


def test_joined_parquet_is_read_by_another_library(tmp_path: Path, table: pa.Table) -> None:
    duckdb = pytest.importorskip("duckdb")
    joined = join_table(tmp_path, "joined", pieces_of(table, tmp_path, "parquet", FRAGMENT_ROWS), "parquet")
    with duckdb.connect() as connection:
        ask = connection.execute("SELECT count(*), sum(n), count(few), max(day) FROM read_parquet(?)", [str(joined)])
        assert ask.fetchone() == (ROWS, ROWS * (ROWS - 1) // 2, ROWS - -(-ROWS // 5), date(2019, 1, 1))
        rows = connection.execute(
            "SELECT row_group_id, min(stats_min_value::BIGINT) FROM parquet_metadata(?) "
            "WHERE path_in_schema = 'n' GROUP BY 1 ORDER BY 1",
            [str(joined)],
        )
        assert rows.fetchall() == [(at, at * FRAGMENT_ROWS) for at in range(6)]


@settings(max_examples=40, deadline=None)
@given(counts=st.lists(st.integers(0, 5), min_size=1, max_size=20), texts=st.booleans())
def test_row_groups_of_any_number_and_size_are_joined(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], texts: bool
) -> None:
    folder = tmp_path_factory.mktemp("few")
    whole, pieces, start = io.BytesIO(), [], 0
    schema = pa.schema([("a", pa.string() if texts else pa.int32())])
    writer = parquet.ParquetWriter(whole, schema)
    for number, count in enumerate(counts):
        cells = [str(cell) if texts else cell for cell in range(start, start + count)]
        batch = pa.record_batch({"a": pa.array(cells, schema.field("a").type)})
        start += count
        pieces.append(folder / f"{number}")
        with parquet.ParquetWriter(pieces[-1], schema) as piece:
            for at in range(0, count, 2):
                piece.write_batch(batch.slice(at, 2))
                writer.write_batch(batch.slice(at, 2))
    writer.close()
    joined = io.BytesIO()
    join_parquet(joined, pieces)
    assert joined.getvalue() == whole.getvalue()


def test_pieces_that_cannot_be_joined_are_refused(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"a": [1]}), tmp_path / "a")
    parquet.write_table(pa.table({"b": [1]}), tmp_path / "b")
    parquet.write_table(pa.table({"a": [1]}), tmp_path / "indexed", write_page_index=True)
    (tmp_path / "none").write_bytes(b"no Parquet file")
    for names, error in (
        (["a", "b"], "of one schema"),
        ([], "at least one piece"),
        (["indexed"], "without indexes"),
    ):
        with pytest.raises(ValueError, match=error):
            join_parquet(io.BytesIO(), [tmp_path / name for name in names])
    with pytest.raises(BrokenFooterError):
        join_parquet(io.BytesIO(), [tmp_path / "none"])


def test_there_are_few_pieces_and_each_holds_whole_fragments() -> None:
    least = 16 * FRAGMENT_ROWS
    assert rows_of_piece(10_000_000, least) == least
    assert rows_of_piece(1_000_000_000, least) % FRAGMENT_ROWS == 0
    assert -(-1_000_000_000 // rows_of_piece(1_000_000_000, least)) <= 64
