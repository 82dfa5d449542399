"""CSV files: what is read, what is refused, and that no cell ever stands in a message."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.csv_dialect import read_dialect
from lockgate.tables.csv_quotes import record_blocks
from lockgate.tables.extent import extent_of_file
from lockgate.tables.row_source import Source
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference


def read(path: Path, content: bytes) -> tuple[Source, list[dict[str, object]]]:
    path.write_bytes(content)
    source = open_source(SourceReference(str(path)))
    return source, [row for batch in source.batches() for row in batch.to_pylist()]


def refusal(path: Path, content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(path, content)
    assert caught.value.hint.endswith(".")
    return str(caught.value)


def test_as_many_bytes_are_read_to_open_a_file_as_are_expected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(BytesRead, "tell", told.append)
    path = tmp_path / "a.csv"
    path.write_bytes("n\n客户\n".encode() * (4 << 20))
    open_source(SourceReference(str(path)))
    expected = extent_of_file(SourceReference(str(path))).bytes
    assert sum(told) == pytest.approx(expected, rel=0.3)


def test_an_empty_cell_is_null_and_a_quoted_empty_one_is_text(tmp_path: Path) -> None:
    _, rows = read(tmp_path / "a.csv", b'a,b\n1,\n"",x\n')
    assert rows == [{"a": "1", "b": None}, {"a": "", "b": "x"}]


def test_every_column_is_text_with_its_leading_zeros(tmp_path: Path) -> None:
    source, rows = read(tmp_path / "a.csv", b"code,n\n007,NA\n008,null\n")
    assert source.schema == pa.schema([("code", pa.string()), ("n", pa.string())])
    assert rows == [{"code": "007", "n": "NA"}, {"code": "008", "n": "null"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(tmp_path: Path, delimiter: str) -> None:
    text = f'sex{delimiter}"a,b;c"{delimiter}n\nf{delimiter}1,5;2{delimiter}x\n'
    quoted = text if delimiter == "\t" else text.replace("1,5;2", '"1,5;2"')
    source, rows = read(tmp_path / "a.csv", quoted.encode())
    assert source.schema.names == ["sex", "a,b;c", "n"]
    assert rows == [{"sex": "f", "a,b;c": "1,5;2", "n": "x"}]


def test_of_two_delimiters_in_a_header_the_one_that_fits_the_rows_wins() -> None:
    assert read_dialect("name, first;age\nWolf, A;3\nKim;4\n", "x").delimiter == ";"


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        (b'a,b\r\n"l1\r\nl2","q""q"\r\n', ("l1\r\nl2", 'q"q')),
        (b"a,b\r1,2\r", ("1", "2")),
        (b"a,b\n1,2", ("1", "2")),
        (b"\xef\xbb\xbfa,b\n1,2\n", ("1", "2")),
        (b'a,b\n5" nail,6"\n', ('5" nail', '6"')),
        (b"a,b\n\n1,2\n\n", ("1", "2")),
        ("a,b\n1,é\n".encode("utf-16"), ("1", "é")),
        ("\ufeffa,b\n1,é\n".encode("utf-16-be"), ("1", "é")),
    ],
)
def test_forms_that_real_files_have_are_read(tmp_path: Path, content: bytes, cells: tuple[str, str]) -> None:
    _, rows = read(tmp_path / "a.csv", content)
    assert rows == [{"a": cells[0], "b": cells[1]}]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\na,b\n1,2\n", "begins with an empty line"),
        (b"a,b,a\n1,2,3\n", "columns 1 and 3 of `t.csv` have the same name"),
        (b"a,,c\n1,2,3\n", "column 2 of `t.csv` has no name"),
        (b"a,b\nSECRET,2\nSECRET\n", "expected 2 columns in row 2 of `t.csv` (the header not counted), found 1"),
        (b"a,b\n" + b"1,2\n" * 200_000 + b"SECRET,2,3\n", "in row 200001 of `t.csv`"),
        (b'a,b\n1,"SECRET\n3,4\n', "the quote that opens in or before line 2 of `t.csv` is never closed"),
        (b'a,b\n1,2\n1,"SECRET"x\n', "text stands behind a closing quote in line 3"),
        (b"a,b\n" + b"1,2\n" * 2_000_000 + b"SECRET,2,3\n", "in row 2000001 of `t.csv`"),
        (b"a,b\nSECRET\0,2\n", "holds a NUL byte"),
        (b"a,b\nSECRET\xff\xff,2\n", "in no other encoding known here"),
        (b'a,b\n"' + b"SECRET" * 3_500_000 + b'",2\n', "is longer than 4 MiB"),
    ],
)
def test_a_broken_file_is_refused_without_a_word_of_its_cells(tmp_path: Path, content: bytes, complaint: str) -> None:
    message = refusal(tmp_path / "t.csv", content)
    assert complaint in message
    assert "SECRET" not in message


def test_a_lost_comma_is_an_input_error_with_the_row_number(tmp_path: Path) -> None:
    assert "row 3" in refusal(tmp_path / "t.csv", b'a,b\n"x\ny",2\n3,4\n5 6\n')


def test_a_header_without_rows_is_allowed_and_said(tmp_path: Path) -> None:
    for content in (b"a,b\n", b"a,b"):
        source, rows = read(tmp_path / "a.csv", content)
        assert rows == []
        assert source.notes == ("`a.csv` holds a header and no rows",)


def test_an_empty_line_of_a_single_column_is_a_null(tmp_path: Path) -> None:
    source, rows = read(tmp_path / "a.csv", b"a\nx\n\ny\n")
    assert [row["a"] for row in rows] == ["x", None, "y"]
    assert source.notes == ()


@pytest.mark.parametrize(
    ("text", "codec", "said"),
    [
        ("姓名,城市\n张三,北京市海淀区中关村\n李四,上海\n", "gb18030", "GB18030"),
        ("姓名,城市\n王生,上海市社保\n", "gbk", "GB18030"),
        ("이름,도시\n김민수,서울특별시 강남구\n박서연,부산\n", "euc-kr", "EUC-KR"),
        ("이름,비고\n홍길동,똠방각하 펲시콜라\n", "cp949", "EUC-KR"),
    ],
)
def test_another_encoding_is_read_and_said(tmp_path: Path, text: str, codec: str, said: str) -> None:
    source, rows = read(tmp_path / "a.csv", text.encode(codec))
    header, first = (line.split(",") for line in text.splitlines()[:2])
    assert list(rows[0].items()) == list(zip(header, first, strict=True))
    assert said in source.notes[0]


def test_ten_thousand_columns_are_read(tmp_path: Path) -> None:
    header = ",".join(f"column_{number}" for number in range(10_000))
    source, rows = read(tmp_path / "a.csv", f"{header}\n{','.join('7' * 10_000)}\n".encode())
    assert len(source.schema.names) == len(rows[0]) == 10_000


def test_a_batch_never_holds_more_than_65536_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 200_000)
    sizes = [batch.num_rows for batch in open_source(SourceReference(str(path))).batches()]
    assert max(sizes) <= 65_536
    assert sum(sizes) == 200_000


def walk(text: str, size: int) -> bool:
    data = (text + "\n").encode()
    try:
        blocks = list(record_blocks((data[start : start + size] for start in range(0, len(data), size)), ",", "x"))
    except InputError:
        return False
    assert b"".join(blocks) == data
    assert all(plain_walk(block.decode()) for block in blocks)
    assert all(block.endswith((b"\n", b"\r")) for block in blocks)
    return True


def plain_walk(text: str) -> bool:
    """One character after the other, as the standard has it."""
    state = "start"
    for letter in [*text, "\n"]:
        ends = letter in ",\n\r"
        if state == "quoted":
            state = "closing" if letter == '"' else "quoted"
        elif state == "closing" and letter == '"':
            state = "quoted"
        elif ends:
            state = "start"
        elif state == "closing":
            return False
        else:
            state = "quoted" if state == "start" and letter == '"' else "plain"
    return state != "quoted"


@settings(max_examples=600)
@given(st.text(alphabet='",\n\ra', max_size=14), st.integers(1, 15))
def test_the_quote_check_agrees_with_a_walk_letter_by_letter(text: str, blocks: int) -> None:
    assert walk(text, blocks) == plain_walk(text)


def test_a_reading_that_is_given_up_does_not_hold_up_the_end_of_the_program(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 8_000_000)
    program = (
        "import sys; from lockgate.tables.source import open_source;"
        "from lockgate.terms.flow_request import SourceReference;"
        "batches = open_source(SourceReference(sys.argv[1])).batches(); print(next(batches).num_rows)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(path)], timeout=50, check=True, capture_output=True)
    assert int(ended.stdout) == 65_536


def test_returns_alone_and_blocks_of_empty_lines_are_read(tmp_path: Path) -> None:
    _, rows = read(tmp_path / "a.csv", b"a,b\r" + b"1,2\r" * 1_200_000)
    assert len(rows) == 1_200_000
    _, rows = read(tmp_path / "b.csv", b"a,b\n1,2\n" + b"\n" * 9_000_000 + b"3,4\n")
    assert rows == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
