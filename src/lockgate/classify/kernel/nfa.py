"""A pattern's tree as a non-deterministic automaton over bytes.

States are of five sorts: `step` (ranges of bytes, each with the state after them), `split` (states without a byte, the
preferred first), `boundary`, `behind` (what the character before the match must be) and `match` (the pattern fits; its
end lies `delay` bytes back, because what stands ahead had to be read).

Where `relaxed` allows, a long count becomes one without limit: that keeps the tables small. A cell of at most that
many characters cannot tell the difference; a longer one that fits has to be looked at again (`Program.exact_up_to`).

Source: K. Thompson, Regular Expression Search Algorithm, CACM 11 (6), 1968.
"""

from dataclasses import dataclass, field

from lockgate.classify.kernel import charset
from lockgate.classify.kernel.charset import Ranges
from lockgate.classify.kernel.syntax import (
    Alternation,
    Boundary,
    Characters,
    Group,
    Look,
    Node,
    Repetition,
    Sequence,
    UnsupportedPatternError,
)

Step = tuple[tuple[int, int, int], ...]
"""Ranges of bytes, disjoint and rising, each with the state after them."""

UNLIMITED = 1 << 30
_ANYTHING = Characters(((0, 0x10FFFF),))
_GREATEST_STATES = 60_000
_DEEPEST = 24
"""Bytes that a match may read ahead."""


@dataclass(frozen=True, slots=True)
class State:
    """One state.

    Attributes:
        sort: `step`, `split`, `boundary`, `behind` or `match`.
        steps: Of a step.
        targets: States after a split, a boundary or a look behind.
        kind: Of a boundary: `start`, `end`, `word`.
        behind: Set of the character before; of a look behind.
        wanted: Whether that character has to be of the set, or must not be.
        delay: Of a match.
    """

    sort: str
    steps: Step = ()
    targets: tuple[int, ...] = ()
    kind: str = ""
    behind: Ranges = ()
    wanted: bool = True
    delay: int = 0


@dataclass(slots=True)
class Program:
    """An automaton.

    Attributes:
        states: All states.
        start: The first one.
        exact_up_to: Characters of a cell up to which it is the pattern exactly.
    """

    states: list[State] = field(default_factory=list)
    start: int = 0
    exact_up_to: int = UNLIMITED


def whole_program(node: Node, longest_count: int) -> Program:
    """Return the automaton that says whether a pattern is found in a cell; anchors stand in the pattern itself."""
    anything = Repetition(_ANYTHING, 0, None, greedy=True)
    builder = _Builder(longest_count)
    match = builder.add(State("match"))
    tail = match if _ends(node) else builder.build(anything, match)
    start = builder.build(node, tail)
    start = start if _begins(node) else builder.build(anything, start)
    return builder.finish(start)


def search_program(node: Node) -> Program:
    """Return the automaton that fits a pattern at the place where it starts."""
    builder = _Builder(UNLIMITED, is_search=True)
    return builder.finish(builder.build(node, builder.add(State("match"))))


def _begins(node: Node) -> bool:
    if isinstance(node, Sequence):
        return bool(node.parts) and _begins(node.parts[0])
    if isinstance(node, Alternation):
        return all(map(_begins, node.choices))
    return isinstance(node, Boundary) and node.kind == "start"


def _ends(node: Node) -> bool:
    if isinstance(node, Sequence):
        return bool(node.parts) and _ends(node.parts[-1])
    if isinstance(node, Alternation):
        return all(map(_ends, node.choices))
    return isinstance(node, Boundary) and node.kind == "end"


class _Builder:
    """Adds states from the end of a pattern to its start."""

    def __init__(self, longest_count: int, *, is_search: bool = False) -> None:
        self.program = Program()
        self.is_search = is_search
        self.longest_count = longest_count
        self._spread_known: dict[tuple[tuple[int, ...], int], int] = {}

    def add(self, state: State) -> int:
        """Add a state and return its number."""
        self.program.states.append(state)
        if len(self.program.states) > _GREATEST_STATES:
            raise UnsupportedPatternError("a pattern of too many states")
        return len(self.program.states) - 1

    def finish(self, start: int) -> Program:
        """Return the whole."""
        self.program.start = start
        return self.program

    def build(self, node: Node, after: int) -> int:  # noqa: C901, PLR0911 - one sort of node a case
        """Return the state from which a node is read before the state after it."""
        match node:
            case Characters():
                return self._characters(node.ranges, after)
            case Sequence():
                for part in reversed(node.parts):
                    after = self.build(part, after)
                return after
            case Alternation():
                return self.add(State("split", targets=tuple(self.build(choice, after) for choice in node.choices)))
            case Repetition():
                return self._repetition(node, after)
            case Group():
                return self.build(node.part, after)
            case Boundary():
                return self._boundary(node, after)
            case Look():
                return self._look(node, after)

    def _boundary(self, node: Boundary, after: int) -> int:
        if node.kind == "word" and self.is_search:
            # Python's word boundary knows all letters: before an ASCII one it asks what stands behind.
            first = [
                low for place in _closure(self.program, (after,)) for low, _, _ in self.program.states[place].steps
            ]
            last = [
                high for place in _closure(self.program, (after,)) for _, high, _ in self.program.states[place].steps
            ]
            if not first or min(first) < ord("0") or max(last) > ord("z"):
                raise UnsupportedPatternError("a word boundary elsewhere than before a letter")
            return self.add(State("behind", targets=(after,), behind=charset.PYTHON.named(r"\w"), wanted=False))
        return self.add(State("boundary", targets=(after,), kind=node.kind))

    def _characters(self, ranges: Ranges, after: int) -> int:
        known: dict[Step, int] = {}
        return self._tree(charset.byte_sequences(ranges), after, known)

    def _tree(self, sequences: list[tuple[tuple[int, int], ...]], after: int, known: dict[Step, int]) -> int:
        heads: dict[tuple[int, int], list[tuple[tuple[int, int], ...]]] = {}
        for sequence in sequences:
            heads.setdefault(sequence[0], []).append(sequence[1:])
        steps: list[tuple[int, int, int]] = []
        for (low, high), rests in sorted(heads.items()):
            target = after if not rests[0] else self._tree(rests, after, known)
            if steps and steps[-1][1] == low - 1 and steps[-1][2] == target:
                steps[-1] = (steps[-1][0], high, target)
            else:
                steps.append((low, high, target))
        key = tuple(steps)
        if key not in known:
            known[key] = self.add(State("step", steps=key))
        return known[key]

    def _repetition(self, node: Repetition, after: int) -> int:
        most = node.most
        if most is not None and most > self.longest_count:
            self.program.exact_up_to = min(self.program.exact_up_to, most)
            most = None
        if most is None:
            loop = self.add(State("split"))
            body = self._any_bytes(loop) if node.part == _ANYTHING else self.build(node.part, loop)
            self.program.states[loop] = State("split", targets=_preferred(body, after, greedy=node.greedy))
            entry = loop
        else:
            entry = after
            for _ in range(most - node.least):
                body = self.build(node.part, entry)
                entry = self.add(State("split", targets=_preferred(body, after, greedy=node.greedy)))
        for _ in range(node.least):
            entry = self.build(node.part, entry)
        return entry

    def _any_bytes(self, after: int) -> int:
        """Return the step over any byte: any number of those is any number of characters, and takes fewer states."""
        return self.add(State("step", steps=((0, 255, after),)))

    def _look(self, node: Look, after: int) -> int:
        if node.ahead:
            return self._ahead(node, after)
        ranges = _one_character(node.part)
        return self.add(State("behind", targets=(after,), behind=ranges, wanted=node.wanted))

    def _ahead(self, node: Look, after: int) -> int:
        """Return the start of a copy of what is looked for ahead, spread out by depth, that matches with a delay."""
        if self.program.states[after] != State("match"):
            raise UnsupportedPatternError("looking ahead before the end of a pattern")
        part = search_program(node.part)
        self._spread_known = {}
        return self._spread(part, _closure(part, (part.start,)), 0, node)

    def _spread(self, part: Program, places: tuple[int, ...], depth: int, node: Look) -> int:
        if depth > _DEEPEST:
            raise UnsupportedPatternError("looking too far ahead")
        states = [part.states[place] for place in places]
        if any(state.sort == "match" for state in states):
            if node.wanted:
                return self.add(State("match", delay=depth))
            return self.add(State("step"))
        steps = [self._spread_byte(part, states, depth, node, byte) for byte in range(256)]
        merged: list[tuple[int, int, int]] = []
        for byte, target in enumerate(steps):
            if target < 0:
                continue
            if merged and merged[-1][1] == byte - 1 and merged[-1][2] == target:
                merged[-1] = (merged[-1][0], byte, target)
            else:
                merged.append((byte, byte, target))
        step = self.add(State("step", steps=tuple(merged)))
        if node.wanted:
            return step
        done = self.add(State("match", delay=depth))
        end = self.add(State("boundary", targets=(done,), kind="end"))
        return self.add(State("split", targets=(step, end)))

    def _spread_byte(self, part: Program, states: list[State], depth: int, node: Look, byte: int) -> int:
        targets = tuple(target for state in states for low, high, target in state.steps if low <= byte <= high)
        key = (tuple(sorted(targets)), depth)
        if key not in self._spread_known:
            if targets:
                found = self._spread(part, _closure(part, targets), depth + 1, node)
            else:
                found = -1 if node.wanted else self.add(State("match", delay=depth + 1))
            self._spread_known[key] = found
        return self._spread_known[key]


def _preferred(body: int, after: int, *, greedy: bool) -> tuple[int, int]:
    return (body, after) if greedy else (after, body)


def is_one_character(node: Node) -> bool:
    """Return whether a node always reads one character."""
    if isinstance(node, Sequence):
        return len(node.parts) == 1 and is_one_character(node.parts[0])
    if isinstance(node, Alternation):
        return all(map(is_one_character, node.choices))
    return isinstance(node, Characters)


def _one_character(node: Node) -> Ranges:
    if isinstance(node, Characters):
        return node.ranges
    if isinstance(node, Sequence) and len(node.parts) == 1:
        return _one_character(node.parts[0])
    if isinstance(node, Alternation):
        return charset.union(*map(_one_character, node.choices))
    raise UnsupportedPatternError("looking behind at more than one character")


def _closure(program: Program, places: tuple[int, ...]) -> tuple[int, ...]:
    """Return the states reached without a byte; only for what is looked for ahead, which has no boundaries."""
    found: dict[int, None] = {}
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        if place in found:
            continue
        found[place] = None
        state = program.states[place]
        if state.sort in ("boundary", "behind"):
            raise UnsupportedPatternError("a boundary inside what is looked for ahead")
        waiting += state.targets
    return tuple(sorted(found))
