"""A password from a keyring opens a database, and is never told: not by messages, nor by what a release leaves."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lockgate.tables.database_address import KEYRING, PASSWORD_FILE, parse_address, secret_password
from lockgate.tables.mysql_table import connection_parameters as for_mysql
from lockgate.tables.postgres_rows import connection_parameters as for_postgres
from lockgate.terms.errors import InputError
from small_flows import PASSENGERS, write_flow

PASSWORD = "battery-staple"
BACKEND = f"""
import sys
from keyring.backend import KeyringBackend

class Kept(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        if service == "locked":
            raise OSError("the bus says {PASSWORD}")
        return {{("shop-db", "reader"): "{PASSWORD}", ("old-db", "reader"): "wrong"}}.get((service, username))

    set_password = delete_password = None
"""
ADDRESS = "postgresql://reader@db.example/shop"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a keyring of its own, which processes below use too."""
    keyring = pytest.importorskip("keyring", reason="the extra `keyring` is not installed")
    (tmp_path / "kept_keyring.py").write_text(BACKEND)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "kept_keyring.Kept")
    keyring.core.init_backend()
    return tmp_path


def refusal(address: str) -> str:
    with pytest.raises(InputError) as caught:
        secret_password(parse_address(address, frozenset()))
    assert PASSWORD not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
    return f"{caught.value} {caught.value.hint}"


@pytest.mark.usefixtures("kept")
def test_drivers_get_the_password_of_the_user_of_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEYRING, "shop-db")
    assert for_postgres(parse_address(ADDRESS, frozenset()))["password"] == PASSWORD
    if pytest.importorskip("pymysql", reason="the extra `mysql` is not installed"):
        assert for_mysql(parse_address("mysql://reader@db.example/shop", frozenset()))["password"] == PASSWORD


@pytest.mark.usefixtures("kept")
def test_a_keyring_without_the_password_or_locked_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEYRING, "shop-db")
    assert "no password of `stranger`" in refusal("postgresql://stranger@db.example/shop")
    assert "names no user" in refusal("postgresql://db.example/shop")
    monkeypatch.setenv(KEYRING, "locked")
    assert "cannot be read" in refusal(ADDRESS)
    monkeypatch.setenv(PASSWORD_FILE, "secret.txt")
    assert "both" in refusal(ADDRESS)


def test_a_keyring_without_its_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setenv(KEYRING, "shop-db")
    assert "lockgate[keyring]" in refusal(ADDRESS)


@pytest.mark.slow
def test_a_release_of_a_table_behind_a_password_leaves_it_nowhere(kept: Path, mariadb: tuple[Any, str]) -> None:
    connect, address = mariadb
    with connect() as admin, admin.cursor() as cursor:
        cursor.execute("CREATE DATABASE IF NOT EXISTS shop")
        cursor.execute(f"CREATE USER reader@localhost IDENTIFIED BY '{PASSWORD}'")
        cursor.execute("GRANT SELECT ON shop.* TO reader@localhost")
    try:
        fill(connect)
        flow = write_flow(kept, {"data.source": address.format("reader"), "data.table": "passengers"})
        wrong = released(kept, flow, "old-db")
        assert wrong.returncode == 2, wrong.stderr
        assert "may not log in" in wrong.stderr
        done = released(kept, flow, "shop-db")
        assert done.returncode == 0, done.stderr
        left = b"".join(one.read_bytes() for name in (".lockgate", "out") for one in files_of(kept / name))
        assert PASSWORD.encode() not in left
        assert PASSWORD not in done.stdout + done.stderr + wrong.stdout + wrong.stderr
    finally:
        with connect() as admin, admin.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS shop.passengers")
            cursor.execute("DROP USER reader@localhost")


def fill(connect: Any) -> None:
    header, *lines = PASSENGERS.read_text().splitlines()
    columns = ", ".join(f"`{name}` varchar(200)" for name in header.split(","))
    with connect() as admin, admin.cursor() as cursor:
        cursor.execute(f"CREATE TABLE shop.passengers ({columns})")
        admin.commit()
        place = f"'{PASSENGERS}'"
        cursor.execute(
            f"LOAD DATA INFILE {place} INTO TABLE shop.passengers FIELDS TERMINATED BY ',' "
            "OPTIONALLY ENCLOSED BY '\"' IGNORE 1 LINES"
        )
        assert cursor.rowcount == len(lines)


def files_of(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


def released(folder: Path, flow: Path, service: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lockgate", "release", str(flow), "--out", str(folder / "out"), "--json"],
        cwd=folder,
        env={**os.environ, KEYRING: service},
        capture_output=True,
        text=True,
        check=False,
    )
