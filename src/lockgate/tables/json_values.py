"""The type of a column of loose values, found from the values seen, and the values in that type.

    all true or false             boolean
    all whole numbers             int64; text if one does not fit
    whole and broken numbers      double; text if a whole number is beyond 2^53 and would change
    all bytes                     binary
    anything else, mixed, nested  text: strings as they are, all other values as compact JSON, bytes in base 16
    nothing but null              text

Source: RFC 8259; the bound on whole numbers is that of IEEE 754 binary64.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

_SHOWN = 5
"""Columns that a note names."""

_INT64 = range(-(2**63), 2**63)
_EXACT = range(-(2**53), 2**53 + 1)


@dataclass(slots=True)
class ColumnKind:
    """What the values of one column have been so far.

    Attributes:
        kinds: Python types seen, null aside.
        low: The least whole number seen.
        high: The greatest whole number seen.
    """

    kinds: set[type] = field(default_factory=set)
    low: int = 0
    high: int = 0

    def add(self, values: Sequence[object]) -> None:
        """Take values of the column; null is None."""
        kinds = set(map(type, values)) - {type(None)}
        self.kinds |= kinds
        if int in kinds:
            whole = [value for value in values if type(value) is int]
            self.low, self.high = min(self.low, *whole), max(self.high, *whole)

    def note(self, kind: type | None, low: int, high: int) -> None:
        """Take what is known of many values: their kind, None if all are null, and the ends of whole numbers."""
        if kind is not None:
            self.kinds.add(kind)
        self.low, self.high = min(self.low, low), max(self.high, high)

    def is_mixed(self) -> bool:
        """Return whether values other than text have to be read as text: nested, of several kinds, or too large."""
        return bool(self.kinds - {str}) and self.type() == pa.string()

    def type(self) -> pa.DataType:
        """Return the type that all values seen fit without a loss."""
        if self.kinds == {bool}:
            return pa.bool_()
        if self.kinds == {int} and self.low in _INT64 and self.high in _INT64:
            return pa.int64()
        if self.kinds == {float} or (self.kinds == {int, float} and self.low in _EXACT and self.high in _EXACT):
            return pa.float64()
        return pa.binary() if self.kinds == {bytes} else pa.string()


def mixed_notes(kinds: Mapping[str, ColumnKind], where: str) -> tuple[str, ...]:
    """Return what is said of columns whose values are of several kinds, for people; at most one note."""
    mixed = [name for name, kind in kinds.items() if kind.is_mixed()]
    if not mixed:
        return ()
    shown = ", ".join(f"`{name}`" for name in mixed[:_SHOWN])
    more = f" and {len(mixed) - _SHOWN} more" if len(mixed) > _SHOWN else ""
    return (f"nested values, or values of several kinds, in {shown}{more} of `{where}` are read as text",)


def as_array(values: Iterable[object], type_: pa.DataType) -> "pa.Array[Any]":
    """Return loose values as a column of a type found by `ColumnKind`."""
    if pa.types.is_string(type_):
        return pa.array([_as_text(value) for value in values], type_)
    return pa.array(values, type_)


def compact_json(value: object) -> str:
    """Return the value as JSON without blanks, letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.hex() if isinstance(value, bytes) else compact_json(value)
