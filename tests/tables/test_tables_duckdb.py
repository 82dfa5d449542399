"""DuckDB files as a source: tables, queries, nested columns, and nothing outside of the file."""

from pathlib import Path
from typing import Any

import pytest

from lockgate.tables.listing import list_sources
from lockgate.tables.source import describe_files, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

duckdb = pytest.importorskip("duckdb", reason="the extra `duckdb` is not installed")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE customers AS SELECT i AS id, {'city': 'Hangzhou', 'zip': i::text} AS address,"
            " [i, i + 1] AS tags, (i / 4)::decimal(9, 2) AS price FROM range(100000) t(i)"
        )
        connection.execute('CREATE TABLE "x""; DROP TABLE customers; --" AS SELECT 1 AS n')
    return path


def rows_of(path: Path | str, table: str = "", query: str = "") -> list[dict[str, Any]]:
    return [
        row for batch in open_source(SourceReference(str(path), table, query)).batches() for row in batch.to_pylist()
    ]


def refusal(path: Path, table: str = "", query: str = "") -> str:
    with pytest.raises(InputError) as caught:
        rows_of(path, table, query)
    assert "SECRET" not in str(caught.value) + caught.value.hint
    return str(caught.value)


def test_a_table_is_read_with_structs_by_path(database: Path) -> None:
    source = open_source(SourceReference(f"duckdb:///{database}", "customers"))
    assert source.schema.names == ["id", "address.city", "address.zip", "price"]
    assert "list `tags[]`" in source.notes[0]
    rows = [row for batch in source.batches(["id", "address.zip"]) for row in batch.to_pylist()]
    assert sorted(row["id"] for row in rows) == list(range(100_000))
    assert [str(row["id"]) for row in rows] == [row["address.zip"] for row in rows]
    assert [one.name for one in describe_files(SourceReference(str(database)))] == ["shop.duckdb"]


def test_tables_are_listed_and_a_hostile_name_is_a_name(database: Path) -> None:
    names = [one.table for one in list_sources(SourceReference(str(database)))]
    assert names == ["customers", 'x"; DROP TABLE customers; --']
    assert rows_of(database, names[1]) == [{"n": 1}]
    assert "2 tables in `shop.duckdb`" in refusal(database)
    assert "no table `y`" in refusal(database, "y")


def test_a_query_only_selects_and_only_from_the_file(database: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a\nSECRET\n")
    assert rows_of(database, query="SELECT count(*) AS n FROM customers -- all") == [{"n": 100_000}]
    for query in (
        f"SELECT * FROM read_csv('{tmp_path}/other.csv')",
        f"SELECT * FROM '{tmp_path}/other.csv'",
        f"COPY customers TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/new.duckdb'",
        "SELECT 1; DROP TABLE customers",
        "DROP TABLE customers",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SELECT 'SECRET'::int AS n",
    ):
        refusal(database, query=query)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["other.csv", "shop.duckdb"]


def test_a_file_that_is_no_database_or_changes_is_an_error(database: Path, tmp_path: Path) -> None:
    (tmp_path / "no.duckdb").write_text("SECRET")
    assert "cannot be read as a DuckDB database" in refusal(tmp_path / "no.duckdb")
    source = open_source(SourceReference(str(database), "customers"))
    with duckdb.connect(str(database)) as connection:
        connection.execute("INSERT INTO customers (id) VALUES (-1)")
    with pytest.raises(InputError, match="changed meanwhile"):
        list(source.batches())
