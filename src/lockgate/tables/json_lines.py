"""JSON lines as a source: one object a line, read twice, first for the types and then for the rows.

A key that is missing is null; columns stand in the order in which their keys first come. Numbers, keys and text are
taken strictly: a key that comes twice, a number that is none (NaN) or too large, half a surrogate pair are errors.
"""

import codecs
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.tables.file_state import FileState, open_bytes, require_unchanged, state_of
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.json_values import ColumnKind, as_array, mixed_notes
from lockgate.tables.plain_types import require_names
from lockgate.terms.errors import InputError

LINE_BYTES = 64 << 20
"""No line may be longer."""

_BATCH_BYTES = 32 << 20
"""A batch is closed once its lines are this long, whatever their number."""


@dataclass(frozen=True, slots=True)
class JsonLinesSource:
    """One or more files of JSON lines, read one after the other.

    Attributes:
        name: For people.
        schema: Types that all values of all files fit.
        states: The files as they were when opened, in order.
        notes: What was assumed, for people.
        format: Always `jsonl`.
    """

    name: str
    schema: pa.Schema
    states: tuple[FileState, ...]
    notes: tuple[str, ...] = ()
    format: str = "jsonl"

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows in order, at most 65,536 a batch.

        Raises:
            InputError: If a file has changed since it was opened.
        """
        schema = self.schema if columns is None else pa.schema([self.schema.field(name) for name in columns])
        for state in self.states:
            for rows in _row_groups(state.path):
                yield pa.RecordBatch.from_arrays(
                    [as_array([row.get(field.name) for row in rows], field.type) for field in schema],
                    schema=schema,
                )
            require_unchanged([state])


def open_json_lines(name: str, paths: tuple[Path, ...], notes: tuple[str, ...] = ()) -> JsonLinesSource:
    """Return the source that reads these files.

    Args:
        name: Display name.
        paths: At least one file, in the order in which they are read.
        notes: What has been assumed so far.

    Raises:
        InputError: If a file is missing, a line is broken, or there is no row at all.
    """
    states = tuple(state_of(path) for path in paths)
    kinds: dict[str, ColumnKind] = {}
    for path in paths:
        for rows in _row_groups(path):
            # a mapping keeps the order in which keys first come
            for key in dict.fromkeys(key for row in rows for key in row):
                kinds.setdefault(key, ColumnKind()).add([row.get(key) for row in rows])
    if not kinds:
        raise InputError(f"`{name}` is empty", "Name a file with one object a line.")
    require_names(kinds, name)
    require_unchanged(states)
    schema = pa.schema([(key, kind.type()) for key, kind in kinds.items()])
    return JsonLinesSource(name, schema, states, (*notes, *mixed_notes(kinds, name)))


def _row_groups(path: Path) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    held = 0
    for number, line in _lines(path):
        rows.append(_parsed(line, number, path))
        held += len(line)
        if len(rows) == FRAGMENT_ROWS or held >= _BATCH_BYTES:
            yield rows
            rows, held = [], 0
    if rows:
        yield rows


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with open_bytes(path) as file:
        if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
        number = 0
        while line := file.readline(LINE_BYTES + 1):
            number += 1
            if len(line) > LINE_BYTES:
                raise _broken(path, number, f"is longer than {LINE_BYTES >> 20} MiB")
            if line.strip():
                yield number, line


def _parsed(line: bytes, number: int, path: Path) -> dict[str, Any]:
    try:
        text = line.decode()
        row = _DECODER.decode(text.strip())
        if "\\ud" in text or "\\uD" in text:
            _require_whole_letters(row)
    except UnicodeError:
        raise _broken(path, number, "holds letters that UTF-8 does not have") from None
    except RecursionError:
        raise _broken(path, number, "is nested too deep") from None
    except ValueError:
        raise _broken(path, number, "is no JSON object with single keys and finite numbers") from None
    if not isinstance(row, dict):
        raise _broken(path, number, "is no JSON object")
    return row


def _require_whole_letters(row: object) -> None:
    json.dumps(row, ensure_ascii=False).encode()


def _single_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError("a key comes twice")
    return row


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_single_keys, parse_float=_finite, parse_constant=_finite)


def _broken(path: Path, number: int, what: str) -> InputError:
    return InputError(f"line {number} of `{path.name}` {what}", "Write one JSON object a line.")
