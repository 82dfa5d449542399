"""JSON text read strictly: a key that comes twice, NaN, a number too large, half a surrogate pair are errors.

`JsonText` hands out one value after the other of a text that need not fit into memory; `parse_line` takes a whole line.
"""

import codecs
import json
import math
from collections.abc import Iterator
from typing import Any, BinaryIO

from lockgate.terms.errors import InputError

VALUE_BYTES = 64 << 20
"""No line, and no element of an array that is read one by one, may be longer."""

MOST_LEVELS = 64
"""Levels of objects and arrays within each other."""

TOO_DEEP = f"is nested too deep: more than {MOST_LEVELS} levels"

_CHUNK = 1 << 20
_BLANKS = " \t\r\n"


class JsonText:
    """A JSON text, one value after the other.

    Args:
        file: UTF-8, with or without a byte order mark.
        where: Name of the file, for messages.
    """

    def __init__(self, file: BinaryIO, where: str) -> None:
        self._file = file
        self.where = where
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._text = ""
        self._at = 0
        self._has_more = True
        self.done = 0
        """Letters read so far."""

    def peek(self) -> str:
        """Return the next letter that is no blank; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text) or not self._has_more:
                return self._text[self._at : self._at + 1]
            self._read(_CHUNK)

    def take(self, letters: str, place: str) -> str:
        """Return the next letter, which is one of those expected.

        Raises:
            InputError: If it is another.
        """
        found = self.peek()
        if not found or found not in letters:
            raise broken(self.where, place, "is no JSON")
        self._at += 1
        return found

    def value(self, place: str) -> Any:
        """Return the next value.

        Args:
            place: What it is, for messages.

        Raises:
            InputError: If it is no JSON, nested too deep or too long.
        """
        self.peek()
        size = _CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise broken(self.where, place, TOO_DEEP) from None
            except ValueError:
                value, end = None, -1
            # a number at the end of what has been read may go on
            if end >= 0 and (end < len(self._text) or not self._has_more or isinstance(value, (str, list, dict))):
                self._finish(value, end, place)
                return value
            if not self._has_more:
                raise broken(self.where, place, "is no JSON with single keys and finite numbers")
            if len(self._text) - self._at > VALUE_BYTES:
                raise broken(self.where, place, f"is broken, or longer than {VALUE_BYTES >> 20} MiB")
            self._read(size)
            size *= 2

    def skip(self, place: str) -> None:
        """Pass over the next value; an array, which may be long, element by element."""
        if self.peek() == "[":
            self.take("[", place)
            for _ in self.elements(place):
                pass
        else:
            self.value(place)

    def elements(self, place: str) -> Iterator[Any]:
        """Return the elements of an array whose bracket has been taken, up to its end."""
        if self.peek() == "]":
            self.take("]", place)
            return
        number = 0
        while True:
            number += 1
            yield self.value(f"element {number} of {place}" if place else f"element {number}")
            if self.take(",]", f"what follows element {number}") == "]":
                return

    def _finish(self, value: object, end: int, place: str) -> None:
        if "\\ud" in self._text[self._at : end].lower():
            try:
                _require_whole_letters(value)
            except UnicodeError:
                raise broken(self.where, place, "holds letters that UTF-8 does not have") from None
        self.done += end - self._at
        self._at = end

    def _read(self, size: int) -> None:
        block = self._file.read(size)
        self._has_more = bool(block)
        try:
            more = self._decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            raise broken(self.where, "the text", "is not UTF-8") from None
        self._text = self._text[self._at :] + more
        self._at = 0


def parse_line(line: bytes, number: int, where: str) -> dict[str, Any]:
    """Return the object that a line holds.

    Raises:
        InputError: If it holds none, or something that is no strict JSON.
    """
    place = f"line {number}"
    try:
        text = line.decode()
        row = _DECODER.decode(text.strip())
        if "\\ud" in text or "\\uD" in text:
            _require_whole_letters(row)
    except UnicodeError:
        raise broken(where, place, "holds letters that UTF-8 does not have") from None
    except RecursionError:
        raise broken(where, place, TOO_DEEP) from None
    except ValueError:
        raise broken(where, place, "is no JSON object with single keys and finite numbers") from None
    if not isinstance(row, dict):
        raise broken(where, place, "is no JSON object")
    return row


def broken(where: str, place: str, what: str) -> InputError:
    """Return the error of a text that is not what it has to be; it quotes nothing."""
    hint = "Write one JSON object a line." if place.startswith("line") else "Write an array of JSON objects."
    if what == TOO_DEEP:
        hint = "Flatten what is inside before."
    return InputError(f"{place} of `{where}` {what}", hint)


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
