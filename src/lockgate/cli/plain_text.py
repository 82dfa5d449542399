"""Words from outside as a terminal may show them: signs that steer it are written out, none is left out."""

import re

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Controls but the tab and the line feed, marks of direction, and signs without width, tags and fillers among them.

Source: Unicode 15.1, general categories Cc and Cf; Unicode Technical Report 36, section 3.1.
"""


def neutralise(text: str) -> str:
    r"""Return a text with every steering sign as its code.

    >>> neutralise("na\x1b[31mme")
    'na\\x1b[31mme'
    """
    return _STEERING.sub(_as_code, text)


def one_line(text: str) -> str:
    """Return a text as `neutralise` does, tabs and line feeds written out too: for names, which stand in a row."""
    return neutralise(text).replace("\n", "\\n").replace("\t", "\\t")


_WORD = re.compile(r"[^\W\d_]+")
_ASCII_LETTER = re.compile("[A-Za-z]")
_LIKE_LATIN = re.compile("[\u0370-\u058f\u13a0-\u13ff\u2c80-\u2cff\ua4d0-\ua4ff\uff21-\uff5a\U0001d400-\U0001d7ff]")
"""Letters of scripts that have ones like those of ASCII: Greek, Coptic, Cyrillic, Armenian, Cherokee, Lisu; and wide
and mathematical letters.

Source: Unicode Technical Standard 39, section 5.1 (mixed-script detection), for the scripts of its confusables.
"""


def spell_mixed(text: str) -> str:
    r"""Return a text in which words of ASCII letters and ones that look like them show the latter as their codes.

    A word of one script stays as it is: nothing in it shows which one was meant.

    >>> spell_mixed("`S\u0435x` and \u0441\u043b\u043e\u0432\u043e") == "`S\\u0435x` and \u0441\u043b\u043e\u0432\u043e"
    True
    """
    return _WORD.sub(
        lambda word: _LIKE_LATIN.sub(_as_code, word[0]) if _ASCII_LETTER.search(word[0]) else word[0], text
    )


def neutral_json(document: str) -> str:
    """Return a JSON document that means the same and steers no terminal."""
    return _STEERING.sub(_as_json_code, document)


def _as_json_code(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _as_code(found: re.Match[str]) -> str:
    code = ord(found.group())
    width = 2 if code < 0x100 else 4 if code < 0x10000 else 8  # noqa: PLR2004 - one byte, two, more
    return f"\\{'xuU'[width.bit_length() - 2]}{code:0{width}x}"
