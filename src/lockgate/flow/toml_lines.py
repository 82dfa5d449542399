"""Where the keys of a TOML text stand, so that an error can name the line.

Not a TOML parser: the text has been parsed already, so only headers, keys and multi-line strings matter here.
"""

import re
from collections.abc import Mapping

_HEADER = re.compile(r"^\s*\[\[?([^\]]*)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")
_QUOTES = ('"""', "'''")

Path = tuple[str, ...]


def key_lines(text: str) -> Mapping[Path, int]:
    r"""Return the line, from 1, on which each table or key is first written.

    >>> key_lines("[data]\nsource = 'x'")[("data", "source")]
    2
    """
    lines: dict[Path, int] = {}
    table: Path = ()
    closing = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        closing = _opened(line)
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _parts(header.group(1))
            lines.setdefault(table, number)
        elif key:
            lines.setdefault((*table, *_parts(key.group(1))), number)
    return lines


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Return the line of a path, or of its nearest written parent; 1 if none is written."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _parts(dotted: str) -> Path:
    return tuple(next(group for group in match if group or match == ("", "", "")) for match in _PART.findall(dotted))


def _opened(line: str) -> str:
    """Return the quotes of a multi-line string that this line opens and does not close."""
    return next((quotes for quotes in _QUOTES if line.count(quotes) == 1), "")
