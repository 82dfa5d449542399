"""Classes made better by small moves, each of which lowers the loss and leaves every class within every model.

The moves, tried again and again until none gains or as many as allowed have been tried:

1. A combination goes to the class that it costs least. If its own class is too small without it, another combination
   comes in its place: one of the class it went to, or one that its class can spare.
2. A class is dissolved: each member goes where it costs least.
3. A class that has grown is split (`lockgate.protect.splitting`).

Combinations that cost their class most are tried first, and classes that lose most. What costs nothing is not tried.
The loss never rises, so a refinement may be ended after any move. A trial, of one combination or of one class, is a
move, whether it gains or not; so the same problem and number of moves give the same classes, by compiled loops and
without. A trial looks at every class: a refinement is for tables with some ten thousand classes at most.
"""

from collections.abc import Iterator
from types import ModuleType

import numpy as np

from lockgate.protect import refinement_moves
from lockgate.protect.codes import Codes
from lockgate.protect.domains import Reals
from lockgate.protect.loss_tables import AT_BIT, KIND, SET, WIDTH, LossTables
from lockgate.protect.problem import Partition, Problem
from lockgate.protect.problem_arrays import ProblemArrays, as_arrays
from lockgate.protect.refinement_state import State
from lockgate.protect.splitting import numbered, split
from lockgate.terms.compiled_code import load_code

_MOVES, _CLASSES = "lockgate.protect.kernel.refining", "lockgate.protect.kernel.class_state"

_CHUNK = 500
"""Trials after which it is asked whether to stop."""

_LEAST_SHARE = 1e-6
"""Once a round gains no larger share of the loss than this, classes are split, or it was the last one."""


def refine(problem: Problem, found: Partition) -> Partition:
    """Return classes with no more loss, of the same combinations.

    Args:
        problem: Says how many moves may be tried.
        found: Classes within every model; where a level is given for each label, it becomes the least label that covers
            the class.
    """
    if not problem.moves:
        return found
    moves, classes = load_code(_MOVES), load_code(_CLASSES)
    if moves is None or classes is None:
        moves = classes = refinement_moves
    rounds = _Rounds(problem, moves, classes)
    return Partition(numbered(rounds.run(found.classes)), moves=rounds.tried)


class _Rounds:
    """Rounds of moves over one problem."""

    def __init__(self, problem: Problem, moves: ModuleType, classes: ModuleType) -> None:
        self._problem = problem
        self._moves = moves
        self._classes = classes
        self._given = as_arrays(problem)
        self._order = _dearest_first(problem)
        self._limits = (problem.k, self._given.is_asked)
        self.tried = 0

    def run(self, classes: Codes) -> Codes:
        """Return better classes."""
        while True:
            state = _make_state(classes, self._given)
            loss = self._classes.fill_all(self._given.items, self._given.tables, state)
            while self._goes_on and self._round(state) > _LEAST_SHARE * loss:
                pass
            whole = _without_gaps(state.of)
            if not self._goes_on or whole.min() < 0:
                return whole
            classes = split(self._problem, whole).classes
            if classes.max() == whole.max():
                return classes

    @property
    def _goes_on(self) -> bool:
        return self.tried < self._problem.moves and not self._problem.should_stop()

    def _round(self, state: State) -> float:
        own = (self._given.items, self._given.tables, state, self._given.models)
        surplus = state.sums[state.of, 2] - self._problem.persons >= self._problem.k
        loose = np.flatnonzero(surplus & (state.drops > 0) & (state.of >= 0))
        gained = 0.0
        for queue in self._queues(np.flatnonzero((state.drops > 0) & (state.of >= 0)), state.drops):
            gained += self._moves.improve(queue, self._order, loose, own, self._limits)[1]
        lost = state.sums[:, 1] * state.costs[:, -1]
        for queue in self._queues(np.flatnonzero(lost > 0), lost):
            gained += self._moves.dissolve(queue, self._order, own, self._limits)[1]
        return gained

    def _queues(self, chosen: Codes, worth: Reals) -> Iterator[Codes]:
        """Return stretches of trials, those of most worth first, as long as any are allowed."""
        chosen = chosen[np.argsort(-worth[chosen], kind="stable")]
        start = 0
        while start < len(chosen) and self._goes_on:
            end = min(start + _CHUNK, len(chosen), start + self._problem.moves - self.tried)
            self.tried += end - start
            yield chosen[start:end]
            start = end


def _without_gaps(classes: Codes) -> Codes:
    """Return the classes numbered without gaps; -1 stays."""
    return np.unique(classes, return_inverse=True)[1] - int(classes.min() < 0)


def _dearest_first(problem: Problem) -> Codes:
    """Return the columns, those first in which it costs most to join two combinations."""
    half = len(problem.rows) // 2
    one, other = problem.codes[:, : len(problem.rows) - half], problem.codes[:, half:]
    low, high = np.minimum(one, other), np.maximum(one, other)
    joined = 1 + (low != high)
    price = [domain.cost(*group).mean() for domain, *group in zip(problem.domains, low, high, joined, strict=True)]
    return np.argsort(-np.array(price), kind="stable")


def _make_state(classes: Codes, given: ProblemArrays) -> State:
    """Return the state of the classes, members in their order, nothing computed yet."""
    count, columns = given.items[0].shape
    numbers = int(classes.max()) + 1
    following, head = np.full(count, -1, dtype=np.int64), np.full(numbers, -1, dtype=np.int64)
    order = np.argsort(classes, kind="stable")
    order = order[classes[order] >= 0]
    is_next = classes[order[1:]] == classes[order[:-1]]
    following[order[:-1][is_next]] = order[1:][is_next]
    first = np.flatnonzero(np.diff(classes[order], prepend=-1))
    head[classes[order[first]]] = order[first]
    return State(
        of=classes.copy(),
        following=following,
        head=head,
        sums=np.zeros((numbers, 4), dtype=np.int64),
        boxes=np.zeros((numbers, columns, 3), dtype=np.int64),
        costs=np.zeros((numbers, columns + 1)),
        bits=np.zeros((numbers, _words(given.tables)), dtype=np.int64),
        drops=np.zeros(count),
        seen=np.zeros(int(given.tables.facts[:, WIDTH].max()), dtype=np.int64),
        changed=np.zeros(numbers + 1, dtype=np.int64),
        tried=np.full(count, -1, dtype=np.int64),
    )


def _words(tables: LossTables) -> int:
    sets = tables.facts[tables.facts[:, KIND] == SET]
    return int((sets[:, AT_BIT] + sets[:, WIDTH]).max(initial=0)) // 64 + 1
