"""Several automata run as one: a state of the product is a state of each.

Each automaton is minimal, so the product is as well: two of its states that differ tell some pattern apart.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.classify.kernel.dfa import NONE, Automaton

_PIECE = 1024


class TooManyStatesError(ValueError):
    """A product has more states than asked for."""


@dataclass(frozen=True, slots=True)
class Product:
    """One automaton of several patterns; state 0 is dead.

    Attributes:
        class_of: Class of each byte; (256,).
        table: State after a state and a class; (states, classes).
        starts: First state of each context.
        parts: State of each pattern's own automaton; (states, patterns).
        sink: State from which on the first pattern fits whatever follows; -1 if there is none.
    """

    class_of: npt.NDArray[np.int64]
    table: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    parts: npt.NDArray[np.int32]
    sink: int


def product_of(automaton: Automaton, *, absorbing: bool) -> Product:
    """Return a product of one.

    Args:
        automaton: The first pattern.
        absorbing: Whether it says all there is to say of a cell once it can only fit: what others would do is left
            out from there on.
    """
    class_of, samples = _classes(automaton.table, np.zeros(256, np.int64))
    states = np.arange(len(automaton.table))
    forever = (automaton.out_at_end != NONE) & (automaton.table == states[:, None]).all(1)
    places = np.flatnonzero(forever)
    sink = int(places[0]) if absorbing and len(places) else -1
    return Product(class_of, automaton.table[:, samples], automaton.starts, states[:, None].astype(np.int32), sink)


def multiply(product: Product, automaton: Automaton, limit: int) -> Product:
    """Return the product of one more automaton, with the same number of starts.

    Raises:
        TooManyStatesError: If it has more states than the limit.
    """
    class_of, samples = _classes(automaton.table, product.class_of)
    left, right = product.table[:, product.class_of[samples]].astype(np.int64), automaton.table[:, samples]
    size = len(automaton.table)
    first = _join(product.starts.astype(np.int64), automaton.starts, size, product.sink)
    number = np.full(len(left) * size, -1, np.int32)
    number[0] = 0
    pairs, frontier = [np.zeros(1, np.int64)], np.unique(first)
    frontier = frontier[frontier != 0]
    count = 1
    while len(frontier):
        number[frontier] = np.arange(count, count + len(frontier))
        count += len(frontier)
        if count > limit:
            raise TooManyStatesError(f"more than {limit} states")
        pairs.append(frontier)
        met = [np.zeros(0, np.int64)]
        for piece in np.array_split(frontier, len(frontier) // _PIECE + 1):
            after = _join(left[piece // size], right[piece % size], size, product.sink)
            met.append(np.unique(after[number[after] < 0]))
        frontier = np.unique(np.concatenate(met))
    reached = np.concatenate(pairs)
    table = np.empty((count, len(samples)), np.int32)
    for start in range(0, count, _PIECE):
        piece = reached[start : start + _PIECE]
        table[start : start + _PIECE] = number[_join(left[piece // size], right[piece % size], size, product.sink)]
    parts = np.concatenate([product.parts[reached // size], (reached % size)[:, None].astype(np.int32)], axis=1)
    sink = -1 if product.sink < 0 else int(number[product.sink * size])
    return Product(class_of, table, number[first], parts, sink)


def shortest_match(automaton: Automaton) -> int:
    """Return the bytes of the shortest text that an automaton accepts at its end; -1 if it accepts none."""
    reached = {int(state) for state in automaton.starts}
    seen = set(reached)
    length = 0
    while reached:
        if any(automaton.out_at_end[state] != NONE for state in reached):
            return length
        reached = {int(state) for place in reached for state in np.unique(automaton.table[place])} - seen
        seen |= reached
        length += 1
    return -1


def _join(left: npt.NDArray[np.int64], right: npt.NDArray[np.int32], size: int, sink: int) -> npt.NDArray[np.int64]:
    pairs: npt.NDArray[np.int64] = left * np.int64(size) + right
    if sink >= 0:
        pairs[left == sink] = sink * size
    return pairs


def _classes(
    table: npt.NDArray[np.int32], class_of: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the class of each byte, refined by a table, and a byte of each class."""
    _, columns = np.unique(table, axis=1, return_inverse=True)
    _, samples, refined = np.unique(class_of * 256 + columns.reshape(-1), return_index=True, return_inverse=True)
    return refined.reshape(-1), samples
