"""A fixed number of persons kept, chosen by a keyed pseudo-random function of the person.

Every person gets a rank, 64 bits of HMAC-SHA-256 over the person's hash; the persons of the lowest ranks are kept,
with all their rows. Ties fall by the hash itself, so the number kept is exact. Who does not hold the key cannot tell
why a person was kept.

Fold: the distinct persons with their rows. Solve: the rank up to which persons are kept. Map: keep or leave out.
"""

import hmac
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.protect.codes import Texts
from lockgate.protect.combinations import PERSON, WEIGHT, merge

VERSION = "1"

Hashes = npt.NDArray[np.uint64]

_CONTEXT = b"lockgate/sampling/1\x00"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which persons are kept.

    Attributes:
        last: Rank and hash of the last person kept; None keeps nobody.
        persons: How many persons are kept.
        rows_left_out: Rows of the others.
    """

    last: tuple[int, int, int] | None
    persons: int
    rows_left_out: int


def fold(persons: Hashes) -> pa.Table:
    """Return the distinct persons of a batch with the number of their rows."""
    arrays: list[Texts] = [pa.array(persons[:, 0]), pa.array(persons[:, 1])]
    ones = pa.array(np.ones(len(persons), dtype=np.int64))
    return merge([pa.table([*arrays, ones], names=[*PERSON, WEIGHT])])


def solve(persons: pa.Table, amount: int, key: bytes) -> Selection:
    """Return the selection of exactly so many persons, or of all where there are no more.

    Args:
        persons: Merged partials of `fold`.
        amount: Persons to keep, at least 0.
        key: 32 secret bytes.
    """
    hashes = np.stack([np.asarray(persons[name], dtype=np.uint64) for name in PERSON], axis=1)
    ranks = _ranks(hashes, key)
    order = np.lexsort((hashes[:, 1], hashes[:, 0], ranks))
    kept = order[:amount]
    rows = np.asarray(persons[WEIGHT], dtype=np.int64)
    left_out = int(rows.sum() - rows[kept].sum())
    if not len(kept):
        return Selection(None, 0, left_out)
    last = kept[-1]
    return Selection((int(ranks[last]), int(hashes[last, 0]), int(hashes[last, 1])), len(kept), left_out)


def is_kept(persons: Hashes, selection: Selection, key: bytes) -> npt.NDArray[np.bool_]:
    """Return for each row whether its person is kept."""
    if selection.last is None:
        return np.zeros(len(persons), dtype=bool)
    rank, high, low = (np.uint64(part) for part in selection.last)
    ranks = _ranks(persons, key)
    below = (persons[:, 0] < high) | ((persons[:, 0] == high) & (persons[:, 1] <= low))
    kept: npt.NDArray[np.bool_] = (ranks < rank) | ((ranks == rank) & below)
    return kept


def _ranks(persons: Hashes, key: bytes) -> Hashes:
    digests = b"".join(
        hmac.digest(key, _CONTEXT + row.tobytes(), "sha256")[:8] for row in np.ascontiguousarray(persons, dtype=">u8")
    )
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)
