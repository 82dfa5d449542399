"""A text as tokens: each Han character, Hangul syllable and sign, each run of digits and each word of Latin letters."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.classify.tagger import signs
from lockgate.classify.tagger.hashing import LONGEST, POWERS, WORD32, Int64s

LOWER, CAPITALISED, INITIAL, CAPITALS, MIXED, LETTER = range(1, 7)
"""Shapes of Latin words; 0 for all else."""

_APOSTROPHES = (0x27, 0x2019)
_S = ord("s")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a text; arrays of the same length.

    Attributes:
        start: First character.
        end: Character after the last.
        kind: Kind of character (see `signs`).
        gap: 0 glued to the token before, 1 after a space, 2 after a break or at the start.
        code: Hash of the folded word, or the folded character.
        shape: Shape of a Latin word.
        head: Hash of the first three letters of a Latin word; 0 for all else.
        tail: Hash of the last three letters.
        short_tail: Hash of the last two letters.
    """

    start: Int64s
    end: Int64s
    kind: Int64s
    gap: Int64s
    code: Int64s
    shape: Int64s
    head: Int64s
    tail: Int64s
    short_tail: Int64s


def tokens_of(codes: signs.Codes) -> Tokens:
    """Return the tokens of a text in order; spaces are none.

    An apostrophe between letters belongs to the word (`O'Brien`), but not that of a final `'s`.
    """
    letters = signs.folded(codes)
    kinds = _with_apostrophes(signs.kinds_of(codes), letters, codes)
    new = np.ones(len(codes), np.bool_)
    new[1:] = (kinds[1:] != kinds[:-1]) | ((kinds[1:] != signs.LATIN) & (kinds[1:] != signs.DIGIT))
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(codes))
    kept = kinds[starts] != signs.SPACE
    start, end = starts[kept], ends[kept]
    kind = kinds[start].astype(np.int64)
    gap = np.full(len(start), 2, np.int64)
    gap[1:] = np.where(kind[:-1] == signs.BREAK, 2, (start[1:] > end[:-1]).astype(np.int64))
    code = letters[start].copy()
    digits = kind == signs.DIGIT
    code[digits] = ord("0") + np.minimum((end - start)[digits], 8)
    shape, head, tail, short_tail = (np.zeros(len(start), np.int64) for _ in range(4))
    latin = np.flatnonzero(kind == signs.LATIN)
    if len(latin):
        first, last = start[latin], end[latin]
        code[latin] = _word_hashes(letters, first, last)
        shape[latin] = _shapes(signs.are_capital(codes), first, last)
        head[latin], tail[latin], short_tail[latin] = _affixes(letters, first, last)
    return Tokens(start, end, kind, gap, code, shape, head, tail, short_tail)


def _with_apostrophes(kinds: npt.NDArray[np.uint8], letters: Int64s, codes: signs.Codes) -> npt.NDArray[np.uint8]:
    places = np.flatnonzero((codes == _APOSTROPHES[0]) | (codes == _APOSTROPHES[1]))
    places = places[(places > 0) & (places < len(codes) - 1)]
    after = np.minimum(places + 2, len(codes) - 1)
    is_final_s = (letters[places + 1] == _S) & ((kinds[after] != signs.LATIN) | (after == places + 1))
    inside = (kinds[places - 1] == signs.LATIN) & (kinds[places + 1] == signs.LATIN) & ~is_final_s
    kinds[places[inside]] = signs.LATIN
    return kinds


def _word_hashes(letters: Int64s, first: Int64s, last: Int64s) -> Int64s:
    """Return the hash of each word: the letters of a word times the factors of their places, added up."""
    lengths = last - first
    ends = np.cumsum(lengths)
    within = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
    values = letters[np.repeat(first, lengths) + within] * POWERS[np.minimum(within, LONGEST - 1)]
    sums = np.add.reduceat(values, ends - lengths) & WORD32
    return np.where(lengths == 1, letters[first], sums)


def _shapes(capital: npt.NDArray[np.bool_], first: Int64s, last: Int64s) -> Int64s:
    counts = np.concatenate(([0], np.cumsum(capital)))
    capitals, lengths = counts[last] - counts[first], last - first
    starts = capital[first]
    conditions = [(lengths == 1) & starts, lengths == 1, capitals == 0, capitals == lengths, starts & (capitals == 1)]
    return np.select(conditions, [INITIAL, LETTER, LOWER, CAPITALS, CAPITALISED], MIXED)


def _affixes(letters: Int64s, first: Int64s, last: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    lengths = last - first
    one, two, three = (letters[np.minimum(first + place, last - 1)] for place in range(3))
    head = (one * POWERS[0] + two * POWERS[1] + three * POWERS[2]) & WORD32
    one, two, three = (letters[np.maximum(last - place, first)] for place in (3, 2, 1))
    tail = (one * POWERS[0] + two * POWERS[1] + three * POWERS[2] + np.minimum(lengths, 4)) & WORD32
    return head, tail, (two * POWERS[0] + three * POWERS[1]) & WORD32
