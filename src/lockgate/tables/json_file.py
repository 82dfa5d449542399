"""JSON as a source: one object a line, or a document with an array of objects; read twice, first for the types.

A key that is missing is null; columns stand in the order in which their keys first come. What is nested is read by
path. Of a document that is an object, the records are the elements of its one member that is an array of objects;
where there are several, each is a table, `member[]`; where there is none, the document itself is the one record.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from lockgate.tables.file_state import FileState, held, state_of
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.json_block import kinds_in, read_block, read_columns
from lockgate.tables.json_document import Record, blocks_of, lines_of, records_of, survey
from lockgate.tables.json_paths import lists_of, rows_at
from lockgate.tables.json_text import TOO_DEEP, broken
from lockgate.tables.json_values import ColumnKind, as_array, mixed_notes
from lockgate.tables.nesting import list_notes, no_table, shown_tables
from lockgate.tables.plain_types import require_names
from lockgate.tables.small_batches import join_small
from lockgate.terms.errors import InputError

_BATCH_BYTES = 32 << 20
"""A batch is closed once its records are this long, whatever their number."""

_MOST_COLUMNS = 4_096
"""More paths than that are no columns but data that stand in keys."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JsonSource:
    """One or more files of JSON, read one after the other.

    Attributes:
        name: For people.
        schema: Types that all values of all files fit.
        states: The files as they were when opened, in order.
        notes: What was assumed, for people.
        format: `jsonl` or `json`.
        member: Of a document, the member whose elements are the records; empty for the document itself.
        table: Path of the list whose elements are the rows; empty for the records.
        lists: Tables within, one for each list; empty where one of them is read.
        plain: Of each file, the numbers of the blocks of lines that Arrow reads as we would.
    """

    name: str
    schema: pa.Schema
    states: tuple[FileState, ...]
    notes: tuple[str, ...] = ()
    format: str = "jsonl"
    member: str = ""
    table: str = ""
    lists: tuple[str, ...] = ()
    plain: tuple[frozenset[int], ...] = ()

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows in order, at most 65,536 a batch.

        Raises:
            InputError: If a file has changed since it was opened.
        """
        return join_small(self._batches(self.schema if columns is None else pa.schema(map(self.schema.field, columns))))

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for state, plain in zip(self.states, self.plain, strict=True):
            with held(state):
                yield from self._read(state.path, plain, schema)

    def _read(self, path: Path, plain: Collection[int], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for number, records in enumerate(_blocks(self, path)):
            found = read_columns(records.block, schema) if number in plain else None
            if found is not None:
                yield from found.cast(schema).to_batches(FRAGMENT_ROWS)
                continue
            for rows in _row_groups(self, path.name, records.read()):
                yield pa.RecordBatch.from_arrays(
                    [as_array([row.get(field.name) for row in rows], field.type) for field in schema], schema=schema
                )


def open_json_lines(name: str, paths: tuple[Path, ...], notes: tuple[str, ...] = (), table: str = "") -> JsonSource:
    """Return the source that reads these files of JSON lines.

    Args:
        name: Display name.
        paths: At least one file, in the order in which they are read.
        notes: What has been assumed so far.
        table: Path of the list whose elements are the rows; empty for the records.

    Raises:
        InputError: If a file is missing, a line is broken, there is no such list, or there is no row at all.
    """
    return _opened(JsonSource(name, pa.schema([]), tuple(map(state_of, paths)), notes, table=table))


def open_json(name: str, paths: tuple[Path, ...], notes: tuple[str, ...] = (), table: str = "") -> JsonSource:
    """Return the source that reads these documents.

    Args:
        name: Display name.
        paths: At least one file, in the order in which they are read.
        notes: What has been assumed so far.
        table: `member[]` of a document with several arrays of objects, the path of a list, or one behind the other.

    Raises:
        InputError: If a file is missing or broken, there is no such table or more than one, or no row at all.
    """
    states = tuple(map(state_of, paths))
    arrays, others = survey(paths)
    member, inner = _chosen(arrays, table, name)
    beside = others + len(arrays) - 1 if member else 0
    words = ("1 other member", "is") if beside == 1 else (f"{beside} other members", "are")
    passed = (f"{words[0]} of `{name}` beside `{member}` {words[1]} not read",) if beside else ()
    found = _opened(JsonSource(name, pa.schema([]), states, (*notes, *passed), "json", member, inner))
    if len(arrays) <= 1:
        return found
    return replace(found, lists=tuple(f"{member}[].{one}" for one in found.lists))


def _opened(source: JsonSource) -> JsonSource:
    """Return the source with the schema that all rows fit, after one pass over them."""
    kinds: dict[str, ColumnKind] = {}
    lists: dict[str, None] = {}
    plain = tuple(_held_survey(source, state, kinds, lists) for state in source.states)
    if source.table and source.table not in lists:
        raise no_table(source.table, tuple(lists), source.name)
    _drop_shells(kinds, tuple(lists))
    if not kinds:
        raise _nothing(source, tuple(lists))
    require_names(kinds, source.name)
    schema = pa.schema([(key, kind.type()) for key, kind in kinds.items()])
    notes = (*source.notes, *mixed_notes(kinds, source.name), *list_notes(tuple(lists), source.table, source.name))
    left = () if source.table else tuple(lists)
    return replace(source, schema=schema, notes=notes, lists=left, plain=plain)


def _held_survey(
    source: JsonSource, state: FileState, kinds: dict[str, ColumnKind], lists: dict[str, None]
) -> frozenset[int]:
    with held(state):
        return _surveyed(source, state.path, kinds, lists)


def _surveyed(source: JsonSource, path: Path, kinds: dict[str, ColumnKind], lists: dict[str, None]) -> frozenset[int]:
    """Add what one file holds to the kinds of columns and to the lists; return the numbers of its plain blocks."""
    plain = []
    for number, records in enumerate(_blocks(source, path)):
        texts = [key for key, kind in kinds.items() if kind.kinds == {str}]
        table = read_block(records.block, texts) if records.block and not source.table else None
        if table is not None:
            plain.append(number)
            for key, kind, low, high in kinds_in(table):
                kinds.setdefault(key, ColumnKind()).note(kind, low, high)
        else:
            for rows in _row_groups(source, path.name, records.read(), lists):
                # a mapping keeps the order in which keys first come
                for key in dict.fromkeys(key for row in rows for key in row):
                    kinds.setdefault(key, ColumnKind()).add([row.get(key) for row in rows])
                _require_few(kinds, source.name)
        _require_few(kinds, source.name)
    return frozenset(plain)


def _require_few(paths: Collection[str], where: str) -> None:
    if len(paths) > _MOST_COLUMNS:
        raise InputError(
            f"`{where}` has more than {_MOST_COLUMNS:,} different paths",
            "Write what stands in keys as values of an array.",
        )


class _Block(NamedTuple):
    """Some records of a file.

    Attributes:
        read: Reads them.
        block: Their lines; empty where they are elements of an array.
    """

    read: Callable[[], Iterator[Record]]
    block: bytes = b""


def _blocks(source: JsonSource, path: Path) -> Iterator[_Block]:
    if source.format == "jsonl":
        for first, block in blocks_of(path):
            yield _Block(partial(lines_of, block, first, path.name), block)
    else:
        yield _Block(partial(records_of, path, source.member))


def _nothing(source: JsonSource, lists: tuple[str, ...]) -> InputError:
    if lists and not source.table:
        return InputError(f"`{source.name}` has lists only", f"Name one as `table`: {shown_tables(lists)}.")
    what = "one object a line" if source.format == "jsonl" else "an array of objects"
    return InputError(f"`{source.name}` is empty", f"Name a file with {what}.")


def _drop_shells(kinds: dict[str, ColumnKind], lists: tuple[str, ...]) -> None:
    """Leave out what is null wherever it is no object and no list."""
    inner = [key for key in kinds if "." in key or "[]" in key]
    for key in [key for key, kind in kinds.items() if not kind.kinds]:
        if f"{key}[]" in lists or any(one.startswith((f"{key}.", f"{key}[]")) for one in (*inner, *lists)):
            del kinds[key]


def _chosen(arrays: tuple[str, ...], table: str, where: str) -> tuple[str, str]:
    """Return the member whose elements are the records, and the path of the list in them."""
    for member in arrays:
        if table == f"{member}[]" or table.startswith(f"{member}[]."):
            return member, table[len(member) + 3 :]
    tables = tuple(f"{one}[]" for one in arrays)
    if len(arrays) > 1 and table:
        raise no_table(table, tables, where)
    if len(arrays) > 1:
        raise InputError(
            f"`{where}` has several arrays of objects: {shown_tables(tables)}", "Name one of them as `table`."
        )
    return (arrays[0] if arrays else ""), table


def _row_groups(
    source: JsonSource, where: str, records: Iterator[Record], lists: dict[str, None] | None = None
) -> Iterator[list[Row]]:
    """Return the rows of records in groups; the paths of all lists are added to `lists`."""
    rows: list[Row] = []
    held = number = 0
    for number, size, record in records:
        if lists is not None:
            lists.update(lists_of(record))
        held += size
        try:
            for row in rows_at(record, source.table):
                rows.append(row)
                if len(rows) == FRAGMENT_ROWS:
                    yield rows
                    rows, held = [], 0
        except (ValueError, RecursionError) as error:
            what = str(error) if isinstance(error, ValueError) else TOO_DEEP
            raise broken(where, f"{'line' if source.format == 'jsonl' else 'element'} {number}", what) from None
        if held >= _BATCH_BYTES and rows:
            yield rows
            rows, held = [], 0
    if rows:
        yield rows
