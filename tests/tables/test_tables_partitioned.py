"""Folders of Parquet parted by keys are one table, whose keys are columns."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import dataset, parquet

from lockgate.tables.source import describe_files, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

ROWS = pa.table(
    {"n": range(9), "country": ["CN", "KR", None] * 3, "city": ["Hang zhou/1", "Seoul", "x"] * 3, "in": [{"a": 1}] * 9}
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    folder = tmp_path / "orders"
    parting = dataset.partitioning(pa.schema([("country", pa.string()), ("city", pa.string())]), flavor="hive")
    dataset.write_dataset(ROWS, folder, format="parquet", partitioning=parting)
    (folder / "_SUCCESS").touch()
    return folder


def rows_of(folder: Path, columns: list[str] | None = None) -> list[dict[str, Any]]:
    source = open_source(SourceReference(str(folder)))
    return [row for batch in source.batches(columns) for row in batch.to_pylist()]


def test_the_keys_of_folders_are_columns(table: Path) -> None:
    assert open_source(SourceReference(str(table))).schema.names == ["n", "in.a", "country", "city"]
    found = sorted(rows_of(table), key=lambda row: row["n"])
    assert [(row["n"], row["country"], row["city"]) for row in found] == [
        (row["n"], row["country"], row["city"]) for row in ROWS.to_pylist()
    ]
    assert sorted(str(row["country"]) for row in rows_of(table, ["country"])) == ["CN"] * 3 + ["KR"] * 3 + ["None"] * 3
    assert "country=KR/city=Seoul/part-0.parquet" in [one.name for one in describe_files(SourceReference(str(table)))]


def test_a_broken_file_is_named_with_its_folders(table: Path) -> None:
    (table / "country=KR" / "city=Seoul" / "part-0.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match=r"`country=KR/city=Seoul/part-0.parquet` is no readable Parquet"):
        rows_of(table)


def test_folders_that_do_not_agree_are_refused(table: Path) -> None:
    parquet.write_table(pa.table({"n": [1], "in": [{"a": 1}]}), table / "country=CN" / "b.parquet")
    with pytest.raises(InputError, match="different keys"):
        rows_of(table)
    (table / "country=CN" / "b.parquet").unlink()
    (table / "other").mkdir()
    with pytest.raises(InputError, match="holds a folder"):
        rows_of(table)


def test_a_column_in_files_and_folders_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t" / "n=1").mkdir(parents=True)
    parquet.write_table(pa.table({"n": [1]}), tmp_path / "t" / "n=1" / "a.parquet")
    with pytest.raises(InputError, match="column `n` of `t` stands in the files and in the names"):
        rows_of(tmp_path / "t")
