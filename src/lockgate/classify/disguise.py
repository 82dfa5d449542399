"""Signs that look like others or like nothing, written plainly, so that no spelling hides an identifier.

Digits of every script become those of ASCII, letters and punctuation with one ASCII counterpart become it, dashes and
spaces of every width become the plain ones, and signs that show nothing go. Each sign becomes one or none, so that
places can be told. Letters of other alphabets that merely look like Latin ones stay, and so do Chinese numerals: they
are words of names and addresses.
"""

import unicodedata
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Text: TypeAlias = Any
"""A string array; Arrow's kernels return types too many to name."""

_SUSPECT = (
    r"[^\x09\x0a\x0d\x20-\x7e\p{Han}\x{ac00}-\x{d7a3}\p{Hiragana}\p{Katakana}\x{b7}\x{3001}\x{3002}"
    r"\x{201c}\x{201d}\x{ff01}-\x{ff5e}]"
)
"""RE2 pattern of a sign that may be a disguise; what full-width signs stand for is told by the normal form."""

_BLANK = frozenset(
    {
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0000, 0xE1000),
    }
)
"""Code points that show nothing although Unicode calls them letters, marks or symbols.

Source: Unicode Character Database, property Default_Ignorable_Code_Point; and the blank Braille pattern.
"""

_KEPT = "\t\n\r"
_LAST_ASCII = 0x7E


class _Plain(dict[int, str]):
    """What each sign becomes, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = _plain(chr(code))
        return self[code]


_PLAIN = _Plain()


def undisguise(text: str) -> str:
    """Return a text in plain signs.

    >>> undisguise("\u0661\u0663\u2468\u200b\u2060 4\u20115")
    '139 4-5'
    """
    return text if text.isascii() and text.isprintable() else text.translate(_PLAIN)


def undisguise_with_places(text: str) -> tuple[str, list[int] | None]:
    """Return a text in plain signs, and the place that each sign had; None where nothing has moved."""
    plain = undisguise(text)
    if len(plain) == len(text):
        return plain, None
    return plain, [place for place, sign in enumerate(text) if _PLAIN[ord(sign)]]


def undisguise_all(values: Text) -> Text:
    """Return the cells of a string array in plain signs; null stays null."""
    found: Text = pc.match_substring_regex(values, pattern=_SUSPECT)
    suspect: Text = pc.fill_null(found, False)  # noqa: FBT003 - the value filled in
    if not np.asarray(suspect).any():
        return values
    plain = [undisguise(text) for text in values.filter(suspect).to_pylist()]
    return pc.replace_with_mask(values, suspect, pa.array(plain, values.type))


def _plain(sign: str) -> str:
    if " " <= sign <= "~" or sign in _KEPT:
        return sign
    category = unicodedata.category(sign)
    if category in ("Cc", "Cf") or ord(sign) in _BLANK:
        return ""
    if category == "Pd" or sign == "\u2212":
        return "-"
    if category == "Zs":
        return " "
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    compatible = unicodedata.normalize("NFKC", sign)
    return compatible if len(compatible) == 1 and ord(compatible) <= _LAST_ASCII else sign
