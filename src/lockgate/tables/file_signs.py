"""What files of each kind begin with, so that one whose name says another is told as what it is.

Source: APPNOTE.TXT 4.3.7 (ZIP), MS-CFB 2.2, RFC 1952 2.3.1, the thrift of Parquet, the SQLite file format 1.3, the IPC
file format of Arrow, the main header of DuckDB.
"""

from pathlib import Path
from typing import NamedTuple

from lockgate.tables.file_state import open_bytes
from lockgate.terms.errors import InputError


class _Sign(NamedTuple):
    """What files of a kind begin with.

    Attributes:
        place: Where it stands.
        letters: What stands there.
        kind: For people.
        hint: What to do.
        formats: By which such a file is read.
    """

    place: int
    letters: bytes
    kind: str
    hint: str
    formats: tuple[str, ...] = ()


_SIGNS = (
    _Sign(
        0,
        b"PK\x03\x04",
        "an Excel workbook or another ZIP archive",
        "Give a workbook the extension `.xlsx`; unpack an archive.",
        ("xlsx",),
    ),
    _Sign(
        0,
        b"\xd0\xcf\x11\xe0",
        "an old Excel workbook or another document of Office",
        "Save the sheet as `CSV UTF-8`.",
        ("xlsx",),  # which says more
    ),
    _Sign(0, b"\x1f\x8b", "packed with gzip", "Unpack it with `gunzip`."),
    _Sign(0, b"PAR1\x15", "a Parquet file", "Give it the extension `.parquet`.", ("parquet",)),
    _Sign(0, b"SQLite format 3\0", "a SQLite database", "Give it the extension `.db`.", ("sqlite",)),
    _Sign(0, b"%PDF-", "a PDF", "Export the table as `CSV UTF-8`."),
    _Sign(0, b"ARROW1\0\0", "an Arrow file", "Give it the extension `.arrow`.", ("arrow",)),
    _Sign(8, b"DUCK", "a DuckDB database", "Give it the extension `.duckdb`.", ("duckdb",)),
)
_LONGEST = 16


def require_form(path: Path, format_: str) -> None:
    """Hold the first bytes of a file against the format by which it is to be read.

    Args:
        path: The file.
        format_: As its name says.

    Raises:
        InputError: If it begins as one of another kind.
    """
    with open_bytes(path) as file:
        start = file.read(_LONGEST)
    for sign in _SIGNS:
        if start[sign.place :].startswith(sign.letters) and format_ not in sign.formats:
            raise InputError(f"`{path.name}` is {sign.kind}, whatever its name says", sign.hint)
