"""From every kind of source to a released copy that verifies: the same rows, whatever they lay in."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pytest

from lockgate.evidence.dossier import parse_statement
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.laws.catalogue import load_laws
from lockgate.tables.sink import write_table
from lockgate.tables.source import open_source
from lockgate.terms.flow_request import SourceReference
from small_flows import PASSENGERS, do_not_wait_for_the_disk, release_at

pytestmark = pytest.mark.slow

PEOPLE = pyarrow.csv.read_csv(PASSENGERS)
ROWS = PEOPLE.to_pylist()
SQL = {pa.int64(): "bigint", pa.float64(): "double precision"}
COLUMNS = ", ".join(f"{{quote}}{field.name}{{quote}} {SQL.get(field.type, 'text')}" for field in PEOPLE.schema)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def released(folder: Path, changes: dict[str, Any], suffix: str) -> dict[str, Any]:
    """Release the passengers, hold the copy against them, and return the statement."""
    release_at(folder, changes)
    steps = check_release(folder / "out", CheckMeans(load_laws(), None, folder / ".lockgate"))
    assert [f"{step.step}: {step.detail}" for step in steps if not step.ok] == []
    (file,) = (folder / "out" / "data").iterdir()
    assert file.suffix == suffix
    rows = [row for batch in open_source(SourceReference(str(file))).batches() for row in batch.to_pylist()]
    assert sorted(float(row["Fare"]) for row in rows) == sorted(row["Fare"] for row in ROWS)
    return parse_statement((folder / "out" / "statement.json").read_bytes())


def test_a_json_document_is_released_as_json_lines(tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text(json.dumps({"people": ROWS}))
    assert released(tmp_path, {"data.source": "people.json"}, ".jsonl")["input"]["rows"] == 160


def test_an_arrow_file_is_released_as_one(tmp_path: Path) -> None:
    write_table(tmp_path, "people", PEOPLE.to_batches(), PEOPLE.schema, "arrow")
    assert released(tmp_path, {"data.source": "people.arrow"}, ".arrow")["input"]["source"] == "people.arrow"


def test_a_sheet_is_released_as_csv(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    book = openpyxl.Workbook()
    book.active.append(PEOPLE.column_names)
    for row in ROWS:
        book.active.append(tuple(row.values()))
    book.save(tmp_path / "people.xlsx")
    assert released(tmp_path, {"data.source": "people.xlsx"}, ".csv")["input"]["files"][0]["name"] == "people.xlsx"


def test_a_duckdb_table_is_released(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra `duckdb` is not installed")
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.register("rows", PEOPLE)
        connection.execute("CREATE TABLE people AS SELECT * FROM rows")
    assert released(tmp_path, {"data.source": "duckdb:///shop.duckdb"}, ".parquet")["input"]["rows"] == 160


def test_a_table_of_postgresql_is_released_and_named_without_its_address(
    tmp_path: Path, postgres: tuple[Any, str]
) -> None:
    connect, address = postgres
    with connect() as admin:
        admin.execute(f"CREATE TABLE passengers ({COLUMNS.format(quote=chr(34))})")
        marks = ", ".join(["%s"] * PEOPLE.num_columns)
        with admin.cursor() as cursor:
            cursor.executemany(f"INSERT INTO passengers VALUES ({marks})", [tuple(row.values()) for row in ROWS])
    try:
        source = {"data.source": address.format("postgres"), "data.table": "passengers"}
        statement = released(tmp_path, source, ".parquet")
    finally:
        with connect() as admin:
            admin.execute("DROP TABLE passengers")
    assert statement["input"]["source"] == "postgres:passengers"
    assert [one["name"] for one in statement["input"]["files"]] == ["postgres:passengers"]
    everything = b"".join(one.read_bytes() for one in (tmp_path / "out").rglob("*") if one.is_file())
    assert address.partition("host=")[2].encode() not in everything


def test_a_table_of_mariadb_is_released(tmp_path: Path, mariadb: tuple[Any, str]) -> None:
    connect, address = mariadb
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE IF NOT EXISTS shop")
        cursor.execute(f"CREATE TABLE shop.passengers ({COLUMNS.format(quote='`')}) CHARACTER SET utf8mb4")
        marks = ", ".join(["%s"] * PEOPLE.num_columns)
        cursor.executemany(f"INSERT INTO shop.passengers VALUES ({marks})", [tuple(row.values()) for row in ROWS])
    try:
        source = {"data.source": address.format("root"), "data.table": "passengers"}
        assert released(tmp_path, source, ".parquet")["input"]["source"] == "shop:passengers"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE shop.passengers")
        connection.close()
