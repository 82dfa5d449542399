"""How many distinct values a column has, in bounded memory: exact up to a limit, estimated above it.

Source: Z. Bar-Yossef et al., Counting distinct elements in a data stream, RANDOM 2002, algorithm 1 (the k least hash
values); exact counts of the values kept, because a value among the k least of all is among the k least of every part.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.classify.kernel.block import block_of
from lockgate.classify.kernel.engine import LONGEST_PLAIN, hash_block, machine
from lockgate.classify.normal import Text

LIMIT = 1024
_SPACE = 2.0**64
_MANY, _ENOUGH = 16 * LIMIT, 4
"""Above so many hashes the least are picked first: those below a bound that about four times the limit stay below."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """The least hashes of the values of a column with their cells; no value can be read from it.

    Attributes:
        hashes: At most `LIMIT` hashes of 64 bits, rising.
        counts: Cells of each.
    """

    hashes: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether no value has been left out."""
        return len(self.hashes) < LIMIT

    @property
    def distinct(self) -> float:
        """Number of distinct values, with a relative standard error of about 3 % above the limit."""
        return float(len(self.hashes)) if self.is_exact else (LIMIT - 1) * _SPACE / (self.hashes[-1] + 1)


def hash_values(values: Text) -> npt.NDArray[np.uint64]:
    """Return a hash of 64 bits of each value, the same in every process.

    Not secret: it leaves the process only through a keyed hash.
    """
    block = block_of(values)
    loops = machine() if block.lengths.max(initial=0) > LONGEST_PLAIN else machine(0)
    return hash_block(block, loops)[0]


def make_sketch(hashes: npt.NDArray[np.uint64], counts: npt.NDArray[np.int64]) -> Sketch:
    """Return the sketch of hashed values with their cells; a hash may come more than once."""
    if len(hashes) > _MANY:
        few = hashes < np.uint64(_SPACE * (_ENOUGH * LIMIT / len(hashes)))
        if np.count_nonzero(few) >= LIMIT:
            sketch = _sketch_of(hashes[few], counts[few])
            if not sketch.is_exact:
                return sketch
    return _sketch_of(hashes, counts)


def _sketch_of(hashes: npt.NDArray[np.uint64], counts: npt.NDArray[np.int64]) -> Sketch:
    order = np.argsort(hashes)
    rising = hashes[order]
    starts = (
        np.flatnonzero(np.concatenate([[True], rising[1:] != rising[:-1]])) if len(rising) else np.zeros(0, np.int64)
    )
    summed = np.add.reduceat(counts[order], starts) if len(starts) else np.zeros(0, np.int64)
    return Sketch(tuple(rising[starts[:LIMIT]].tolist()), tuple(summed[:LIMIT].tolist()))


def merge_sketches(a: Sketch, b: Sketch) -> Sketch:
    """Return the sketch of both parts; associative and commutative, with the empty sketch as identity."""
    hashes = np.array(a.hashes + b.hashes, np.uint64)
    return make_sketch(hashes, np.array(a.counts + b.counts, np.int64))
