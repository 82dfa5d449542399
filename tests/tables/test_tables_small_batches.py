"""Folders of very many small files: read in few batches, each file opened as often as needed, what is wrong named."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv, feather, parquet

from lockgate.evidence.data_hash import DataHash
from lockgate.tables import csv_file
from lockgate.tables.extent import extent_of
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.listing import list_sources
from lockgate.tables.row_source import Source
from lockgate.tables.small_batches import join_small
from lockgate.tables.source import encoded_batches, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

FILES, ROWS = 300, 7
WRITERS: dict[str, Callable[[pa.Table, Path], object]] = {
    "parquet": parquet.write_table,
    "csv": csv.write_csv,
    "arrow": lambda table, path: feather.write_feather(table, str(path)),
    "jsonl": lambda table, path: path.write_text("".join(f'{{"n": "{n}", "city": "Ulm"}}\n' for n in table["n"])),
}


def table_of(first: int, rows: int) -> pa.Table:
    numbers = [str(number) for number in range(first, first + rows)]
    return pa.table({"n": numbers, "city": ["Ulm"] * rows})


def write_many(folder: Path, format_: str) -> Path:
    folder.mkdir()
    for number in range(FILES):
        WRITERS[format_](table_of(number * ROWS, ROWS), folder / f"{number:03}.{format_}")
    return folder


def source_at(place: Path) -> Source:
    return open_source(SourceReference(str(place)))


def numbers_of(batches: Iterator[pa.RecordBatch]) -> list[str]:
    return [cell for batch in batches for cell in batch.column("n").cast(pa.string()).to_pylist()]


@pytest.mark.parametrize("format_", WRITERS)
def test_many_small_files_come_in_one_batch_with_their_rows_in_order(tmp_path: Path, format_: str) -> None:
    source = source_at(write_many(tmp_path / "many", format_))
    expected = [str(number) for number in range(FILES * ROWS)]
    for columns in (None, ["n"], ["city", "n"]):
        batches = list(source.batches(columns))
        assert len(batches) == 1
        assert batches[0].schema.names == (columns or ["n", "city"])
        assert numbers_of(iter(batches)) == expected
        assert numbers_of(encoded_batches(source, columns)) == expected


def test_small_files_in_folders_by_key_come_in_one_batch(tmp_path: Path) -> None:
    for number in range(60):
        folder = tmp_path / f"key={number % 3}"
        folder.mkdir(exist_ok=True)
        parquet.write_table(table_of(number, 1), folder / f"{number:02}.parquet")
    source = source_at(tmp_path)
    (batch,) = source.batches()
    assert batch.column("key").to_pylist() == [key for key in "012" for _ in range(20)]
    assert batch.column("n").to_pylist() == [str(number) for key in range(3) for number in range(key, 60, 3)]


@pytest.mark.parametrize("format_", ["parquet", "csv", "arrow"])
def test_the_hash_of_many_files_is_that_of_one_with_their_rows(tmp_path: Path, format_: str) -> None:
    WRITERS[format_](table_of(0, FILES * ROWS), tmp_path / f"one.{format_}")
    roots = set()
    for place in (tmp_path / f"one.{format_}", write_many(tmp_path / "many", format_)):
        source = source_at(place)
        measured = DataHash(source.schema)
        for batch in source.batches():
            measured.add(batch)
        roots.add((measured.rows, measured.root()))
    assert len(roots) == 1


@pytest.mark.parametrize("format_", ["parquet", "csv", "arrow"])
def test_a_broken_file_among_many_is_named(tmp_path: Path, format_: str) -> None:
    folder = write_many(tmp_path / "many", format_)
    broken = folder / f"211.{format_}"
    whole = broken.read_bytes()
    broken.write_bytes(b"n,city\n1,Ulm\n2\n" if format_ == "csv" else whole[: len(whole) // 2])
    with pytest.raises(InputError, match=rf"row 2 of `211\.csv`|`211\.{format_}` is no readable"):
        list(source_at(folder).batches())


@pytest.mark.parametrize("format_", ["parquet", "csv"])
def test_a_file_with_other_columns_among_many_is_named(tmp_path: Path, format_: str) -> None:
    folder = write_many(tmp_path / "many", format_)
    WRITERS[format_](table_of(0, 1).rename_columns(["n", "town"]), folder / f"211.{format_}")
    with pytest.raises(InputError, match=rf"`211\.{format_}` differ"):
        source_at(folder)


def test_footers_are_read_once_however_often_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_many(tmp_path / "many", "parquet")
    opened: list[Path] = []
    really = parquet.ParquetFile
    monkeypatch.setattr(parquet, "ParquetFile", lambda path, **how: opened.append(path) or really(path, **how))
    reference = SourceReference(str(folder))
    list_sources(reference)
    source = open_source(reference)
    assert extent_of(source).rows == FILES * ROWS
    assert len(opened) == FILES
    list(encoded_batches(source))
    assert len(opened) == 2 * FILES


def test_a_file_of_text_is_looked_at_once_as_long_as_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_many(tmp_path / "many", "csv")
    asked: list[Path] = []
    really = csv_file.find_encoding
    monkeypatch.setattr(csv_file, "find_encoding", lambda path: asked.append(path) or really(path))
    source_at(folder)
    source_at(folder)
    assert len(asked) == FILES
    (folder / "000.csv").write_text("n;city\n1;Ulm\n")
    assert "n" in source_at(folder).schema.names
    assert len(asked) == FILES + 1


sizes = st.lists(st.sampled_from([0, 1, 7, 1_000, 16_383, 16_384, 30_000, FRAGMENT_ROWS]), max_size=40)


@given(sizes)
def test_joined_batches_hold_the_same_rows_and_large_ones_pass(sizes: list[int]) -> None:
    whole = pa.record_batch({"n": pa.array(range(sum(sizes)), pa.int64())})
    begins = [sum(sizes[:place]) for place in range(len(sizes))]
    given_ = [whole.slice(begin, size) for begin, size in zip(begins, sizes, strict=True)]
    found = list(join_small(given_))
    assert [cell for batch in found for cell in batch.column("n").to_pylist()] == list(range(sum(sizes)))
    assert all(batch.num_rows <= FRAGMENT_ROWS for batch in found)
    assert all(any(batch is one for one in found) for batch in given_ if batch.num_rows >= 16_384)
    assert len(found) <= 2 * len([size for size in sizes if size >= 16_384]) + 2 + sum(sizes) // (
        FRAGMENT_ROWS - 16_384
    )


def test_wide_rows_are_joined_up_to_32_mebibytes() -> None:
    one = pa.record_batch({"text": ["x" * (1 << 20)] * 3})
    found = list(join_small([one] * 100))
    assert sum(batch.num_rows for batch in found) == 300
    assert all(batch.nbytes <= 32 << 20 for batch in found)
    assert all(a.nbytes + one.nbytes > 32 << 20 for a, _ in pairwise(found))


def test_batches_that_repeat_themselves_are_joined_with_their_dictionaries() -> None:
    def coded(*texts: str | None) -> pa.RecordBatch:
        return pa.record_batch({"text": pa.array(texts, pa.string()).dictionary_encode()})

    (batch,) = join_small([coded("a", None), coded("b"), coded(None), coded("a", "c")])
    assert batch.column("text").cast(pa.string()).to_pylist() == ["a", None, "b", None, "a", "c"]
