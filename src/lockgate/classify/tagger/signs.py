"""Kinds of characters and their folded form: what the tagger sees of Unicode.

A simplification: letters of other scripts (kana, Greek, Cyrillic …) are one kind in which no name is looked for.
"""

import unicodedata

import numpy as np
import numpy.typing as npt

BREAK, SPACE, HAN, HANGUL, LATIN, DIGIT, SIGN, OTHER = range(8)
"""Kinds of characters; nothing of one text reaches over a break."""

_PLANE = 0x10000
_RANGES = (
    (OTHER, 0x0250, 0x1DFF),
    (OTHER, 0x3040, 0x318F),
    (SPACE, 0x01, 0x20),
    (SPACE, 0x7F, 0xA0),
    (SPACE, 0x2000, 0x200F),
    (SPACE, 0x3000, 0x3000),
    (SPACE, 0xFEFF, 0xFEFF),
    (BREAK, 0x00, 0x00),
    (BREAK, 0x0A, 0x0D),
    (BREAK, 0x2028, 0x2029),
    (HAN, 0x3005, 0x3007),
    (HAN, 0x3400, 0x4DBF),
    (HAN, 0x4E00, 0x9FFF),
    (HAN, 0xF900, 0xFAFF),
    (HANGUL, 0xAC00, 0xD7A3),
    (LATIN, 0x41, 0x5A),
    (LATIN, 0x61, 0x7A),
    (LATIN, 0xC0, 0xD6),
    (LATIN, 0xD8, 0xF6),
    (LATIN, 0xF8, 0x24F),
    (LATIN, 0x1E00, 0x1EFF),
    (DIGIT, 0x30, 0x39),
    (DIGIT, 0xFF10, 0xFF19),
    (LATIN, 0xFF21, 0xFF3A),
    (LATIN, 0xFF41, 0xFF5A),
)
_SIGNS = {
    "、": ",", "，": ",", "。": ".", "．": ".", "…": ".", "“": '"', "”": '"', "「": '"', "」": '"',
    "『": '"', "』": '"',
    "‘": "'", "’": "'", "《": "<", "》": ">", "〈": "<", "〉": ">", "【": "[", "】": "]", "〔": "(", "〕": ")",
    "—": "-", "–": "-", "―": "-", "•": "·", "・": "·", "‧": "·", "∙": "·", "ㆍ": "·", "․": "·", "～": "~",
}  # fmt: skip
_LETTERS = ((0xC0, 0x250), (0x1E00, 0x1F00))
_WIDE_SHIFT = 0xFEE0


def _kinds() -> npt.NDArray[np.uint8]:
    table = np.full(_PLANE, SIGN, np.uint8)
    for kind, first, last in _RANGES:
        table[first : last + 1] = kind
    return table


def _folded() -> npt.NDArray[np.uint32]:
    table = np.arange(_PLANE, dtype=np.uint32)
    table[0xFF01:0xFF5F] -= _WIDE_SHIFT
    for sign, plain in _SIGNS.items():
        table[ord(sign)] = ord(plain)
    for first, last in _LETTERS:
        for code in range(first, last):
            table[code] = ord(unicodedata.normalize("NFKD", chr(code).lower())[0])
    capitals = (table >= ord("A")) & (table <= ord("Z"))
    table[capitals] += 32
    return table


def _capitals() -> npt.NDArray[np.bool_]:
    table = np.zeros(_PLANE, np.bool_)
    table[ord("A") : ord("Z") + 1] = True
    table[0xFF21:0xFF3B] = True
    for first, last in _LETTERS:
        for code in range(first, last):
            table[code] = chr(code).isupper()
    return table


_KINDS, _FOLDED, _CAPITALS = _kinds(), _folded(), _capitals()

Codes = npt.NDArray[np.uint32]
"""Code points of a text."""


def codes_of(text: str) -> Codes:
    """Return the code points of a text; lone surrogates stay as they are."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def kinds_of(codes: Codes) -> npt.NDArray[np.uint8]:
    """Return the kind of each character."""
    kinds = _KINDS[np.minimum(codes, _PLANE - 1)]
    kinds[codes >= _PLANE] = SIGN
    kinds[(codes >= 0x20000) & (codes < 0x40000)] = HAN  # noqa: PLR2004 - the planes of rare Han characters
    return kinds


def folded(codes: Codes) -> npt.NDArray[np.int64]:
    """Return the characters in lower case, without accents, narrow, with Chinese punctuation as ASCII."""
    return np.where(codes < _PLANE, _FOLDED[np.minimum(codes, _PLANE - 1)], codes).astype(np.int64)


def are_capital(codes: Codes) -> npt.NDArray[np.bool_]:
    """Return which characters are capital letters."""
    return _CAPITALS[np.minimum(codes, _PLANE - 1)]
