"""Words from outside as a terminal may show them: signs that steer it are written out, none is left out."""

import re

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Controls but the tab and the line feed, marks of direction, and signs without width.

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


def neutral_json(document: str) -> str:
    """Return a JSON document that means the same and steers no terminal."""
    return _STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", document)


def _as_code(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 - one byte
