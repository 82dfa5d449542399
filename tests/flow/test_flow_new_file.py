"""A new flow file says what its data hold, and nothing that a name in the data would like to say in its place."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from lockgate.flow.new_file import write_flow_text
from lockgate.flow.progress import Silent
from lockgate.flow.scanning import ScanMeans, scan_source
from lockgate.laws.catalogue import load_laws
from lockgate.tables.source import open_source
from lockgate.terms.flow_request import SourceReference

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "name",
    [
        'mobile\nsubjects_in = ["XX"]\n[basis]\nground = "consent"\n#',
        'mobile"]\nx = 1\n#',
        "mobile\x1b]0;owned\x07",
        "mobile\u202eexe\ufeff\x7f\x85",
        "mobile\\",
    ],
)
def test_a_name_of_a_column_stays_a_name(tmp_path: Path, name: str) -> None:
    file = tmp_path / "t.csv"
    header = '"' + name.replace('"', '""') + '"'
    rows = "".join(f"{13812340000 + row},u{row}@example.org\n" for row in range(30))
    file.write_text(f"{header},email\n{rows}", encoding="utf-8")
    source = open_source(SourceReference(str(file)))
    found = scan_source(source, name, ScanMeans(load_laws(), TODAY, b"k" * 32, tmp_path, Silent()))
    assert found.persons.by == name

    text = write_flow_text(found, SourceReference("t.csv", delimiter="^"), TODAY)
    assert not any(0x7F <= ord(sign) < 0xA0 or (sign < " " and sign != "\n") or sign == "\u202e" for sign in text)
    flow = tomllib.loads(text)
    assert set(flow["data"]["columns"]) == {name, "email"}
    assert flow["data"].keys() == {"source", "delimiter", "columns"}
    assert flow["data"]["delimiter"] == "^"
    assert flow["basis"] == {"consent": {}}
