"""Identifiers inside longer text replaced by stand-ins such as `[PHONE-K7Q2MXAB]`.

Where the identifiers are is said by a callable, because recognising is not this room's work. The same text gets the
same stand-in throughout a release, by a keyed short form, so that a reader can still follow who is meant.
What is not recognised stays: redaction is as good as the recognisers, and `verify` looks for what they find.
"""

from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa

from lockgate.protect.codes import Texts
from lockgate.protect.pseudonym import short_form

VERSION = "1"

Span = tuple[int, int, int, str]
"""Row, first byte and byte after the last of an identifier in UTF-8, and its type."""

FindSpans = Callable[[Texts], Iterable[Span]]


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
            cells[row] = _replace(cell.encode(), _joined(spans), key)
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


def _replace(cell: bytes, spans: Sequence[Span], key: bytes) -> str:
    parts, at = [], 0
    for _, start, end, kind in spans:
        found = cell[start:end].decode(errors="replace")
        parts += [cell[at:start], f"[{kind.upper()}-{short_form(found, kind, key)}]".encode()]
        at = end
    return b"".join([*parts, cell[at:]]).decode(errors="replace")
