"""Hierarchy files of the form that ARX uses: one value a row, `;` between its labels, from the value to the root.

Source: ARX data anonymization tool, hierarchy files without a header.
"""

import csv
import io
from pathlib import Path

from lockgate.tables.csv_text import find_encoding, utf8_blocks
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy, make_hierarchy


def read_hierarchy(path: Path, column: str) -> Hierarchy:
    """Return the hierarchy that a file holds.

    Args:
        path: The file; it is small, so it is read as a whole.
        column: The column that it generalises.

    Raises:
        InputError: If the file is missing or no text, there is no row, rows differ in length, a value comes twice, or
            a label has two parents.
    """
    text = b"".join(utf8_blocks(path, find_encoding(path))).decode()
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True) if row]
        return make_hierarchy(column, rows)
    except (csv.Error, ValueError) as error:
        raise InputError(
            f"the hierarchy `{path.name}` does not hold together: {error}",
            "Give every value one row of labels up to the same root, with `;` between them.",
        ) from None
