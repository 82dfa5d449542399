"""The text of a CSV file: which encoding it is in, and its bytes as UTF-8 in blocks.

1. UTF-8 with or without a byte order mark, if every byte of the file fits it.
2. UTF-16 and UTF-32, only with a byte order mark.
3. An encoding of East Asia, if every byte fits it and its letters are usual ones: `csv_encoding`.

What is assumed beyond UTF-8 is said in a note. A file whose encoding changes on the way is refused.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from lockgate.tables.csv_encoding import SCRIPTS, rank_codecs
from lockgate.tables.file_signs import require_form
from lockgate.tables.file_state import open_bytes
from lockgate.terms.errors import InputError

BLOCK_BYTES = 8 << 20
"""Bytes read at once."""

_SAMPLE_BYTES = 8 << 20
"""Of a text that is not UTF-8, so much is read in each encoding to find the one that gives usual letters."""

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Codec by byte order mark; that of UTF-32 begins as that of UTF-16 does, so it goes first."""

_LONGEST_SIGN = 16

_UTF8_LINES = re.compile(rb"(?m)^(?:[\x00-\x7f]*+[\xe3-\xed][\x80-\xbf]{2}){4,}[\x00-\x7f]*$")
"""Lines with four characters or more that UTF-8 writes in three bytes: by chance once in a thousand million lines."""

_UTF8 = "utf-8-sig"
_CONTINUED, _LEAD = 0x80, 0xC0
"""Bytes of UTF-8 from the first on and below the second continue a letter (RFC 3629)."""

_LONGEST_LETTER = 4


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of one file are read.

    Attributes:
        codec: Python's name of it.
        note: What was assumed, for people; empty for UTF-8.
    """

    codec: str
    note: str = ""


def find_encoding(path: Path) -> Encoding:
    """Return the encoding that every byte of the file fits, and whose letters are usual.

    Raises:
        InputError: If there is none, or the encoding changes on the way.
    """
    with open_bytes(path) as file:
        start = file.read(_LONGEST_SIGN)
    for mark, codec in _MARKS.items():
        if start.startswith(mark):
            return _marked(path, codec)
    require_form(path, "csv")
    if _is_utf8(path):
        return Encoding(_UTF8)
    for codec in rank_codecs(_readings(path)):
        if _first_misfit(path, codec) is None:
            _require_one_encoding(path)
            shown = SCRIPTS[codec].shown
            return Encoding(
                codec, f"`{path.name}` is not UTF-8; it is read as {shown}, which every byte and most letters fit"
            )
    raise _undecodable(path)


def _marked(path: Path, codec: str) -> Encoding:
    if _first_misfit(path, codec) is not None:
        raise InputError(
            f"`{path.name}` begins with the mark of {codec.upper()} and does not stay in it",
            "Save the whole file in one encoding, best UTF-8.",
        )
    return Encoding(codec, f"`{path.name}` is read as {codec.upper()}, as its byte order mark says")


def utf8_blocks(path: Path, encoding: Encoding) -> Iterator[bytes]:
    """Return the text of the file as UTF-8 blocks without a byte order mark, ended by a line break.

    Raises:
        InputError: If a byte does not fit the encoding, or the text holds a NUL.
    """
    last = b"\n"
    for block in _blocks(path, encoding):
        if b"\0" in block:
            raise InputError(
                f"`{path.name}` holds a NUL byte, so it is no CSV text",
                "Name a text file; if it is UTF-16 or UTF-32 without a byte order mark, save it as UTF-8.",
            )
        last = block[-1:]
        yield block
    if last not in b"\r\n":
        yield b"\n"


def sized_blocks(path: Path, encoding: Encoding, sizes: Iterable[int]) -> Iterator[bytes]:
    """Return the text of the file as UTF-8 in blocks of given sizes, without looking at it again.

    Args:
        path: A file whose whole text `utf8_blocks` has returned.
        encoding: How its bytes are read.
        sizes: Bytes of each block; together those of the text.

    Raises:
        InputError: If a byte does not fit the encoding.
    """
    with open_bytes(path) as file:
        if encoding.codec == _UTF8:
            _skip_mark(file)
            for size in sizes:
                yield file.read(size).ljust(size, b"\n")  # the line break at the end may be missing
            return
    rest = b""
    blocks = _blocks(path, encoding)
    for size in sizes:
        while len(rest) < size and (block := next(blocks, b"")):
            rest += block
        yield rest[:size].ljust(size, b"\n")
        rest = rest[size:]


def _blocks(path: Path, encoding: Encoding) -> Iterator[bytes]:
    """Return the text as UTF-8 in blocks that are not empty."""
    if encoding.codec != _UTF8:
        yield from filter(None, (text.encode() for text in _decoded(path, encoding.codec)))
        return
    with open_bytes(path) as file:
        _skip_mark(file)
        while block := file.read(BLOCK_BYTES):
            yield block


def _skip_mark(file: BinaryIO) -> None:
    if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        file.seek(0)


def _is_utf8(path: Path) -> bool:
    """Whether every byte of the file fits UTF-8; Arrow looks at them without making text of them."""
    rest = b""
    with open_bytes(path) as file:
        while block := file.read(BLOCK_BYTES):
            text = rest + block
            end = len(text) - 1
            while end > 0 and _CONTINUED <= text[end] < _LEAD and end > len(text) - _LONGEST_LETTER:
                end -= 1
            if not _fits_utf8(text, end):
                return False
            rest = text[end:]
    return _fits_utf8(rest, len(rest))


def _fits_utf8(text: bytes, size: int) -> bool:
    offsets = pa.py_buffer(bytes(8) + size.to_bytes(8, "little"))
    try:
        pa.Array.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(text)]).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _decoded(path: Path, codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    with open_bytes(path) as file:
        try:
            while block := file.read(BLOCK_BYTES):
                yield decoder.decode(block)
            yield decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise _undecodable(path) from None


def _readings(path: Path) -> dict[str, str]:
    """Return the beginning of the file as each codec reads it that fits it; a letter cut at the end is left out."""
    with open_bytes(path) as file:
        sample = file.read(_SAMPLE_BYTES)
    readings = {}
    for codec in SCRIPTS:
        try:
            readings[codec] = codecs.getincrementaldecoder(codec)("strict").decode(sample)
        except UnicodeDecodeError:
            continue
    return readings


def _first_misfit(path: Path, codec: str) -> int | None:
    """Return the line of the first block whose bytes do not fit a codec; None if all fit."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    lines = 1
    with open_bytes(path) as file:
        try:
            while block := file.read(BLOCK_BYTES):
                decoder.decode(block)
                lines += block.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return lines + error.object.count(b"\n", 0, error.start)
    return None


def _require_one_encoding(path: Path) -> None:
    """Refuse a file that is not UTF-8 with lines that are."""
    line = _first_utf8_line(path)
    if line is not None:
        raise _changing(path, line)


def _first_utf8_line(path: Path) -> int | None:
    """Return the line at or behind which letters beyond ASCII are surely UTF-8; None if there is none."""
    lines, rest = 1, b""
    with open_bytes(path) as file:
        while block := file.read(BLOCK_BYTES):
            whole, _, tail = (rest + block).rpartition(b"\n")
            found = _UTF8_LINES.search(whole)
            if found:
                return lines + whole.count(b"\n", 0, found.start())
            lines += whole.count(b"\n") + 1
            rest = tail[-BLOCK_BYTES:]
    return lines if _UTF8_LINES.search(rest) else None


def _changing(path: Path, line: int) -> InputError:
    return InputError(
        f"`{path.name}` changes its encoding at or behind line {line}",
        "Save the whole file in one encoding, best UTF-8.",
    )


def _undecodable(path: Path) -> InputError:
    """Return the error of a text in no one known encoding; if some of it is UTF-8, it says where."""
    line = _first_misfit(path, "utf-8-sig") or 1
    utf8_line = _first_utf8_line(path)
    if utf8_line is not None:
        return _changing(path, max(line, utf8_line))
    known = ", ".join(script.shown for script in SCRIPTS.values())
    return InputError(
        f"line {line} of `{path.name}` is not UTF-8, and the file reads as text in no other encoding known here "
        f"(UTF-16 or UTF-32 with a mark, {known})",
        "Save the file as UTF-8; Excel calls that `CSV UTF-8`.",
    )
