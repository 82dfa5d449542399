"""A server that is killed among the rows: an error with a hint, nothing left behind, and the next read is whole."""

import gc
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mariadb_server
import postgres_server
from lockgate.tables import mysql_table, postgres_parts
from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.copy_folders import CopyFolders
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

pytestmark = pytest.mark.slow
ROWS, SOME = 1_000_000, 5


def refused(
    reference: SourceReference, folder: Path, monkeypatch: pytest.MonkeyPatch, engine: LocalEngine | None = None
) -> str:
    """Return why a table cannot be read, of which nothing is left."""
    folder.mkdir()
    monkeypatch.setattr(CopyFolders, "own", folder)
    with pytest.raises(InputError) as caught:
        open_source(reference, engine)
    assert caught.value.hint
    assert not list(folder.iterdir())
    return str(caught.value)


class AfterSome:
    """Rows among which something is done, once some of them are there."""

    def __init__(self, rows: Any, then: Any) -> None:
        self._rows, self._then = rows, then

    def __call__(self, *given: Any) -> Iterator[Any]:
        for number, batch in enumerate(self._rows(*given)):
            if number == 1:
                self._then()
            yield batch


@pytest.mark.parametrize("workers", [0, 1, 2])
@pytest.mark.skipif(bool(postgres_server.missing()), reason=postgres_server.missing())
def test_a_postgresql_that_is_killed_is_a_lost_connection(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_server.Server() as server, reading_by(workers) as engine:
        with server.connect() as admin:
            admin.execute(f"CREATE TABLE many AS SELECT g AS n, repeat('x', 20) AS t FROM generate_series(1, {ROWS}) g")
        address, killed = f"postgresql://lockgate@/postgres?host={server.folder}", [0]
        # a query is read in one go, a table in parts
        reference = SourceReference(address, "many") if workers else SourceReference(address, "", "SELECT * FROM many")

        def kill(_: int) -> None:
            killed[0] += 1
            if killed[0] == 1:
                server.kill()

        monkeypatch.setattr(BytesRead, "tell_rows", kill)
        said = refused(reference, tmp_path / "gone", monkeypatch, engine)
        assert "cannot be read as a PostgreSQL database" in said
        monkeypatch.undo()
        server.start()
        assert sum(batch.num_rows for batch in open_source(reference, engine).batches(["n"])) == ROWS


@contextmanager
def reading_by(workers: int) -> Iterator[LocalEngine | None]:
    """Yield who shares the reading; nobody for 0."""
    engine = LocalEngine(workers) if workers else None
    yield engine
    if engine:
        engine.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the driver leaves a socket open that cannot connect
@pytest.mark.skipif(bool(mariadb_server.missing()), reason=mariadb_server.missing())
def test_a_mariadb_that_is_killed_is_a_lost_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m").mkdir()
    with mariadb_server.running(tmp_path / "m") as (process, place):
        many_rows(place)
        reference = SourceReference(f"mysql://root@localhost/shop?socket={place}", "many")
        kill = AfterSome(mysql_table.streamed_rows, lambda: process.send_signal(signal.SIGKILL))
        monkeypatch.setattr(mysql_table, "streamed_rows", kill)
        assert "the connection was lost" in refused(reference, tmp_path / "gone", monkeypatch)
        assert "there is no connection" in refused(reference, tmp_path / "gone again", monkeypatch)
    gc.collect()  # that socket hangs in a cycle of the driver's error: it goes here, not in a test that comes later


@pytest.mark.skipif(bool(mariadb_server.missing()), reason=mariadb_server.missing())
def test_rows_of_mariadb_that_change_while_they_are_read_are_those_of_one_moment(tmp_path: Path) -> None:
    with mariadb_server.running(tmp_path) as (_, place):
        many_rows(place)
        connect = import_module("pymysql").connect
        hold_moment(
            SourceReference(f"mysql://root@localhost/shop?socket={place}", "many"),
            lambda: connect(unix_socket=str(place), user="root", database="shop"),
        )


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.skipif(bool(postgres_server.missing()), reason=postgres_server.missing())
def test_rows_of_postgresql_that_change_while_they_are_read_are_those_of_one_moment(
    workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_parts, "RANGE_BYTES", 4 << 20)
    with postgres_server.Server() as server, reading_by(workers) as engine:
        with server.connect() as admin:
            admin.execute(f"CREATE TABLE many AS SELECT g AS n, repeat('x', 20) AS t FROM generate_series(1, {ROWS}) g")
            admin.execute("ALTER TABLE many ADD PRIMARY KEY (n)")
        connect = import_module("psycopg").connect
        hold_moment(
            SourceReference(f"postgresql://lockgate@/postgres?host={server.folder}", "many"),
            lambda: connect(server.connection),
            engine,
        )


def hold_moment(reference: SourceReference, connect: Any, engine: LocalEngine | None = None) -> None:
    """Read while the first row goes and one comes behind the last, again and again, in one transaction each time."""
    ends, made = threading.Event(), [0]
    changing = threading.Thread(target=change, args=(connect, ends, made))
    changing.start()
    try:
        while made[0] < SOME:
            time.sleep(0.01)
        before = made[0]
        source = open_source(reference, engine)
        after = made[0]
    finally:
        ends.set()
        changing.join()
    found = np.sort(np.concatenate([batch["n"].to_numpy() for batch in source.batches(["n"])]))
    assert after - before > SOME
    assert len(found) == ROWS
    assert (np.diff(found) == 1).all()
    assert before < found[0] <= after + 2


def change(connect: Any, ends: threading.Event, made: list[int]) -> None:
    """Change the table until told to end, and count."""
    with connect() as connection, connection.cursor() as cursor:
        while not ends.is_set():
            cursor.execute(f"DELETE FROM many WHERE n = {made[0] + 1}")
            cursor.execute(f"INSERT INTO many VALUES ({ROWS + made[0] + 1}, '')")
            connection.commit()
            made[0] += 1


def many_rows(place: Path) -> None:
    """Make a table of many rows."""
    connection = import_module("pymysql").connect(unix_socket=str(place), user="root", autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE shop")
        cursor.execute("CREATE TABLE shop.many (n bigint PRIMARY KEY, t varchar(20)) ENGINE=InnoDB")
        cursor.execute(f"INSERT INTO shop.many SELECT seq, repeat('x', 20) FROM shop.seq_1_to_{ROWS}")
    connection.close()
