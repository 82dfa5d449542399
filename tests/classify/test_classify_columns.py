"""What columns of five cells are taken for, where the header leads, misleads or says nothing."""

from collections.abc import Callable

import pytest

from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import Verdict

ScanColumn = Callable[..., ColumnVerdict]

FOUND = {
    "beside a name": (
        "c1",
        "email",
        ["Jane Roe <jroe@mail.example>", "k@mail.example", "Ann <ann@mail.example>"],
        False,
    ),
    "beside a name, asked for": ("mail", "email", ["Jane Roe <jroe@mail.example>", "Bob <bob@mail.example>"], True),
    "two in a cell": ("phones", "phone", ["555-201-3344, 555-201-3345", "555-201-3346 / 555-201-3347"], True),
    "with ports": ("peer", "ip", ["203.0.113.7:443", "198.51.100.23:51234", "192.0.2.146:80"], True),
    "networks": ("subnet", "ip", ["203.0.113.0/25", "198.51.100.0/24", "192.0.2.0/24"], True),
    "a word for persons": ("student", "person-name", ["Sofia R.", "Noah K.", "Emily C.", "Aiden P."], True),
    "the head of a school": ("Head of school", "person-name", ["Patricia Coyle", "Kenneth Ito", "Renee Dubois"], True),
    "a crossing": (
        "col4",
        "postal-address",
        ["N CLARK ST / W DIVISION ST", "W 125 ST & LENOX AVE", "22 E 161 ST"],
        True,
    ),
    "German streets": (
        "c1",
        "postal-address",
        ["Hauptstraße 12, 10115 Berlin", "Goethestr. 45a", "Lindenallee 19"],
        True,
    ),
    "words of months": ("born", "date-of-birth", ["March 12, 1984", "30 November 1990", "17 Sep 1965"], True),
    "months of birth": ("出生年月", "date-of-birth", ["1985年3月", "1990年12月", "1978年6月", "2001年1月"], True),
    "Japanese names": ("患者氏名", "person-name", ["山田太郎", "木村拓也", "井上陽子", "松本 潤"], True),
    "a page without a scheme": ("wiki", "url", ["en.example.org/wiki/Otter", "en.example.org/wiki/Wren"], True),
}

MISLED = {
    "orders": ("OrderID", ["13800138000", "13800138127", "13800138254", "13800138381"]),
    "films": ("Movie", ["Forrest Gump", "Annie Hall", "Erin Brockovich", "Jackie Brown", "Donnie Darko"]),
    "storms": ("Storm Name", ["Andrew", "Katrina", "Sandy", "Harvey", "Irma"]),
    "parks": ("Park", ["Lincoln Park", "Jackson Park", "Douglas Park", "Grant Park"]),
    "counts of deaths": ("Deaths", ["0", "1", "2", "0", "1"]),
    "regions": ("residence", ["north_east", "south", "north_east", "west"]),
    "departments": ("department", ["Finance", "Public Works", "Police", "Parks"]),
    "schools": ("School Name", ["Roosevelt Middle School", "St. Mary Academy", "Jefferson Prep"]),
    "measures": ("emp", ["1010.5", "1021.9", "1072.3"]),
}


@pytest.mark.parametrize("case", FOUND)
def test_few_cells_are_taken_for_what_they_are(scan_column: ScanColumn, case: str):
    header, type_, cells, is_sure = FOUND[case]
    column = scan_column(header, cells)
    assert column.type == type_
    assert column.verdict in ((Verdict.CONFIRMED,) if is_sure else (Verdict.CONFIRMED, Verdict.SUSPECTED))


@pytest.mark.parametrize("case", MISLED)
def test_things_are_not_confirmed_as_persons(scan_column: ScanColumn, case: str):
    header, cells = MISLED[case]
    assert scan_column(header, cells).verdict is not Verdict.CONFIRMED
