"""Initials of the pinyin of Chinese characters, as headers of Chinese tables have them: `sfzh`, `jtzz`.

Source: GB/T 2312-1980, whose first level (3,755 characters) stands in the order of pinyin; a character with several
readings has the one it is ordered by, and characters outside of the first level have none.
"""

from bisect import bisect

_FIRST = (
    *(("a", 0xB0A1), ("b", 0xB0C5), ("c", 0xB2C1), ("d", 0xB4EE), ("e", 0xB6EA), ("f", 0xB7A2), ("g", 0xB8C1)),
    *(("h", 0xB9FE), ("j", 0xBBF7), ("k", 0xBFA6), ("l", 0xC0AC), ("m", 0xC2E8), ("n", 0xC4C3), ("o", 0xC5B6)),
    *(("p", 0xC5BE), ("q", 0xC6DA), ("r", 0xC8BB), ("s", 0xC8F6), ("t", 0xCBFA), ("w", 0xCDDA), ("x", 0xCEF4)),
    *(("y", 0xD1B9), ("z", 0xD4D1)),
)
"""The first character of the level under each initial."""
_CODES = [code for _, code in _FIRST]
_LAST = 0xD7F9
_OTHER_READINGS = {"行": "h"}
"""Characters that headers read otherwise than the level orders them: 行 of a bank."""


def initials_of(text: str) -> str:
    """Return the initials of Chinese characters; empty if one has none.

    >>> initials_of("身份证号"), initials_of("银行卡号"), initials_of("abc")
    ('sfzh', 'yhkh', '')
    """
    codes = text.encode("gb2312", "ignore")
    if len(codes) != 2 * len(text) or not text:
        return ""
    found = zip(text, codes[::2], codes[1::2], strict=True)
    initials = [_OTHER_READINGS.get(sign) or _initial_of(high * 256 + low) for sign, high, low in found]
    return "".join(initials) if all(initials) else ""


def _initial_of(code: int) -> str:
    return _FIRST[bisect(_CODES, code) - 1][0] if _CODES[0] <= code <= _LAST else ""
