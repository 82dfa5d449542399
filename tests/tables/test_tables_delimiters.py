"""CSV files with any delimiter: named by somebody, or found only where no other reading is left."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.tables.listing import list_sources
from lockgate.tables.row_source import Source
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

SIGNS = "^~:=#@!%&*+-/.<>?_$` \t\x01\x1c\x1f'()[]{}\\"


def opened(path: Path, content: bytes, delimiter: str = "") -> tuple[Source, list[dict[str, Any]]]:
    path.write_bytes(content)
    source = open_source(SourceReference(str(path), delimiter=delimiter))
    return source, [row for batch in source.batches() for row in batch.to_pylist()]


def refusal(path: Path, content: bytes, delimiter: str) -> str:
    with pytest.raises(InputError) as caught:
        opened(path, content, delimiter)
    assert caught.value.hint
    return str(caught.value)


def written(rows: list[list[str]], sign: str) -> str:
    return "".join(sign.join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows)


@pytest.mark.parametrize("sign", [*SIGNS, ",", ";", "|"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "euc-kr"])
def test_any_sign_parts_cells_in_any_encoding_with_line_breaks_in_quotes(tmp_path: Path, sign: str, codec: str) -> None:
    words = ["서울특별시 강남구", "김민수"] if codec == "euc-kr" else ["北京市海淀区中关村", "李娜"]
    cells = [[words[0], f"{words[1]}{sign}\r\n{sign}{words[1]}", 'a "quote"'], ["1", "2", "3"], ["", "b", ""]]
    names = ["name", f"place{sign}of", "note"]
    _, rows = opened(tmp_path / "t.csv", written([names, *cells], sign).encode(codec), sign)
    assert rows == [dict(zip(names, row, strict=True)) for row in cells]


@given(
    sign=st.sampled_from(SIGNS),
    cells=st.lists(st.tuples(*[st.text('ab,;\n\r" 李\t|', max_size=6)] * 3), max_size=20),
)
def test_what_is_written_with_a_sign_is_read_with_it(
    tmp_path_factory: pytest.TempPathFactory, sign: str, cells: list[tuple[str, str, str]]
) -> None:
    text = written([["x", "y", "z"], *map(list, cells)], sign)
    _, rows = opened(tmp_path_factory.mktemp("d") / "t.txt", text.encode(), sign)
    assert [tuple(row.values()) for row in rows] == cells


@pytest.mark.parametrize("sign", ["^", "~", "\x01", "\x1f"])
def test_a_rare_delimiter_that_parts_every_row_alike_is_found_and_said(tmp_path: Path, sign: str) -> None:
    content = f"name{sign}born\nLi Na{sign}12:30\nKim, Min{sign}13:00\n".encode()
    source, rows = opened(tmp_path / "t.csv", content)
    assert rows[1] == {"name": "Kim, Min", "born": "13:00"}
    assert "between its cells" in source.notes[0]


@pytest.mark.parametrize(
    "content",
    [
        b"a^b\n1^2\n3^4^5\n",  # not alike
        b"a^b\n1^2\n",  # too few to tell
        b"start:time\n12:30\n13:00\n14:15\n",
        b"^a\n1^2\n3^4\n",  # no name
        b'"a^b"\n1^2\n3^4\n',  # the header says that it is one name
    ],
)
def test_a_column_of_its_own_is_not_parted(tmp_path: Path, content: bytes) -> None:
    source, _ = opened(tmp_path / "t.csv", content)
    assert len(source.schema.names) == 1


def test_a_usual_delimiter_is_never_outdone_by_a_rare_one(tmp_path: Path) -> None:
    source, _ = opened(tmp_path / "t.csv", b"a^b,c\n1^2,3\n4^5,6\n")
    assert source.schema.names == ["a^b", "c"]
    assert source.notes == ()


def test_a_delimiter_that_the_header_lacks_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "t.csv", b"a,b\n1,2\n", "^") == "the header of `t.csv` holds no `^`"
    assert "holds no `\\x01`" in refusal(tmp_path / "t.csv", b"a,b\n1,2\n", "\x01")


def test_a_ragged_row_is_told_by_its_number_and_not_its_cells(tmp_path: Path) -> None:
    message = refusal(tmp_path / "t.csv", b"a^b\n1^2\nSECRET^2^3\n", "^")
    assert "row 2" in message
    assert "SECRET" not in message


def test_a_file_of_any_extension_is_read_with_a_delimiter_and_a_database_is_not(tmp_path: Path) -> None:
    assert opened(tmp_path / "t.dat", b"a=b\n1=2\n", "=")[1] == [{"a": "1", "b": "2"}]
    assert "no known extension" in refusal(tmp_path / "t.dat", b"a=b\n1=2\n", "")
    assert "so it has no `delimiter`" in refusal(tmp_path / "t.jsonl", b'{"a": 1}\n', "=")


def test_every_file_below_a_folder_is_read_with_the_delimiter(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.csv").write_bytes(b"a=b\n1=2\n")
    found = list_sources(SourceReference(str(tmp_path), delimiter="="))
    assert [open_source(one).schema.names for one in found] == [["a", "b"], ["a", "b"]]
