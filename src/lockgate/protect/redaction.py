"""Identifiers inside longer text replaced by stand-ins such as `[PHONE-K7Q2MXAB]` or `[전화-K7Q2MXAB]`.

Where the identifiers are is said by a callable, because recognising is not this room's work. The same value gets the
same eight characters throughout a release, by a keyed short form, so that a reader can still follow who is meant; how
a number is grouped, and whether letters are large or wide, makes no difference. The word before them is of the
language of the text around. A stand-in of an earlier protection stays, so that redacting twice changes nothing.

What is not recognised stays: redaction is as good as the recognisers, and `verify` looks for what they find.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from unicodedata import normalize

import pyarrow as pa

from lockgate.protect.codes import Texts
from lockgate.protect.pseudonym import short_form
from lockgate.protect.stand_ins import STAND_IN, language_of, tag_of

VERSION = "2"

Span = tuple[int, int, int, str]
"""Row, first byte and byte after the last of an identifier in UTF-8, and its type."""

FindSpans = Callable[[Texts], Iterable[Span]]

_GROUPING = re.compile(r"[\s().\-–_/·]+")  # noqa: RUF001 - an en dash stands between digits too
_NUMBER = re.compile(r"\+?[0-9]+x?")
_SPACES = re.compile(r"\s+")


def redact(texts: Texts, find_spans: FindSpans, key: bytes) -> Texts:
    """Return the texts with every span replaced by a stand-in; null stays null.

    Spans that overlap are taken as one, under the type of the longest of them.

    Args:
        texts: Values as text.
        find_spans: Says where identifiers are.
        key: 32 secret bytes.
    """
    by_row: dict[int, list[Span]] = {}
    for span in find_spans(texts):
        by_row.setdefault(span[0], []).append(span)
    if not by_row:
        return texts
    cells: list[str | None] = texts.to_pylist()
    for row, spans in by_row.items():
        cell = cells[row]
        if cell is not None:
            written = cell.encode()
            cells[row] = _replace(written, _outside_stand_ins(cell, written, _joined(spans)), key)
    return pa.array(cells, type=pa.string())


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Return spans of one cell that do not overlap, in order; the longest names what overlapped."""
    joined: list[Span] = []
    longest = 0
    for row, start, end, kind in sorted(spans, key=lambda span: (span[1], -span[2], span[3])):
        if joined and start < joined[-1][2]:
            _, first, last, name = joined[-1]
            name, longest = (kind, end - start) if end - start > longest else (name, longest)
            joined[-1] = (row, first, max(last, end), name)
        else:
            joined.append((row, start, end, kind))
            longest = end - start
    return joined


def _outside_stand_ins(cell: str, written: bytes, spans: Sequence[Span]) -> list[Span]:
    """Return what is left of spans where stand-ins stand already; what holds no letter or digit goes."""
    kept = [tuple(len(cell[:at].encode()) for at in match.span()) for match in STAND_IN.finditer(cell)]
    if not kept:
        return list(spans)
    left: list[Span] = []
    for row, start, end, kind in spans:
        at = start
        for first, last in [pair for pair in kept if pair[0] < end and start < pair[1]]:
            left.append((row, at, max(at, first), kind))
            at = max(at, last)
        left.append((row, at, max(at, end), kind))
    return [span for span in left if any(map(str.isalnum, written[span[1] : span[2]].decode(errors="replace")))]


def _replace(cell: bytes, spans: Sequence[Span], key: bytes) -> str:
    parts, around, at = [], [], 0
    for _, start, end, _ in spans:
        around.append(cell[at:start])
        at = end
    around.append(cell[at:])
    text = STAND_IN.sub("", b" ".join(around).decode(errors="replace"))
    language = language_of(text if any(map(str.isalpha, text)) else cell.decode(errors="replace"))
    for (_, start, end, kind), before in zip(spans, around, strict=False):
        found = cell[start:end].decode(errors="replace")
        parts += [before, f"[{tag_of(kind, language)}-{short_form(_spelt(found), kind, key)}]".encode()]
    return b"".join([*parts, around[-1]]).decode(errors="replace")


def _spelt(value: str) -> str:
    """Return a value in one spelling, however its digits are grouped or its letters are written."""
    folded = normalize("NFKC", value).casefold()
    number = _GROUPING.sub("", folded)
    return number if _NUMBER.fullmatch(number) else _SPACES.sub(" ", folded).strip()
