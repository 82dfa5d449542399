"""The parts of an Excel workbook (`.xlsx`, `.xlsm`): a ZIP archive of XML, read as a stream and held against limits.

A part that unpacks to more than a limit, a document type (with which a few bytes become gigabytes), an encrypted entry
and a path out of the archive are errors. No macro and no link is looked at.

Source: ECMA-376 Part 1 (SpreadsheetML) and Part 2 (packages); APPNOTE.TXT (ZIP).
"""

import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from lockgate.tables.file_state import open_bytes
from lockgate.terms.errors import InputError

PART_BYTES = 4 << 30
"""No part may unpack to more."""

SMALL_BYTES = 64 << 20
"""No part beside sheets and shared strings may unpack to more."""

_MOST_ENTRIES = 20_000
_CHUNK = 1 << 16
_OLD_MARK = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = 1

_BROKEN = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    KeyError,
    ValueError,
    OSError,
    EOFError,
    OverflowError,
    IndexError,
    NotImplementedError,
    RuntimeError,
)
"""What the standard library raises for archives and XML that are not what they say."""

Start = Callable[[str, Mapping[str, str]], None]


@dataclass(frozen=True, slots=True)
class Package:
    """An open workbook.

    Attributes:
        archive: The ZIP archive.
        where: Name of the file, for messages.
    """

    archive: zipfile.ZipFile
    where: str

    def has(self, part: str) -> bool:
        """Whether there is a part of a name."""
        return part in self.archive.NameToInfo

    def read(self, part: str, start: Start, *, limit: int = SMALL_BYTES) -> None:
        """Read a part whose attributes alone matter.

        Args:
            part: Name.
            start: Called with the plain name of every element and its attributes.
            limit: Bytes that it may unpack to.

        Raises:
            InputError: If the part is missing, broken or too long.
        """
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda name, attributes: start(plain(name), attributes)
        for _ in self.feed(part, parser, limit):
            pass

    def feed(self, part: str, parser: expat.XMLParserType, limit: int) -> Iterator[None]:
        """Feed a part to a parser, and return after every piece.

        Raises:
            InputError: If the part is missing, broken or too long.
        """
        parser.StartDoctypeDeclHandler = self._refuse_types
        parser.buffer_text = True
        size = 0
        try:
            with self.archive.open(part) as file:
                while piece := file.read(_CHUNK):
                    size += len(piece)
                    if size > limit:
                        raise InputError(
                            f"a part of `{self.where}` unpacks to more than {limit >> 20:,} MiB",
                            "Save it as CSV or Parquet.",
                        )
                    parser.Parse(piece, False)  # noqa: FBT003 - expat takes it by position only
                    yield
                parser.Parse(b"", True)  # noqa: FBT003 - likewise
                yield
        except _BROKEN:
            raise broken(self.where) from None

    def _refuse_types(self, *_details: object) -> None:
        raise InputError(f"a part of `{self.where}` has a document type, which workbooks do not", "Save the file anew.")

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return what a part is related to: kind and name of the part by identifier.

        Raises:
            InputError: If the relations are broken.
        """
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(element: str, attributes: Mapping[str, str]) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                path = (
                    target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                )
                found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)

        if self.has(relations):
            self.read(relations, start)
        return found


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """Yield the workbook in a file.

    Raises:
        InputError: If it is none, encrypted, or an archive of very many entries.
    """
    with open_bytes(path) as file:
        if file.read(len(_OLD_MARK)) == _OLD_MARK:
            raise InputError(
                f"`{path.name}` is an old Excel workbook, or one with a password",
                "Save it as .xlsx without a password.",
            )
        file.seek(0)
        try:
            archive = zipfile.ZipFile(file)
        except _BROKEN:
            raise broken(path.name) from None
        with archive:
            entries = archive.infolist()
            if len(entries) > _MOST_ENTRIES or any(entry.flag_bits & _ENCRYPTED for entry in entries):
                raise broken(path.name)
            yield Package(archive, path.name)


def broken(where: str) -> InputError:
    """Return the error of a file that is no workbook."""
    return InputError(f"`{where}` is no readable Excel workbook", "Open and save it in Excel, or save it as CSV.")


def plain(name: str) -> str:
    """Return the name of an element without its prefix."""
    return name.rpartition(":")[2]
