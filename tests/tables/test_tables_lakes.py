"""Delta and Iceberg tables: the newest state, never what their folders hold beside it."""

import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lockgate.tables.source import describe_files, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return [row for batch in open_source(SourceReference(str(folder))).batches() for row in batch.to_pylist()]


def test_what_was_deleted_from_a_delta_table_is_not_read(tmp_path: Path) -> None:
    deltalake = pytest.importorskip("deltalake", reason="the extra `delta` is not installed")
    folder = tmp_path / "orders"
    deltalake.write_deltalake(
        folder, pa.table({"n": [1, 2], "c": ["a", "b"], "in": [{"x": 1}] * 2}), partition_by=["c"]
    )
    deltalake.DeltaTable(folder).delete("n = 1")
    assert list((folder / "c=a").iterdir())
    source = open_source(SourceReference(str(folder)))
    assert (source.name, source.format) == ("orders@1", "delta")
    assert [row for batch in source.batches() for row in batch.to_pylist()] == [{"n": 2, "c": "b", "in.x": 1}]
    assert [one.name for one in describe_files(SourceReference(str(folder)))] == ["orders@1"]
    deltalake.write_deltalake(folder, pa.table({"n": [3], "c": ["a"], "in": [{"x": 2}]}), mode="append")
    assert sorted(row["n"] for row in rows_of(folder)) == [2, 3]
    (folder / "_delta_log" / "00000000000000000002.json").write_text("SECRET")
    with pytest.raises(InputError, match="cannot be read as a table of Delta") as caught:
        rows_of(folder)
    assert "SECRET" not in str(caught.value)


def test_the_newest_state_of_an_iceberg_table_is_read(tmp_path: Path) -> None:
    catalogs = pytest.importorskip("pyiceberg.catalog.sql", reason="the extra `iceberg` is not installed")
    catalog = catalogs.SqlCatalog("x", uri=f"sqlite:///{tmp_path}/c.db", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("shop")
    rows = pa.table({"n": [1, 2], "c": ["a", "b"]})
    table = catalog.create_table("shop.orders", schema=rows.schema)
    table.append(rows)
    table.overwrite(rows.slice(1))
    catalog.engine.dispose()
    folder = tmp_path / "shop" / "orders"
    assert rows_of(folder) == [{"n": 2, "c": "b"}]
    assert open_source(SourceReference(str(folder))).format == "iceberg"


def test_a_lake_is_never_read_as_a_folder_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t" / "_delta_log").mkdir(parents=True)
    (tmp_path / "t" / "a.csv").write_text("a\n1\n")
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(InputError, match="Delta Lake needs `deltalake`, which is not installed"):
        open_source(SourceReference(str(tmp_path / "t")))
