"""The automaton of identifiers inside text: every pattern at once, from each place where one may start.

What the character before a match must not be becomes the choice of a first state: characters are sorted into contexts
by all that patterns look behind at. A pattern with a group whose span is wanted is one branch for each of its choices,
with an automaton for what stands before the group and one for the group, which are run only where the branch fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lockgate.classify.kernel import charset, dfa, nfa, product, syntax
from lockgate.classify.kernel.charset import Ranges
from lockgate.classify.kernel.dfa import NONE, Automaton
from lockgate.classify.kernel.nfa import Program
from lockgate.classify.kernel.product import Product
from lockgate.classify.kernel.search_tables import SearchTables
from lockgate.classify.kernel.syntax import Alternation, Boundary, Group, Look, Node, UnsupportedPatternError
from lockgate.classify.kernel.syntax import Sequence as Parts

MOST_STATES = 60_000
_PAGE = 256
_AT_SIGN = 64


@dataclass(frozen=True, slots=True)
class Branch:
    """One pattern, or one choice of a pattern of which a group is wanted.

    Attributes:
        item: Place of the recogniser among those searched for.
        whole: Fits all of it.
        before: What stands before the group; None if all of the match is wanted.
        group: The group, and what has to follow.
    """

    item: int
    whole: Node
    before: Node | None = None
    group: Node | None = None


def branches_of(patterns: Sequence[str]) -> tuple[list[Branch], list[int]]:
    """Return the branches of text patterns, and the places of those that fit more than their pattern does.

    Where a pattern looks behind at more than one character, that is left out: what fits has to be searched in Python.

    Raises:
        UnsupportedPatternError: If a pattern cannot be had even so.
    """
    branches: list[Branch] = []
    loose: list[int] = []
    for place, pattern in enumerate(patterns):
        tree = syntax.parse(pattern, charset.PYTHON)
        kept = _without_long_looks(tree)
        if kept != tree:
            loose.append(place)
        branches += _branches(place, kept)
    return branches, loose


def _without_long_looks(tree: Node) -> Node:
    match tree:
        case Parts():
            return Parts(tuple(_without_long_looks(part) for part in tree.parts if not _looks_far_behind(part)))
        case Alternation():
            return Alternation(tuple(map(_without_long_looks, tree.choices)))
        case _:
            return tree


def _looks_far_behind(tree: Node) -> bool:
    return isinstance(tree, Look) and not tree.ahead and not nfa.is_one_character(tree.part)


def make_tables(branches: Sequence[Branch]) -> SearchTables:
    """Return the tables of some branches.

    Raises:
        TooManyStatesError: If they have too many states.
        UnsupportedPatternError: Likewise.
    """
    programs = [nfa.search_program(branch.whole) for branch in branches]
    sets = sorted({state.behind for program in programs for state in program.states if state.sort == "behind"})
    signatures, pages, contexts = _contexts(sets)
    automata = [_automaton(program, sets, signatures) for program in programs]
    whole = _product(automata)
    delays, out, at_end = _outputs(automata, whole)
    starts = whole.starts.reshape(2, -1).astype(np.uint16)
    small = _Small()
    places = [(small.add(branch.before, ordered=False), small.add(branch.group, ordered=True)) for branch in branches]
    return SearchTables(
        pages=pages,
        contexts=contexts,
        class_of=whole.class_of.astype(np.uint8),
        table=whole.table.astype(np.uint16),
        starts=starts,
        out=out,
        out_at_end=at_end,
        delays=delays,
        items=np.array([branch.item for branch in branches], np.int16),
        before=np.array([place for place, _ in places], np.uint16),
        group=np.array([place for _, place in places], np.uint16),
        small=np.concatenate(small.tables).astype(np.uint16),
        small_out=np.concatenate(small.out).astype(np.int16),
        small_at_end=np.concatenate(small.at_end).astype(np.int16),
    )


def _branches(place: int, tree: Node) -> list[Branch]:
    if not _has_group(tree):
        return [Branch(place, tree)]
    if isinstance(tree, Alternation):
        return [branch for choice in tree.choices for branch in _branches(place, choice)]
    if isinstance(tree, Parts):
        groups = [spot for spot, part in enumerate(tree.parts) if isinstance(part, Group)]
        if len(groups) == 1 and sum(map(_has_group, tree.parts)) == 1:
            spot = groups[0]
            before = [part for part in tree.parts[:spot] if not isinstance(part, Look | Boundary)]
            rest = tree.parts[spot + 1 :]
            if all(isinstance(part, Look) for part in rest):
                return [Branch(place, tree, Parts(tuple(before)), Parts((tree.parts[spot], *rest)))]
    raise UnsupportedPatternError("a group whose span is wanted stands too deep")


def _has_group(tree: Node) -> bool:
    match tree:
        case Group():
            return True
        case Parts():
            return any(map(_has_group, tree.parts))
        case Alternation():
            return any(map(_has_group, tree.choices))
        case syntax.Repetition() | Look():
            return _has_group(tree.part)
        case _:
            return False


def _contexts(sets: list[Ranges]) -> tuple[list[int], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return the contexts as bits of the sets that a character is in, and the two tables by character."""
    points = np.arange(0x110000)
    signs = np.zeros(len(points), np.int64)
    for bit, ranges in enumerate(sets):
        signs |= charset.contains(ranges, points).astype(np.int64) << bit
    signatures, context = np.unique(signs, return_inverse=True)
    rows, pages = np.unique(context.reshape(-1, _PAGE).astype(np.uint8), axis=0, return_inverse=True)
    return signatures.tolist(), pages.reshape(-1).astype(np.uint8), rows


def _automaton(program: Program, sets: list[Ranges], signatures: list[int]) -> Automaton:
    behind = [(place, state) for place, state in enumerate(program.states) if state.sort == "behind"]
    contexts = [
        frozenset(place for place, state in behind if bool(signature >> sets.index(state.behind) & 1) == state.wanted)
        for signature in signatures
    ]
    contexts.append(frozenset(place for place, state in behind if not state.wanted))
    found = dfa.determine(program, contexts, MOST_STATES, ordered=True)
    without = np.zeros_like(found.starts) if _needs_at_sign(found) else found.starts
    return replace(found, starts=np.concatenate([without, found.starts]))


def _needs_at_sign(automaton: Automaton) -> bool:
    """Return whether every match has an at sign, so that a text without one need not be looked at."""
    columns = [byte for byte in range(256) if byte != _AT_SIGN]
    seen: set[int] = set()
    reached = {int(state) for state in automaton.starts}
    while reached:
        if any(automaton.out[state] != NONE or automaton.out_at_end[state] != NONE for state in reached):
            return False
        seen |= reached
        reached = set(np.unique(automaton.table[sorted(reached)][:, columns]).tolist()) - seen
    return True


def _product(automata: list[Automaton]) -> Product:
    whole: Product | None = None
    for item in automata:
        if whole is None:
            whole = product.product_of(item, absorbing=False)
        else:
            whole = product.multiply(whole, item, MOST_STATES)
    if whole is None:
        raise UnsupportedPatternError("no pattern at all")
    return whole


def _outputs(
    automata: list[Automaton], whole: Product
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """Return the distinct rows of delays, the first all -1, and the row of each state on entering and at the end."""
    places = range(len(automata))
    out = np.stack([automata[place].out[whole.parts[:, place]] for place in places], axis=1)
    at_end = np.stack([automata[place].out_at_end[whole.parts[:, place]] for place in places], axis=1)
    rows, numbers = np.unique(
        np.concatenate([np.full((1, len(automata)), NONE), out, at_end]), axis=0, return_inverse=True
    )
    numbers = numbers.reshape(-1)
    assert numbers[0] == 0, "no match sorts first"
    return rows.astype(np.int16), numbers[1 : len(out) + 1].astype(np.uint16), numbers[len(out) + 1 :].astype(np.uint16)


class _Small:
    """The tables of the parts of branches, one after the other; state 0 is dead."""

    def __init__(self) -> None:
        self.tables = [np.zeros((1, 256), np.int32)]
        self.out = [np.full(1, NONE)]
        self.at_end = [np.full(1, NONE)]
        self.size = 1

    def add(self, tree: Node | None, *, ordered: bool) -> int:
        """Add the automaton of a part; return its first state, 0 for none."""
        if tree is None:
            return 0
        item = dfa.determine(nfa.search_program(tree), [frozenset()], MOST_STATES, ordered=ordered)
        self.tables.append(np.where(item.table, item.table + self.size, 0))
        self.out.append(item.out)
        self.at_end.append(item.out_at_end)
        start = int(item.starts[0]) + self.size
        self.size += len(item.table)
        return start
