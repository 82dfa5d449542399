"""The dialect of a CSV text: what separates its cells, and the names in its header.

A delimiter that somebody names is taken at that word. Else the header decides: only a character that splits it can be
the delimiter. Where several do, the one under which most of the first records are as wide as the header wins, then the
one that makes more columns, then the order below. If none does, a rare one is tried, which must split every record of
several into as many cells as the header, and is told.
"""

import csv
import io
import re
from dataclasses import dataclass
from itertools import islice

from lockgate.tables.plain_types import require_names
from lockgate.terms.errors import InputError

DELIMITERS = (",", ";", "\t", "|")
RARE_DELIMITERS = ("\x01", "\x1f", "^", "~")
"""Tried where no other splits the header; not `:`, which parts the hours of a single column from its minutes."""

SIGNS = "one character of ASCII, `\\t` or such as `\\x01`, but no quote and no line break"
"""What can be a delimiter, in words."""

_ESCAPED = re.compile(r"\\(?:t|x([0-7][0-9A-Fa-f]))")
_NO_DELIMITERS = frozenset('"\r\n\0')
_RECORDS_SEEN = 50
_RARE_RECORDS = 3
"""So many records, the header among them, must a rare delimiter split alike."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the records of one text are cut.

    Attributes:
        delimiter: One character of ASCII; a comma where nothing splits the header.
        names: Column names of the header.
        has_rows: Whether a record follows the header in the sample.
        note: What was assumed, for people; empty for a usual delimiter.
    """

    delimiter: str
    names: tuple[str, ...]
    has_rows: bool
    note: str = ""


def read_sign(text: str) -> str:
    r"""Return the delimiter that a person's text names; empty if it names none.

    Args:
        text: The character itself, `\t`, or its number in base 16 such as `\x01`.
    """
    escaped = _ESCAPED.fullmatch(text)
    if escaped:
        text = chr(int(escaped[1], 16)) if escaped[1] else "\t"
    return text if len(text) == 1 and text.isascii() and text not in _NO_DELIMITERS else ""


def read_dialect(sample: str, where: str, delimiter: str = "") -> Dialect:
    """Return the dialect of a text.

    Args:
        sample: Its beginning, with the whole header.
        where: Name of the file, for messages.
        delimiter: The one that somebody names; empty if it is to be found.

    Raises:
        InputError: If the text is empty, begins with an empty line, a name is missing or comes twice, or the delimiter
            named is not in the header.
    """
    if not sample.strip("\r\n"):
        raise InputError(f"`{where}` is empty", "Name a file with a header and rows.")
    headers = {sign: _records(sample, sign, where, 1)[0] for sign in ((delimiter,) if delimiter else DELIMITERS)}
    if not all(headers.values()):
        raise InputError(f"`{where}` begins with an empty line", "Begin the file with the header.")
    splitting = [sign for sign, header in headers.items() if len(header) > 1]
    readings = {sign: _records(sample, sign, where) for sign in splitting or headers}
    chosen = max(readings, key=lambda one: _fitness(readings[one]))
    records, note = readings[chosen], ""
    if delimiter and len(records[0]) == 1:
        raise InputError(
            f"the header of `{where}` holds no {shown_sign(delimiter)}", "Check the delimiter, or leave it out."
        )
    rare = "" if len(records[0]) > 1 else _rare(sample, where)
    if rare:
        chosen, records = rare, _records(sample, rare, where)
        note = f"`{where}` is read with {shown_sign(rare)} between its cells, which parts every row alike"
    names = tuple(records[0])
    require_names(names, where)
    return Dialect(chosen, names, any(records[1:]) or (len(names) == 1 and len(records) > 1), note)


def shown_sign(delimiter: str) -> str:
    """Return a delimiter as messages show it."""
    return f"`{delimiter}`" if delimiter.isprintable() else f"`\\x{ord(delimiter):02x}`"


def _rare(sample: str, where: str) -> str:
    """Return the rare delimiter that splits the header and each of the first records alike; empty if none does."""
    for sign in RARE_DELIMITERS:
        records = [record for record in _records(sample, sign, where) if record]
        widths = {len(record) for record in records[: _RECORDS_SEEN - 1]}  # the last may be cut
        if len(records) >= _RARE_RECORDS and len(widths) == 1 and widths != {1} and all(records[0]):
            return sign
    return ""


def _fitness(records: list[list[str]]) -> tuple[bool, float, int]:
    width = len(records[0])
    filled = [record for record in records[1:] if record]
    same = sum(len(record) == width for record in filled) / len(filled) if filled else 1.0
    return width > 1, same, width


def _records(sample: str, delimiter: str, where: str, most: int = _RECORDS_SEEN + 1) -> list[list[str]]:
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        records.extend(islice(reader, most))
    except csv.Error:
        if not records:
            raise InputError(
                f"the header of `{where}` cannot be read", "Begin the file with a line of column names."
            ) from None
    return records
