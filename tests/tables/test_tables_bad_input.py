"""Input that is broken, hostile or odd: a clear error, or a treatment that is said; no cell in any message."""

import os
import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from lockgate.tables.listing import list_sources
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

CHINESE = "姓名,收货地址,备注\n欧阳秘密,浙江省杭州市余杭区文一西路九百六十九号,请在工作日送货\n"
TRADITIONAL = "姓名,地址,備註\n陳秘密,新北市板橋區文化路,請於上班時間送達\n"
JAPANESE = "氏名,ご住所,メモ\n山田秘密,神奈川県横浜市,よろしくお願いします\n"
KOREAN = "이름,주소,비고\n김비밀,경기도 성남시 분당구,배송 전 연락 바랍니다\n"


def read(path: Path, content: bytes) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    path.write_bytes(content)
    source = open_source(SourceReference(str(path)))
    return [row for batch in source.batches() for row in batch.to_pylist()], source.notes


def refusal(path: Path, content: bytes | None = None, **wanted: str) -> str:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        for _ in open_source(SourceReference(str(path), **wanted)).batches():
            pass
    assert caught.value.hint
    assert not any(word in str(caught.value) + caught.value.hint for word in ("SECRET", "秘密", "비밀"))
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "codec", "said"),
    [
        (CHINESE, "gb18030", "GB18030"),
        (TRADITIONAL, "gb18030", "GB18030"),
        (TRADITIONAL, "big5", "Big5"),
        (JAPANESE, "cp932", "Shift-JIS"),
        (JAPANESE, "euc_jp", "EUC-JP"),
        (KOREAN, "cp949", "EUC-KR"),
        (CHINESE, "utf-16", "UTF-16"),
        (CHINESE, "utf-32", "UTF-32"),
    ],
)
def test_an_encoding_of_east_asia_is_read_as_what_it_is_and_said(
    tmp_path: Path, text: str, codec: str, said: str
) -> None:
    rows, notes = read(tmp_path / "a.csv", text.encode(codec))
    header, first = (line.split(",") for line in text.splitlines())
    assert rows == [dict(zip(header, first, strict=True))]
    assert said in notes[0]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("name,town\nJos\xe9 SECRET,M\xe1laga\n".encode("latin-1"), "line 2 of `t.csv` is not UTF-8"),
        ((CHINESE * 9).encode() + CHINESE.encode("gb18030"), "changes its encoding at or behind line 19"),
        ((CHINESE * 9).encode("gb18030") + CHINESE.encode(), "changes its encoding at or behind line 19"),
        (KOREAN.encode("cp949") + KOREAN.encode(), "changes its encoding at or behind line 3"),
        (CHINESE.encode("utf-16") + b"x", "does not stay in it"),
        (CHINESE.encode("utf-16-le"), "is not UTF-8"),
        (b"a,b\nSECRET\0,2\n", "NUL byte"),
        (b"PK\x03\x04\x14\0SECRET", "`t.csv` is an Excel workbook or another ZIP archive"),
        (b"\x1f\x8b\x08SECRET", "packed with gzip"),
        (b"SQLite format 3\0SECRET", "a SQLite database"),
    ],
)
def test_a_text_of_no_one_encoding_is_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    assert complaint in refusal(tmp_path / "t.csv", content)


def test_line_ends_that_are_mixed_and_marks_in_the_middle_are_said(tmp_path: Path) -> None:
    rows, notes = read(tmp_path / "a.csv", "a,b\r\n1,2\n3,4\r5,\ufeff6\r\n".encode())
    assert len(rows) == 3
    assert "mixes line ends (CR LF, LF, CR)" in notes[0]
    assert "1 byte order marks" in notes[1]
    assert read(tmp_path / "b.csv", b"\xef\xbb\xbfa,b\r\n1,2\r\n")[1] == ()
    assert read(tmp_path / "c.csv", b'a,b\r\n1,"x\ny"\r\n2,"5"" z\n"\r\n')[1] == ()


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        ("a.parquet", b"SQLite format 3\0", "a SQLite database"),
        ("a.json", b"PK\x03\x04", "an Excel workbook"),
        ("a.jsonl", b"\x1f\x8b\x08", "packed with gzip"),
        ("a.csv", b"ARROW1\0\0", "an Arrow file"),
        ("a.arrow", b"PAR1\x15\x04", "a Parquet file"),
        ("a.xlsx", b"12345678DUCK", "a DuckDB database"),
        ("a.db", b"12345678DUCK", "a DuckDB database"),
        ("a.duckdb", b"SQLite format 3\0", "a SQLite database"),
    ],
)
def test_a_file_of_another_kind_than_its_name_says_is_told_as_what_it_is(
    tmp_path: Path, name: str, start: bytes, kind: str
) -> None:
    (tmp_path / name).write_bytes(start + bytes(64))
    with pytest.raises(InputError, match=f"`{name}` is {kind}.*whatever its name says"):
        open_source(SourceReference(str(tmp_path / name)))


def test_a_lake_that_cannot_be_read_is_no_folder_of_files(tmp_path: Path) -> None:
    (tmp_path / "_delta_log").mkdir()
    (tmp_path / "_delta_log" / "00000000000000000000.json").write_text('{"a":1}\n{"a":2}\n')
    (found,) = list_sources(SourceReference(str(tmp_path)))
    with pytest.raises(InputError, match="Delta"):
        open_source(found)


@pytest.mark.parametrize("content", [b"SECRET,SECRET\nx,y\n", b"SECRET,,x\n1,2,3\n"])
def test_a_header_that_may_be_a_row_is_not_told(tmp_path: Path, content: bytes) -> None:
    assert "add a header" in str(_raised(tmp_path / "t.csv", content).hint)


def _raised(path: Path, content: bytes) -> InputError:
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_source(SourceReference(str(path)))
    assert "SECRET" not in str(caught.value)
    return caught.value


def test_a_path_that_the_system_cannot_take_is_an_input_error(tmp_path: Path) -> None:
    message = refusal(tmp_path / ("a" * 5_000 + ".csv"))
    assert "file name too long" in message
    assert len(message) < 300
    assert "file name too long" in refusal(Path("a/" * 2_500 + "b.csv"))
    assert "holds a NUL" in refusal(Path("a\0b.csv"))


def test_what_is_no_ordinary_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is a pipe" in refusal(tmp_path / "pipe.csv")
    assert "is a device" in refusal(Path("/dev/null"))


@pytest.mark.parametrize("opening", ['{"a":', '{"a":' + "[" * 9_999])
def test_json_nested_ten_thousand_deep_is_refused(tmp_path: Path, opening: str) -> None:
    text = opening * (10_000 if opening == '{"a":' else 1)
    said = "line 1 of `t.jsonl` is nested too deep: more than 64 levels"
    assert refusal(tmp_path / "t.jsonl", text.encode() + b"\n") == said


def test_json_of_several_kinds_and_of_numbers_too_large_is_text_and_said(tmp_path: Path) -> None:
    lines = b'{"a":1,"b":123456789012345678901234567890,"c":"x"}\n{"a":"x","b":2,"c":null}\n{"a":true,"b":null}\n'
    rows, notes = read(tmp_path / "t.jsonl", lines)
    assert [row["a"] for row in rows] == ["1", "x", "true"]
    assert rows[0]["b"] == "123456789012345678901234567890"
    assert "`a`, `b` of `t.jsonl` are read as text" in notes[0]
    assert "no JSON object" in refusal(tmp_path / "u.jsonl", b'{"a":' + b"9" * 5_000 + b"}\n")


def test_a_cell_of_a_hundred_megabytes_is_refused(tmp_path: Path) -> None:
    cell = "SECRET" * 17_000_000
    parquet.write_table(pa.table({"a": [cell]}), tmp_path / "t.parquet")
    assert "column `a` of `t.parquet` holds a cell longer than 16 MiB" in refusal(tmp_path / "t.parquet")
    with sqlite3.connect(tmp_path / "t.db") as connection:
        connection.execute("create table t (a text)")
        connection.execute("insert into t values (?)", (cell,))
    connection.close()
    assert "a cell is longer than 16 MiB" in refusal(tmp_path / "t.db")


@pytest.mark.slow
def test_long_rows_are_read_a_few_at_a_time(tmp_path: Path) -> None:
    cell = "x" * (1 << 20)
    parquet.write_table(pa.table({"a": [cell + str(n) for n in range(600)]}), tmp_path / "t.parquet")
    with sqlite3.connect(tmp_path / "t.db") as connection:
        connection.execute("create table t (a text)")
        connection.executemany("insert into t values (?)", [(cell,)] * 150)
    connection.close()
    for name, rows in (("t.parquet", 600), ("t.db", 150)):
        sizes = [batch.num_rows for batch in open_source(SourceReference(str(tmp_path / name))).batches()]
        assert sum(sizes) == rows
        assert max(sizes) <= 300


def test_an_encrypted_parquet_file_is_said_to_be_one(tmp_path: Path) -> None:
    assert refusal(tmp_path / "t.parquet", b"PARE" + bytes(40) + b"PARE") == "`t.parquet` is an encrypted Parquet file"
    assert "no readable Parquet file" in refusal(tmp_path / "u.parquet", b"PA")


def test_a_database_that_is_cut_off_or_locked_or_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a text)")
        connection.executemany("insert into t values (?)", [("SECRET" * 50,)] * 500)
    connection.close()
    content = path.read_bytes()
    assert "damaged or cut off" in refusal(tmp_path / "cut.db", content[: len(content) // 2])
    holder = sqlite3.connect(path)
    holder.execute("begin exclusive")
    assert "another program has it locked" in refusal(path)
    holder.close()
    with sqlite3.connect(path) as connection:
        connection.execute("insert into t values (cast(x'534543524554ff' as text))")
    connection.close()
    assert "text in it is not UTF-8" in refusal(path)


def test_a_view_that_never_ends_can_be_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "create view t as with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) c from n"
        )
    connection.close()
    monkeypatch.setattr("lockgate.tables.sqlite_table._go_on", lambda: 1)  # as a key pressed meanwhile does
    with pytest.raises(KeyboardInterrupt):
        open_source(SourceReference(str(path)))
