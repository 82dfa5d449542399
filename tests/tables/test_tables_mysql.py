"""MariaDB as a source, on a real server: types, zero dates, blobs, rights, queries that do more than select."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lockgate.tables.copy_folders import CopyFolders
from lockgate.tables.listing import list_sources
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

HOSTILE = "x`; DROP TABLE customers; --"
CUSTOMERS = """
CREATE TABLE customers (
    id bigint unsigned, balance decimal(9,2), seen timestamp NULL, at datetime(3), born date, about json, photo blob,
    mood enum('sad', 'ok'), name varchar(40) CHARACTER SET utf8mb4, score double, note text, took time
)
"""
CUSTOMER_ROWS = r"""
INSERT INTO customers VALUES
    (1, 1.50, '2026-11-22 01:00:00', '2026-11-22 01:02:03.5', '1990-02-28', '{"a": 1}', x'00ff', 'ok', '李娜 "\\', 0.1,
     '', '-838:59:59'),
    (18446744073709551615, null, null, null, '0000-00-00', null, '', null, null, null, null, null)
"""
TABLES = [
    "CREATE DATABASE IF NOT EXISTS shop",
    "USE shop",
    "SET sql_mode = ''",
    CUSTOMERS,
    CUSTOMER_ROWS,
    "CREATE TABLE `x``; DROP TABLE customers; --` (n int)",
    "INSERT INTO `x``; DROP TABLE customers; --` VALUES (7)",
    "CREATE TABLE many (n int)",
    "INSERT INTO many SELECT seq FROM seq_1_to_100000",
    "CREATE USER reader@localhost",
    "CREATE USER nobody@localhost",
    "GRANT SELECT ON shop.* TO reader@localhost",
]


@pytest.fixture(scope="module")
def server(mariadb: tuple[Any, str]) -> Iterator[tuple[Any, str]]:
    connect, address = mariadb
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        for statement in TABLES:
            cursor.execute(statement)
    yield connect, address
    connection.close()


def reader(server: tuple[Any, str], table: str = "", query: str = "") -> SourceReference:
    return SourceReference(server[1].format("reader"), table, query)


def rows_of(reference: SourceReference) -> list[dict[str, Any]]:
    return [row for batch in open_source(reference).batches() for row in batch.to_pylist()]


def refusal(reference: SourceReference) -> str:
    with pytest.raises(InputError) as caught:
        rows_of(reference)
    assert caught.value.hint
    return str(caught.value)


def test_every_type_comes_as_what_it_is_and_what_does_not_fit_as_text(server: tuple[Any, str]) -> None:
    source = open_source(reader(server, "customers"))
    first, second = (row for batch in source.batches() for row in batch.to_pylist())
    assert first == {
        "id": "1",
        "balance": Decimal("1.50"),
        "seen": datetime(2026, 11, 22, 1, tzinfo=UTC),
        "at": datetime.fromisoformat("2026-11-22T01:02:03.500"),
        "born": "1990-02-28",
        "about": '{"a": 1}',
        "photo": b"\x00\xff",
        "mood": "ok",
        "name": '李娜 "\\',
        "score": 0.1,
        "note": "",
        "took": "-838:59:59",
    }
    assert second == dict.fromkeys(first) | {"id": "18446744073709551615", "born": "0000-00-00", "photo": b""}
    assert [note.split("`")[1] for note in source.notes] == ["id", "born"]


def test_many_rows_are_streamed_and_a_hostile_name_is_a_name(server: tuple[Any, str]) -> None:
    assert sorted(row["n"] for row in rows_of(reader(server, "many"))) == list(range(1, 100_001))
    assert [one.table for one in list_sources(reader(server))] == ["customers", "many", HOSTILE]
    assert rows_of(reader(server, HOSTILE)) == [{"n": 7}]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM many",
        "DROP TABLE many",
        "SELECT 1; DROP TABLE many",
        "SELECT n FROM many INTO OUTFILE '/tmp/lockgate-was-here'",
        "SELECT 1) AS x INTO OUTFILE '/tmp/lockgate-was-here' -- ",
        "COMMIT",
        "SET @a = 1",
    ],
)
@pytest.mark.parametrize("user", ["reader", "root"])
def test_a_query_can_only_select(server: tuple[Any, str], query: str, user: str) -> None:
    refusal(SourceReference(server[1].format(user), "", query))
    assert rows_of(reader(server, query="SELECT count(*) AS n FROM many -- all")) == [{"n": 100_000}]


def test_a_user_without_rights_is_told_so(server: tuple[Any, str]) -> None:
    assert "the user may not" in refusal(SourceReference(server[1].format("nobody"), "customers"))
    assert "the user may not" in refusal(SourceReference(server[1].format("stranger"), "customers"))


def test_a_table_that_changes_meanwhile_is_what_it_was_at_the_beginning(server: tuple[Any, str]) -> None:
    source = open_source(reader(server, "many"))
    connection = server[0]()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop.many VALUES (0)")
        assert sum(batch.num_rows for batch in source.batches()) == 100_000
        cursor.execute("DELETE FROM shop.many WHERE n = 0")
    connection.close()


def test_a_lost_connection_is_an_error_and_leaves_nothing(
    server: tuple[Any, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CopyFolders, "own", tmp_path)
    endless = SourceReference(server[1].format("reader"), "", "SELECT a.n FROM many a, many b")
    ended = threading.Thread(target=end_connections, args=(server[0],))
    ended.start()
    assert "the connection was lost" in refusal(endless)
    ended.join()
    assert not list(tmp_path.iterdir())


def end_connections(connect: Any) -> None:
    """End the connection of the reader once its rows come."""
    connection = connect()
    reading = "user = 'reader' AND info LIKE 'SELECT * FROM (%many b%' AND info NOT LIKE '%columns_of%'"
    with connection.cursor() as cursor:
        while not cursor.execute(f"SELECT id FROM information_schema.processlist WHERE {reading}"):
            time.sleep(0.05)
        cursor.execute(f"KILL {cursor.fetchone()[0]}")
    connection.close()
