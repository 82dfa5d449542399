"""Labels of tokens, compiled: for long texts; releases the interpreter lock and gives the answers of `decoding`."""

import numba
import numpy as np
import numpy.typing as npt

from lockgate.classify.tagger.attributes import COUNT, KIND, PAD
from lockgate.classify.tagger.hashing import FACTOR, WORD32, Int64s
from lockgate.classify.tagger.model import END, LABELS, NEVER, OUTSIDE, PLAN, SINGLE, WAYS, Model
from lockgate.classify.tagger.signs import BREAK
from lockgate.classify.tagger.templates import PARTS

_PLAN = (PLAN.count, PLAN.seed, PLAN.shift)


def labels_of(rows: Int64s, model: Model) -> npt.NDArray[np.int8]:
    """Return the label of each token, the padding left out (see `decoding.labels_of`)."""
    labels: npt.NDArray[np.int8] = _labels(rows, _PLAN, model.table, model.steps)
    return labels


# The functions below have no types: the compiler infers them.
# mypy: allow-untyped-defs
# ruff: noqa: ANN001, ANN202


@numba.njit(cache=True, nogil=True)
def _mixed(state, value):
    product = ((state ^ value) * FACTOR) & WORD32
    return product ^ (product >> 15)


@numba.njit(cache=True, nogil=True)
def _add(state, table, score):
    check = np.uint64(max(state >> 16, 1))
    bucket = state & (len(table) - 1)
    for way in range(WAYS):
        found = table[bucket, way]
        if found >> np.uint64(48) == check:
            for label in range(LABELS):
                score[label] += np.int8(np.uint8(found >> np.uint64(8 * label)))
            return


@numba.njit(cache=True, nogil=True)
def _add_scores(flat, token, plan, table, score):
    """Add up the weights of a token's features; by number of attributes, so that the inner steps are laid out flat."""
    count, seed, shift = plan
    base = token * COUNT
    kind = flat[base + KIND]
    score[:] = 0
    for number in range(count[kind, 0], count[kind, 1]):
        _add(_mixed(seed[kind, number], flat[base + shift[kind, number, 0]]), table, score)
    for number in range(count[kind, 1], count[kind, 2]):
        state = _mixed(seed[kind, number], flat[base + shift[kind, number, 0]])
        _add(_mixed(state, flat[base + shift[kind, number, 1]]), table, score)
    for number in range(count[kind, 2], count[kind, PARTS]):
        state = _mixed(seed[kind, number], flat[base + shift[kind, number, 0]])
        state = _mixed(state, flat[base + shift[kind, number, 1]])
        state = _mixed(state, flat[base + shift[kind, number, 2]])
        if number >= count[kind, 3]:
            state = _mixed(state, flat[base + shift[kind, number, 3]])
        _add(state, table, score)


@numba.njit(cache=True, nogil=True)
def _best_closed(state):
    best = OUTSIDE
    for label in (END, SINGLE):
        if state[label] > state[best]:
            best = label
    return best


@numba.njit(cache=True, nogil=True)
def _labels(rows, plan, table, steps):
    size = len(rows) - 2 * PAD
    flat = rows.reshape(-1)
    labels, paths = np.zeros(size, np.int8), np.zeros((size, LABELS), np.int8)
    state, following, score = np.full(LABELS, NEVER), np.zeros(LABELS, np.int64), np.zeros(LABELS, np.int64)
    state[OUTSIDE] = 0
    for token in range(size):
        kind = rows[token + PAD, KIND]
        if kind == BREAK:
            back = _best_closed(state)
            best = state[back]
            paths[token, :] = back
            state[:] = NEVER + best
            state[OUTSIDE] = best
            continue
        _add_scores(flat, token + PAD, plan, table, score)
        for new in range(LABELS):
            back, best = 0, state[0] + steps[kind, 0, new]
            for old in range(1, LABELS):
                reached = state[old] + steps[kind, old, new]
                if reached > best:
                    back, best = old, reached
            paths[token, new] = back
            following[new] = best + score[new]
        state[:] = following
    label = _best_closed(state)
    for token in range(size - 1, -1, -1):
        labels[token] = OUTSIDE if rows[token + PAD, KIND] == BREAK else label
        label = paths[token, label]
    return labels
