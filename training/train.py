"""Makes `lexicon.bin` and `weights.bin` of the tagger: `python training/train.py SOURCES [SENTENCES]`.

SOURCES is a folder with what others publish and this program reads: word lists only, no labelled text.

1. jieba/dict.txt from the package jieba 0.42.1 (MIT): Chinese words with counts; its names of persons are left out.
2. okt/ from the jar open-korean-text 2.1.0 in the package konlpy 0.6.0 (the jar: Apache-2.0): Korean nouns, adverbs,
   stems of verbs and adjectives, places and firms; none of its names of persons, and none of its examples.
3. dict/american-english-small of wamerican (SCOWL, permissive) and wordnet/ of wordnet-base 3.0 (WordNet licence):
   English words, places, and sentences in which names take the place of pronouns; its names of persons are only used
   to leave out sentences that name somebody.
4. python/ with modules of the standard library of Python 3.11 (PSF licence): lines in which nobody is named.
5. law/constitution.txt of konlpy 0.6.0 (a law, free of copyright): Korean lines in which nobody is named.

Names of persons are our own: lists in `words/`, written from general knowledge, and names put together by `surnames.py`
and by the signs and syllables of names. No published set of names has been read.
"""
# ruff: noqa: INP001, PLR2004, T201, RUF001, E501, PLR0911, C901, RUF100 - a script of percentages and tables, run by hand

import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import chinese
import english
import korean
import learning
import numpy as np
from expansion import Sequence, unmarked

from lockgate.classify.tagger import signs
from lockgate.classify.tagger.attributes import attributes
from lockgate.classify.tagger.hashing import mixed, word_hash
from lockgate.classify.tagger.lexicon import GIVEN, KIN, PERSON, SEEDS, SURNAME, WAYS, Lexicon
from lockgate.classify.tagger.model import KINDS, LABELS, allowed
from lockgate.classify.tagger.tokens import tokens_of

PACKAGE = Path(__file__).parents[1] / "src" / "lockgate" / "classify" / "tagger"
LEXICON_BUCKETS, MODEL_BUCKETS = 2**17, 2**17
KEPT = (140_000, 110_000, 90_000)
"""Features kept, by language."""

PASSES, LATE_PASSES = 3, 3
"""Times through all sentences before and after the less telling features are forgotten."""

IMPOSSIBLE = -1e6
SCALE = 20.0

State = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Counts, weights, squares, steps, squares of steps."""

OF_NAMES = GIVEN | SURNAME | PERSON | KIN

DROPPED = 560
LONG = 200
JOINED = (("", 40), (" ", 8), (" ", 25))
"""What stands between sentences of one text, and how many in a hundred are followed by another, by language."""
RATE = 0.2
CAUTION = {signs.HAN: -6, signs.HANGUL: 0, signs.LATIN: 6}
"""Taken, by kind of token, from the weight of beginning a name: fewer false alarms for a few names less; below 0 the other way."""


def build_lexicon(words: Iterable[tuple[str, int]]) -> Lexicon:
    """Return the table of words; words that find their bucket full are left out and counted."""
    merged: defaultdict[tuple[int, int], int] = defaultdict(int)
    for word, bits in words:
        codes = signs.codes_of(word)
        kinds = signs.kinds_of(codes)
        if len(codes) and int(kinds[0]) in SEEDS:
            merged[int(kinds[0]), word_hash(signs.folded(codes).tolist())] |= bits
    table, full = np.zeros((LEXICON_BUCKETS, WAYS), np.uint32), 0
    used = np.zeros(LEXICON_BUCKETS, np.int64)
    for (kind, code), bits in sorted(merged.items(), key=lambda item: (-item[1], item[0])):
        key = int(mixed(SEEDS[kind], code))
        bucket = key % LEXICON_BUCKETS
        if used[bucket] == WAYS:
            full += 1
            continue
        table[bucket, used[bucket]] = (key >> 16 << 16) | bits
        used[bucket] += 1
    print(f"lexicon: {len(merged)} words, {full} left out")
    return Lexicon(table)


def labelled(sentences: list[str], lexicon: Lexicon) -> tuple[np.ndarray, ...]:
    """Return features, labels, kinds, and the first token of each sentence, breaks between sentences left out."""
    texts, spans, offset = [], [], 0
    for sentence in sentences:
        text, found = unmarked(sentence)
        texts.append(text)
        spans.extend((first + offset, last + offset) for first, last in found)
        offset += len(text) + 3
    tokens = tokens_of(signs.codes_of("\0\0\0".join(texts)))
    rows = attributes(tokens, lexicon)
    features = learning.features(rows)
    labels = np.zeros(len(tokens.start), np.int8)
    for first, last in spans:
        begin, end = np.searchsorted(tokens.start, first), np.searchsorted(tokens.end, last)
        if tokens.start[begin] != first or tokens.end[end] != last:
            continue
        labels[begin : end + 1] = 2
        labels[begin], labels[end] = (1, 3) if end > begin else (4, 4)
    kept = tokens.kind != signs.BREAK
    begins = kept & np.append(True, ~kept[:-1])
    bounds = np.append(np.cumsum(kept)[begins] - 1, kept.sum())
    return features[kept], labels[kept], tokens.kind[kept].astype(np.int8), bounds


def side_by_side(sentences: Iterable[str], joined: tuple[str, int]) -> Iterator[str]:
    """Yield sentences, some of them two or three in one text: names do not stand at the start of texts only."""
    (gap, share), sequence, waiting = joined, Sequence(11), ""
    for sentence in sentences:
        text = f"{waiting}{gap}{sentence}" if waiting else sentence
        if sequence.chance(share) and len(text) < LONG:
            waiting = text
        else:
            yield text
            waiting = ""


def reach(state: State) -> np.ndarray:
    """Return how much each feature tells: the spread of its weights, more for a frequent one."""
    counts, weights = state[:2]
    return (weights.max(axis=1) - weights.min(axis=1)) * np.minimum(counts, 2000) ** 0.2


def prune(state: State, languages: np.ndarray) -> None:
    """Forget all but the most telling features of each language."""
    counts, telling = state[0], reach(state)
    for language, kept in enumerate(KEPT):
        mine = np.flatnonzero((languages == language + 1) & (telling > 0))
        forgotten = mine[np.argsort(-telling[mine], kind="stable")[kept:]]
        counts[forgotten] = 0
    counts[telling == 0] = 0


def export(state: State, hashes: np.ndarray) -> bytes:
    """Return the model as bytes: steps, then the table of features."""
    counts, weights, _, steps, _ = state
    chosen = np.flatnonzero(counts)
    chosen = chosen[np.argsort(-reach(state)[chosen], kind="stable")]
    values = weights[chosen] - weights[chosen].mean(axis=1, keepdims=True)
    whole = np.clip(np.rint(values * SCALE), -127, 127).astype(np.int8)
    table, left = np.zeros((MODEL_BUCKETS, WAYS), np.uint64), 0
    filled = np.zeros(MODEL_BUCKETS, np.int64)
    for feature, row in zip(hashes[chosen].tolist(), whole, strict=True):
        bucket = feature % MODEL_BUCKETS
        if filled[bucket] == WAYS or not row.any():
            left += 1
            continue
        packed = max(feature >> 16, 1) << 48
        for label in range(LABELS):
            packed |= (int(row[label]) & 0xFF) << (8 * label)
        table[bucket, filled[bucket]] = packed
        filled[bucket] += 1
    print(f"model: {len(chosen)} features, {left} left out")
    rounded = np.where(steps > IMPOSSIBLE / 2, np.rint(steps * SCALE), 0).astype("<i4")
    for kind, caution in CAUTION.items():
        rounded[kind, [0, 0, 3, 3, 4, 4], [1, 4, 1, 4, 1, 4]] -= caution
    return rounded.tobytes() + table.astype("<u8").tobytes()


def main(sources: Path, count: int) -> None:
    """Generate, learn, write."""
    words = chinese.dictionary(sources / "jieba" / "dict.txt")
    generators = (chinese.Chinese(words), korean.Korean(sources), english.English(sources))
    known = [*chinese.lexicon_words(words), *generators[1].lexicon_words(), *generators[2].lexicon_words()]
    (PACKAGE / "lexicon.bin").write_bytes(zlib.compress(build_lexicon(known).table.astype("<u4").tobytes(), 9))
    held = chinese.held_back() | korean.held_back() | english.held_back()
    lexicon = build_lexicon((word, bits & ~OF_NAMES if word in held else bits) for word, bits in known)
    counts, hashes = np.zeros(learning.TABLE, np.int64), np.zeros(learning.TABLE, np.uint32)
    languages = np.zeros(learning.TABLE, np.int8)
    parts, offset = [], 0
    for language, generator in enumerate(generators):
        sentences = list(side_by_side(generator.sentences(count, 77 + language), JOINED[language]))
        for first in range(0, len(sentences), 20_000):
            features, labels, kinds, bounds = labelled(sentences[first : first + 20_000], lexicon)
            learning.counted(features, counts, hashes)
            languages[(counts > 0) & (languages == 0)] = language + 1
            parts.append((features, labels, kinds, bounds[:-1] + offset))
            offset += len(labels)
    features, labels, kinds = (np.concatenate([part[place] for part in parts]) for place in range(3))
    bounds = np.append(np.concatenate([part[3] for part in parts]), offset)
    print(f"{len(bounds) - 1} sentences, {offset} tokens, {np.count_nonzero(counts)} features")
    steps = np.where(allowed(np.zeros((KINDS, LABELS, LABELS), np.int64)) < 0, IMPOSSIBLE, 0.0)
    state = (
        counts, np.zeros((learning.TABLE, LABELS), np.float32), np.zeros(learning.TABLE, np.float32), steps,
        np.zeros((KINDS, LABELS, LABELS)),
    )  # fmt: skip
    sequence = Sequence(5)
    for number in range(PASSES + LATE_PASSES):
        order = np.argsort([sequence.below(2**40) for _ in range(len(bounds) - 1)], kind="stable")
        rate = RATE * (1.0 - number / (PASSES + LATE_PASSES))
        if number == PASSES:
            prune(state, languages)
        dropped = DROPPED if number < PASSES else DROPPED // 2
        loss = learning.learn(features, labels, kinds, bounds, order, state, rate, dropped, number + 1)
        print(f"pass {number + 1}: {loss:.4f}", flush=True)
    (PACKAGE / "weights.bin").write_bytes(zlib.compress(export(state, hashes), 9))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
