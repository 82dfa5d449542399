"""What the tagger knows of single words: a table of hashed words, each with what it may be.

The words themselves are not kept; two words of one hash share their bits (about 1 look-up in 20,000 of unknown words).
"""

import zlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from lockgate.classify.tagger.hashing import Int64s, mixed

COMMON, PLACE, ORGANISATION, GIVEN, SURNAME, TITLE, CUE, PERSON = (1 << place for place in range(8))
TIME, FREQUENT, FOREIGN, KIN, ENDING, FIRST = (1 << place for place in range(8, 14))
"""What a word may be: a common word, a place, an organisation or brand, a given name, a surname, a title or role, a
word beside which names stand, a whole name; a word of time, one of the most frequent words, a sign or word of foreign
names, a word of kinship, a particle or ending, a first character of pet names."""

WAYS = 4
SEEDS = {2: 0x1A2B3C4D, 3: 0x2B3C4D5E, 4: 0x3C4D5E6F}
"""Start of the hash by kind of character: Han, Hangul, Latin."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A table of words.

    Attributes:
        table: (buckets, 4) uint32; high half: high half of the hash, low half: bits; 0 for an empty place.
    """

    table: npt.NDArray[np.uint32]

    def bits(self, kind: int, words: Int64s) -> Int64s:
        """Return what words may be, 0 for unknown ones.

        Args:
            kind: Kind of their characters.
            words: Their hashes (see `hashing.word_hash`).
        """
        keys = mixed(SEEDS[kind], words)
        rows = self.table[keys & (len(self.table) - 1)]
        same = (rows >> np.uint32(16)) == (keys >> 16).astype(np.uint32)[:, None]
        found: npt.NDArray[np.uint32] = (rows * same).max(axis=1)
        return found.astype(np.int64) & 0xFFFF


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of the package."""
    packed = resources.files("lockgate.classify.tagger").joinpath("lexicon.bin").read_bytes()
    return Lexicon(np.frombuffer(zlib.decompress(packed), np.dtype("<u4")).reshape(-1, WAYS))
