"""The records of one file of JSON, one after the other: the lines, or the elements of an array of a document."""

import codecs
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from lockgate.tables.file_state import open_bytes
from lockgate.tables.json_text import VALUE_BYTES, JsonText, broken, parse_line
from lockgate.terms.errors import InputError

_BLOCK_BYTES = 8 << 20

Record = tuple[int, int, dict[str, Any]]
"""Number of the record, about how long it is, and the object."""


def blocks_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Return the lines of a file in blocks of some megabytes, each with the number of its first line."""
    with open_bytes(path) as file:
        if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
        number = 1
        while block := file.read(_BLOCK_BYTES):
            block += file.readline(VALUE_BYTES + 1)
            yield number, block
            number += block.count(b"\n")


def lines_of(block: bytes, first: int, where: str) -> Iterator[Record]:
    """Return the objects of a block with one a line; empty lines are skipped.

    Args:
        block: Whole lines.
        first: Number of the first.
        where: Name of the file, for messages.

    Raises:
        InputError: If a line is too long or no object.
    """
    for number, line in enumerate(BytesIO(block), start=first):
        if len(line) > VALUE_BYTES:
            raise broken(where, f"line {number}", f"is longer than {VALUE_BYTES >> 20} MiB")
        if line.strip():
            yield number, len(line), parse_line(line, number, where)


def records_of(path: Path, member: str) -> Iterator[Record]:
    """Return the objects of a document: elements of its array or of that of a member, or the document itself.

    Args:
        path: The file.
        member: Of a document that is an object, the one whose elements are wanted; empty for the document itself.

    Raises:
        InputError: If the text is no JSON, or an element no object.
    """
    with open_bytes(path) as file:
        text = JsonText(file, path.name)
        if text.peek() == "[":
            text.take("[", "the text")
            yield from _objects(text, "")
        elif text.peek() == "{" and member:
            yield from _of_member(text, member)
        elif text.peek():
            yield from _whole(text)
        if text.peek():
            raise broken(path.name, "the text", "goes on behind its end; if it has one object a line, call it `.jsonl`")


def survey(paths: tuple[Path, ...]) -> tuple[tuple[str, ...], int]:
    """Return the members of documents that are arrays with objects, and how many other members there are.

    Raises:
        InputError: If a file is missing or no JSON.
    """
    arrays: dict[str, None] = {}
    others: dict[str, None] = {}
    for path in paths:
        with open_bytes(path) as file:
            text = JsonText(file, path.name)
            for key in _members(text) if text.peek() == "{" else ():
                (arrays if _has_objects(text, key) else others).setdefault(key)
    return tuple(arrays), len(others.keys() - arrays.keys())


def list_members(paths: tuple[Path, ...]) -> tuple[str, ...]:
    """Return the tables of documents that are objects with several arrays of objects; empty if there is one only.

    Raises:
        InputError: If a file is missing or no JSON.
    """
    arrays, _ = survey(paths)
    return tuple(f"{one}[]" for one in arrays) if len(arrays) > 1 else ()


def _has_objects(text: JsonText, key: str) -> bool:
    """Whether the value of a member, which is read to its end, is an array with an object in it."""
    if text.peek() != "[":
        text.value("a member")
        return False
    text.take("[", "the text")
    found = False
    for element in text.elements(f"`{key}`"):
        found = found or isinstance(element, dict)
    return found


def _of_member(text: JsonText, member: str) -> Iterator[Record]:
    for key in _members(text):
        if key != member:
            text.skip("a member")
        elif text.peek() == "[":
            text.take("[", "the text")
            yield from _objects(text, f"`{key}`")
        else:
            raise broken(text.where, f"`{key}`", "is an array in one file and none in another")


def _objects(text: JsonText, place: str) -> Iterator[Record]:
    before = text.done
    for number, element in enumerate(text.elements(place), start=1):
        if not isinstance(element, dict):
            raise broken(text.where, f"element {number}", "is no JSON object")
        yield number, text.done - before, element
        before = text.done


def _whole(text: JsonText) -> Iterator[Record]:
    value = text.value("the text")
    if not isinstance(value, dict):
        raise InputError(f"`{text.where}` holds one bare value", "Write an array of JSON objects.")
    yield 1, text.done, value


def _members(text: JsonText) -> Iterator[str]:
    """Return the keys of a document that is an object; the caller takes each value."""
    text.take("{", "the text")
    if text.peek() == "}":
        text.take("}", "the text")
        return
    seen: set[str] = set()
    while True:
        key = text.value("a key")
        if not isinstance(key, str) or key in seen:
            raise broken(text.where, "the text", "has a key twice, or one that is no text")
        seen.add(key)
        text.take(":", "what follows a key")
        yield key
        if text.take(",}", "what follows a member") == "}":
            return
