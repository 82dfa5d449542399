"""Weights learnt from labelled sentences: a linear-chain conditional random field over hashed features.

Stochastic gradient with one adaptive rate a feature (AdaGrad: Duchi, Hazan, Singer, 2011); a share of the features is
left out of each sentence at every pass, so that the weights do not lean on the few that generated sentences share.
"""
# ruff: noqa: INP001, PLR2004, T201, RUF001, E501, PLR0911, C901, RUF100 - a script of percentages and tables, run by hand

import numba
import numpy as np
import numpy.typing as npt

from lockgate.classify.tagger.attributes import COUNT, KIND, PAD
from lockgate.classify.tagger.hashing import FACTOR, WORD32
from lockgate.classify.tagger.model import LABELS, PLAN

TABLE = 2**24
"""Places of features while learning."""

_FEW = 3


def features(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    """Return a uint32 array (tokens, most templates) of features; 0 where a token has no more."""
    return _features(np.ascontiguousarray(rows), PLAN.count, PLAN.seed, PLAN.shift)


@numba.njit(cache=True)
def _features(rows, count, seed, shift):  # noqa: ANN001, ANN202
    size = len(rows) - 2 * PAD
    flat = rows.reshape(-1)
    out = np.zeros((size, seed.shape[1]), np.uint32)
    for token in range(size):
        kind, parts = rows[token + PAD, KIND], 0
        for number in range(count[kind, -1]):
            while number >= count[kind, parts]:
                parts += 1
            mixed = seed[kind, number]
            for part in range(parts):
                mixed = ((mixed ^ flat[(token + PAD) * COUNT + shift[kind, number, part]]) * FACTOR) & WORD32
                mixed ^= mixed >> 15
            out[token, number] = max(mixed, 1)
    return out


@numba.njit(cache=True)
def counted(found, counts, hashes):  # noqa: ANN001, ANN201
    """Add up how often each feature was found, and keep its whole hash."""
    for token in range(found.shape[0]):
        for number in range(found.shape[1]):
            feature = found[token, number]
            if feature:
                place = feature & (TABLE - 1)
                counts[place] += 1
                hashes[place] = feature


@numba.njit(cache=True)
def _step(total, moves, low):  # noqa: ANN001, ANN202
    best = total[0] + moves[0]
    for label in range(1, LABELS):
        best = max(best, total[label] + moves[label])
    if best < low:
        return best
    added = 0.0
    for label in range(LABELS):
        added += np.exp(total[label] + moves[label] - best)
    return best + np.log(added)


@numba.njit(cache=True)
def learn(found, labels, kinds, bounds, order, state, rate, dropped, salt):  # noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0915, PLR0917
    """Go through all sentences once and return the mean negative log probability of their labels.

    Args:
        found: Features by token.
        labels: Labels by token.
        kinds: Kinds of tokens.
        bounds: First token of each sentence, and the end.
        order: Numbers of the sentences in the order of learning.
        state: Counts, weights, squares, steps, squares of steps; changed in place.
        rate: Learning rate.
        dropped: Share of features left out, of 1024.
        salt: Number that changes which ones.
    """
    counts, weights, squares, steps, step_squares = state
    loss = 0.0
    low = -1e5
    for number in range(len(order)):
        sentence = order[number]
        first, last = bounds[sentence], bounds[sentence + 1]
        size = last - first
        if size == 0:
            continue
        scores = np.zeros((size, LABELS))
        scale = 1024.0 / (1024 - dropped)
        noise = (sentence * 7919 + salt * 104729) & 0xFFFFFF
        for token in range(size):
            for place in range(found.shape[1]):
                feature = found[first + token, place]
                if feature == 0:
                    break
                index = feature & (TABLE - 1)
                if counts[index] < _FEW or (((feature ^ noise) * 2654435761) >> 12 & 1023) < dropped:
                    continue
                for label in range(LABELS):
                    scores[token, label] += scale * weights[index, label]
        ahead = np.full((size, LABELS), low)
        behind = np.full((size, LABELS), low)
        for label in (0, 1, 4):
            ahead[0, label] = scores[0, label] + steps[kinds[first], 0, label]
        for token in range(1, size):
            for label in range(LABELS):
                ahead[token, label] = scores[token, label] + _step(
                    ahead[token - 1], steps[kinds[first + token], :, label], low
                )
        for label in (0, 3, 4):
            behind[size - 1, label] = 0.0
        moves = np.zeros(LABELS)
        for token in range(size - 2, -1, -1):
            for label in range(LABELS):
                moves[:] = steps[kinds[first + token + 1], label, :] + scores[token + 1]
                behind[token, label] = _step(behind[token + 1], moves, low)
        moves[:] = 0.0
        total = _step(ahead[size - 1] + behind[size - 1], moves, low)
        reached = steps[kinds[first], 0, labels[first]] + scores[0, labels[first]]
        for token in range(1, size):
            old, new = labels[first + token - 1], labels[first + token]
            reached += steps[kinds[first + token], old, new] + scores[token, new]
        loss += total - reached
        if total - reached < 0.002:
            continue
        gradient = np.zeros(LABELS)
        for token in range(size):
            largest = 0.0
            for label in range(LABELS):
                gradient[label] = np.exp(ahead[token, label] + behind[token, label] - total)
                if label == labels[first + token]:
                    gradient[label] -= 1.0
                largest = max(largest, abs(gradient[label]))
            if largest < 0.001:
                continue
            square = 0.0
            for label in range(LABELS):
                square += gradient[label] ** 2
            for place in range(found.shape[1]):
                feature = found[first + token, place]
                if feature == 0:
                    break
                index = feature & (TABLE - 1)
                if counts[index] < _FEW or (((feature ^ noise) * 2654435761) >> 12 & 1023) < dropped:
                    continue
                squares[index] += square
                pace = rate / np.sqrt(squares[index] + 1.0)
                for label in range(LABELS):
                    weights[index, label] -= pace * (gradient[label] + 0.0005 * weights[index, label])
            if token > 0:
                kind = kinds[first + token]
                for old in range(LABELS):
                    for new in range(LABELS):
                        if steps[kind, old, new] > low:
                            expected = np.exp(
                                ahead[token - 1, old]
                                + steps[kind, old, new]
                                + scores[token, new]
                                + behind[token, new]
                                - total
                            )
                            if old == labels[first + token - 1] and new == labels[first + token]:
                                expected -= 1.0
                            step_squares[kind, old, new] += expected**2
                            steps[kind, old, new] -= rate * expected / np.sqrt(step_squares[kind, old, new] + 1.0)
    return loss / len(order)
