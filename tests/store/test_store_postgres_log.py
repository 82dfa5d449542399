"""A log in a real PostgreSQL: the files of a folder, several writers, nothing lost when writer or server is killed."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from lockgate.evidence.log import Log, Seeds
from lockgate.evidence.merkle import TreeHead, leaf_hash, tree_hash
from lockgate.evidence.proof import parse_proof
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.recovery import open_log
from lockgate.laws.catalogue import load_laws
from lockgate.store.group_commit import GroupCommit
from lockgate.store.home import Home
from lockgate.store.postgres_log import PostgresStorage
from lockgate.terms.errors import EvidenceError, InputError, LockgateError
from postgres_server import Server, missing
from small_flows import do_not_wait_for_the_disk, fix_keys, node_at, release_at

ORIGIN, SEEDS = "lockgate.local/test", Seeds(bytes(range(32)))
KEYS = ("signing", "pseudonym", "row-order", "persons", "example")
WRITER = Path(__file__).parents[1] / "postgres_writer.py"

needs_server = pytest.mark.skipif(bool(missing()), reason=f"needs a PostgreSQL: {missing()}")


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    with running.connect() as session:
        session.execute("DROP TABLE IF EXISTS lockgate_log, lockgate_log_file")
    return running


def _open(server: Server, high_water: TreeHead | None = None, origin: str = ORIGIN) -> Log:
    return Log.open_in(PostgresStorage(server.connection, origin), origin, SEEDS, high_water=high_water)


def _entries(start: int, end: int) -> list[bytes]:
    return [b"%d" % number for number in range(start, end)]


def _files(server: Server, origin: str = ORIGIN) -> dict[str, bytes]:
    with server.connect() as session:
        found = session.execute("SELECT path, data FROM lockgate_log_file WHERE origin = %s", [origin]).fetchall()
        row = session.execute("SELECT checkpoint FROM lockgate_log WHERE origin = %s", [origin]).fetchone()
    return {"checkpoint": bytes(row[0]), **{path: bytes(data) for path, data in found}}


@needs_server
def test_the_database_holds_the_very_files_of_a_folder(server: Server, tmp_path: Path):
    there = _open(server)
    here = Log.open(tmp_path / "log", ORIGIN, SEEDS.signing)
    for start, end in ((0, 1), (1, 3), (3, 255), (255, 257), (257, 700), (700, 701)):
        assert there.append(_entries(start, end)) == here.append(_entries(start, end)) == start
        assert there.checkpoint() == here.checkpoint()
    paths = [path for path in (tmp_path / "log").rglob("*") if path.is_file()]
    assert _files(server) == {path.relative_to(tmp_path / "log").as_posix(): path.read_bytes() for path in paths}
    again = _open(server, high_water=here.head)
    assert again.reader.entries() == tuple(_entries(0, 701))
    assert parse_proof(again.prove(300).encode()).path == parse_proof(here.prove(300).encode()).path
    assert again.consistency(257) == here.consistency(257)


@needs_server
def test_one_database_keeps_the_logs_of_several_nodes_apart(server: Server):
    mine, other = _open(server), _open(server, origin="lockgate.local/other")
    mine.append([b"mine"])
    other.append([b"other", b"more"])
    assert _open(server).reader.entries() == (b"mine",)
    assert _open(server, origin="lockgate.local/other").reader.entries() == (b"other", b"more")


@needs_server
def test_writers_in_turn_take_up_what_the_other_has_added(server: Server):
    one, two = _open(server), _open(server)
    for number in range(0, 20, 2):
        assert one.append(_entries(number, number + 1)) == number
        assert two.append(_entries(number + 1, number + 2)) == number + 1
    assert one.size == 19
    assert _open(server).reader.entries() == tuple(_entries(0, 20))


@needs_server
def test_a_writer_that_finds_another_log_than_it_left_goes_no_further(server: Server):
    log = _open(server)
    log.append(_entries(0, 3))
    with server.connect() as session:
        session.execute("DELETE FROM lockgate_log_file")
        session.execute("DELETE FROM lockgate_log")
    with pytest.raises(EvidenceError, match="`checkpoint` of the log is not in its database"):
        log.append(_entries(3, 4))
    _open(server).append([b"forged"] * 4)
    with pytest.raises(EvidenceError, match="another than the one of 3 leaves"):
        log.append(_entries(3, 4))
    assert _open(server).size == 4


@needs_server
@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        ("UPDATE lockgate_log_file SET data = 'x' WHERE path = 'tile/0/000.p/3'", "expected a tile of 96 bytes"),
        ("DELETE FROM lockgate_log_file WHERE path LIKE 'tile/entries/%'", "is not in its database"),
        ("DELETE FROM lockgate_log", "`checkpoint` of the log is not in its database"),
        ("DROP TABLE lockgate_log", "holds no log"),
        ("UPDATE lockgate_log SET checkpoint = 'x'", "expected"),
    ],
)
def test_a_database_that_was_tampered_with_is_found_and_never_founded_anew(server: Server, tamper: str, told: str):
    _open(server).append(_entries(0, 3))
    with server.connect() as session:
        session.execute(tamper)
    with pytest.raises(EvidenceError, match=told):
        _open(server)


@needs_server
def test_a_database_brought_back_from_an_old_copy_is_found_by_what_is_remembered_elsewhere(server: Server):
    log = _open(server)
    log.append(_entries(0, 3))
    old = _files(server)
    log.append(_entries(3, 5))
    with server.connect() as session:
        session.execute("UPDATE lockgate_log SET checkpoint = %s", [old["checkpoint"]])
    with pytest.raises(EvidenceError, match="was cut short: it holds 3 leaves and has held 5"):
        _open(server, high_water=log.head)
    with pytest.raises(EvidenceError, match="holds a file that its checkpoint does not count"):
        _open(server).append(_entries(3, 5))


@needs_server
def test_64_threads_append_at_once_and_some_share_a_commit(server: Server):
    log, sizes = _open(server), []

    def append(entries: Sequence[bytes]) -> int:
        sizes.append(len(entries))
        return log.append(entries)

    group, ready = GroupCommit(append), threading.Barrier(64)

    def write(thread: int) -> list[tuple[int, bytes]]:
        ready.wait()
        entries = [b"%d %d" % (thread, number) for number in range(4)]
        return [(group.append([entry]), entry) for entry in entries]

    with ThreadPoolExecutor(64) as threads:
        told = dict(item for written in threads.map(write, range(64)) for item in written)
    assert told == dict(enumerate(_open(server).reader.entries()))
    assert len(told) == sum(sizes) == 256
    assert max(sizes) > 1


def _run(server: Server, name: str, appends: int, *end: str) -> "subprocess.Popen[str]":
    command = [sys.executable, str(WRITER), server.connection, name, str(appends), *end]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _told(writer: "subprocess.Popen[str]") -> dict[int, bytes]:
    with writer:
        assert writer.stdout is not None
        lines = [json.loads(line) for line in writer.stdout]
    return {leaf: f"{name} {number}".encode() for name, number, leaf in lines if leaf >= 0}


@needs_server
@pytest.mark.slow
def test_processes_append_at_once_and_each_leaf_is_there_once_where_its_writer_was_told(server: Server):
    writers = [_run(server, f"writer-{number}", 25) for number in range(6)]
    told = [_told(writer) for writer in writers]
    log = _open(server)
    assert all(len(leaves) == 25 for leaves in told)
    assert {leaf: entry for leaves in told for leaf, entry in leaves.items()} == dict(enumerate(log.reader.entries()))


@needs_server
@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_writer_killed_at_any_statement_loses_no_leaf_and_does_not_keep_others_waiting(server: Server, when: str):
    """From founding the log to its second append: a process of its own for every statement, ended by SIGKILL."""
    at, is_over, sizes = 0, False, set()
    while not is_over:
        at += 1
        with server.connect() as session:
            session.execute("DROP TABLE IF EXISTS lockgate_log, lockgate_log_file")
        writer = _run(server, "killed", 2, str(at), when)
        told = _told(writer)
        is_over = writer.returncode == 0
        log = _open(server)
        sizes.add(log.size)
        entries = log.reader.entries()
        assert entries == (b"killed 0", b"killed 1")[: log.size]
        assert told.items() <= dict(enumerate(entries)).items()
        assert log.append([b"next"]) == len(entries)
    assert sizes == {0, 1, 2}
    assert at > 20


class Faulty(PostgresStorage):
    """A database one of whose statements fails, before or after it took effect."""

    def __init__(self, connection: str, at: int, *, persists: bool) -> None:
        super().__init__(connection, ORIGIN)
        self.count, self.at, self.persists = 0, at, persists

    def _execute(self, query: str, *values: object) -> object:
        self.count += 1
        if self.count != self.at:
            return super()._execute(query, *values)
        if self.persists:
            super()._execute(query, *values)
        raise LockgateError("the log's database cannot be used (SQLSTATE 58030)")


@pytest.mark.slow
@needs_server
@pytest.mark.parametrize("persists", [False, True])
def test_no_leaf_is_lost_whichever_statement_fails(server: Server, persists: bool):
    at, is_over, sizes = 0, False, set()
    while not is_over:
        at += 1
        with server.connect() as session:
            session.execute("DROP TABLE IF EXISTS lockgate_log, lockgate_log_file")
        storage, returned = Faulty(server.connection, at, persists=persists), 0
        with suppress(LockgateError):
            log = Log.open_in(storage, ORIGIN, SEEDS)
            for end in (1, 3):
                log.append(_entries(log.size, end))
                returned = end
        is_over = storage.count < at
        storage.close()
        log = _open(server, TreeHead(returned, tree_hash(list(map(leaf_hash, _entries(0, returned))))))
        sizes.add(log.size)
        assert log.append(_entries(log.size, 4)) in (0, 1, 3)
        assert _open(server).reader.entries() == tuple(_entries(0, 4))
    assert sizes == {0, 1, 3}
    assert at > 15


@needs_server
def test_after_a_failed_commit_the_log_object_refuses_to_go_on_and_opening_it_again_tells(server: Server):
    _open(server).append(_entries(0, 1))
    storage = Faulty(server.connection, 0, persists=True)
    log = Log.open_in(storage, ORIGIN, SEEDS)
    counted = storage.count
    log.append(_entries(1, 2))
    storage.at = storage.count + (storage.count - counted)  # the commit of the next one
    with pytest.raises(LockgateError, match="58030"):
        log.append(_entries(2, 3))
    with pytest.raises(EvidenceError, match="earlier write"):
        log.append(_entries(2, 3))
    assert _open(server).size == 3
    storage.close()


def _append_until_it_fails(log: Log, goes_on: threading.Event) -> tuple[int, str]:
    """Return how many leaves were acknowledged, and what the error said."""
    known = log.size
    try:
        while True:
            log.append(_entries(log.size, log.size + 5))
            known = log.size
            goes_on.set()
    except LockgateError as failed:
        return known, str(failed)


@pytest.mark.slow
@needs_server
def test_a_server_killed_in_mid_append_brings_back_every_leaf_that_was_acknowledged():
    with Server() as server:
        acknowledged = 0
        for round_ in range(6):
            log = _open(server)
            assert log.size >= acknowledged
            assert log.reader.entries() == tuple(_entries(0, log.size))
            goes_on = threading.Event()

            with ThreadPoolExecutor(1) as thread:
                writing = thread.submit(_append_until_it_fails, log, goes_on)
                assert goes_on.wait(60)
                server.kill()
                acknowledged, error = writing.result(60)
            assert acknowledged > 0, round_
            assert "cannot be used" in error
            server.start()
        log = _open(server)
        assert log.size in (acknowledged, acknowledged + 5)
        log.append([b"after all"])
        assert _open(server).size == log.size


SECRET = "correct-horse-battery"


@needs_server
@pytest.mark.parametrize(
    "connection",
    [
        f"host=/nowhere user=lockgate dbname=postgres password={SECRET}",
        f"host=/nowhere {SECRET}",
        f"nonsense={SECRET}",
        f"postgresql://lockgate:{SECRET}@[",
        f"service={SECRET}",
    ],
)
def test_no_error_shows_what_is_in_the_connection_string(connection: str):
    with pytest.raises(LockgateError, match="cannot be used") as caught:
        Log.open_in(PostgresStorage(connection, ORIGIN), ORIGIN, SEEDS)
    assert SECRET not in f"{caught.value} {caught.value.hint} {caught.value!r}"
    assert caught.value.__suppress_context__


@needs_server
def test_a_server_that_does_not_wait_for_its_disk_is_refused():
    with Server() as server:
        server.kill()
        server.start("-c", "fsync=off")
        with pytest.raises(InputError, match="does not wait for its disk"):
            _open(server)


@needs_server
def test_a_release_with_its_log_in_a_database_is_like_any_other(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    do_not_wait_for_the_disk(monkeypatch)
    home = fix_keys(tmp_path / ".lockgate")
    (home / "log.postgres").write_text(f"{server.connection}\n")
    (home / "log.postgres").chmod(0o600)
    release_at(tmp_path, node=node_at(home))
    assert not (home / "log").exists()
    log = open_log(Home.open(home))
    assert [json.loads(log.entry(index))["kind"] for index in range(log.size)] == ["release", "released"]
    steps = check_release(tmp_path / "out", CheckMeans(load_laws(), None, home))
    assert [step.step for step in steps if not step.ok] == []
    with server.connect() as session:
        session.execute("DELETE FROM lockgate_log")
    steps = check_release(tmp_path / "out", CheckMeans(load_laws(), None, home))
    assert [step.step for step in steps if not step.ok] == ["log"]


@pytest.mark.slow
@needs_server
def test_two_homes_write_one_log_and_both_of_their_releases_verify(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    do_not_wait_for_the_disk(monkeypatch)
    homes = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        homes.append(fix_keys(folder / ".lockgate", (*KEYS, "signing-ml-dsa")))
        (homes[-1] / "log.postgres").touch(0o600)
        (homes[-1] / "log.postgres").write_text(server.connection)
    for out in ("first", "second"):
        for number, home in enumerate(homes, 1):
            release_at(home.parent, node=node_at(home, f"{out} {number}"), out=out)
    log = open_log(Home.open(homes[0]))
    assert [json.loads(entry)["kind"] for entry in log.reader.entries()] == ["release", "released"] * 4
    for home in homes:
        for out in ("first", "second"):
            steps = check_release(home.parent / out, CheckMeans(load_laws(), None, home))
            assert [step.step for step in steps if not step.ok] == []


def test_a_connection_string_that_others_may_read_is_refused(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    (home.path / "log.postgres").write_text("service=lockgate")
    (home.path / "log.postgres").chmod(0o644)
    with pytest.raises(InputError, match="closed to everyone but its owner"):
        open_log(home)


def test_without_the_driver_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    home = Home.open(tmp_path / "home")
    (home.path / "log.postgres").touch(0o600)
    with pytest.raises(InputError, match="needs `psycopg`") as caught:
        open_log(home)
    assert "lockgate[postgres]" in caught.value.hint
