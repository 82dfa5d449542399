"""What is odd in the bytes of a CSV text and read all the same, so that it is said: line ends, marks in the middle."""

import codecs
from dataclasses import dataclass


@dataclass(slots=True)
class Oddities:
    """What the blocks of a text have held so far.

    Attributes:
        pairs: Line ends of a return and a line feed.
        feeds: Line ends of a line feed alone.
        returns: Line ends of a return alone; one between two blocks counts here and as a line feed.
        marks: Byte order marks that do not begin the text.
    """

    pairs: int = 0
    feeds: int = 0
    returns: int = 0
    marks: int = 0

    def look_at(self, block: bytes) -> None:
        """Take a block of whole records in UTF-8."""
        pairs = returns = 0
        self.marks += block.count(codecs.BOM_UTF8)
        if b"\r" in block and b'"' in block:
            # a line end within quotes ends no row, and is what programs of spreadsheets write there
            block = b'"'.join(block.split(b'"')[::2])
        if b"\r" in block:
            pairs = block.count(b"\r\n")
            returns = block.count(b"\r") - pairs
        self.pairs += pairs
        self.returns += returns
        if not (self.feeds and not self.returns and not self.pairs):
            self.feeds += block.count(b"\n") - pairs

    def notes(self, name: str) -> tuple[str, ...]:
        """Return what is said of them, for people.

        Args:
            name: Of the file.
        """
        kinds = {"CR LF": self.pairs, "LF": self.feeds, "CR": self.returns}
        found = [kind for kind, count in kinds.items() if count]
        notes = []
        if len(found) > 1:
            notes.append(f"`{name}` mixes line ends ({', '.join(found)}); each ends a row")
        if self.marks:
            notes.append(
                f"`{name}` holds {self.marks:,} byte order marks behind its beginning; they stay in their cells"
            )
        return tuple(notes)
