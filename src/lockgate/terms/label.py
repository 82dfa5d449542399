r"""The grammar of released values: what a protected cell may say, and how it is written.

    value     = suppressed | interval | one-of | exact
    suppressed = "*"
    interval  = "[" bound "," bound "]"          both bounds included; bounds are numbers or ISO dates
    one-of    = "{" text ("|" text)+ "}"         in the order of the text
    exact     = text                             a value of the source, or a node of a hierarchy

In text, a backslash stands before each of `\\ | { }` inside a one-of, and before a first character that would
otherwise start another form. So every text can be written, and `parse_label(render_label(x)) == x`.
A node of a hierarchy is written like a value; the hierarchy tells which it is.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Nothing is said."""


@dataclass(frozen=True, slots=True)
class Range:
    """A number or a date between two bounds, both included, written as text.

    Attributes:
        low: Lower bound, such as `20` or `1990-01-01`.
        high: Upper bound.
    """

    low: str
    high: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some values, sorted, at least two."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exact:
    """A value of the source, or a node of a hierarchy."""

    text: str


Label = Suppressed | Range | OneOf | Exact

SUPPRESSED = "*"


def render_label(label: Label) -> str:
    r"""Return the label as a released cell holds it.

    >>> render_label(Range("20", "29")), render_label(OneOf(("a|b", "c"))), render_label(Exact("*"))
    ('[20,29]', '{a\\|b|c}', '\\*')
    """
    match label:
        case Suppressed():
            return SUPPRESSED
        case Range(low, high):
            return f"[{low},{high}]"
        case OneOf(values):
            return "{" + "|".join(_escape(value) for value in values) + "}"
        case Exact(text):
            return f"\\{text}" if text == SUPPRESSED or text[:1] in ("[", "{", "\\") else text


def parse_label(cell: str) -> Label:
    """Return the label that a released cell holds.

    Raises:
        ValueError: If the cell begins like an interval or a one-of and does not end like one.

    >>> parse_label("[20,29]")
    Range(low='20', high='29')
    """
    if cell == SUPPRESSED:
        return Suppressed()
    if cell.startswith("\\"):
        return Exact(cell[1:])
    if cell.startswith("["):
        low, comma, high = cell[1:-1].partition(",")
        if not (comma and cell.endswith("]")):
            raise ValueError("expected `[low,high]`")
        return Range(low, high)
    if cell.startswith("{"):
        return OneOf(_parse_one_of(cell))
    return Exact(cell)


def _escape(text: str) -> str:
    for character in "\\|{}":
        text = text.replace(character, "\\" + character)
    return text


def _parse_one_of(cell: str) -> tuple[str, ...]:
    values, current, escaped, closed_at = [], "", False, 0
    for position, character in enumerate(cell[1:], start=1):
        if escaped:
            current, escaped = current + character, False
        elif character == "\\":
            escaped = True
        elif character in "|}":
            values.append(current)
            current = ""
            if character == "}":
                closed_at = position
                break
        else:
            current += character
    if closed_at != len(cell) - 1 or len(values) <= 1:  # a one-of has two
        raise ValueError("expected `{one|another}`")
    return tuple(values)
