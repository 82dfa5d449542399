"""Labels of tokens in numpy and plain Python: for short texts, and the oracle of the compiled path."""

import numpy as np
import numpy.typing as npt

from lockgate.classify.tagger import signs
from lockgate.classify.tagger.attributes import COUNT, KIND, PAD
from lockgate.classify.tagger.hashing import Int64s, mixed
from lockgate.classify.tagger.model import END, LABELS, NEVER, OUTSIDE, PLAN, SINGLE, Model

_WEIGHT_BITS = 8
_CLOSED = (OUTSIDE, END, SINGLE)


def labels_of(rows: Int64s, model: Model) -> npt.NDArray[np.int8]:
    """Return the label of each token, the padding left out.

    Args:
        rows: Attributes of tokens with their padding (see `attributes.attributes`).
        model: Weights.
    """
    scores = _scores(rows, model).tolist()
    kinds = rows[PAD:-PAD, KIND].tolist()
    steps_of = model.steps.transpose(0, 2, 1).tolist()
    state, paths = [0] + [NEVER] * (LABELS - 1), []
    for kind, score in zip(kinds, scores, strict=True):
        if kind == signs.BREAK:
            back = _best_closed(state)
            paths.append([back] * LABELS)
            state = [state[back]] + [state[back] + NEVER] * (LABELS - 1)
            continue
        totals = [[before + step for before, step in zip(state, steps, strict=True)] for steps in steps_of[kind]]
        state = [max(reached) + own for reached, own in zip(totals, score, strict=True)]
        paths.append([reached.index(max(reached)) for reached in totals])
    label = _best_closed(state)
    labels = np.zeros(len(kinds), np.int8)
    for place in range(len(kinds) - 1, -1, -1):
        labels[place] = OUTSIDE if kinds[place] == signs.BREAK else label
        label = paths[place][label]
    return labels


def _best_closed(state: list[int]) -> int:
    """Return the best label that may stand at the end of a text."""
    reached = [state[label] for label in _CLOSED]
    return _CLOSED[reached.index(max(reached))]


def _scores(rows: Int64s, model: Model) -> Int64s:
    """Return an int64 array (tokens, LABELS): the weights of each token's features, added up."""
    kinds = rows[PAD:-PAD, KIND]
    flat = rows.reshape(-1)
    scores = np.zeros((len(kinds), LABELS), np.int64)
    for kind in range(len(PLAN.count)):
        tokens = np.flatnonzero(kinds == kind)
        if not len(tokens):
            continue
        for number in range(int(PLAN.count[kind, -1])):
            parts = int(np.searchsorted(PLAN.count[kind], number, side="right"))
            state = np.broadcast_to(PLAN.seed[kind, number], tokens.shape)
            for part in range(parts):
                state = mixed(state, flat[(tokens + PAD) * COUNT + PLAN.shift[kind, number, part]])
            scores[tokens] += _weights(model.table, state)
    return scores


def _weights(table: npt.NDArray[np.uint64], state: Int64s) -> Int64s:
    found = table[state & (len(table) - 1)]
    same = (found >> np.uint64(48)) == np.maximum(state >> 16, 1).astype(np.uint64)[:, None]
    packed: npt.NDArray[np.uint64] = (found * same).max(axis=1)
    shifts = np.arange(LABELS, dtype=np.uint64) * np.uint64(_WEIGHT_BITS)
    weights = (packed[:, None] >> shifts).astype(np.uint8).astype(np.int8)
    return weights.astype(np.int64)
