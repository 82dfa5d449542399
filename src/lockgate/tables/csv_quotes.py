"""A CSV text cut into blocks of whole records, with its quotes held against RFC 4180 on the way.

A lenient reader takes an unclosed quote as leave to swallow all rows up to the end of the file, and glues text after a
closing quote to the cell. Both change the table without a word, so both are errors here. A quote in the middle of an
unquoted cell (`5" nail`) is an ordinary character, as everywhere.

A block ends at the last line break outside quotes, so that each can be parsed alone and nothing is read ahead.

Source: RFC 4180, section 2, rules 5 to 7.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from lockgate.terms.errors import InputError

RECORD_BYTES = 4 << 20
"""No record may be longer."""

_QUOTE, _LINE_FEED, _RETURN = b'"\n\r'

Places = NDArray[np.intp]


def record_blocks(blocks: Iterable[bytes], delimiter: str, where: str) -> Iterator[bytes]:
    """Return the text in blocks of whole records.

    Args:
        blocks: The text as UTF-8, cut anywhere, ended by a line break.
        delimiter: One ASCII character.
        where: Name of the file, for messages.

    Raises:
        InputError: If a quote is never closed, text stands behind a closing quote, or a record is too long.
    """
    quotes = _Quotes(delimiter, where)
    rest = b""
    for block in blocks:
        text = rest + block
        end = _last_end(text, quotes.toggles(text))
        if end:
            yield text[:end]
            quotes.lines += int(np.count_nonzero(np.frombuffer(text, np.uint8, end) == _LINE_FEED))
        rest = text[end:]
        if len(rest) > RECORD_BYTES:
            raise InputError(
                f"the row that begins in line {quotes.lines + 1} of `{where}` is longer than {RECORD_BYTES >> 20} MiB",
                "Split the row, or close its quotes.",
            )
    if rest:
        quotes.require_closed(rest)
        yield rest


def _last_end(text: bytes, toggles: Places) -> int:
    """Return where the last whole record ends; 0 if none does."""
    end = text.rfind(b"\n") + 1
    if end and np.searchsorted(toggles, end) % 2 == 0:
        return end
    letters = np.frombuffer(text, dtype=np.uint8)
    for mark in (_LINE_FEED, _RETURN):
        breaks = np.flatnonzero(letters[: len(text) - (mark == _RETURN)] == mark)
        if mark == _RETURN:
            # a return at the very end may be the first half of a line break
            breaks = breaks[letters[breaks + 1] != _LINE_FEED]
        outside = breaks[np.searchsorted(toggles, breaks) % 2 == 0]
        if len(outside):
            return int(outside[-1]) + 1
    return 0


class _Quotes:
    """The quotes of texts that begin with a record.

    Args:
        delimiter: One ASCII character.
        where: Name of the file, for messages.
    """

    def __init__(self, delimiter: str, where: str) -> None:
        self._ends = np.zeros(256, dtype=bool)
        self._ends[[ord(delimiter), _LINE_FEED, _RETURN]] = True
        self._may_stand = self._ends.copy()
        self._may_stand[_QUOTE] = True
        self._where = where
        self.lines = 0

    def toggles(self, text: bytes) -> Places:
        """Return the places of quotes that open or close, the two of a doubled one among them."""
        letters = np.frombuffer(text, dtype=np.uint8)
        quotes = np.flatnonzero(letters == _QUOTE)
        # The sides on which the end of a cell or another quote has to stand; so it does beyond both ends of the text.
        before, behind = quotes[0::2] - 1, quotes[1::2] + 1
        before, behind = (
            before[int(before[:1].sum() < 0) :],
            behind[: len(behind) - int(behind[-1:].sum() == len(text))],
        )
        if self._may_stand[letters[before]].all() and self._may_stand[letters[behind]].all():
            return quotes
        return self._toggles_one_by_one(text, np.frombuffer(b"\n" + text + b"\n", dtype=np.uint8), quotes)

    def require_closed(self, text: bytes) -> None:
        """Hold the end of the whole text against its quotes.

        Raises:
            InputError: If a quote is still open.
        """
        toggles = self.toggles(text)
        if len(toggles) % 2:
            line = self.lines + text.count(b"\n", 0, int(toggles[-1])) + 1
            raise InputError(
                f"the quote that opens in or before line {line} of `{self._where}` is never closed",
                "Close the quote, or write a quote inside a cell twice.",
            )

    def _toggles_one_by_one(self, text: bytes, padded: NDArray[np.uint8], quotes: Places) -> Places:
        found: list[int] = []
        is_inside, skip = False, -1
        for place in quotes.tolist():
            before, behind = padded[place], padded[place + 2]
            if place == skip or (not is_inside and not self._ends[before]):
                continue
            if is_inside and behind == _QUOTE:
                skip = place + 1
                continue
            if is_inside and not self._ends[behind]:
                line = self.lines + text.count(b"\n", 0, place) + 1
                raise InputError(
                    f"text stands behind a closing quote in line {line} of `{self._where}`",
                    "Write a quote inside a quoted cell twice.",
                )
            is_inside = not is_inside
            found.append(place)
        return np.array(found, dtype=np.intp)
