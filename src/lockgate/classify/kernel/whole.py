"""The automata of whole cells: forms, strong forms and word lists of all recognisers, and what normalising needs.

Patterns are put into groups, each one product and one pass over the bytes of a cell: those that may fit under any
header, those that are looked for under a fitting header only, and what would make either too large.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lockgate.classify.kernel import charset, dfa, nfa, product, syntax
from lockgate.classify.kernel.dfa import NONE, Automaton
from lockgate.classify.kernel.group import MISSING_LABEL, UNTIDY, Group, label_of
from lockgate.classify.kernel.product import Product, TooManyStatesError
from lockgate.classify.kernel.syntax import Alternation, Boundary, Characters, Node, UnsupportedPatternError
from lockgate.classify.kernel.syntax import Sequence as Parts
from lockgate.classify.normal import FLOAT, MISSING, NUMERALS, QUOTES, ZERO_WIDTH
from lockgate.classify.recogniser import Recogniser

LONGEST_COUNT = 20
"""Counts above it are relaxed; cells with more characters than the count that fit are looked at again."""

MOST_STATES = 24_000
_DEEPEST = 3
_FEW, _MANY = 10_000, 60_000
"""States up to which a pattern is made at once; above the first it is taken apart by its choices, if it has any."""

_TEXTS = ("qé中q, 글 q!中", "中中中中中中", "글글글 글글글", "Qqqqq qqqqq qqqq")


@dataclass(frozen=True, slots=True)
class Part:
    """One pattern, or one of its choices.

    Attributes:
        labels: Which patterns it is of.
        automaton: Its automaton.
        exact_up_to: Characters of a cell up to which it is exact.
    """

    labels: tuple[str, ...]
    automaton: Automaton
    exact_up_to: int


def wanted(recognisers: Sequence[Recogniser]) -> dict[str, Node]:
    """Return the trees of all patterns by label; those that the kernel does not know are left out."""
    trees: dict[str, Node] = {}
    for item in recognisers:
        for strong in (False, True):
            label = label_of(item, strong=strong)
            if not label or label in trees:
                continue
            if not strong and not item.form:
                trees[label] = _words(frozenset(item.words))
                continue
            try:
                trees[label] = syntax.parse(label, charset.RE2)
            except UnsupportedPatternError:
                continue
    return trees


def parts_of(label: str, tree: Node, depth: int = 0) -> list[Part]:
    """Return the automata of a pattern: one, or those of its choices if that would be too large; or none."""
    choices = _choices(tree) if depth < _DEEPEST else []
    try:
        return [_part(label, tree, _FEW if len(choices) > 1 else _MANY)]
    except UnsupportedPatternError:
        parts = [parts_of(label, choice, depth + 1) for choice in choices]
    return [part for inner in parts for part in inner] if len(choices) > 1 and all(parts) else []


def normal_parts() -> list[Part]:
    """Return the automata that say whether a cell has to be normalised, and whether it says nothing."""
    spaces = charset.RE2.named(r"[\s\x{0b}\x{85}\x{1c}-\x{1f}]")
    outside = charset.union(spaces, ((0, 0x20),))
    start, end = Boundary("start"), Boundary("end")
    untidy = Alternation(
        (
            Parts((start, Characters(charset.union(outside, charset.of_points(map(ord, QUOTES)))))),
            Parts((Characters(outside), end)),
            Characters(charset.union(charset.unsettled(), charset.of_points(map(ord, ZERO_WIDTH)))),
            syntax.parse(FLOAT, charset.RE2),
            syntax.parse(NUMERALS, charset.RE2),
        )
    )
    return [_part(UNTIDY, untidy, _FEW), _part(MISSING_LABEL, _words(MISSING), _FEW)]


def make_groups(first: list[Part], parts: list[Part]) -> list[Group]:
    """Return the groups of some patterns, each placed where it fits: first those of numbers and the like.

    Args:
        first: Patterns that every group has; the first of them ends a cell (see `product_of`).
        parts: All others.
    """
    groups: list[tuple[Product, list[Part]]] = []
    for part in sorted(_joined(parts), key=lambda item: (_is_texty(item.automaton), -len(item.automaton.table))):
        for place, (whole, inside) in enumerate(groups):
            try:
                groups[place] = (product.multiply(whole, part.automaton, MOST_STATES), [*inside, part])
                break
            except TooManyStatesError:
                continue
        else:
            groups.append(_start_group([*first, part]))
    return [_group(whole, inside) for whole, inside in groups]


def _joined(parts: list[Part]) -> list[Part]:
    """Return the parts, each automaton once."""
    met: dict[tuple[bytes, bytes], Part] = {}
    for part in parts:
        key = (part.automaton.table.tobytes(), part.automaton.out_at_end.tobytes())
        known = met.get(key)
        labels, exact = (known.labels, known.exact_up_to) if known else ((), part.exact_up_to)
        met[key] = Part((*labels, *part.labels), part.automaton, min(exact, part.exact_up_to))
    return list(met.values())


def _start_group(parts: list[Part]) -> tuple[Product, list[Part]]:
    whole = product.product_of(parts[0].automaton, absorbing=True)
    for part in parts[1:]:
        whole = product.multiply(whole, part.automaton, nfa.UNLIMITED)
    return whole, parts


def _group(whole: Product, parts: list[Part]) -> Group:
    labels = tuple(dict.fromkeys(label for part in parts for label in part.labels))
    hits = np.stack(
        [parts[place].automaton.out_at_end[whole.parts[:, place]] != NONE for place in range(len(parts))], axis=1
    )
    fits = np.stack([hits[:, [label in part.labels for part in parts]].any(axis=1) for label in labels], axis=1)
    rows, accept = np.unique(fits, axis=0, return_inverse=True)
    exact = tuple(min(part.exact_up_to for part in parts if label in part.labels) for label in labels)
    shortest = [
        product.shortest_match(part.automaton)
        for part in parts
        if not {UNTIDY, MISSING_LABEL}.intersection(part.labels)
    ]
    return Group(
        class_of=whole.class_of.astype(np.uint8),
        table=whole.table.astype(np.uint16),
        start=int(whole.starts[0]),
        accept=accept.reshape(-1).astype(np.uint16),
        fits=rows,
        labels=labels,
        exact_up_to=exact,
        least_bytes=min((item for item in shortest if item >= 0), default=0),
    )


def _part(label: str, tree: Node, limit: int) -> Part:
    program = nfa.whole_program(tree, LONGEST_COUNT)
    return Part((label,), dfa.determine(program, [frozenset()], limit, ordered=False), program.exact_up_to)


def _choices(tree: Node) -> list[Node]:
    """Return the choices of a pattern: those of its last alternation, each with what stands around it."""
    if isinstance(tree, Alternation):
        return list(tree.choices)
    if isinstance(tree, Parts):
        for place in reversed(range(len(tree.parts))):
            inner = _choices(tree.parts[place])
            if len(inner) > 1:
                return [Parts((*tree.parts[:place], item, *tree.parts[place + 1 :])) for item in inner]
    return [tree]


def _is_texty(automaton: Automaton) -> bool:
    """Return whether a pattern goes on reading ordinary text, so that it multiplies with others that do."""
    for text in _TEXTS:
        state = int(automaton.starts[0])
        for byte in text.encode():
            state = int(automaton.table[state, byte])
        if state:
            return True
    return False


def _words(words: frozenset[str]) -> Node:
    start, end = Boundary("start"), Boundary("end")
    choices = [
        Parts((start, *(Characters(charset.lowered_from(sign)) for sign in word), end)) for word in sorted(words)
    ]
    return Alternation(tuple(choices))
