"""Sources of every kind, and how a reference leads to them."""

import hashlib
import json
import pickle
import sqlite3
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from lockgate.tables.listing import list_sources
from lockgate.tables.source import describe_files, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference


def rows_of(location: Path | str, table: str = "", query: str = "") -> list[dict[str, object]]:
    source = open_source(SourceReference(str(location), table, query))
    return [row for batch in source.batches() for row in batch.to_pylist()]


def refusal(location: Path | str, table: str = "", query: str = "") -> str:
    with pytest.raises(InputError) as caught:
        rows_of(location, table, query)
    assert caught.value.hint.endswith(".")
    return str(caught.value)


def database(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.execute('CREATE TABLE "the ""best"" customers" (a, b, c, d, e)')
    connection.executemany(
        'INSERT INTO "the ""best"" customers" VALUES (?, ?, ?, ?, ?)',
        [(1, "x", b"\x01", 1, None), (None, 2.5, None, 2.5, None)],
    )
    connection.commit()
    connection.close()
    return path


def test_files_of_a_folder_and_of_a_glob_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name, cell in (("b.csv", "2"), ("a.csv", "1"), ("c.CSV", "3")):
        (tmp_path / name).write_text(f"n\n{cell}\n")
    (tmp_path / "SOURCE.md").write_text("where it is from")
    assert [row["n"] for row in rows_of(tmp_path)] == ["1", "2", "3"]
    assert [row["n"] for row in rows_of(tmp_path / "[ab].csv")] == ["1", "2"]
    source = open_source(SourceReference(str(tmp_path)))
    assert source.name == tmp_path.name
    assert source.notes == ("`SOURCE.md` in the folder is of no known format and not read",)


def test_a_file_with_several_names_is_read_once_and_a_folder_that_leads_to_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n\n1\n")
    (tmp_path / "b.csv").write_text("n\n2\n")
    (tmp_path / "latest.csv").symlink_to("b.csv")
    (tmp_path / "same.csv").hardlink_to(tmp_path / "a.csv")
    source = open_source(SourceReference(str(tmp_path)))
    assert [row["n"] for row in rows_of(tmp_path)] == ["1", "2"]
    assert source.notes == ("`a.csv` and 1 more lie there by several names and are read once",)
    (tmp_path / "again").symlink_to(tmp_path)
    assert [row["n"] for row in rows_of(tmp_path / "**" / "*.csv")] == ["1", "2"]


def test_no_name_is_no_source() -> None:
    with pytest.raises(InputError, match="expected the name of a source"):
        open_source(SourceReference(""))
    with pytest.raises(InputError, match="expected the name of a source"):
        list_sources(SourceReference(""))


def test_files_that_do_not_agree_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n,m\n1,2\n")
    (tmp_path / "b.csv").write_text("m,n\n1,2\n")
    assert "the header of `b.csv` differs" in refusal(tmp_path)
    (tmp_path / "b.csv").rename(tmp_path / "b.jsonl")
    assert "several formats: csv, jsonl" in refusal(tmp_path)
    for name, type_ in (("a.parquet", pa.int64()), ("b.parquet", pa.int32())):
        parquet.write_table(pa.table({"n": pa.array([1], type_)}), tmp_path / name)
    assert "the columns of `b.parquet` differ" in refusal(tmp_path / "*.parquet")


@pytest.mark.parametrize(
    ("location", "complaint"),
    [
        ("nothing.csv", "no file `nothing.csv`"),
        ("*.nothing", "no file matches"),
        ("text.doc", "no known extension"),
        ("empty", "holds no files of a known format"),
        ("outer", "holds a folder `inner`"),
        ("sqlite:///nothing.db", "no file `nothing.db`"),
        ("empty.jsonl", "is empty"),
        ("broken.parquet", "no readable Parquet"),
        ("broken.db", "cannot be read as an SQLite database: it is no database"),
    ],
)
def test_what_is_not_there_or_not_known_is_refused_with_a_hint(tmp_path: Path, location: str, complaint: str) -> None:
    (tmp_path / "text.doc").write_text("text")
    (tmp_path / "empty").mkdir()
    (tmp_path / "outer" / "inner").mkdir(parents=True)
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more than that PAR1")
    (tmp_path / "broken.db").write_bytes(b"SECRET " * 400)
    prefix, slashes, name = location.rpartition("///")
    message = refusal(f"{prefix}{slashes}{tmp_path / name}")
    assert complaint in message
    assert "SECRET" not in message


def test_the_password_of_a_database_address_is_never_repeated() -> None:
    assert "hunter2" not in refusal("postgresql://user:hunter2@host/shop")


def test_parquet_keeps_types_and_gives_up_layouts(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    table = pa.table(
        {
            "dictionary": pa.array(["a", None, "a"]).dictionary_encode(),
            "large": pa.array(["a", None, "b"], pa.large_string()),
            "view": pa.array(["a", None, "b"], pa.string_view()),
            "decimal": pa.array([Decimal("1.50"), None, Decimal(2)], pa.decimal128(9, 2)),
            "moment": pa.array([moment, None, moment], pa.timestamp("us", "UTC")),
            "day": pa.array([date(2026, 1, 2), None, None]),
            "nothing": pa.nulls(3),
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    source = open_source(SourceReference(str(tmp_path / "a.parquet")))
    assert [str(type_) for type_ in source.schema.types] == [
        *["string"] * 3,
        "decimal128(9, 2)",
        "timestamp[us, tz=UTC]",
        "date32[day]",
        "string",
    ]
    assert pa.Table.from_batches(source.batches()).to_pylist() == table.to_pylist()


def test_json_lines_find_a_type_that_loses_nothing(tmp_path: Path) -> None:
    rows = [
        {"whole": 1, "broken": 1, "flag": True, "mixed": 1, "text": "x", "large": 2**63},
        {"whole": 2, "broken": 2.5, "mixed": "1", "huge": 2**60, "late": 1},
        {"huge": 0.5, "whole": None},
    ]
    (tmp_path / "a.jsonl").write_text("\n\n".join(json.dumps(row) for row in rows))
    source = open_source(SourceReference(str(tmp_path / "a.jsonl")))
    assert {field.name: str(field.type) for field in source.schema} == {
        "whole": "int64",
        "broken": "double",
        "flag": "bool",
        "mixed": "string",
        "text": "string",
        "large": "string",
        "huge": "string",
        "late": "int64",
    }
    found = rows_of(tmp_path / "a.jsonl")
    assert [row["broken"] for row in found] == [1.0, 2.5, None]
    assert [row["mixed"] for row in found] == ["1", "1", None]
    assert [row["huge"] for row in found] == [None, str(2**60), "0.5"]


@pytest.mark.parametrize(
    "line", ['{"a": SECRET}', '["SECRET"]', '{"a": 1, "a": "SECRET"}', '{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}']
)
def test_a_broken_line_is_an_input_error_with_its_number(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"a": 1}}\n\n{line}\n')
    message = refusal(tmp_path / "a.jsonl")
    assert "line 3 of `a.jsonl`" in message
    assert "SECRET" not in message


def test_sqlite_columns_have_the_type_of_the_values_seen(tmp_path: Path) -> None:
    path = database(tmp_path / "shop.db")
    source = open_source(SourceReference(str(path)))
    assert source.name == 'shop.db:the "best" customers'
    assert [str(type_) for type_ in source.schema.types] == ["int64", "string", "binary", "double", "string"]
    assert rows_of(f"sqlite:///{path}") == [
        {"a": 1, "b": "x", "c": b"\x01", "d": 1.0, "e": None},
        {"a": None, "b": "2.5", "c": None, "d": 2.5, "e": None},
    ]


def test_a_missing_table_and_several_tables_are_named(tmp_path: Path) -> None:
    path = database(tmp_path / "shop.db")
    assert 'no table `nothing` in `shop.db`, which has `the "best" customers`' in refusal(path, table="nothing")
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIEW younger AS SELECT 1 AS n")
    connection.commit()
    connection.close()
    assert 'several tables in `shop.db`, which has `the "best" customers`, `younger`' in refusal(path)
    assert rows_of(path, table="younger") == [{"n": 1}]


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE t",
        "ATTACH 'other.db' AS other",
        "INSERT INTO t VALUES (1)",
        "PRAGMA journal_mode = WAL",
        "SELECT 1; SELECT 2",
        "SELECT 'SECRET' FROM nothing",
        "SELECT load_extension('SECRET')",
    ],
)
def test_a_query_may_only_select(tmp_path: Path, query: str) -> None:
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (n)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    assert "SECRET" not in refusal(path, query=query)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["shop.db"]


def test_a_query_is_a_source_of_its_own(tmp_path: Path) -> None:
    path = database(tmp_path / "shop.db")
    assert rows_of(path, query='SELECT a + 1 AS n FROM "the ""best"" customers" WHERE a;') == [{"n": 2}]
    assert "found both" in refusal(path, "t", "SELECT 1")
    assert "columns 1 and 2" in refusal(path, query="SELECT 1 AS n, 2 AS n")


def test_a_database_with_an_open_write_ahead_log_is_read(tmp_path: Path) -> None:
    path = database(tmp_path / "shop.db")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute('INSERT INTO "the ""best"" customers" (a) VALUES (7)')
    connection.commit()
    source = open_source(SourceReference(str(path)))
    assert sum(batch.num_rows for batch in source.batches()) == 3
    assert [one.name for one in describe_files(SourceReference(str(path)))] == ["shop.db", "shop.db-wal"]
    connection.execute('INSERT INTO "the ""best"" customers" (a) VALUES (8)')
    connection.commit()
    with pytest.raises(InputError, match="changed meanwhile"):
        list(source.batches())
    connection.close()


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_a_file_that_changes_after_it_was_opened_is_an_input_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "a.parquet":
        parquet.write_table(pa.table({"n": [1]}), path)
    else:
        path.write_text("n\n1\n" if name == "a.csv" else '{"n": 1}\n')
    source = open_source(SourceReference(str(path)))
    assert sum(batch.num_rows for batch in source.batches()) == 1
    if name == "a.parquet":
        parquet.write_table(pa.table({"n": [1, 2]}), path)
    else:
        path.write_text("n\n1\n2\n" if name == "a.csv" else '{"n": 1}\n{"n": 2}\n')
    with pytest.raises(InputError, match="changed meanwhile"):
        list(source.batches())


def test_table_and_query_are_for_databases_only(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n\n1\n")
    assert "holds one table only" in refusal(tmp_path / "a.csv", table="t")
    assert "is no database" in refusal(tmp_path / "a.csv", query="select 1")


def test_files_are_described_by_name_hash_and_size(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text(f"n\n{folder}\n")
    found = describe_files(SourceReference(str(tmp_path / "*" / "a.csv")))
    assert found == [(f"{folder}/a.csv", hashlib.sha256(f"n\n{folder}\n".encode()).hexdigest(), 4) for folder in "xy"]


def test_a_source_can_be_sent_to_another_process(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n\n1\n")
    source = pickle.loads(pickle.dumps(open_source(SourceReference(str(tmp_path / "a.csv")))))
    assert next(iter(source.batches())).to_pylist() == [{"n": "1"}]
