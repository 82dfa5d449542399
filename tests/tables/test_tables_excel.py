"""Excel workbooks as a source: headers, days, merged cells, formulas, several sheets, and what is hostile."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.tables.listing import list_sources
from lockgate.tables.source import describe_files, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd hh:mm"/>'
    '<numFmt numFmtId="171" formatCode="[Red]0.0"/></numFmts>'
)
XFS = "".join(f'<xf numFmtId="{one}"/>' for one in (0, 14, 170, 171, 20))


def workbook(
    path: Path, sheets: dict[str, str], strings: tuple[str, ...] = (), extra: dict[str, str] | None = None
) -> Path:
    """Write a workbook by hand; a sheet is given as the XML inside of its root."""
    names = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets))
    related = "".join(
        f'<Relationship Id="r{n}" Type="{KINDS}/worksheet" Target="worksheets/{n}.xml"/>' for n in range(len(sheets))
    )
    shared = "".join(f"<si>{one}</si>" for one in strings)
    parts = {
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{KINDS}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{KINDS}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships>{related}<Relationship Id="s" Type="{KINDS}/sharedStrings"'
        " Target="
        f'"sharedStrings.xml"/><Relationship Id="t" Type="{KINDS}/styles" Target="/xl/styles.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{STYLES}<cellXfs>{XFS}</cellXfs></styleSheet>',
        **{
            f"xl/worksheets/{n}.xml": f'<worksheet xmlns="{MAIN}">{inside}</worksheet>'
            for n, inside in enumerate(sheets.values())
        },
        **(extra or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def text_row(number: int, *cells: str) -> str:
    inside = "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in cells)
    return f'<row r="{number}">{inside}</row>'


def rows_of(path: Path, table: str = "") -> list[dict[str, Any]]:
    return [row for batch in open_source(SourceReference(str(path), table)).batches() for row in batch.to_pylist()]


def refusal(path: Path, table: str = "") -> str:
    with pytest.raises(InputError) as caught:
        rows_of(path, table)
    assert caught.value.hint
    assert "SECRET" not in str(caught.value) + caught.value.hint
    return str(caught.value)


def test_values_of_every_kind_come_as_what_they_are(tmp_path: Path) -> None:
    data = (
        text_row(1, "name", "n", "x", "day", "at", "flag", "time", "sum", "bad")
        + '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>7</v></c><c r="C2" s="3"><v>0.1</v></c>'
        '<c r="D2" s="1"><v>46348</v></c>'
        '<c r="E2" s="2"><v>46348.4375</v></c><c r="F2" t="b"><v>1</v></c><c r="G2" s="4"><v>0.5</v></c>'
        '<c r="H2" t="str"><f>A2&amp;"!"</f><v>Li Na!</v></c><c r="I2" t="e"><v>#N/A</v></c></row>'
        '<row r="5"><c r="A5" t="s"><v>1</v></c><c r="D5" s="1"><v>60</v></c><c r="H5"><f>B2*2</f></c></row>'
    )
    strings = ("<t>Li </t><r><t>Na</t></r><rPh><t>reading</t></rPh>", "<t>a_x000D_b</t>")
    path = workbook(tmp_path / "a.xlsx", {"S": f"<sheetData>{data}</sheetData>"}, strings)
    first, second = rows_of(path)
    assert first == {
        "name": "Li Na",
        "n": 7,
        "x": 0.1,
        "day": "2026-11-22",
        "at": "2026-11-22 10:30:00",
        "flag": True,
        "time": "12:00:00",
        "sum": "Li Na!",
        "bad": None,
    }
    assert second == dict.fromkeys(first) | {"name": "a\rb", "day": "1900-02-29"}
    source = open_source(SourceReference(str(path)))
    assert (source.name, source.format) == ("a.xlsx:S", "xlsx")
    assert [note.partition(" of ")[0] for note in source.notes] == ["1 cells", "1 formulas"]
    assert [one.name for one in describe_files(SourceReference(str(path)))] == ["a.xlsx"]


def test_a_title_is_passed_over_and_merged_cells_are_filled(tmp_path: Path) -> None:
    rows = (
        text_row(1, "Customers 2026")
        + text_row(3, "city", "name", "phone")
        + text_row(4, "Hangzhou", "Li Na", "1")
        + '<row r="5"><c r="B5" t="inlineStr"><is><t>Wang Wei</t></is></c><c r="C5"><v>2</v></c></row>'
    )
    merged = '<mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="A4:A5"/></mergeCells>'
    path = workbook(tmp_path / "a.xlsx", {"S": f"<sheetData>{rows}</sheetData>{merged}"})
    assert [tuple(row.values()) for row in rows_of(path)] == [("Hangzhou", "Li Na", "1"), ("Hangzhou", "Wang Wei", "2")]
    assert "row 3 of `a.xlsx:S` is read as the header" in open_source(SourceReference(str(path))).notes[0]


def test_several_sheets_are_several_tables_and_empty_ones_are_none(tmp_path: Path) -> None:
    one = f"<sheetData>{text_row(1, 'a')}{text_row(2, 'x')}</sheetData>"
    path = workbook(tmp_path / "a.xlsx", {"People": one, "Empty": "<sheetData/>", "Hidden": one})
    assert [found.table for found in list_sources(SourceReference(str(path)))] == ["People", "Hidden"]
    assert "several sheets: `People`, `Hidden`" in refusal(path)
    assert "no table `x`" in refusal(path, "x")
    assert rows_of(path, "Hidden") == [{"a": "x"}]


def test_a_sheet_without_a_header_is_refused_without_its_cells(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>' + text_row(2, "SECRET", "SECRET")
    path = workbook(tmp_path / "a.xlsx", {"S": f"<sheetData>{rows}</sheetData>"})
    assert "no row of `a.xlsx:S` names every column" in refusal(path)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ('<sheetData><row r="99999999"><c><v>1</v></c></row></sheetData>', "no readable"),
        ('<sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData>', "no readable"),
        ('<sheetData><row r="1"><c t="s"><v>5</v></c></row></sheetData>', "no readable"),
        ('<sheetData><row r="1"><c><v>SECRET</v></c></row></sheetData>', "no readable"),
        ('<sheetData><row r="1"><c><v>1</v></row></sheetData>', "no readable"),
        ("<sheetData/>", "is empty"),
    ],
)
def test_a_broken_sheet_is_an_input_error(tmp_path: Path, inside: str, said: str) -> None:
    assert said in refusal(workbook(tmp_path / "a.xlsx", {"S": inside}))


def test_bombs_and_locked_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "SECRET">]><worksheet><sheetData>&a;</sheetData></worksheet>'
    path = workbook(tmp_path / "a.xlsx", {"S": ""}, extra={"xl/worksheets/0.xml": entities})
    assert "document type" in refusal(path)
    long = "<sst>" + "<si><t>" + "x" * 50_000_000 + "</t></si></sst>"
    monkeypatch.setattr("lockgate.tables.excel_workbook._STRINGS_BYTES", 10_000_000)
    path = workbook(
        tmp_path / "b.xlsx", {"S": f"<sheetData>{text_row(1, 'a')}</sheetData>"}, extra={"xl/sharedStrings.xml": long}
    )
    assert path.stat().st_size < 100_000
    assert "too much text" in refusal(path)
    styles = "<styleSheet>" + " " * (65 << 20) + "</styleSheet>"
    path = workbook(tmp_path / "c.xlsx", {"S": ""}, extra={"xl/styles.xml": styles})
    assert "unpacks to more than 64 MiB" in refusal(path)
    (tmp_path / "d.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    assert "with a password" in refusal(tmp_path / "d.xlsx")
    (tmp_path / "e.xlsx").write_bytes(b"PK\x03\x04SECRET")
    assert "no readable Excel workbook" in refusal(tmp_path / "e.xlsx")


CELL = (
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=6)
    | st.dates(date(1901, 1, 1), date(2100, 1, 1))
    | st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1)).map(lambda one: one.replace(microsecond=0))  # noqa: DTZ001 - Excel knows no zones
)


@settings(max_examples=40, deadline=None)
@given(cells=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6))
def test_what_another_program_writes_is_read_as_it_reads_it(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[Any, Any]]
) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(("left", "right"))
    for row in cells:
        for column, cell in enumerate(row, start=1):
            # as a value, or text that begins with = would be a formula
            target = book.active.cell(book.active.max_row + (column == 1), column)
            target.value = cell
            if isinstance(cell, str):
                target.data_type = "s"
    book.save(path)
    expected = [
        tuple(_shown(cell) for cell in row)
        for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2, values_only=True)
    ]
    found = [(_shown(row["left"]), _shown(row["right"])) for row in rows_of(path)]
    assert found == [row for row in expected if row != ("", "")]


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time() else cell.date().isoformat()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
