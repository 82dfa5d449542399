"""Sheets of Excel workbooks as a source: the header is found, cells become loose values, the rows are read once.

The header is the first row, among the first fifty that hold anything, that names every column with a cell below it, in
words, each name once. What stands above is a title and passed over, which is said. Days become ISO 8601; a cell with an
error is empty; of a formula the value counts that Excel left; a merged cell counts for all the cells that it covers.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from lockgate.tables.excel_package import opened
from lockgate.tables.excel_sheet import Area, Row, merged_areas, sheet_rows
from lockgate.tables.excel_workbook import Workbook, read_workbook
from lockgate.tables.file_state import state_of
from lockgate.tables.json_values import ColumnKind, as_array, mixed_notes
from lockgate.tables.nesting import no_table, shown_tables
from lockgate.tables.plain_types import require_names
from lockgate.tables.snapshot import Origin, SnapshotSource, held_snapshot, take_snapshot
from lockgate.terms.errors import InputError

_SEEN_ROWS = 50
_ROWS = 4_096


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet and its header."""

    workbook: Workbook
    part: str
    merged: list[Area]
    header_row: int
    columns: tuple[int, ...]
    names: tuple[str, ...]

    def rows(self, odd: Counter[str]) -> Iterator[list[Row]]:
        """Return the rows below the header that hold something."""
        below = (
            row
            for number, row in sheet_rows(self.workbook, self.part, self.merged, odd)
            if number > self.header_row and not row.keys().isdisjoint(self.columns)
        )
        while rows := list(islice(below, _ROWS)):
            yield rows


def open_excel(path: Path, table: str, notes: tuple[str, ...] = ()) -> SnapshotSource:
    """Return the source that reads a sheet.

    Args:
        path: The workbook.
        table: Name of the sheet; may be left out where one only holds anything.
        notes: What has been assumed so far.

    Raises:
        InputError: If the file is no workbook, the sheet is missing or not the only one, or no row is a header.
    """
    states = (state_of(path),)
    key = (states, table)
    held = held_snapshot(key)
    if held:
        return held
    with _sheet(path, table) as (sheet, name):
        odd: Counter[str] = Counter()
        kinds = {column: ColumnKind() for column in sheet.columns}
        for rows in sheet.rows(odd):
            for column, kind in kinds.items():
                kind.add([row.get(column) for row in rows])
        named = dict(zip(sheet.names, kinds.values(), strict=True))
        schema = pa.schema([(one, kind.type()) for one, kind in named.items()])
        said = (*notes, *_title_notes(sheet, name), *mixed_notes(named, name), *_odd_notes(odd, name))

        def batches(typed: pa.Schema) -> Iterator[pa.RecordBatch]:
            for rows in sheet.rows(Counter()):
                cells = [
                    as_array([row.get(column) for row in rows], field.type)
                    for column, field in zip(sheet.columns, typed, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(cells, schema=typed)

        return take_snapshot(key, Origin(name, "xlsx", schema, batches, said, states))


def list_sheets(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets that hold anything, hidden ones too, in the order of the workbook.

    Raises:
        InputError: If the file is no workbook.
    """
    with opened(path) as package:
        return _filled(read_workbook(package))


def _filled(workbook: Workbook) -> tuple[str, ...]:
    return tuple(
        name for name, part in workbook.sheets.items() if any(True for _ in sheet_rows(workbook, part, [], Counter()))
    )


@contextmanager
def _sheet(path: Path, table: str) -> Iterator[tuple[_Sheet, str]]:
    with opened(path) as package:
        workbook = read_workbook(package)
        if table and table not in workbook.sheets:
            raise no_table(table, tuple(workbook.sheets), path.name)
        filled = (table,) if table else _filled(workbook)
        if not filled:
            raise InputError(f"`{path.name}` is empty", "Name a workbook with a sheet with a header and rows.")
        if len(filled) > 1:
            raise InputError(
                f"`{path.name}` has several sheets: {shown_tables(filled)}", "Name one of them as `table`."
            )
        name = f"{path.name}:{filled[0]}"
        part = workbook.sheets[filled[0]]
        merged = merged_areas(workbook, part)
        yield _with_header(workbook, part, merged, name), name


def _with_header(workbook: Workbook, part: str, merged: list[Area], where: str) -> _Sheet:
    seen = list(islice(sheet_rows(workbook, part, merged, Counter()), _SEEN_ROWS))
    if not seen:
        raise InputError(f"`{where}` is empty", "Name a sheet with a header and rows.")
    for position, (number, row) in enumerate(seen):
        below = {column for _, other in seen[position + 1 :] for column in other}
        names = [str(value).strip() for value in row.values()]
        is_worded = all(isinstance(value, str) for value in row.values())
        if is_worded and len({*names}) == len(names) and below <= row.keys():
            columns = tuple(sorted(row))
            ordered = tuple(str(row[column]).strip() for column in columns)
            require_names(ordered, where)
            return _Sheet(workbook, part, merged, number, columns, ordered)
    raise InputError(
        f"no row of `{where}` names every column that is filled below it",
        "Write one row with a name for each column above the data.",
    )


def _title_notes(sheet: _Sheet, where: str) -> tuple[str, ...]:
    if sheet.header_row == 1:
        return ()
    return (f"row {sheet.header_row} of `{where}` is read as the header; what stands above it is passed over",)


def _odd_notes(odd: Counter[str], where: str) -> tuple[str, ...]:
    said = {
        "errors": "cells of `{}` hold an error and are read as empty",
        "formulas": "formulas of `{}` have no value with them and are read as empty; open and save the file in Excel",
    }
    return tuple(f"{odd[kind]:,} {text.format(where)}" for kind, text in said.items() if odd[kind])
