"""`lockgate load`: a verified release into real databases, as its recipient does it; all others are refused."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lockgate.store.home import Home
from small_flows import do_not_wait_for_the_disk, release_at

pytestmark = pytest.mark.slow

PASSWORD = "correct-horse"


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    do_not_wait_for_the_disk(monkeypatch)
    release_at(tmp_path)
    return tmp_path


def load(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lockgate", "load", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def statement_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "statement.json").read_text())
    return found


def test_a_release_is_loaded_into_postgresql_once(released: Path, postgres: tuple[Any, str]) -> None:
    connect, address = postgres
    with connect() as admin:
        admin.execute(
            f"CREATE ROLE loader LOGIN PASSWORD '{PASSWORD}'; CREATE SCHEMA crm; GRANT ALL ON SCHEMA crm TO loader"
        )
    try:
        into = ("out", "--into", address.format("loader"), "--table", "crm.passengers")
        done = load(released, *into, "--json", PGPASSWORD=PASSWORD)
        recorded = statement_of(released)["output"]
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["data_hash"] == recorded["data_hash"]
        with connect() as admin:
            assert admin.execute("SELECT count(*) FROM crm.passengers").fetchone() == (recorded["rows"],)
            note = admin.execute("SELECT obj_description('crm.passengers'::regclass)").fetchone()[0]
        assert note == f"lockgate release {json.loads(done.stdout)['statement']}"
        again = load(released, *into, PGPASSWORD=PASSWORD)
        assert again.returncode == 2
        assert "there is a table, a view or an index of this name already" in again.stderr
        unloved = load(released, "out", "--into", address.format("loader"), "--table", "public.passengers")
        assert unloved.returncode == 2
        assert "the role may not make a table there" in unloved.stderr
        home = b"".join(one.read_bytes() for one in (released / ".lockgate").rglob("*") if one.is_file())
        assert PASSWORD not in done.stdout + done.stderr + again.stderr + unloved.stderr
        assert PASSWORD.encode() not in home
    finally:
        with connect() as admin:
            admin.execute("DROP SCHEMA crm CASCADE; DROP ROLE loader")


def test_a_release_is_loaded_into_mariadb(released: Path, mariadb: tuple[Any, str]) -> None:
    connect, address = mariadb
    with connect() as admin, admin.cursor() as cursor:
        cursor.execute("CREATE DATABASE IF NOT EXISTS shop")
        cursor.execute(f"CREATE USER loader@localhost IDENTIFIED BY '{PASSWORD}'")
        cursor.execute("GRANT SELECT, INSERT, CREATE, ALTER, DROP ON shop.* TO loader@localhost")
    secret = released / "secret"
    secret.write_text(f"{PASSWORD}\n")
    try:
        into = ("out", "--into", address.format("loader"), "--table", "released")
        done = load(released, *into, LOCKGATE_DATABASE_PASSWORD_FILE=str(secret))
        assert done.returncode == 0, done.stderr
        assert "give the hash that the statement records" in done.stdout
        with connect() as admin, admin.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM shop.released")
            assert cursor.fetchone() == (statement_of(released)["output"]["rows"],)
        assert "already" in load(released, *into, LOCKGATE_DATABASE_PASSWORD_FILE=str(secret)).stderr
        assert "may not log in" in load(released, *into, MYSQL_PWD="wrong").stderr
    finally:
        with connect() as admin, admin.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS shop.released")
            cursor.execute("DROP USER loader@localhost")


def test_a_recipient_loads_under_the_key_of_the_sender(released: Path) -> None:
    pytest.importorskip("deltalake", reason="the extra `delta` is not installed")
    key = str(Home.open(released / ".lockgate").verifier_key)
    elsewhere = released / "elsewhere"
    elsewhere.mkdir()
    (released / "out").rename(elsewhere / "out")
    unknown = load(elsewhere, "out", "--into", ".", "--table", "people")
    assert unknown.returncode == 2
    assert "no home" in unknown.stderr
    done = load(elsewhere, "out", "--into", ".", "--table", "people", "--trust", key)
    assert done.returncode == 0, done.stderr
    assert (elsewhere / "people" / "_delta_log").is_dir()
    assert load(elsewhere, "out", "--into", ".", "--table", "people", "--trust", key).returncode == 2


def test_an_altered_or_revoked_release_is_not_loaded(released: Path) -> None:
    (file,) = (released / "out" / "data").iterdir()
    content = file.read_bytes()
    file.write_bytes(content.replace(b"\n", b"\n\n", 1))
    altered = load(released, "out", "--into", ".", "--table", "people")
    file.write_bytes(content)
    assert altered.returncode == 6
    assert "does not pass the check" in altered.stderr
    revoke = [sys.executable, "-m", "lockgate", "revoke", "out", "--why", "a mistake", "--by", "A. Tester"]
    subprocess.run(revoke, cwd=released, check=True, capture_output=True)
    revoked = load(released, "out", "--into", ".", "--table", "people")
    assert revoked.returncode == 6
    assert "revoked" in revoked.stderr
    assert not (released / "people").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere", "--into", ".", "--table", "t"), "no release here"),
        (("out", "--into", "s3://bucket", "--table", "t"), "targets of the kind `s3://` are not known"),
        (("out", "--into", "postgresql://u:hunter2@/d", "--table", "t"), "holds a password"),
        (("out", "--into", "nowhere", "--table", "t"), "no folder `nowhere`"),
        (("out", "--into", "."), "--table"),
    ],
)
def test_what_cannot_be_loaded_is_told(released: Path, arguments: tuple[str, ...], said: str) -> None:
    done = load(released, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "hunter2" not in done.stderr
