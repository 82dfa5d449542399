"""New tables in PostgreSQL, MariaDB and Delta: every type comes back, hostile names are names, nothing is half-done."""

import math
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockgate.evidence.data_hash import DataHash
from lockgate.tables.listing import list_sources
from lockgate.tables.loading import load_table
from lockgate.tables.parquet_file import open_parquet
from lockgate.tables.sink import write_table
from lockgate.tables.source import open_source
from lockgate.tables.target import Load
from lockgate.terms.errors import InputError, LockgateError
from lockgate.terms.flow_request import SourceReference

HOSTILE = [
    'x"; DROP TABLE kept; --',
    "x`; DROP TABLE kept; --",
    "x'; DROP TABLE kept; --",
    "%s {} $1 \\",
    "李娜",
]
CELLS = ["", "NULL", "\\N", "\\.", "'", '"', "\\'; DROP TABLE kept; -- ", "a,b\r\nc", "%s%d{}", " x ", "李娜 🙂", None]

KILLED = """
import sys, time
from pathlib import Path
from lockgate.tables.loading import load_table
from lockgate.tables.parquet_file import open_parquet
from lockgate.tables.target import Load

into, table, file, where = sys.argv[1:]

def stop(name):
    if name == where:
        print(name, flush=True)
        time.sleep(600)

def hold(batches):
    for _ in batches:
        stop("reading back")

load_table(Load(into, table, open_parquet("rows", (Path(file),)), "", hold, lambda _: stop("writing")))
"""

TYPES = pa.schema(
    [
        ("text", pa.string()),
        ("flag", pa.bool_()),
        ("i8", pa.int8()),
        ("i16", pa.int16()),
        ("i32", pa.int32()),
        ("i64", pa.int64()),
        ("u8", pa.uint8()),
        ("u16", pa.uint16()),
        ("u32", pa.uint32()),
        ("f32", pa.float32()),
        ("f64", pa.float64()),
        ("money", pa.decimal128(38, 9)),
        ("day", pa.date32()),
        ("local", pa.timestamp("ms")),
        ("instant", pa.timestamp("us", tz="Asia/Seoul")),
        ("bytes", pa.binary()),
    ]
)
ROWS: list[dict[str, Any]] = [
    dict.fromkeys(TYPES.names),
    {
        "text": "",
        "flag": True,
        "i8": -128,
        "i16": -(2**15),
        "i32": -(2**31),
        "i64": -(2**63),
        "u8": 255,
        "u16": 2**16 - 1,
        "u32": 2**32 - 1,
        "f32": 0.1,
        "f64": -1e-300,
        "money": Decimal("-12345678901234567890123456789.123456789"),
        "day": date(1900, 2, 28),
        "local": datetime.fromisoformat("2026-11-22T01:02:03.456"),
        "instant": datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC),
        "bytes": b"\x00\xff'\\",
    },
    {"text": "x", "flag": False, "f64": 1 / 3, "bytes": b"", "i64": 2**63 - 1, "f32": 3.4e38},
]


class Place(NamedTuple):
    """Where tables are made, and what is in them.

    Attributes:
        into: Address or folder.
        tables: Names of the tables that are there.
        reference: From a table to how it is read.
    """

    into: str
    tables: Callable[[], list[str]]
    reference: Callable[[str], SourceReference]


@pytest.fixture(params=["postgres", "mariadb", "delta"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "delta":
        pytest.importorskip("deltalake", reason="the extra `delta` is not installed")
        folder = tmp_path / "lake"
        folder.mkdir()
        yield Place(
            str(folder),
            lambda: sorted(one.name for one in folder.iterdir()),
            lambda table: SourceReference(str(folder / table)),
        )
        return
    connect, address = request.getfixturevalue(request.param)
    user = {"postgres": "postgres", "mariadb": "root"}[request.param]
    database = request.param == "mariadb" and "loaded"
    into = address.format(user).replace("/shop", "/loaded")
    with connect() as admin, admin.cursor() as cursor:
        if database:
            cursor.execute("CREATE DATABASE loaded")
    quote, listing = {
        "postgres": ('"', "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"),
        "mariadb": ("`", "SELECT table_name FROM information_schema.tables WHERE table_schema = 'loaded' ORDER BY 1"),
    }[request.param]

    def tables() -> list[str]:
        with connect() as admin, admin.cursor() as cursor:
            cursor.execute(listing)
            return [str(row[0]) for row in cursor.fetchall()]

    yield Place(into, tables, lambda table: SourceReference(into, table))
    for table in tables():
        with connect() as admin, admin.cursor() as cursor:
            doubled = table.replace(quote, quote * 2)
            cursor.execute(f"DROP TABLE {'' if quote == chr(34) else 'loaded.'}{quote}{doubled}{quote}")
    if database:
        with connect() as admin, admin.cursor() as cursor:
            cursor.execute("DROP DATABASE loaded")


def load(place: Place, folder: Path, rows: pa.Table, table: str, told: Callable[[int], None] = lambda _: None) -> str:
    """Load rows and hold what comes back against them, as their hash has them; return the name of the table."""
    file = write_table(folder, "rows", rows.to_batches(), rows.schema, "parquet", fsync=False)
    expected = DataHash(rows.schema)
    for batch in rows.combine_chunks().to_batches():
        expected.add(batch)

    def hold(batches: Iterator[pa.RecordBatch]) -> None:
        found = DataHash(rows.schema)
        for batch in batches:
            found.add(batch)
        assert found.rows == expected.rows
        assert found.columns().items() - expected.columns().items() == set()

    return load_table(Load(place.into, table, open_parquet("rows", (file,)), "a note's 'words'", hold, told)).name


def refusal(place: Place, folder: Path, rows: pa.Table, table: str = "t") -> str:
    before = place.tables()
    with pytest.raises(InputError) as caught:
        load(place, folder, rows, table)
    assert caught.value.hint
    assert place.tables() == before
    return str(caught.value)


def texts(cells: list[str | None]) -> pa.Table:
    return pa.table({"n": range(len(cells)), "cell": pa.array(cells, pa.string())})


def test_every_type_comes_back_as_what_it_was(place: Place, tmp_path: Path) -> None:
    rows = pa.Table.from_pylist(ROWS, schema=TYPES)
    if "://" not in place.into:  # a lake has no numbers without a sign
        rows = rows.drop(["u8", "u16", "u32"])
    name = load(place, tmp_path, rows, "people")
    assert name.endswith("people")
    assert place.tables() == ["people"]
    source = open_source(place.reference("people"))
    found = [row for batch in source.batches() for row in batch.to_pylist()]
    assert [row["text"] for row in found] == [None, "", "x"]
    assert [row["day"] for row in found] == [None, date(1900, 2, 28), None]
    assert found[1]["money"] == ROWS[1]["money"]
    assert found[2]["f64"] == 1 / 3


def test_a_table_without_rows_is_one(place: Place, tmp_path: Path) -> None:
    load(place, tmp_path, texts([]), "nobody")
    source = open_source(place.reference("nobody"))
    assert source.schema.names == ["n", "cell"]
    assert [row for batch in source.batches() for row in batch.to_pylist()] == []


def test_no_cell_is_read_as_anything_else(place: Place, tmp_path: Path) -> None:
    load(place, tmp_path, texts(CELLS), "kept")
    rows = [row for batch in open_source(place.reference("kept")).batches() for row in batch.to_pylist()]
    assert [row["cell"] for row in sorted(rows, key=lambda row: row["n"])] == CELLS
    load(place, tmp_path, texts(CELLS).select(["cell"]), "alone")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.none()))
def test_any_text_comes_back(place: Place, tmp_path: Path, cells: list[str | None]) -> None:
    load(place, tmp_path, texts(cells), f"t{len(place.tables())}")


@pytest.mark.parametrize("place", ["postgres", "mariadb"], indirect=True)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_a_name(place: Place, tmp_path: Path, name: str) -> None:
    load(place, tmp_path, texts(["x"]), "kept")
    load(place, tmp_path, texts(["x"]).rename_columns(["n", name]), name)
    assert place.tables() == sorted(["kept", name])
    (reference,) = [one for one in list_sources(place.reference("")) if one.table == name]
    assert open_source(reference).schema.names == ["n", name]


def test_many_rows_come_back_in_their_order(place: Place, tmp_path: Path) -> None:
    told: list[int] = []
    rows = pa.table({"n": range(150_000), "text": [f"person {n}" * 20 for n in range(150_000)]})
    load(place, tmp_path, rows, "many", told.append)
    assert sum(told) == 150_000


def test_a_name_that_is_taken_is_refused_and_what_is_there_stays(place: Place, tmp_path: Path) -> None:
    load(place, tmp_path, texts(["mine"]), "t")
    assert "already" in refusal(place, tmp_path, texts(["other"]))
    (row,) = [row for batch in open_source(place.reference("t")).batches() for row in batch.to_pylist()]
    assert row["cell"] == "mine"


@pytest.mark.slow
@pytest.mark.parametrize("where", ["writing", "reading back"])
def test_a_load_that_is_killed_leaves_no_table_and_the_next_one_makes_it(
    place: Place, tmp_path: Path, where: str
) -> None:
    rows = pa.table({"n": range(200_000)})
    file = write_table(tmp_path, "killed", rows.to_batches(), rows.schema, "parquet", fsync=False)
    command = [sys.executable, "-c", KILLED, place.into, "t", str(file), where]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == f"{where}\n"
        assert "t" not in place.tables()
        process.send_signal(signal.SIGKILL)
    assert "t" not in place.tables()
    load(place, tmp_path, rows, "t")
    assert place.tables() == ["t"]


def test_rows_that_come_back_otherwise_leave_no_table(place: Place, tmp_path: Path) -> None:
    file = write_table(tmp_path, "rows", texts(["x"]).to_batches(), texts([]).schema, "parquet", fsync=False)

    def hold(batches: Iterator[pa.RecordBatch]) -> None:
        assert [batch.num_rows for batch in batches] == [1]
        raise LockgateError("other rows")

    with pytest.raises(LockgateError, match="other rows"):
        load_table(Load(place.into, "t", open_parquet("rows", (file,)), "", hold, lambda _: None))
    assert place.tables() == []


@pytest.mark.parametrize(
    ("column", "complaint"),
    [
        (pa.array([1], pa.duration("s")), "no exact counterpart"),
        (pa.array([1], pa.timestamp("ns")), "finer than a microsecond"),
    ],
)
def test_what_no_type_holds_exactly_is_refused(
    place: Place, tmp_path: Path, column: "pa.Array[Any]", complaint: str
) -> None:
    assert complaint in refusal(place, tmp_path, pa.table({"SECRET": column}))


@pytest.mark.parametrize("place", ["postgres", "mariadb"], indirect=True)
def test_times_of_day_and_large_numbers_come_back(place: Place, tmp_path: Path) -> None:
    rows = pa.table(
        {"at": pa.array([time(1, 2, 3, 4), None], pa.time64("us")), "n": pa.array([2**64 - 1, 0], pa.uint64())}
    )
    load(place, tmp_path, rows, "t")


@pytest.mark.parametrize("place", ["postgres", "mariadb"], indirect=True)
def test_a_name_that_would_be_cut_is_refused(place: Place, tmp_path: Path) -> None:
    for name in ("n" * 65, f"none.{'n' * 60}", "", "n\0"):
        assert "bytes without NUL" in refusal(place, tmp_path, texts(["x"]), name)
    assert "bytes without NUL" in refusal(place, tmp_path, texts(["x"]).rename_columns(["n", "n" * 65]))


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_postgresql_refuses_a_nul_without_telling_the_cell(place: Place, tmp_path: Path) -> None:
    message = refusal(place, tmp_path, texts(["SECRET\0"]))
    assert "a text with a NUL" in message
    assert "SECRET" not in message


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_numbers_that_are_none_come_back_from_postgresql(place: Place, tmp_path: Path) -> None:
    load(place, tmp_path, pa.table({"x": [math.nan, math.inf, -math.inf, 1e-320, -0.0]}), "t")


@pytest.mark.parametrize("place", ["mariadb"], indirect=True)
def test_mariadb_refuses_what_it_would_change(place: Place, tmp_path: Path) -> None:
    for number in (math.nan, -math.inf, -0.0):
        assert "does not hold" in refusal(place, tmp_path, pa.table({"x": [1.0, None, number]}))
    long_ago = pa.array([-(2**62)], pa.timestamp("us"))
    assert "beyond its calendar" in refusal(place, tmp_path, pa.table({"x": long_ago}))
    assert "same name" in refusal(place, tmp_path, pa.table({"name": ["x"], "NAME": ["y"]}))


@pytest.mark.parametrize("place", ["mariadb"], indirect=True)
def test_the_kept_note_says_which_release_it_is(place: Place, tmp_path: Path, mariadb: tuple[Any, str]) -> None:
    load(place, tmp_path, texts(["x"]), "t")
    with mariadb[0]() as admin, admin.cursor() as cursor:
        cursor.execute("SELECT table_comment FROM information_schema.tables WHERE table_name = 't'")
        assert cursor.fetchall() == (("a note's 'words'",),)


def test_a_place_that_is_none_is_refused_without_a_word_of_its_password(tmp_path: Path) -> None:
    rows = texts(["x"])
    nowhere = Place(f"postgresql://u:hunter2@/d?host={tmp_path}", list, SourceReference)
    assert "hunter2" not in refusal(nowhere, tmp_path, rows)
    assert "are not known" in refusal(nowhere._replace(into="s3://bucket/t"), tmp_path, rows)
    assert "no folder" in refusal(nowhere._replace(into=str(tmp_path / "none")), tmp_path, rows)


@pytest.mark.parametrize("place", ["delta"], indirect=True)
def test_a_column_of_a_lake_may_have_any_name(place: Place, tmp_path: Path) -> None:
    rows = pa.table({name: ["x"] for name in HOSTILE})
    load(place, tmp_path, rows, "a table.v2")
    assert open_source(place.reference("a table.v2")).schema.names == HOSTILE


@pytest.mark.parametrize("place", ["delta"], indirect=True)
@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", ".hidden", "a%2fb", "a\\b", "a\n", *HOSTILE])
def test_a_table_of_a_lake_stays_in_its_folder(place: Place, tmp_path: Path, name: str) -> None:
    assert "cannot be the name of" in refusal(place, tmp_path, texts(["x"]), name)
