"""Every type that PostgreSQL and MariaDB have, from a real server into a source and, as it is, into a release."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa
import pytest

from lockgate.tables.source import open_source
from lockgate.terms.flow_request import SourceReference

DIGITS = "12345678901234567890123456789.0123456789012345678901234567891"
LINE = "\\."
"""What ends a COPY of text, and is a text like any other here."""


class Type(NamedTuple):
    """A column of its own: what the server calls its type, what goes in, what comes out as which type."""

    name: str
    given: tuple[str, ...]
    found: tuple[Any, ...]
    type: pa.DataType


TEXT, INSTANT = pa.string(), pa.timestamp("us", tz="UTC")
POSTGRES = [
    Type("smallint", ("-32768", "32767"), (-32768, 32767), pa.int64()),
    Type("bigint", ("-9223372036854775808", "9223372036854775807"), (-(2**63), 2**63 - 1), pa.int64()),
    Type("oid", ("4294967295",), (2**32 - 1,), pa.int64()),
    Type("numeric(9,2)", ("'1.5'", "-9999999.99"), (Decimal("1.50"), Decimal("-9999999.99")), pa.decimal128(9, 2)),
    Type("numeric(38,10)", ("'0.0000000001'",), (Decimal("0.0000000001"),), pa.decimal128(38, 10)),
    Type("numeric(9,2)", ("'NaN'", "1"), ("NaN", "1.00"), TEXT),
    Type("numeric(5,-2)", ("1234567",), ("1234600",), TEXT),
    Type("numeric(60,31)", (DIGITS,), (DIGITS,), TEXT),
    Type("numeric", (DIGITS, "'NaN'", "'-Infinity'"), (DIGITS, "NaN", "-Infinity"), TEXT),
    Type("real", ("0.1", "'-Infinity'"), (0.1, -math.inf), pa.float64()),
    Type("double precision", ("1e-300", "0.1"), (1e-300, 0.1), pa.float64()),
    Type("money", ("'-12.34'",), ("-$12.34",), TEXT),
    Type("boolean", ("true", "false"), (True, False), pa.bool_()),
    Type(
        "timestamptz",
        ("'2026-11-22 10:00:00.000001+09'", "'1900-01-01 00:00+08:05:43'"),
        (datetime(2026, 11, 22, 1, 0, 0, 1, tzinfo=UTC), datetime(1899, 12, 31, 15, 54, 17, tzinfo=UTC)),
        INSTANT,
    ),
    Type(
        "timestamptz",
        ("'infinity'", "'2026-11-22 10:00+09'"),
        ("infinity", "2026-11-22 01:00:00+00"),
        TEXT,
    ),
    Type(
        "timestamp",
        ("'2026-11-22 10:00:00.5'",),
        (datetime.fromisoformat("2026-11-22T10:00:00.5"),),
        pa.timestamp("us"),
    ),
    Type("timestamp", ("'-infinity'",), ("-infinity",), TEXT),
    Type("date", ("'0001-01-01'", "'9999-12-31'"), (date(1, 1, 1), date(9999, 12, 31)), pa.date32()),
    Type("date", ("'infinity'", "'0044-03-15 BC'"), ("infinity", "0044-03-15 BC"), TEXT),
    Type("time", ("'24:00:00'",), ("24:00:00",), TEXT),
    Type("timetz", ("'10:00:00+09'",), ("10:00:00+09",), TEXT),
    Type("interval", ("'1 year -2 days 00:00:01.5'",), ("P1Y-2DT1.5S",), TEXT),
    Type("json", ("""'{"a":  [1, null], "a": 2}'""",), ('{"a":  [1, null], "a": 2}',), TEXT),
    Type("jsonb", ("""'{"b": 1, "a": "x\\"y"}'""", "'null'"), ('{"a": "x\\"y", "b": 1}', "null"), TEXT),
    Type(
        "int[]",
        ("'{1,NULL,3}'", "'{{1,2},{3,4}}'", "'{}'", "'[2:3]={1,2}'"),
        ("{1,NULL,3}", "{{1,2},{3,4}}", "{}", "[2:3]={1,2}"),
        TEXT,
    ),
    Type("text[]", ("""ARRAY['a,"b', '', NULL, 'NULL']""",), ('{"a,\\"b","",NULL,"NULL"}',), TEXT),
    Type("mood", ("'sad'", "'o''k, \"really\"'"), ("sad", 'o\'k, "really"'), TEXT),
    Type("bytea", ("'\\x'", "'\\x00ff5c78'"), (b"", b"\x00\xff\\x"), pa.binary()),
    Type("uuid", ("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",), ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",), TEXT),
    Type("inet", ("'192.168.0.1/24'", "'::1'"), ("192.168.0.1/24", "::1"), TEXT),
    Type("cidr", ("'10.0.0.0/8'",), ("10.0.0.0/8",), TEXT),
    Type("macaddr", ("'08:00:2b:01:02:03'",), ("08:00:2b:01:02:03",), TEXT),
    Type("bit(3)", ("B'101'",), ("101",), TEXT),
    Type("bit varying", ("B''", "B'0001'"), ("", "0001"), TEXT),
    Type("tsvector", ("'b a'",), ("'a' 'b'",), TEXT),
    Type("point", ("'(1.5,-2)'",), ("(1.5,-2)",), TEXT),
    Type("int4range", ("'[1,5)'", "'empty'"), ("[1,5)", "empty"), TEXT),
    Type("pair", ("ROW(1, 'x,y')",), ('(1,"x,y")',), TEXT),
    Type("few", ("7",), (7,), pa.int64()),
    Type("char(4)", ("'ab'",), ("ab  ",), TEXT),
    Type('"char"', ("'x'",), ("x",), TEXT),
    Type(
        "text",
        (f"'{LINE}'", "''", "' '", "E'a\\r\\nb\\tc'", "'NULL'", "'\"'", "U&'\\+01F600'"),
        (LINE, "", " ", "a\r\nb\tc", "NULL", '"', "\U0001f600"),
        TEXT,
    ),
]
ZERO = ("0000-00-00", "0000-00-00 00:00:00")
MARIADB = [
    Type("tinyint", ("-128", "127"), (-128, 127), pa.int64()),
    Type("bigint", ("-9223372036854775808",), (-(2**63),), pa.int64()),
    Type("bigint unsigned", ("18446744073709551615", "0"), ("18446744073709551615", "0"), TEXT),
    Type("int(5) zerofill", ("42",), (42,), pa.int64()),
    Type("year", ("2026",), (2026,), pa.int64()),
    Type("decimal(9,2)", ("1.5", "-9999999.99"), (Decimal("1.50"), Decimal("-9999999.99")), pa.decimal128(9, 2)),
    Type("decimal(5,0) unsigned", ("12345",), (Decimal(12345),), pa.decimal128(5, 0)),
    Type("decimal(38,10)", ("0.0000000001",), (Decimal("0.0000000001"),), pa.decimal128(38, 10)),
    Type("decimal(60,30)", (DIGITS[:-1],), (DIGITS[:-1],), TEXT),
    Type("float", ("0.5",), (0.5,), pa.float64()),
    Type("double", ("1e-300", "0.1"), (1e-300, 0.1), pa.float64()),
    Type("bit(9)", ("b'100000001'",), (b"\x01\x01",), pa.binary()),
    Type("boolean", ("true", "false"), (1, 0), pa.int64()),
    Type("date", ("'1000-01-01'", "'9999-12-31'"), (date(1000, 1, 1), date(9999, 12, 31)), pa.date32()),
    Type("date", ("'0000-00-00'", "'2026-00-00'", "'2026-11-22'"), (ZERO[0], "2026-00-00", "2026-11-22"), TEXT),
    Type(
        "datetime(6)",
        ("'2026-11-22 10:00:00.000001'",),
        (datetime.fromisoformat("2026-11-22T10:00:00.000001"),),
        pa.timestamp("us"),
    ),
    Type("datetime", ("'0000-00-00 00:00:00'", "'2026-11-22 10:00:00'"), (ZERO[1], "2026-11-22 10:00:00"), TEXT),
    Type("timestamp NULL", ("'2026-11-22 01:00:00'",), (datetime(2026, 11, 22, 1, tzinfo=UTC),), INSTANT),
    Type("timestamp NULL", ("'0000-00-00 00:00:00'",), (ZERO[1],), TEXT),
    Type("time(3)", ("'-838:59:59'", "'10:00:00.5'"), ("-838:59:59.000", "10:00:00.500"), TEXT),
    Type("json", ("""'{"a":  [1, null]}'""",), ('{"a":  [1, null]}',), TEXT),
    Type("enum('sad', 'o''k, \"really\"')", ("'o''k, \"really\"'",), ('o\'k, "really"',), TEXT),
    Type("set('a', 'b')", ("'b,a'", "''"), ("a,b", ""), TEXT),
    Type("blob", ("x''", "x'00ff0a22'"), (b"", b'\x00\xff\n"'), pa.binary()),
    Type("longblob", ("repeat(x'ff', 70000)",), (b"\xff" * 70_000,), pa.binary()),
    Type("binary(3)", ("x'61'",), (b"a\x00\x00",), pa.binary()),
    Type("varbinary(9)", ("x'00'",), (b"\x00",), pa.binary()),
    Type("uuid", ("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",), ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",), TEXT),
    Type("inet6", ("'::1'",), ("::1",), TEXT),
    Type("inet4", ("'192.168.0.1'",), ("192.168.0.1",), TEXT),
    Type("varchar(9) CHARACTER SET latin1", ("'é'",), ("é",), TEXT),
    Type("varchar(9) CHARACTER SET gbk", ("'李娜'",), ("李娜",), TEXT),
    Type("char(4)", ("'ab'",), ("ab",), TEXT),
    Type("longtext", ("repeat('é', 40000)", "''", "'\\\\'"), ("é" * 40_000, "", "\\"), TEXT),
    Type("text CHARACTER SET utf8mb4", ("'\U0001f600'", "'a\\r\\nb\\0c'"), ("\U0001f600", "a\r\nb\0c"), TEXT),
]


def table_of(types: list[Type]) -> tuple[str, list[str], dict[str, tuple[Any, ...]]]:
    """Return the columns, the rows to insert with a row of nulls, and what comes out."""
    count = max(len(item.given) for item in types)
    columns = ", ".join(f"c{place} {item.name}" for place, item in enumerate(types))
    rows = [
        ", ".join(item.given[row] if row < len(item.given) else "NULL" for item in types) for row in range(count + 1)
    ]
    found = {f"c{place}": item.found + (None,) * (count + 1 - len(item.found)) for place, item in enumerate(types)}
    return columns, rows, found


@pytest.fixture(scope="module")
def in_postgres(postgres: tuple[Any, str]) -> Iterator[tuple[str, dict[str, tuple[Any, ...]]]]:
    connect, address = postgres
    columns, rows, found = table_of(POSTGRES)
    with connect() as admin:
        admin.execute("CREATE TYPE mood AS ENUM ('sad', 'o''k, \"really\"')")
        admin.execute("CREATE TYPE pair AS (n int, t text); CREATE DOMAIN few AS int CHECK (VALUE < 10)")
        admin.execute(f"CREATE TABLE typed (number int, {columns})")
        for number, row in enumerate(rows):
            admin.execute(f"INSERT INTO typed VALUES ({number}, {row})")
    yield address.format("postgres"), found
    with connect() as admin:
        admin.execute("DROP TABLE typed; DROP TYPE mood, pair; DROP DOMAIN few")


@pytest.fixture(scope="module")
def in_mariadb(mariadb: tuple[Any, str]) -> Iterator[tuple[str, dict[str, tuple[Any, ...]]]]:
    connect, address = mariadb
    columns, rows, found = table_of(MARIADB)
    connection = connect()
    with connection.cursor() as cursor:
        for statement in ("CREATE DATABASE IF NOT EXISTS shop", "USE shop", "SET time_zone = '+00:00', sql_mode = ''"):
            cursor.execute(statement)
        cursor.execute(f"CREATE TABLE typed (number int, {columns})")
        for number, row in enumerate(rows):
            cursor.execute(f"INSERT INTO typed VALUES ({number}, {row})")
        yield address.format("root"), found
        cursor.execute("DROP TABLE typed")
    connection.close()


def hold(address: str, types: list[Type], found: dict[str, tuple[Any, ...]]) -> None:
    source = open_source(SourceReference(address, "typed"))
    table = pa.Table.from_batches(list(source.batches()), schema=source.schema).sort_by("number")
    for place, item in enumerate(types):
        name = f"c{place}"
        assert (item.name, table.schema.field(name).type) == (item.name, item.type)
        assert (item.name, tuple(table[name].to_pylist())) == (item.name, found[name])
    noted = {note.split("`")[1] for note in source.notes}
    assert all(name in {f"c{place}" for place in range(len(types))} for name in noted)


def test_every_type_of_postgresql_comes_as_what_it_is(
    in_postgres: tuple[str, dict[str, tuple[Any, ...]]],
) -> None:
    hold(in_postgres[0], POSTGRES, in_postgres[1])


def test_every_type_of_mariadb_comes_as_what_it_is(in_mariadb: tuple[str, dict[str, tuple[Any, ...]]]) -> None:
    hold(in_mariadb[0], MARIADB, in_mariadb[1])


@pytest.mark.parametrize("names", [("\\.",), ("NULL",), ("a\tb",)])
def test_a_table_of_one_column_keeps_its_nulls_and_empty_texts(postgres: tuple[Any, str], names: tuple[str]) -> None:
    connect, address = postgres
    with connect() as admin:
        admin.execute("CREATE TABLE lone (word text)")
        for value in (None, "", names[0], None):
            admin.execute("INSERT INTO lone VALUES (%s)", (value,))
        source = open_source(SourceReference(address.format("postgres"), "lone"))
        assert [row["word"] for batch in source.batches() for row in batch.to_pylist()] == [None, "", names[0], None]
        admin.execute("DROP TABLE lone")
