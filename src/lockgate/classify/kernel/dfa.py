"""An automaton made deterministic and minimal, one pattern at a time.

Two ways: `whole` asks only whether a cell fits; `search` keeps the preference of alternatives and of greedy counts, so
that a match ends where a backtracking engine ends it.

Source: M. Rabin and D. Scott, Finite automata and their decision problems, 1959 (subsets); E. F. Moore,
Gedanken-experiments on sequential machines, 1956 (partition); R. Cox, Regular Expression Matching: the Virtual Machine
Approach, 2009 (ordered subsets for leftmost-first matches).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.classify.kernel.nfa import Program, State
from lockgate.classify.kernel.syntax import UnsupportedPatternError

NONE = -1
"""No match, in place of a delay."""

_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_START, _AFTER_WORD, _AFTER_OTHER = 0, 1, 2
_END = -1

Places = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Automaton:
    """A deterministic automaton; state 0 is dead.

    Attributes:
        table: State after a state and a byte; (states, 256).
        starts: First state, for each context before the match (see `Context`).
        out: Bytes back at which a match ends on entering a state; `NONE` for none.
        out_at_end: The same if the text ends there; overrides `out`.
    """

    table: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    out: npt.NDArray[np.int32]
    out_at_end: npt.NDArray[np.int32]


Context = frozenset[int]
"""States of sort `behind` of one program that the character before lets pass."""


def determine(program: Program, contexts: Iterable[Context], limit: int, *, ordered: bool) -> Automaton:
    """Return the minimal deterministic automaton of a program.

    Args:
        program: The pattern.
        contexts: Before the match, one start for each.
        limit: Most states, before the automaton is made minimal.
        ordered: Whether the preferred match counts (search), or whether there is one at all (whole cells).

    Raises:
        UnsupportedPatternError: If it has too many states.
    """
    maker = _Maker(program, limit, ordered=ordered)
    starts = [maker.number((maker.program.start,), _START, context) for context in contexts]
    maker.run()
    return _minimal(maker.automaton(starts))


class _Maker:
    """Finds the subsets of states that can be reached."""

    def __init__(self, program: Program, limit: int, *, ordered: bool) -> None:
        self.program = program
        self.limit = limit
        self.ordered = ordered
        kinds = {state.kind for state in program.states if state.sort == "boundary"}
        self.has_words = "word" in kinds
        self.class_of, self.samples = _byte_classes(program, words=self.has_words)
        self.keys: dict[tuple[Places, int, Context], int] = {}
        self.waiting: list[tuple[Places, int, Context]] = []
        self.rows: list[list[int]] = []
        self.out: list[int] = []
        self.out_at_end: list[int] = []
        self.closures: dict[tuple[Places, int, int, Context], tuple[Places, int]] = {}

    def number(self, places: Places, before: int, context: Context) -> int:
        """Return the number of a subset, a new one if it has not been met."""
        key = (places, before, context)
        if key not in self.keys:
            self.keys[key] = len(self.keys)
            self.waiting.append(key)
            if len(self.keys) > self.limit:
                raise UnsupportedPatternError("a pattern of too many states")
        return self.keys[key]

    def run(self) -> None:
        """Follow every subset over every class of bytes."""
        done = 0
        while done < len(self.waiting):
            places, before, context = self.waiting[done]
            done += 1
            self.rows.append([self._after(places, before, context, byte) for byte in self.samples])
            if self.ordered:
                delay = self._closure(places, before, self.samples[0], context)[1]
                self.out.append(delay)
            else:
                self.out.append(NONE)
            self.out_at_end.append(self._closure(places, before, _END, context)[1])

    def automaton(self, starts: list[int]) -> Automaton:
        """Return what was found, not yet minimal."""
        table = np.array(self.rows, np.int32)[:, self.class_of]
        return Automaton(
            table, np.array(starts, np.int32), np.array(self.out, np.int32), np.array(self.out_at_end, np.int32)
        )

    def _after(self, places: Places, before: int, context: Context, byte: int) -> int:
        steps, _ = self._closure(places, before, byte, context)
        targets = dict.fromkeys(
            target for place in steps for low, high, target in self.program.states[place].steps if low <= byte <= high
        )
        kept = tuple(targets) if self.ordered else tuple(sorted(targets))
        after = _AFTER_WORD if self.has_words and byte in _WORD else _AFTER_OTHER
        return self.number(kept, after, frozenset())

    def _closure(self, places: Places, before: int, byte: int, context: Context) -> tuple[Places, int]:
        """Return the steps that the subset holds before a byte, the preferred first, and the delay of its match."""
        following = _END if byte == _END else int(self.has_words and byte in _WORD)
        key = (places, before, following, context)
        if key not in self.closures:
            self.closures[key] = self._close(places, before, following, context)
        return self.closures[key]

    def _close(self, places: Places, before: int, following: int, context: Context) -> tuple[Places, int]:
        seen: set[int] = set()
        steps: list[int] = []
        waiting = list(reversed(places))
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            state = self.program.states[place]
            if state.sort == "match":
                if self.ordered or following == _END:
                    return tuple(steps), state.delay
            elif state.sort == "step":
                steps.append(place)
            elif self._passes(state, place, before, following, context):
                waiting += reversed(state.targets)
        return tuple(steps), NONE

    def _passes(self, state: State, place: int, before: int, following: int, context: Context) -> bool:
        if state.sort == "split":
            return True
        if state.sort == "behind":
            if before != _START:
                raise UnsupportedPatternError("looking behind after the start of a pattern")
            return place in context
        if state.kind == "start":
            return before == _START
        if state.kind == "end":
            return following == _END
        return (before == _AFTER_WORD) != (following == 1)


def _byte_classes(program: Program, *, words: bool) -> tuple[npt.NDArray[np.int64], list[int]]:
    """Return the class of each byte, and a byte of each class."""
    cuts = {0}
    for state in program.states:
        for low, high, _ in state.steps:
            cuts |= {low, high + 1}
    if words:
        cuts |= {byte for byte in range(1, 256) if (byte in _WORD) != (byte - 1 in _WORD)}
    samples = sorted(cut for cut in cuts if cut < 256)  # noqa: PLR2004 - bytes
    class_of = np.searchsorted(np.array(samples), np.arange(256), side="right") - 1
    return class_of, samples


def _minimal(automaton: Automaton) -> Automaton:
    table, size = automaton.table, len(automaton.table)
    columns = np.unique(table, axis=1)
    weights = _odd_numbers(columns.shape[1] + 1)
    _, block = np.unique(np.stack([automaton.out, automaton.out_at_end], axis=1), axis=0, return_inverse=True)
    block = block.reshape(-1)
    count = 0
    with np.errstate(over="ignore"):
        while block.max() + 1 != count:
            count = int(block.max()) + 1
            mixed = _mix(block.astype(np.uint64))
            signs = mixed * weights[0] + (mixed[columns] * weights[1:]).sum(axis=1, dtype=np.uint64)
            _, block = np.unique(signs, return_inverse=True)
    first = np.unique(block, return_index=True)[1]
    dead = [
        place
        for place in range(count)
        if automaton.out[first[place]] == NONE
        and automaton.out_at_end[first[place]] == NONE
        and (block[table[first[place]]] == place).all()
    ]
    order = np.full(count, 0)
    rest = [place for place in range(count) if place not in dead]
    order[rest] = np.arange(1, len(rest) + 1)
    kept = first[rest]
    final = np.zeros((len(rest) + 1, 256), np.int32)
    final[1:] = order[block[table[kept]]]
    out = np.concatenate([[NONE], automaton.out[kept]]).astype(np.int32)
    at_end = np.concatenate([[NONE], automaton.out_at_end[kept]]).astype(np.int32)
    assert size >= count
    return Automaton(final, order[block[automaton.starts]].astype(np.int32), out, at_end)


def _odd_numbers(count: int) -> npt.NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        return _mix(np.arange(1, count + 1, dtype=np.uint64)) | np.uint64(1)


def _mix(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return well spread numbers (the finaliser of SplitMix64)."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
