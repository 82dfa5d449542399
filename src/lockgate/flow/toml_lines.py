"""Where the keys of a TOML text stand, so that an error can name the line.

Not a TOML parser: the text has been parsed already, so nothing here is checked; strings, comments and brackets are
followed only so that what is written inside them is not taken for a key or a header.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r'''(?P<text>"""(?:[^\\]|\\.)*?"{3,5}|\'{3}.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')'''
    r"""|(?P<space>[ \t\r]+|\#[^\n]*)|(?P<newline>\n)|(?P<sign>[\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,."'\#]+)""",
    re.DOTALL,
)

Path = tuple[str, ...]


def key_lines(text: str) -> Mapping[Path, int]:
    r"""Return the line, from 1, on which each table or key, or the first thing inside it, is first written.

    Args:
        text: Valid TOML.

    >>> key_lines("[data]\nsource = 'x'")[("data", "source")]
    2
    """
    scan = _Scan()
    for token in _TOKEN.finditer(text):
        word = token.group()
        if token.lastgroup == "sign":
            scan.sign(word)
        elif token.lastgroup == "newline":
            scan.line_ends()
        elif scan.at_key and token.lastgroup != "space":
            scan.parts.append(_unquoted(word) if token.lastgroup == "text" else word)
        scan.line += word.count("\n")
    return scan.lines


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Return the line of a path, or of its nearest written parent; 1 if none is written."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


@dataclass(slots=True)
class _Scan:
    """One pass over the tokens.

    Attributes:
        lines: What has been found.
        line: Line of the current token.
        table: Path of the last header.
        inside: For each open bracket of the current value the path of its inline table, or None for an array.
        parts: Parts of the key or header being read.
        at_key: Whether a key or a header is being read.
        in_header: Whether it is a header.
    """

    lines: dict[Path, int] = field(default_factory=dict)
    line: int = 1
    table: Path = ()
    inside: list[Path | None] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    at_key: bool = True
    in_header: bool = False

    def sign(self, sign: str) -> None:
        """Follow a bracket, an equals sign, a comma or a dot."""
        if sign == "[" and self.at_key and not self.parts:
            self.in_header = True
        elif sign == "]" and self.in_header:
            self._header_ends()
        elif sign in "[{":
            self.inside.append(None if sign == "[" else self._here())
            self._next(at_key=sign == "{")
        elif sign in "]}":
            self.inside.pop()
            self._next(at_key=False)
        elif sign == "=" and self.at_key:
            self._note(self._here())
            self.at_key = False
        elif sign == ",":
            self._next(at_key=self.inside[-1] is not None)

    def line_ends(self) -> None:
        """A new statement begins, unless a bracket is open."""
        if not self.inside:
            self.in_header = False
            self._next(at_key=True)

    def _next(self, *, at_key: bool) -> None:
        self.parts.clear()
        self.at_key = at_key

    def _here(self) -> Path:
        """Return the path of the key that was read last."""
        return (*next((path for path in reversed(self.inside) if path is not None), self.table), *self.parts)

    def _header_ends(self) -> None:
        if self.parts:
            self.table = tuple(self.parts)
            self._note(self.table)
        self._next(at_key=False)

    def _note(self, path: Path) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], self.line)


def _unquoted(word: str) -> str:
    value = tomllib.loads(f"word = {word}")["word"]
    return str(value)
