"""Characters of a cell covered up, but for some at both ends: `13812345678` becomes `138****5678`.

What is left still tells people apart: the ends and the length of a cell are released, unless a fixed number of
characters covers. A cell with no more characters than would be kept is covered whole. What a reader takes for one
character (a letter with its accents, a joined picture) is kept or covered as one. Covering twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import category

import pyarrow as pa

from lockgate.protect.codes import Texts, as_distinct
from lockgate.terms.errors import InputError

VERSION = "1"

MOST_COVERING = 1000
"""Covering characters at most where their number is fixed: a copy of a million cells has to be written."""

_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_MARKS = ("Mn", "Mc", "Me")


@dataclass(frozen=True, slots=True)
class Covering:
    """What is kept and what covers.

    Attributes:
        keep_first: Characters that stay at the start.
        keep_last: Characters that stay at the end.
        character: Covers each other one.
        length: Number of covering characters whatever the cell's length; 0 covers each character by one.
        separators: Characters that stay wherever they stand and are not counted, such as `-`; none where the length is
            fixed.
    """

    keep_first: int = 0
    keep_last: int = 0
    character: str = "*"
    length: int = 0
    separators: str = ""

    def __post_init__(self) -> None:
        if min(self.keep_first, self.keep_last, self.length) < 0 or len(self.character) != 1:
            raise InputError("expected numbers from 0 on and one covering character", "Correct the measure's words.")
        if self.length > MOST_COVERING:
            raise InputError(
                f"expected a length of at most {MOST_COVERING} covering characters, found `{self.length}`",
                "Name a smaller length.",
            )
        if self.character in self.separators or (self.length and self.separators):
            raise InputError("separators cannot cover, nor stay where the length is fixed", "Leave the separators out.")


def cover(texts: Texts, covering: Covering) -> Texts:
    """Return the texts with characters covered; null stays null.

    >>> cover(pa.array(["13812345678", "1234"]), Covering(3, 4)).to_pylist()
    ['138****5678', '****']
    """
    distinct, index = as_distinct(texts)
    return pa.array([_covered(text, covering) for text in distinct], type=pa.string()).take(index)


def _covered(text: str, covering: Covering) -> str:
    parts = _characters(text)
    if not covering.separators and not covering.length:
        return _ends_kept(parts, covering)
    counted = [at for at, part in enumerate(parts) if part not in covering.separators]
    first, last, sign = covering.keep_first, covering.keep_last, covering.character
    is_short = len(counted) <= first + last
    hidden = set(counted if is_short else counted[first : len(counted) - last])
    if not covering.length:
        return "".join(sign if at in hidden else part for at, part in enumerate(parts))
    start, end = ("", "") if is_short else ("".join(parts[:first]), "".join(parts[len(parts) - last :]))
    middle = sign * covering.length
    return middle if set(start + end) <= {sign} else start + middle + end


def _ends_kept(parts: Sequence[str], covering: Covering) -> str:
    """Return a text with each character covered but the first and last ones."""
    first, hidden = covering.keep_first, len(parts) - covering.keep_first - covering.keep_last
    if hidden <= 0:
        return covering.character * len(parts)
    return "".join(parts[:first]) + covering.character * hidden + "".join(parts[first + hidden :])


def _characters(text: str) -> Sequence[str]:
    """Return what a reader takes for one character each."""
    if text.isascii():
        return text
    parts: list[str] = []
    for sign in text:
        follows = category(sign) in _MARKS or sign == _JOINER or ord(sign) in _SKIN_TONES
        if parts and (follows or parts[-1].endswith(_JOINER)):
            parts[-1] += sign
        else:
            parts.append(sign)
    return parts
