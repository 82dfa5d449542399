"""A pattern read into a tree: the part of regular expressions that recognisers use.

Literals, classes, groups, alternation, repetition (greedy and lazy), `.`, `^`, `$`, word ends, flags `i` and `s`,
and one character of look-behind. What is outside of this is not guessed: `UnsupportedPatternError`.

Source: RE2 syntax (github.com/google/re2/wiki/Syntax); Python library reference, `re`.
"""

import re
from dataclasses import dataclass, replace

from lockgate.classify.kernel import charset
from lockgate.classify.kernel.charset import Dialect, Ranges


class UnsupportedPatternError(ValueError):
    """A pattern uses what the kernel does not know; the engine of its dialect has to match it."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One character of a set."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Alternation:
    """One of several, the earlier preferred."""

    choices: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    """A part several times; `most` is None where there is no limit."""

    part: "Node"
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A group whose span is wanted."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A place between characters: `start`, `end` or `word`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Look:
    """What stands behind or ahead, without being part of the match."""

    part: "Node"
    ahead: bool
    wanted: bool


Node = Characters | Sequence | Alternation | Repetition | Group | Boundary | Look

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_NEWLINE: Ranges = ((10, 10),)
_COUNT = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_GREATEST_COUNT = 1000


@dataclass(frozen=True, slots=True)
class _Flags:
    ignores_case: bool = False
    dot_is_all: bool = False


def parse(pattern: str, dialect: Dialect) -> Node:
    """Return the tree of a pattern.

    Raises:
        UnsupportedPatternError: If it uses what the kernel does not know.
    """
    reader = _Reader(pattern, dialect)
    node = reader.alternation(_Flags())
    if reader.place < len(pattern):
        raise UnsupportedPatternError(f"unexpected `{pattern[reader.place]}` at {reader.place}")
    return node


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str, dialect: Dialect) -> None:
        self.pattern = pattern
        self.dialect = dialect
        self.place = 0

    def alternation(self, flags: _Flags) -> Node:
        """Read choices up to the end of the group."""
        choices: list[Node] = []
        parts: list[Node] = []
        while self.place < len(self.pattern) and self.pattern[self.place] != ")":
            if self._take("|"):
                choices.append(Sequence(tuple(parts)))
                parts = []
                continue
            switched = self._switch(flags)
            if switched is not None:
                flags = switched
                continue
            parts.append(self._repeated(self._atom(flags)))
        choices.append(Sequence(tuple(parts)))
        return choices[0] if len(choices) == 1 else Alternation(tuple(choices))

    def _take(self, text: str) -> bool:
        if self.pattern.startswith(text, self.place):
            self.place += len(text)
            return True
        return False

    def _switch(self, flags: _Flags) -> _Flags | None:
        """Read flags that hold for the rest of the group, such as `(?s)`."""
        hit = re.compile(r"\(\?([is]+)\)").match(self.pattern, self.place)
        if hit is None:
            return None
        self.place = hit.end()
        return _with(flags, hit.group(1))

    def _atom(self, flags: _Flags) -> Node:
        sign = self.pattern[self.place]
        if sign == "(":
            return self._group(flags)
        if sign == "[":
            return Characters(self._class(flags))
        self.place += 1
        if sign == ".":
            return Characters(charset.complement(() if flags.dot_is_all else _NEWLINE))
        if sign in "^$":
            return Boundary("start" if sign == "^" else "end")
        if sign in "*+?{":
            raise UnsupportedPatternError(f"nothing to repeat at {self.place - 1}")
        if sign == "\\":
            return self._escape(flags)
        return Characters(self._cased(_single(sign), flags))

    def _group(self, flags: _Flags) -> Node:
        hit = re.compile(r"\(\?(?:([is]*):|(<?[=!]))|\((?!\?)").match(self.pattern, self.place)
        if hit is None:
            raise UnsupportedPatternError(f"unknown group at {self.place}")
        self.place = hit.end()
        part = self.alternation(_with(flags, hit.group(1) or ""))
        if not self._take(")"):
            raise UnsupportedPatternError("a group is not closed")
        if hit.group(2):
            return Look(part, ahead="<" not in hit.group(2), wanted="=" in hit.group(2))
        return Group(part) if hit.group(0) == "(" else part

    def _repeated(self, part: Node) -> Node:
        while True:
            counts = self._counts()
            if counts is None:
                return part
            lazy = self._take("?")
            if isinstance(part, Boundary | Look) or self._take("+"):
                raise UnsupportedPatternError(f"repetition at {self.place}")
            part = Repetition(part, *counts, greedy=not lazy)

    def _counts(self) -> tuple[int, int | None] | None:
        for sign, counts in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return counts
        hit = _COUNT.match(self.pattern, self.place)
        if hit is None:
            if self.pattern.startswith("{", self.place):
                raise UnsupportedPatternError(f"a brace at {self.place} that is no count")
            return None
        self.place = hit.end()
        least = int(hit.group(1))
        most = least if hit.group(2) is None else int(hit.group(3)) if hit.group(3) else None
        if max(least, most or 0) > _GREATEST_COUNT:
            raise UnsupportedPatternError("a count above the limit")
        return least, most

    def _escape(self, flags: _Flags) -> Node:
        sign = self.pattern[self.place]
        if sign == "b":
            self.place += 1
            return Boundary("word")
        if sign in "AzZB" or (sign.isdigit() and sign != "0"):
            raise UnsupportedPatternError(f"escape `\\{sign}`")
        return Characters(self._cased(self._escaped(), flags))

    def _escaped(self) -> Ranges:
        """Read what follows a backslash, as a set."""
        sign = self.pattern[self.place]
        self.place += 1
        if sign in "dDsSwW":
            return self.dialect.named(f"\\{sign}")
        if sign in "pP":
            hit = re.compile(r"\{\^?\w+\}|\w").match(self.pattern, self.place)
            if hit is None or not self.dialect.is_re2:
                raise UnsupportedPatternError(f"escape `\\{sign}`")
            self.place = hit.end()
            return self.dialect.named(f"\\{sign}{hit.group(0)}")
        hit = re.compile(r"x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})").match(self.pattern, self.place - 1)
        if hit is not None:
            self.place = hit.end()
            return _single(chr(int(hit.group(1) or hit.group(2) or hit.group(3), 16)))
        if sign in _ESCAPES:
            return _single(_ESCAPES[sign])
        if sign.isalnum():
            raise UnsupportedPatternError(f"escape `\\{sign}`")
        return _single(sign)

    def _class(self, flags: _Flags) -> Ranges:
        self.place += 1
        denied = self._take("^")
        found: list[Ranges] = []
        first = True
        while first or not self._take("]"):
            first = False
            if self.place >= len(self.pattern) or self.pattern.startswith("[:", self.place):
                raise UnsupportedPatternError("class")
            low = self._member()
            if self.pattern.startswith("-", self.place) and not self.pattern.startswith("-]", self.place):
                self.place += 1
                high = self._member()
                low = ((low[0][0], high[0][0]),)
            found.append(self._cased(low, flags))
        ranges = charset.union(*found)
        return charset.complement(ranges) if denied else ranges

    def _member(self) -> Ranges:
        sign = self.pattern[self.place]
        self.place += 1
        return self._escaped() if sign == "\\" else _single(sign)

    def _cased(self, ranges: Ranges, flags: _Flags) -> Ranges:
        return self.dialect.folded(ranges) if flags.ignores_case else ranges


def _single(sign: str) -> Ranges:
    return ((ord(sign), ord(sign)),)


def _with(flags: _Flags, letters: str) -> _Flags:
    return replace(
        flags,
        ignores_case=flags.ignores_case or "i" in letters,
        dot_is_all=flags.dot_is_all or "s" in letters,
    )
