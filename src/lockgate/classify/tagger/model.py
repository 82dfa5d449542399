"""The trained model: weights of hashed features and of steps from label to label, as whole numbers.

Made by `training/train.py` from sentences that this project generates; see there for what it has read.
"""

import zlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from lockgate.classify.tagger.attributes import COUNT
from lockgate.classify.tagger.hashing import Int64s, mixed
from lockgate.classify.tagger.templates import PARTS, TEMPLATES

OUTSIDE, BEGIN, INSIDE, END, SINGLE = range(5)
LABELS, KINDS = 5, 8
"""Labels of tokens: outside a name; its first, middle, last token; a name of one token. The number of kinds."""

WAYS = 4
NEVER = -(10**6)
"""Weight of what cannot be."""

_FOLLOWS = ((0, 1, 4), (2, 3), (2, 3), (0, 1, 4), (0, 1, 4))


@dataclass(frozen=True, slots=True)
class Model:
    """Weights.

    Attributes:
        table: (buckets, 4) uint64; the highest 16 bits: high half of the feature's hash; the lowest 40: five weights of
            8 bits, signed, one a label; 0 for an empty place.
        steps: (KINDS, LABELS, LABELS) int64; weight of going from one label to the next, by the kind of the next token.
    """

    table: npt.NDArray[np.uint64]
    steps: Int64s


@dataclass(frozen=True, slots=True)
class Plan:
    """The templates as arrays, by kind of token, those of fewer attributes first.

    Attributes:
        count: (kinds, PARTS + 1) templates of at most so many attributes.
        seed: (kinds, most templates) start of the hash.
        shift: (kinds, most templates, PARTS) where an attribute lies in the rows laid end to end, from the token's row.
    """

    count: Int64s
    seed: Int64s
    shift: Int64s


def _plan() -> Plan:
    kinds, most = max(TEMPLATES) + 1, max(map(len, TEMPLATES.values()))
    count, seed = np.zeros((kinds, PARTS + 1), np.int64), np.zeros((kinds, most), np.int64)
    shift = np.zeros((kinds, most, PARTS), np.int64)
    for kind, templates in TEMPLATES.items():
        ordered = sorted(enumerate(templates), key=lambda item: len(item[1]))
        for place, (number, template) in enumerate(ordered):
            seed[kind, place] = int(mixed(kind * 1000 + number + 1, 0x517CC1B7))
            shift[kind, place, : len(template)] = [step * COUNT + attribute for attribute, step in template]
            count[kind, len(template) :] += 1
    return Plan(count, seed, shift)


PLAN = _plan()


def allowed(steps: Int64s) -> Int64s:
    """Return the weights of steps with those that never happen far below all others."""
    out = np.full((KINDS, LABELS, LABELS), NEVER, np.int64)
    for label, following in enumerate(_FOLLOWS):
        out[:, label, following] = steps[:, label, following]
    return out


@cache
def model() -> Model:
    """Return the model of the package."""
    packed = resources.files("lockgate.classify.tagger").joinpath("weights.bin").read_bytes()
    raw = zlib.decompress(packed)
    steps = np.frombuffer(raw, np.dtype("<i4"), KINDS * LABELS * LABELS).astype(np.int64)
    table = np.frombuffer(raw, np.dtype("<u8"), offset=4 * len(steps)).reshape(-1, WAYS)
    return Model(table, allowed(steps.reshape(KINDS, LABELS, LABELS)))
