"""What is known of each token before scoring: itself, its neighbours in the word or run, and the lexicon's answer."""

import numpy as np

from lockgate.classify.tagger import signs
from lockgate.classify.tagger.hashing import POWERS, WORD32, Int64s, mixed
from lockgate.classify.tagger.lexicon import (
    COMMON,
    CUE,
    FOREIGN,
    FREQUENT,
    GIVEN,
    KIN,
    ORGANISATION,
    PERSON,
    PLACE,
    SURNAME,
    TIME,
    TITLE,
    Lexicon,
)
from lockgate.classify.tagger.tokens import Tokens

PAD = 3
"""Breaks before and after a text, so that templates may look that far."""

CODE, GAP, KIND, WORD, SEGMENT, STARTS, ENDS, COVERS, PLACE_IN_RUN, REST, ENDING, BEFORE, AFTER, PREFIX = range(14)
HEAD, TAIL, SHORT_TAIL, WORD_BEFORE, WORD_AFTER, RUN, FOREIGN_RUN, SHAPE, GLUED, RUN_WORD = range(14, 24)
COUNT = 24
"""Columns of the attributes."""

_LONGEST_WORD = 5
_TELLING = PLACE | ORGANISATION | GIVEN | TITLE | CUE | PERSON | TIME | KIN
_SINGLE = SURNAME | GIVEN | TITLE | CUE | FOREIGN | FREQUENT | KIN | PLACE
_FAR = 4


def attributes(tokens: Tokens, lexicon: Lexicon) -> Int64s:
    """Return an int64 array (tokens + 2 * PAD, COUNT), each value below 2**32; rows of the padding are breaks."""
    size = len(tokens.code) + 2 * PAD
    out = np.zeros((COUNT, size), np.int64)
    out[KIND], out[GAP] = signs.BREAK, 2
    inner = slice(PAD, size - PAD)
    for column, values in (
        (CODE, tokens.code), (GAP, tokens.gap), (KIND, tokens.kind), (SHAPE, tokens.shape), (HEAD, tokens.head),
        (TAIL, tokens.tail), (SHORT_TAIL, tokens.short_tail),
    ):  # fmt: skip
        out[column, inner] = values
    out[GAP, out[KIND] == signs.BREAK] = 2  # a break is the same whether text or nothing stands beside it
    kind, code = out[KIND], out[CODE]
    out[GLUED] = mixed(code, out[GAP] + 1)
    east = (kind == signs.HAN) | (kind == signs.HANGUL)
    joined = np.zeros(size, np.bool_)
    joined[1:] = east[1:] & (kind[1:] == kind[:-1]) & (out[GAP, 1:] == 0)
    words, bits = _words(code, kind, joined, lexicon)
    out[WORD] = bits[0]
    latin = np.flatnonzero(kind == signs.LATIN)
    out[WORD, latin] = lexicon.bits(signs.LATIN, code[latin])
    out[WORD, east] &= _SINGLE | COMMON
    _segments(out, bits)
    _foreign_runs(out, joined)
    _runs(out, joined & (kind == signs.HANGUL), words, bits)
    return np.ascontiguousarray(out.T)


def _words(code: Int64s, kind: Int64s, joined: np.ndarray, lexicon: Lexicon) -> tuple[list[Int64s], list[Int64s]]:
    """Return, for one to five characters from each token on, the hash of that word and what it may be."""
    size = len(code)
    words, bits = [code], [np.zeros(size, np.int64)]
    sums, holds = code * POWERS[0], (kind == signs.HAN) | (kind == signs.HANGUL)
    for length in range(1, _LONGEST_WORD + 1):
        if length > 1:
            ahead = np.zeros(size, np.int64)
            ahead[: size - length + 1] = code[length - 1 :]
            goes_on = np.zeros(size, np.bool_)
            goes_on[: size - length + 1] = joined[length - 1 :]
            holds = holds & goes_on
            sums = sums + ahead * POWERS[length - 1]
            words.append(sums & WORD32)
            bits.append(np.zeros(size, np.int64))
        for script in (signs.HAN, signs.HANGUL):
            places = np.flatnonzero(holds & (kind == script))
            if len(places):
                bits[-1][places] = lexicon.bits(script, words[-1][places])
    return words, bits


def _segments(out: Int64s, bits: list[Int64s]) -> None:
    """Write which words of the lexicon start, end and lie across each character."""
    size = out.shape[1]
    start_length, end_length, across = (np.zeros(size, np.int64) for _ in range(3))
    for length in range(2, _LONGEST_WORD + 1):
        found = bits[length - 1]
        common = (found & COMMON) > 0
        telling = found & _TELLING
        start_length[common] = length
        last = length - 1
        end_length[last:][common[: size - last]] = length
        for place in range(length):
            inside = slice(place, size)
            across[inside] |= (common[: size - place] & (0 < place < last)).astype(np.int64)
            out[COVERS, inside] |= telling[: size - place]
        out[STARTS] |= telling
        out[ENDS, last:] |= telling[: size - last]
    east = (out[KIND] == signs.HAN) | (out[KIND] == signs.HANGUL)
    out[SEGMENT] = np.where(east, 1 + start_length + 6 * end_length + 36 * across, 0)


def _foreign_runs(out: Int64s, joined: np.ndarray) -> None:
    """Write how many characters of foreign names stand together, from the start and to the end of their run."""
    foreign = (out[WORD] & FOREIGN) > 0
    places = np.arange(len(foreign))
    starts = np.maximum.accumulate(np.where(foreign & joined & np.roll(foreign, 1), 0, places))
    ends_here = ~(foreign & np.roll(foreign & joined, -1))
    ends = np.minimum.accumulate(np.where(ends_here, places, len(places))[::-1])[::-1]
    left, right = np.minimum(places - starts, _FAR), np.minimum(ends - places, _FAR)
    out[FOREIGN_RUN] = np.where(foreign, 1 + left * (_FAR + 1) + right, 0)


def _runs(out: Int64s, joined: np.ndarray, words: list[Int64s], bits: list[Int64s]) -> None:
    """Write where in its run of Hangul a token stands, what follows to the end, and the runs on both sides."""
    size = out.shape[1]
    places = np.arange(size)
    first = np.maximum.accumulate(np.where(joined, 0, places))
    last = np.minimum.accumulate(np.where(np.append(~joined[1:], True), places, size)[::-1])[::-1]
    within, rest = places - first, last - places
    hangul = out[KIND] == signs.HANGUL
    out[PLACE_IN_RUN] = np.where(hangul, 1 + np.minimum(within, 6), 0)
    out[REST] = np.where(hangul, 1 + np.minimum(rest, 6), 0)
    follows = np.minimum(places + 1, size - 1)
    out[ENDING] = np.select(
        [~hangul, rest == 0, *(rest == length for length in (1, 2, 3))], [0, 1, *(w[follows] for w in words[:3])], 2
    )
    for length in range(1, _LONGEST_WORD + 1):
        here = hangul & (within == length - 1)
        out[PREFIX, here] = bits[length - 1][first[here]] + 1
        whole = hangul & (last - first == length - 1)
        out[RUN, whole] = words[length - 1][first[whole]]
        out[RUN_WORD, whole] = bits[length - 1][first[whole]] + 1
    head = np.where(rest > 0, words[1], out[CODE])
    tail = np.where(within > 0, np.roll(words[1], 1), out[CODE])
    before, after = np.maximum(first - 1, 0), np.minimum(last + 1, size - 1)
    out[BEFORE], out[AFTER] = tail[before], head[after]
    out[WORD_BEFORE] = (out[ENDS] | out[WORD])[before]
    out[WORD_AFTER] = (out[STARTS] | out[WORD])[after]
