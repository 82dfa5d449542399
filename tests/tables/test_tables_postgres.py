"""PostgreSQL as a source, on a real server: types, one state, rights, names that are hostile, no secret told."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lockgate.tables.copy_folders import CopyFolders
from lockgate.tables.listing import list_sources
from lockgate.tables.source import describe_files, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

HOSTILE = 'customers"; DROP TABLE customers; --'


@pytest.fixture(scope="module")
def server(postgres: tuple[Any, str]) -> Iterator[tuple[Any, str]]:
    connect, address = postgres
    with connect() as admin:
        admin.execute(
            "CREATE ROLE reader LOGIN; CREATE ROLE nobody LOGIN; CREATE SCHEMA crm;"
            " CREATE TYPE mood AS ENUM ('sad', 'ok')"
        )
        admin.execute(
            "CREATE TABLE customers (id bigint PRIMARY KEY, balance numeric(9,2), rate numeric, seen timestamptz,"
            " born date, about jsonb, tags text[], photo bytea, mood mood, active boolean, name text, score real)"
        )
        admin.execute(
            "INSERT INTO customers VALUES"
            " (1, 1.50, 'NaN', '2026-11-22 10:00:00+09', '1990-02-28', '{\"a\": [1]}', '{x,\"y,z\"}', '\\x00ff', 'ok',"
            " true,"
            " E'Li \"Na\"\\nHangzhou, 1', 0.1), (2, null, null, null, null, null, null, '', null, false, '', null)"
        )
        admin.execute('CREATE TABLE crm."customers""; DROP TABLE customers; --" ("a""; DROP TABLE customers; --" int)')
        admin.execute('INSERT INTO crm."customers""; DROP TABLE customers; --" VALUES (7)')
        admin.execute(
            "CREATE TABLE events (id int, at date);"
            " INSERT INTO events SELECT g, '2026-01-01' FROM generate_series(1, 100000) g"
        )
        admin.execute(
            "CREATE TABLE odd (at date); INSERT INTO odd VALUES ('2026-01-02'), ('infinity'), ('0044-03-15 BC')"
        )
        admin.execute(
            "CREATE TABLE salaries (n int); CREATE TABLE guarded (n int); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY"
        )
        admin.execute(
            "CREATE POLICY few ON guarded FOR SELECT TO reader USING (n = 1); INSERT INTO guarded VALUES (1), (2)"
        )
        admin.execute("GRANT USAGE ON SCHEMA crm TO reader; GRANT SELECT ON customers, events, odd, guarded TO reader")
        admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA crm TO reader")
    yield connect, address
    with connect() as admin:
        admin.execute("DROP TABLE customers, events, odd, salaries, guarded; DROP SCHEMA crm CASCADE; DROP TYPE mood")
        admin.execute("DROP ROLE reader; DROP ROLE nobody")


def reader(server: tuple[Any, str], table: str = "", query: str = "") -> SourceReference:
    return SourceReference(server[1].format("reader"), table, query)


def rows_of(reference: SourceReference) -> list[dict[str, Any]]:
    return [row for batch in open_source(reference).batches() for row in batch.to_pylist()]


def refusal(reference: SourceReference) -> str:
    with pytest.raises(InputError) as caught:
        rows_of(reference)
    assert caught.value.hint
    assert reference.location not in str(caught.value) + caught.value.hint
    return str(caught.value)


def test_every_type_comes_as_what_it_is(server: tuple[Any, str]) -> None:
    first, second = rows_of(reader(server, "customers"))
    assert first == {
        "id": 1,
        "balance": Decimal("1.50"),
        "rate": "NaN",
        "seen": datetime(2026, 11, 22, 1, tzinfo=UTC),
        "born": date(1990, 2, 28),
        "about": '{"a": [1]}',
        "tags": '{x,"y,z"}',
        "photo": b"\x00\xff",
        "mood": "ok",
        "active": True,
        "name": 'Li "Na"\nHangzhou, 1',
        "score": 0.1,
    }
    assert second == dict.fromkeys(first) | {"id": 2, "photo": b"", "active": False, "name": ""}
    source = open_source(reader(server, "customers"))
    assert (source.name, source.format) == ("postgres:customers", "postgresql")


def test_days_beyond_the_calendar_are_read_as_text_and_said(server: tuple[Any, str]) -> None:
    source = open_source(reader(server, "odd"))
    assert [row["at"] for batch in source.batches() for row in batch.to_pylist()] == [
        "2026-01-02",
        "infinity",
        "0044-03-15 BC",
    ]
    assert source.notes == ("column `at` of `postgres:odd` has values that are no date32[day], read as text",)


def test_a_hostile_name_is_a_name(server: tuple[Any, str]) -> None:
    assert rows_of(reader(server, f"crm.{HOSTILE}")) == [{'a"; DROP TABLE customers; --': 7}]
    assert "no table" in refusal(reader(server, 'events"; DROP TABLE customers; --'))
    assert len(rows_of(reader(server, "customers"))) == 2


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM customers RETURNING *",
        "SELECT 1; DROP TABLE customers",
        "SELECT 1) TO PROGRAM 'touch /tmp/lockgate-was-here' --",
        "SELECT 1) TO PROGRAM 'touch /tmp/lockgate-was-here'; --",
        "SELECT set_config('transaction_read_only', 'off', false)::text UNION SELECT lo_create(0)::text",
        "WITH gone AS (DELETE FROM customers RETURNING *) SELECT * FROM gone",
        "COPY customers TO PROGRAM 'touch /tmp/lockgate-was-here'",
        "COMMIT",
        "SELECT * FROM salaries",
    ],
)
@pytest.mark.parametrize("role", ["reader", "postgres"])
def test_a_query_can_only_select_even_for_a_superuser(server: tuple[Any, str], query: str, role: str) -> None:
    if (role, query) == ("postgres", "SELECT * FROM salaries"):
        return
    refusal(SourceReference(server[1].format(role), "", query))
    assert not Path("/tmp/lockgate-was-here").exists()
    with server[0]() as admin:
        assert admin.execute("SELECT count(*) FROM customers").fetchone() == (2,)


def test_a_query_may_end_in_a_comment_or_a_semicolon(server: tuple[Any, str]) -> None:
    assert rows_of(reader(server, query="SELECT id AS n FROM customers WHERE name LIKE '%Na%'; ")) == [{"n": 1}]
    assert rows_of(reader(server, query="SELECT count(*) AS n FROM customers -- all")) == [{"n": 2}]


def test_a_role_without_rights_is_told_so_and_rows_are_never_left_out_unseen(server: tuple[Any, str]) -> None:
    nobody = server[1].format("nobody")
    assert "no table `customers` that this role may read" in refusal(SourceReference(nobody, "customers"))
    assert "row-level security would leave rows out" in refusal(reader(server, "guarded"))
    for unreachable in (
        server[1].format("stranger"),
        nobody.replace("/postgres?", "/nothing?"),
        "postgresql://reader@127.0.0.1:1/postgres",
    ):
        assert "does not let the role in" in refusal(SourceReference(unreachable, "customers"))


def test_a_password_in_an_address_is_refused_and_not_told() -> None:
    for address in ("postgresql://me:SECRET@h/d", "postgresql://h/d?password=SECRET", "mysql://me:SECRET@h/d"):
        with pytest.raises(InputError, match="holds a password") as caught:
            open_source(SourceReference(address, "t"))
        assert "SECRET" not in str(caught.value) + caught.value.hint


def test_a_table_that_changes_meanwhile_is_what_it_was_at_the_beginning(server: tuple[Any, str]) -> None:
    reference = reader(server, "events")
    source = open_source(reference)
    before = sum(batch.num_rows for batch in source.batches(["id"]))
    described = describe_files(reference)
    with server[0]() as admin:
        admin.execute("INSERT INTO events VALUES (0, null)")
    assert sum(batch.num_rows for batch in source.batches(["id"])) == before == 100_000
    assert describe_files(reference) == described
    del source
    assert sum(batch.num_rows for batch in open_source(reference).batches()) == 100_001


def test_a_lost_connection_is_an_error_and_leaves_nothing(
    server: tuple[Any, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CopyFolders, "own", tmp_path)
    ends_itself = (
        "SELECT g, CASE WHEN g = 50000 THEN pg_terminate_backend(pg_backend_pid()) END AS b"
        " FROM generate_series(1, 100000) g"
    )
    assert "the server ended the connection" in refusal(SourceReference(server[1].format("postgres"), "", ends_itself))
    assert not list(tmp_path.iterdir())


def test_the_copy_is_for_this_user_only_and_goes_with_its_source(
    server: tuple[Any, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CopyFolders, "own", tmp_path)
    source = open_source(reader(server, "customers"))
    assert [oct(one.stat().st_mode)[-3:] for one in tmp_path.iterdir()] == ["700"]
    del source
    assert not list(tmp_path.iterdir())


def test_a_scan_finds_the_tables_that_the_role_may_read(server: tuple[Any, str]) -> None:
    found = [one.table for one in list_sources(reader(server))]
    assert found == ["customers", "events", "guarded", "odd", f"crm.{HOSTILE}"]
