"""The rows of one sheet, one by one: values, also those that formulas left; a merged cell fills all that it covers."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from lockgate.tables.excel_package import PART_BYTES, broken, plain
from lockgate.tables.excel_workbook import Workbook, unescaped

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""What a sheet can have. Source: Excel specifications and limits."""

CELL_LETTERS = 1 << 20
"""Excel writes 32,767 at most, others somewhat more."""

_MOST_MERGED = 100_000
_EXACT = 2**53
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

Cell = str | int | float | bool | None
Row = dict[int, Cell]
"""Filled cells by column, counted from 0."""

Area = tuple[int, int, int, int]
"""First row and column, last row and column, counted from 0."""


def merged_areas(workbook: Workbook, part: str) -> list[Area]:
    """Return the areas of merged cells of a sheet.

    Raises:
        InputError: If the sheet is broken.
    """
    found: list[Area] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "mergeCell" and len(found) < _MOST_MERGED:
            corners = [_place(one) for one in attributes.get("ref", "").split(":")]
            if len(corners) == 2 and None not in corners:  # noqa: PLR2004 - two corners make an area
                (top, left), (bottom, right) = (corner for corner in corners if corner)
                found.append((top, left, bottom, right))

    workbook.package.read(part, start, limit=PART_BYTES)
    return found


def sheet_rows(workbook: Workbook, part: str, merged: list[Area], odd: Counter[str]) -> Iterator[tuple[int, Row]]:
    """Return the rows of a sheet that have filled cells, with their numbers, counted from 1.

    Args:
        workbook: Strings, styles, calendar.
        part: The sheet.
        merged: From `merged_areas`.
        odd: Counts what is read as empty: `errors`, and `formulas` that left no value.

    Raises:
        InputError: If the sheet is broken.
    """
    reader = _Reader(workbook, odd)
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    waiting = sorted(merged, reverse=True)
    covering: list[tuple[Area, Cell]] = []
    for _ in workbook.package.feed(part, parser, PART_BYTES):
        for number, row in reader.rows:
            covering = [one for one in covering if one[0][2] >= number]
            while waiting and waiting[-1][0] <= number:
                area = waiting.pop()
                if area[0] == number:
                    covering.append((area, row.get(area[1])))
            for (_, left, _, right), value in covering:
                if value is not None:
                    row.update(dict.fromkeys(range(left, min(right, MOST_COLUMNS) + 1), value))
            if row:
                yield number + 1, row
        reader.rows.clear()


@dataclass(slots=True)
class _Reader:
    """What the parser calls; finished rows gather in `rows`."""

    workbook: Workbook
    odd: Counter[str]
    rows: list[tuple[int, Row]] = field(default_factory=list)
    number: int = -1
    row: Row = field(default_factory=dict)
    column: int = -1
    kind: str = ""
    style: str = ""
    has_formula: bool = False
    is_open: bool = False
    pieces: list[str] = field(default_factory=list)
    letters: int = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        element = plain(name)
        if element == "c":
            self._start_cell(attributes)
        elif element in ("v", "t"):
            self.is_open = self.kind != "" and (element == "v" or self.kind == "inlineStr")
        elif element == "f":
            self.has_formula = True
        elif element == "row":
            given = attributes.get("r", "")
            self.number = int(given) - 1 if given.isdecimal() else self.number + 1
            self.row, self.column = {}, -1
            if not 0 <= self.number < MOST_ROWS:
                raise broken(self.workbook.package.where)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        place = _place(attributes.get("r", ""))
        self.column = place[1] if place else self.column + 1
        if self.column >= MOST_COLUMNS:
            raise broken(self.workbook.package.where)
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        self.has_formula = False
        self.letters = 0
        self.pieces.clear()

    def text(self, text: str) -> None:
        if self.is_open:
            self.pieces.append(text)
            self.letters += len(text)
            if self.letters > CELL_LETTERS:
                raise broken(self.workbook.package.where)

    def end(self, name: str) -> None:
        element = plain(name)
        if element in ("v", "t"):
            self.is_open = False
        elif element == "c":
            value = self._value("".join(self.pieces))
            if value is not None:
                self.row[self.column] = value
            elif self.has_formula and self.kind != "e":
                self.odd["formulas"] += 1
            self.kind = ""
        elif element == "row":
            self.rows.append((self.number, self.row))

    def _value(self, text: str) -> Cell:
        match self.kind:
            case "s":
                if not text:
                    return None
                if not text.isdecimal() or int(text) >= len(self.workbook.strings):
                    raise broken(self.workbook.package.where)
                return self.workbook.strings[int(text)] or None
            case "str" | "inlineStr" | "d":
                return unescaped(text) or None
            case "b":
                return text.strip() == "1" if text else None
            case "e":
                self.odd["errors"] += 1
                return None
            case _:
                return self._number(text.strip())

    def _number(self, text: str) -> Cell:
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            raise broken(self.workbook.package.where) from None
        if self.workbook.is_day(self.style):
            return self.workbook.day(number)
        return int(number) if number.is_integer() and abs(number) < _EXACT else number


def _place(text: str) -> tuple[int, int] | None:
    """Return row and column of a reference such as `B7`, counted from 0; None if it is none."""
    found = _PLACE.fullmatch(text.replace("$", ""))
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1
