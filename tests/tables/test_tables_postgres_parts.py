"""A table of PostgreSQL read by several workers, on a real server: same bytes, one moment, what hinders them."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lockgate.tables import engine_local, postgres_parts, postgres_rows
from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.copy_folders import CopyFolders
from lockgate.tables.database_address import parse_address
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.job import Task
from lockgate.tables.source import describe_files, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

ROWS = 20_000
BLOCK = 8_192
RANGE_BLOCKS = 16
SECRET = "battery-staple"


@pytest.fixture(scope="module")
def server(postgres: tuple[Any, str]) -> Iterator[tuple[Any, str]]:
    connect, address = postgres
    with connect() as admin:
        for statement in (
            "CREATE ROLE parts_reader LOGIN CONNECTION LIMIT 8; CREATE ROLE parts_few LOGIN CONNECTION LIMIT 1",
            "CREATE SCHEMA parts",
            "CREATE TABLE parts.many (n bigint, t text, at date, w numeric)",
            f"INSERT INTO parts.many SELECT g, repeat('x', g % 90), '2026-01-01', 1 FROM generate_series(1, {ROWS}) g",
            "DELETE FROM parts.many WHERE n % 7 = 0",
            # rows that moved: the order of the rows is no more that of the numbers
            "UPDATE parts.many SET t = t || 'y' WHERE n % 11 = 0",
            "CREATE VIEW parts.seen AS SELECT * FROM parts.many",
            "CREATE MATERIALIZED VIEW parts.kept AS SELECT * FROM parts.many",
            "CREATE TABLE parts.parent (n bigint, t text)",
            "INSERT INTO parts.parent SELECT n, t FROM parts.many",
            "CREATE TABLE parts.child () INHERITS (parts.parent); INSERT INTO parts.child VALUES (-1, 'of the child')",
            "CREATE TABLE parts.parted (n bigint, t text) PARTITION BY HASH (n)",
            "CREATE TABLE parts.p0 PARTITION OF parts.parted FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
            "CREATE TABLE parts.p1 PARTITION OF parts.parted FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
            "INSERT INTO parts.parted SELECT n, t FROM parts.many",
            "CREATE TABLE parts.by_column AS SELECT n, t FROM parts.many",
            "CREATE TABLE parts.odd AS SELECT t, n, at, w::numeric(9, 1) FROM parts.many",
            f"UPDATE parts.odd SET at = 'infinity' WHERE n = {ROWS}; UPDATE parts.odd SET w = 'NaN' WHERE n < 9",
            "GRANT USAGE ON SCHEMA parts TO parts_reader, parts_few",
            "GRANT SELECT ON ALL TABLES IN SCHEMA parts TO parts_reader, parts_few",
            "REVOKE ALL ON parts.by_column FROM parts_reader",
            "GRANT SELECT (n, t) ON parts.by_column TO parts_reader",
        ):
            admin.execute(statement)
    yield connect, address
    with connect() as admin:
        admin.execute("DROP SCHEMA parts CASCADE; DROP ROLE parts_reader; DROP ROLE parts_few")


@pytest.fixture(autouse=True)
def small_ranges(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres_parts, "RANGE_BYTES", RANGE_BLOCKS * BLOCK)
    monkeypatch.setattr(CopyFolders, "own", tmp_path)


@pytest.fixture
def three() -> Iterator[LocalEngine]:
    engine = LocalEngine(3)
    yield engine
    engine.close()


def at(server: tuple[Any, str], table: str, role: str = "parts_reader") -> SourceReference:
    return SourceReference(server[1].format(role), f"parts.{table}")


def rows_of(source: Any) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for batch in source.batches() for row in batch.to_pylist()]


def in_file_order(server: tuple[Any, str], table: str) -> list[tuple[Any, ...]]:
    """Return what a sequential scan from the first block gives."""
    with server[0]() as admin:
        admin.execute("SET synchronize_seqscans = off")
        return list(admin.execute(f"SELECT n, t FROM parts.{table}").fetchall())


def forbid_reading_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only workers read rows; they are copies of this process."""
    here, read = os.getpid(), postgres_parts.copied_rows

    def read_elsewhere(*given: Any) -> Any:
        assert os.getpid() != here
        return read(*given)

    monkeypatch.setattr(postgres_parts, "copied_rows", read_elsewhere)


def sessions(server: tuple[Any, str]) -> int:
    with server[0]() as admin:
        (count,) = admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lockgate' AND usename LIKE 'parts%'"
        ).fetchone()
        return int(count)


def wait_for(is_so: Any) -> None:
    until = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("table", ["many", "kept"])
def test_the_copy_is_the_same_bytes_in_the_order_of_the_table_whoever_reads_it(
    server: tuple[Any, str], table: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reference, found = at(server, table), []
    for workers in (0, 1, 2, 3):
        with monkeypatch.context() as patched:
            if workers > 1:
                forbid_reading_here(patched)
            engine = LocalEngine(workers) if workers else None
            source = open_source(reference, engine)
            if engine:
                engine.close()
        found.append(describe_files(reference)[0].sha256)
        assert [row[:2] for row in rows_of(source)] == in_file_order(server, table)
        assert [one.name for folder in tmp_path.iterdir() for one in folder.iterdir()] == ["rows.parquet"]
        del source
    assert len(set(found)) == 1
    assert not list(tmp_path.iterdir())


def test_what_is_no_plain_table_is_read_whole(
    server: tuple[Any, str], three: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: Any) -> None:
        raise AssertionError("it is cut")

    monkeypatch.setattr(postgres_parts, "ReadRange", cut)
    for table in ("seen", "parted", "parent", "by_column"):
        assert sorted(row[:2] for row in rows_of(open_source(at(server, table), three))) == sorted(
            in_file_order(server, table)
        ), table
    query = SourceReference(server[1].format("parts_reader"), "", "SELECT n FROM parts.many ORDER BY n")
    assert [row[0] for row in rows_of(open_source(query, three))] == [n for n in range(1, ROWS + 1) if n % 7]
    monkeypatch.setattr(postgres_parts, "RANGE_BYTES", 1 << 30)
    assert rows_of(open_source(at(server, "many"), three))


def test_no_worker_is_asked_that_is_given_no_password_or_may_not_see_what_another_sees(
    server: tuple[Any, str], monkeypatch: pytest.MonkeyPatch, three: LocalEngine
) -> None:
    monkeypatch.setattr(postgres_parts, "ReadRange", lambda *_: pytest.fail("a worker is asked"))
    expected = in_file_order(server, "many")
    with monkeypatch.context() as patched:
        patched.setattr(LocalEngine, "name", "ray")
        assert [row[:2] for row in rows_of(open_source(at(server, "many"), three))] == expected
    with server[0]() as admin:
        admin.execute("REVOKE EXECUTE ON FUNCTION pg_export_snapshot() FROM PUBLIC")
        try:
            assert [row[:2] for row in rows_of(open_source(at(server, "many"), three))] == expected
        finally:
            admin.execute("GRANT EXECUTE ON FUNCTION pg_export_snapshot() TO PUBLIC")


def test_values_that_do_not_fit_are_said_in_the_order_of_the_columns_whoever_finds_them(
    server: tuple[Any, str], three: LocalEngine
) -> None:
    said = [open_source(at(server, "odd"), engine).notes for engine in (None, three)]
    assert said[0] == said[1]
    assert [note.split("`")[1] for note in said[0]] == ["at", "w"]


def test_a_table_that_changes_while_workers_read_is_that_of_one_moment(
    server: tuple[Any, str], monkeypatch: pytest.MonkeyPatch, three: LocalEngine
) -> None:
    forbid_reading_here(monkeypatch)
    before, made = in_file_order(server, "many"), []
    with server[0]() as admin:

        def change(_: int) -> None:
            """Move, remove and add rows between the parts."""
            admin.execute("UPDATE parts.many SET t = t || 'z' WHERE n % 5 = 0")
            admin.execute(f"INSERT INTO parts.many VALUES ({ROWS + len(made) + 1}, 'new')")
            admin.execute(f"DELETE FROM parts.many WHERE n = {ROWS - 1 - len(made)}")
            made.append(1)

        monkeypatch.setattr(BytesRead, "tell_rows", change)
        assert [row[:2] for row in rows_of(open_source(at(server, "many"), three))] == before
    assert len(made) > 2
    assert in_file_order(server, "many") != before


def test_who_waits_to_change_the_table_does_not_stop_the_reading(
    server: tuple[Any, str], monkeypatch: pytest.MonkeyPatch, three: LocalEngine
) -> None:
    monkeypatch.setattr(postgres_rows, "LOCK_TIMEOUT", "100ms")
    waiting: list[threading.Thread] = []
    make = postgres_parts.make_job

    def alter() -> None:
        with server[0]() as admin:
            admin.execute("ALTER TABLE parts.many ALTER COLUMN t SET NOT NULL")

    def make_once_somebody_waits(folder: Path, task: Task) -> None:
        waiting.append(threading.Thread(target=alter))
        waiting[0].start()
        with server[0]() as admin:
            wait_for(
                lambda: admin.execute("SELECT 1 FROM pg_locks WHERE mode LIKE 'AccessEx%' AND NOT granted").fetchone()
            )
        make(folder, task)

    monkeypatch.setattr(postgres_parts, "make_job", make_once_somebody_waits)
    expected = in_file_order(server, "many")
    source = open_source(at(server, "many"), three)
    waiting[0].join()
    assert [row[:2] for row in rows_of(source)] == expected


def test_what_workers_cannot_read_is_read_by_the_first_connection(
    server: tuple[Any, str], monkeypatch: pytest.MonkeyPatch, three: LocalEngine
) -> None:
    expected = in_file_order(server, "many")
    assert [row[:2] for row in rows_of(open_source(at(server, "many", "parts_few"), three))] == expected
    # as of a server that answers in turn with another one
    gone = postgres_rows.Moment("00000003-0000001B-1", "")
    monkeypatch.setattr(postgres_parts, "moment_of", lambda _: gone)
    assert [row[:2] for row in rows_of(open_source(at(server, "many"), three))] == expected


def test_a_moment_of_another_server_is_refused_even_if_it_is_called_the_same(server: tuple[Any, str]) -> None:
    address = parse_address(server[1].format("parts_reader"), postgres_rows.OPTIONS)
    with postgres_rows.reading(address) as connection:
        moment = postgres_rows.moment_of(connection)
        with postgres_rows.reading(address, moment) as other:
            assert other.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(InputError, match="another server answers"):
            postgres_rows.reading(address, moment._replace(server="then")).__enter__()


def test_a_worker_or_its_session_that_is_killed_costs_no_row(
    server: tuple[Any, str], monkeypatch: pytest.MonkeyPatch, three: LocalEngine
) -> None:
    read, here = postgres_parts.copied_rows, os.getpid()
    monkeypatch.setattr(engine_local, "_can_copy", lambda: True)  # idle threads that other tests left hold no lock
    done = Path(str(CopyFolders.own)) / "done"

    def end_worker(connection: Any, *given: Any) -> Iterator[Any]:
        if os.getpid() != here and not done.exists():
            done.touch()
            os.kill(os.getpid(), 9)
        return read(connection, *given)

    def end_session(connection: Any, *given: Any) -> Iterator[Any]:
        if os.getpid() != here:
            with server[0]() as admin:
                admin.execute(f"SELECT pg_terminate_backend({connection.info.backend_pid}, 5000)")
        return read(connection, *given)

    expected = in_file_order(server, "many")
    for end in (end_worker, end_session):
        monkeypatch.setattr(postgres_parts, "copied_rows", end)
        three.close()
        assert [row[:2] for row in rows_of(open_source(at(server, "many"), three))] == expected
    assert done.exists()


def test_what_ends_the_reading_leaves_no_file_no_worker_and_no_session(
    server: tuple[Any, str], monkeypatch: pytest.MonkeyPatch, three: LocalEngine, tmp_path: Path
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(BytesRead, "tell_rows", interrupt)
    with pytest.raises(KeyboardInterrupt):
        open_source(at(server, "many"), three)
    assert not list(tmp_path.iterdir())
    three.close()
    wait_for(lambda: not sessions(server))
    with server[0]() as admin:
        ends = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'parts_reader'"

        def lose(_: int) -> None:
            admin.execute(ends)

        monkeypatch.setattr(BytesRead, "tell_rows", lose)
        with pytest.raises(InputError, match="cannot be read as a PostgreSQL database") as caught:
            open_source(at(server, "many"), three)
    assert caught.value.hint
    assert not list(tmp_path.iterdir())


def test_no_password_lies_in_a_file_while_workers_read(
    server: tuple[Any, str], monkeypatch: pytest.MonkeyPatch, three: LocalEngine, tmp_path: Path
) -> None:
    place = tmp_path.with_name(f"{tmp_path.name}-password")
    place.write_text(SECRET)
    monkeypatch.setenv("LOCKGATE_DATABASE_PASSWORD_FILE", str(place))
    monkeypatch.setenv("PGPASSWORD", SECRET)
    seen: list[bytes] = []

    def look(_: int) -> None:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        seen.extend(path.read_bytes() for path in files if path.name == "task")
        assert all(oct(path.stat().st_mode)[-3:] == "700" for path in tmp_path.rglob("*") if path.is_dir())

    monkeypatch.setattr(BytesRead, "tell_rows", look)
    forbid_reading_here(monkeypatch)
    open_source(at(server, "many"), three)
    assert seen
    assert all(b"parts_reader" in task and SECRET.encode() not in task for task in seen)


def test_a_server_has_others_to_serve(server: tuple[Any, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_parts, "MOST_CONNECTIONS", 2)
    engine = LocalEngine(6)
    seen: list[int] = []
    monkeypatch.setattr(BytesRead, "tell_rows", lambda _: seen.append(engine._lent))
    open_source(at(server, "many"), engine)
    engine.close()
    assert (seen[0], engine._lent) == (4, 0)
