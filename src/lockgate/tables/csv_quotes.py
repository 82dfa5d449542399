"""Whether the quotes of a CSV text open and close as RFC 4180 has it.

A lenient reader takes an unclosed quote as leave to swallow all rows up to the end of the file, and glues text after a
closing quote to the cell. Both change the table without a word, so both are errors here. A quote in the middle of an
unquoted cell (`5" nail`) is an ordinary character, as everywhere.

Source: RFC 4180, section 2, rules 5 to 7.
"""

import numpy as np
from numpy.typing import NDArray

from lockgate.terms.errors import InputError

_QUOTE = 0x22
_BREAKS = (0x0A, 0x0D)


class QuoteCheck:
    """A walk over the blocks of one text.

    Args:
        delimiter: One ASCII character.
        where: Name of the file, for messages.
    """

    def __init__(self, delimiter: str, where: str) -> None:
        self._ends = np.zeros(256, dtype=bool)
        self._ends[[ord(delimiter), *_BREAKS]] = True
        self._where = where
        self._held = b""
        self._before = _BREAKS[0]
        self._inside = False
        self._lines = 0
        self._opened = 0

    def feed(self, block: bytes) -> None:
        """Take the next block; quotes at its end wait for what follows them.

        Raises:
            InputError: If text stands after a closing quote.
        """
        block = self._held + block
        ready = block.rstrip(b'"')
        self._held = block[len(ready) :]
        self._walk(ready)

    def finish(self) -> None:
        """Take the end of the text.

        Raises:
            InputError: If a quote is still open.
        """
        self._walk(self._held)
        if self._inside:
            raise InputError(
                f"the quote that opens in line {self._opened + 1} of `{self._where}` is never closed",
                "Close the quote, or write a quote inside a cell twice.",
            )

    def _walk(self, block: bytes) -> None:
        if not block:
            return
        bytes_ = np.frombuffer(bytes((self._before,)) + block + b"\n", dtype=np.uint8)
        quotes = np.flatnonzero(bytes_[1:-1] == _QUOTE) + 1
        if len(quotes):
            opening = (np.arange(len(quotes)) + self._inside) % 2 == 0
            before, behind = bytes_[quotes - 1], bytes_[quotes + 1]
            fits = np.where(opening, self._ends[before], self._ends[behind]) | (
                np.where(opening, before, behind) == _QUOTE
            )
            if fits.all():
                self._note_opening(block, quotes[opening & (before != _QUOTE)])
                self._inside ^= bool(len(quotes) % 2)
            else:
                self._walk_slowly(block, bytes_, quotes)
        self._lines += block.count(b"\n")
        self._before = block[-1]

    def _walk_slowly(self, block: bytes, bytes_: NDArray[np.uint8], quotes: NDArray[np.intp]) -> None:
        skip = -1
        for quote in quotes.tolist():
            if quote == skip:
                continue
            if not self._inside:
                if self._ends[bytes_[quote - 1]]:
                    self._inside = True
                    self._note_opening(block, np.array([quote]))
            elif bytes_[quote + 1] == _QUOTE:
                skip = quote + 1
            elif self._ends[bytes_[quote + 1]]:
                self._inside = False
            else:
                line = self._lines + block.count(b"\n", 0, quote) + 1
                raise InputError(
                    f"text stands behind a closing quote in line {line} of `{self._where}`",
                    "Write a quote inside a quoted cell twice.",
                )

    def _note_opening(self, block: bytes, openings: NDArray[np.intp]) -> None:
        if len(openings):
            self._opened = self._lines + block.count(b"\n", 0, int(openings[-1]) - 1)
