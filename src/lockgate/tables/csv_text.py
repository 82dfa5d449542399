"""The text of a CSV file: which encoding it is in, and its bytes as UTF-8 in blocks.

1. UTF-8 with or without a byte order mark, if every byte of the file fits it.
2. UTF-16, only with a byte order mark.
3. EUC-KR (as Windows writes it, CP949) and GB18030, each only if every byte fits. Most Korean files fit both, so
   where both fit, EUC-KR is taken if nearly all letters beyond ASCII are Hangul syllables, else GB18030.

What is assumed beyond UTF-8 is said in a note.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lockgate.tables.file_state import open_bytes
from lockgate.terms.errors import InputError

BLOCK_BYTES = 2 << 20
"""Bytes read at once."""

_HANGUL = re.compile("[\uac00-\ud7a3]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_HANGUL_SHARE = 0.9
"""Chinese text read as EUC-KR is a mixture of Hangul and Hanja; Korean text is nearly all Hangul."""


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
    """Return the encoding that every byte of the file fits.

    Raises:
        InputError: If none does.
    """
    with open_bytes(path) as file:
        start = file.read(4)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        if _letters(path, "utf-16") is None:
            raise _undecodable(path)
        return Encoding("utf-16", f"`{path.name}` is read as UTF-16, as its byte order mark says")
    if _letters(path, "utf-8-sig", count=False) is not None:
        return Encoding("utf-8-sig")
    korean, chinese = _letters(path, "cp949"), _letters(path, "gb18030")
    if korean is not None and (chinese is None or korean[0] >= _HANGUL_SHARE * korean[1]):
        return Encoding("cp949", _assumed(path, "EUC-KR (CP949)"))
    if chinese is not None:
        return Encoding("gb18030", _assumed(path, "GB18030"))
    raise _undecodable(path)


def utf8_blocks(path: Path, encoding: Encoding) -> Iterator[bytes]:
    """Return the text of the file as UTF-8 blocks without a byte order mark, ended by a line break.

    Raises:
        InputError: If a byte does not fit the encoding, or the text holds a NUL.
    """
    last = b"\n"
    for text in _decoded(path, encoding.codec):
        if "\0" in text:
            raise InputError(
                f"`{path.name}` holds a NUL byte, so it is no CSV text", "Name a text file, or repair this one."
            )
        block = text.encode()
        if block:
            last = block[-1:]
            yield block
    if last not in b"\r\n":
        yield b"\n"


def _decoded(path: Path, codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    with open_bytes(path) as file:
        try:
            while block := file.read(BLOCK_BYTES):
                yield decoder.decode(block)
            yield decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise _undecodable(path) from None


def _letters(path: Path, codec: str, *, count: bool = True) -> tuple[int, int] | None:
    """Return how many Hangul syllables and how many letters beyond ASCII there are; None if a byte does not fit."""
    hangul = beyond = 0
    try:
        for text in _decoded(path, codec):
            if count:
                hangul += len(_HANGUL.findall(text))
                beyond += len(_BEYOND_ASCII.findall(text))
    except InputError:
        return None
    return hangul, beyond


def _assumed(path: Path, name: str) -> str:
    return f"`{path.name}` is not UTF-8; it is read as {name}, which every byte fits"


def _undecodable(path: Path) -> InputError:
    return InputError(
        f"`{path.name}` is text in no encoding known here (UTF-8, UTF-16 with a mark, GB18030, EUC-KR)",
        "Save the file as UTF-8.",
    )
