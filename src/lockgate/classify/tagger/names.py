"""Where names of persons stand in free text.

A name is found by its signs or letters, by what a small lexicon knows of the words around it, and by weights learnt
from sentences of our own making. It is a guess: what identifies by a check digit is the business of the recognisers.
All of a text is read; one longer than `LONG` is read in pieces, and a name that lies across two pieces is missed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from lockgate.classify.tagger import decoding, signs
from lockgate.classify.tagger.attributes import attributes
from lockgate.classify.tagger.lexicon import lexicon
from lockgate.classify.tagger.model import BEGIN, END, SINGLE, model
from lockgate.classify.tagger.tokens import tokens_of
from lockgate.terms.compiled_code import load_code

SHORT = 20_000
"""Characters up to which the plain path answers before the compiled one could have been loaded."""

LONG = 150_000
"""Characters read at a time; what bounds the memory."""

_BREAKS = "\0\0\0"

Span = tuple[int, int, int]
"""Text, first character, character after the last."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text or a part of a long one: which text, where in it, and what it says."""

    text: int
    offset: int
    content: str


def name_spans(texts: Sequence[str]) -> list[Span]:
    """Return where names stand in texts, in order, without overlaps.

    Args:
        texts: Texts of any length and language; nothing is read across two of them.

    >>> name_spans(["王小明昨天打电话来", "no name here"])
    [(0, 0, 3)]
    """
    is_long = sum(map(len, texts)) > SHORT
    return [span for pieces in _batches(texts) for span in _spans(pieces, is_long=is_long)]


def in_bytes(texts: Sequence[str], spans: Sequence[Span]) -> list[Span]:
    """Return spans of characters, in order, as spans of bytes of the texts in UTF-8."""
    found: list[Span] = []
    text, place, size = -1, 0, 0
    for number, start, end in spans:
        if number != text:
            text, place, size = number, 0, 0
        first = size + len(texts[number][place:start].encode())
        place, size = end, first + len(texts[number][start:end].encode())
        found.append((number, first, size))
    return found


def compiled() -> ModuleType | None:
    """Return the compiled path, or None where it is not to be had; loaded late, as in `kernel.engine`."""
    return load_code("lockgate.classify.tagger.compiled")


def _batches(texts: Sequence[str]) -> Iterator[list[_Piece]]:
    """Yield pieces of texts, together about as long as may be read at a time."""
    batch: list[_Piece] = []
    size = 0
    for number, text in enumerate(texts):
        for offset in range(0, len(text), LONG):
            piece = _Piece(number, offset, text[offset : offset + LONG])
            if batch and size + len(piece.content) > LONG:
                yield batch
                batch, size = [], 0
            batch.append(piece)
            size += len(piece.content)
    if batch:
        yield batch


def _spans(pieces: list[_Piece], *, is_long: bool) -> list[Span]:
    joined = _BREAKS.join(piece.content for piece in pieces)
    starts = np.cumsum([0, *(len(piece.content) + len(_BREAKS) for piece in pieces[:-1])])
    tokens = tokens_of(signs.codes_of(joined))
    path = (compiled() if is_long else None) or decoding
    labels = path.labels_of(attributes(tokens, lexicon()), model())
    begins = tokens.start[(labels == BEGIN) | (labels == SINGLE)]
    ends = tokens.end[(labels == END) | (labels == SINGLE)]
    places = np.searchsorted(starts, begins, side="right") - 1
    shifts = (np.array([piece.offset for piece in pieces]) - starts)[places]
    texts = np.array([piece.text for piece in pieces])[places]
    return list(zip(texts.tolist(), (begins + shifts).tolist(), (ends + shifts).tolist(), strict=True))
