"""A release from a server's table: the copy is that of a Parquet file of the same rows, read once."""

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from lockgate.tables import snapshot
from lockgate.tables.source import open_source
from lockgate.terms.flow_request import SourceReference
from small_flows import COLUMNS, PASSENGERS, do_not_wait_for_the_disk, release_at

TYPES = {"PassengerId": "bigint", "Age": "decimal(5,2)", "Fare": "decimal(9,4)"}


def fill(cursor: Any, quote: str) -> None:
    """Make a table of the passengers, numbers as numbers."""
    columns = ", ".join(f"{quote}{name}{quote} {TYPES.get(name, 'varchar(100)')}" for name in COLUMNS)
    cursor.execute(f"CREATE TABLE passengers ({columns})")
    with PASSENGERS.open(encoding="utf-8") as lines:
        for row in list(csv.reader(lines))[1:]:
            cursor.execute(
                f"INSERT INTO passengers VALUES ({', '.join(['%s'] * len(row))})", [cell or None for cell in row]
            )


def hold(address: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)
    taken: list[str] = []
    take = snapshot._new
    monkeypatch.setattr(snapshot, "_new", lambda origin: (taken.append(origin.name), take(origin))[1])
    (folder / "server").mkdir()
    (folder / "file").mkdir()
    release_at(folder / "server", {"data.source": address, "data.table": "passengers"})
    assert len(taken) == 1
    source = open_source(SourceReference(address, "passengers"))
    rows = pa.Table.from_batches(list(source.batches()), schema=source.schema)
    parquet.write_table(rows, folder / "file" / "passengers.parquet")
    release_at(folder / "file", {"data.source": "passengers.parquet"})
    ours, theirs = (copied(folder / name / "out") for name in ("server", "file"))
    assert ours == theirs
    assert ours


def copied(out: Path) -> list[str]:
    """Return the rows of a copy, in an order of their own."""
    (file,) = (out / "data").iterdir()
    source = open_source(SourceReference(str(file)))
    return sorted(repr(row) for batch in source.batches() for row in batch.to_pylist())


def test_a_release_from_postgresql_is_that_of_its_rows(
    postgres: tuple[Any, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, address = postgres
    with connect() as admin:
        fill(admin, '"')
        hold(address.format("postgres"), tmp_path, monkeypatch)
        admin.execute("DROP TABLE passengers")


def test_a_release_from_mariadb_is_that_of_its_rows(
    mariadb: tuple[Any, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, address = mariadb
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE IF NOT EXISTS shop")
        cursor.execute("USE shop")
        fill(cursor, "`")
        hold(address.format("root"), tmp_path, monkeypatch)
        cursor.execute("DROP TABLE passengers")
    connection.close()
