"""The dialect of a CSV text: what separates its cells, and the names in its header.

The header decides: only a character that splits it can be the delimiter. Where several do, the one under which most of
the first records are as wide as the header wins, then the one that makes more columns, then the order below.
"""

import csv
import io
from dataclasses import dataclass
from itertools import islice

from lockgate.tables.plain_types import require_names
from lockgate.terms.errors import InputError

DELIMITERS = (",", ";", "\t", "|")
_RECORDS_SEEN = 50


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the records of one text are cut.

    Attributes:
        delimiter: One of `DELIMITERS`; a comma where nothing splits the header.
        names: Column names of the header.
        has_rows: Whether a record follows the header in the sample.
    """

    delimiter: str
    names: tuple[str, ...]
    has_rows: bool


def read_dialect(sample: str, where: str) -> Dialect:
    """Return the dialect of a text.

    Args:
        sample: Its beginning, with the whole header.
        where: Name of the file, for messages.

    Raises:
        InputError: If the text is empty, begins with an empty line, or a name is missing or comes twice.
    """
    if not sample.strip("\r\n"):
        raise InputError(f"`{where}` is empty", "Name a file with a header and rows.")
    readings = {delimiter: _records(sample, delimiter, where) for delimiter in DELIMITERS}
    if not readings[","][0]:
        raise InputError(f"`{where}` begins with an empty line", "Begin the file with the header.")
    delimiter = max(DELIMITERS, key=lambda one: _fitness(readings[one]))
    records = readings[delimiter]
    names = tuple(records[0])
    require_names(names, where)
    return Dialect(delimiter, names, has_rows=any(records[1:]) or (len(names) == 1 and len(records) > 1))


def _fitness(records: list[list[str]]) -> tuple[bool, float, int]:
    width = len(records[0])
    filled = [record for record in records[1:] if record]
    same = sum(len(record) == width for record in filled) / len(filled) if filled else 1.0
    return width > 1, same, width


def _records(sample: str, delimiter: str, where: str) -> list[list[str]]:
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        records.extend(islice(reader, _RECORDS_SEEN + 1))
    except csv.Error:
        if not records:
            raise InputError(
                f"the header of `{where}` cannot be read", "Begin the file with a line of column names."
            ) from None
    return records
