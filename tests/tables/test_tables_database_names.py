"""Names of tables and columns that would be SQL: on real servers they are names, or there is no such table."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockgate.tables.listing import list_sources
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

NAMES = [
    'kept"; DROP TABLE kept; --',
    "kept`; DROP TABLE kept; --",
    "kept'; DROP TABLE kept; --",
    'kept" UNION SELECT * FROM kept --',
    "kept /* */",
    "*",
    '"',
    "`",
    "``",
    '""',
    "'",
    "\\",
    "%s",
    "%(kept)s",
    "{}",
    "a.b",
    "$1",
    "select",
    "a\nb",
    "a\tb",
    "客户",
    "e\u0301",
    "\u202ekept",
    "ＫＥＰＴ",
    "a;b",
    "--",
]
"""Those of at most 63 bytes, so that both servers take them whole."""

WORDS = st.sampled_from([*NAMES, "kept", "public", ".", ";", " ", "\0", ")", "("])
GUESSES = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=6).map("".join))
KEPT = [{"n": 1}, {"n": 2}]
Served = tuple[Any, str]


@pytest.fixture(scope="module")
def in_postgres(postgres: tuple[Any, str]) -> Iterator[Served]:
    connect, address = postgres
    with connect() as admin:
        admin.execute("CREATE SCHEMA named; SET search_path = named; CREATE TABLE kept (n int)")
        admin.execute("INSERT INTO kept VALUES (1), (2)")
        for number, name in enumerate(NAMES):
            quoted = '"' + name.replace('"', '""') + '"'
            admin.execute(f"CREATE TABLE {quoted} ({quoted} int)".encode())
            admin.execute(f"INSERT INTO {quoted} VALUES ({number})".encode())
    yield connect, address.format("postgres")
    with connect() as admin:
        admin.execute("DROP SCHEMA named CASCADE")


@pytest.fixture(scope="module")
def in_mariadb(mariadb: tuple[Any, str]) -> Iterator[Served]:
    connect, address = mariadb
    connection = connect()
    with connection.cursor() as cursor:
        for statement in ("CREATE DATABASE named CHARACTER SET utf8mb4", "USE named", "CREATE TABLE kept (n int)"):
            cursor.execute(statement)
        cursor.execute("INSERT INTO kept VALUES (1), (2)")
        for number, name in enumerate(NAMES):
            quoted = "`" + name.replace("`", "``") + "`"
            cursor.execute(f"CREATE TABLE {quoted} ({quoted} int)")
            cursor.execute(f"INSERT INTO {quoted} VALUES ({number})")
        yield connect, address.format("root").replace("/shop?", "/named?")
        cursor.execute("DROP DATABASE named")
    connection.close()


def rows_of(address: str, table: str) -> list[dict[str, Any]]:
    source = open_source(SourceReference(address, table))
    return [row for batch in source.batches() for row in batch.to_pylist()]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_postgresql_is_a_name(in_postgres: Served, name: str) -> None:
    assert rows_of(in_postgres[1], f"named.{name}") == [{name: NAMES.index(name)}]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_mariadb_is_a_name(in_mariadb: Served, name: str) -> None:
    assert rows_of(in_mariadb[1], name) == [{name: NAMES.index(name)}]


@pytest.mark.parametrize("server", ["in_postgres", "in_mariadb"])
def test_every_name_is_listed_and_nothing_is_gone(server: str, request: pytest.FixtureRequest) -> None:
    address = request.getfixturevalue(server)[1]
    schema = "named." if server == "in_postgres" else ""
    listed = {one.table for one in list_sources(SourceReference(address))}
    assert listed >= {schema + name for name in [*NAMES, "kept"]}
    assert sorted(rows_of(address, f"{schema}kept"), key=lambda row: int(row["n"])) == KEPT


@pytest.mark.slow
@pytest.mark.parametrize("server", ["in_postgres", "in_mariadb"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(guess=GUESSES)
def test_a_name_that_no_table_has_is_refused_and_changes_nothing(
    server: str, request: pytest.FixtureRequest, guess: str
) -> None:
    address = request.getfixturevalue(server)[1]
    schema = "named." if server == "in_postgres" else ""
    known = {schema + name for name in [*NAMES, "kept"]}
    if guess not in known and guess:
        with pytest.raises(InputError) as caught:
            rows_of(address, guess)
        assert caught.value.hint
    assert len(rows_of(address, f"{schema}kept")) == 2
