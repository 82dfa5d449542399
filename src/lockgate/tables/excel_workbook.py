"""What an Excel workbook says of its cells: sheets, shared strings, which styles are dates, which calendar."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.parsers import expat

from lockgate.tables.excel_package import PART_BYTES, Package, broken, plain
from lockgate.terms.errors import InputError

_STRINGS_BYTES = 512 << 20
"""Letters of all shared strings together, which are held in memory."""

_DAYS_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Number formats of dates and times that have no code. Source: ECMA-376 Part 1, 18.8.30."""

_NO_DAY = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DAY = re.compile(r"[dmyhs]", re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FIRST, _LAST, _NO_LEAP = 0, 2_958_466, 60
"""Days that Excel has: serial numbers, and 29 February 1900, which there never was."""


@dataclass(slots=True)
class Workbook:
    """What the cells of all sheets need.

    Attributes:
        package: The archive.
        sheets: Part by name, in the order of the workbook.
        strings: Shared strings.
        day_styles: Whether each style is one of dates or times.
        starts_1904: Whether days count from 1904.
    """

    package: Package
    sheets: dict[str, str] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list)
    day_styles: list[bool] = field(default_factory=list)
    starts_1904: bool = False

    def is_day(self, style: str) -> bool:
        """Whether a cell of a style is a date or a time."""
        number = int(style) if style.isdecimal() else 0
        return number < len(self.day_styles) and self.day_styles[number]

    def day(self, serial: float) -> str | float:
        """Return a date, a time or both in ISO 8601; a number that is no day as it is."""
        if not _FIRST <= serial < _LAST:
            return serial
        days = int(serial)
        if self.starts_1904:
            start = datetime(1904, 1, 1)  # noqa: DTZ001 - Excel knows no zones
        elif days == _NO_LEAP:
            return "1900-02-29"
        else:
            start = datetime(1899, 12, 31 if days < _NO_LEAP else 30)  # noqa: DTZ001 - likewise
        moment = start + timedelta(days=days, milliseconds=round((serial - days) * 86_400_000))
        if serial < 1:
            return moment.time().isoformat()
        return moment.date().isoformat() if serial == days else moment.isoformat(sep=" ")


def read_workbook(package: Package) -> Workbook:
    """Return what a workbook says of its cells.

    Raises:
        InputError: If it is broken, or its shared strings are too long.
    """
    main = next((path for kind, path in package.related("").values() if kind == "officeDocument"), "xl/workbook.xml")
    related = package.related(main)
    found = _sheets(package, main, related)
    for kind, part in related.values():
        if kind == "sharedStrings" and package.has(part):
            found.strings = _strings(package, part)
        elif kind == "styles" and package.has(part):
            found.day_styles = _day_styles(package, part)
    if not found.sheets:
        raise broken(package.where)
    return found


def _sheets(package: Package, main: str, related: Mapping[str, tuple[str, str]]) -> Workbook:
    found = Workbook(package)

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            found.starts_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif name == "sheet":
            identifier = next((value for key, value in attributes.items() if plain(key) == "id"), "")
            kind, part = related.get(identifier, ("", ""))
            if kind == "worksheet":
                found.sheets[attributes.get("name", "")] = part

    package.read(main, start)
    return found


def unescaped(text: str) -> str:
    """Return a text with the letters that XML cannot hold. Source: ECMA-376 Part 1, 22.9.2.19."""
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text


@dataclass(slots=True)
class _Strings:
    """What the parser of shared strings calls; finished ones gather in `found`."""

    found: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    letters: int = 0
    is_text: bool = False
    is_reading: bool = False

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        element = plain(name)
        if element == "si":
            self.pieces.clear()
        self.is_reading = self.is_reading or element == "rPh"  # how the characters are read aloud
        self.is_text = element == "t" and not self.is_reading

    def end(self, name: str) -> None:
        element = plain(name)
        self.is_text = False
        self.is_reading = self.is_reading and element != "rPh"
        if element == "si":
            self.found.append(unescaped("".join(self.pieces)))

    def text(self, piece: str) -> None:
        if self.is_text:
            self.pieces.append(piece)
            self.letters += len(piece)


def _strings(package: Package, part: str) -> list[str]:
    strings = _Strings()
    parser = expat.ParserCreate()
    parser.StartElementHandler = strings.start
    parser.EndElementHandler = strings.end
    parser.CharacterDataHandler = strings.text
    for _ in package.feed(part, parser, PART_BYTES):
        if strings.letters > _STRINGS_BYTES or len(strings.found) > _STRINGS_BYTES >> 4:
            raise InputError(f"`{package.where}` holds too much text", "Save the sheet as CSV or Parquet.")
    return strings.found


def _day_styles(package: Package, part: str) -> list[bool]:
    codes: dict[str, bool] = {}
    styles: list[bool] = []
    inside: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            bare = _NO_DAY.sub("", attributes.get("formatCode", "").partition(";")[0])
            codes[attributes.get("numFmtId", "")] = bool(_DAY.search(bare)) and "general" not in bare.lower()
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles"):
            inside[:] = [name]
        elif name == "xf" and inside == ["cellXfs"]:
            number = attributes.get("numFmtId", "0")
            styles.append(codes.get(number, number.isdecimal() and int(number) in _DAYS_BUILT_IN))

    package.read(part, start)
    return styles
