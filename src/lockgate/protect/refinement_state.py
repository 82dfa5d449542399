"""The classes of a refinement as they are, in arrays; compiled loops and those without change the same ones."""

from typing import Any, NamedTuple


class State(NamedTuple):
    """The classes as they are, in arrays that moves change.

    Attributes:
        of: Class of each combination.
        following: By combination, the next one of its class; -1 for none.
        head: By class, its first combination; -1 for none.
        sums: By class, combinations, rows, persons and persons of the population.
        boxes: By class and column, first code, last code, number of codes.
        costs: By class and column, the loss; in one more column their sum.
        bits: By class, which values of columns of sets it holds, 64 in a word.
        drops: By combination, what its class loses less without it.
        seen: By value of the widest column, 0.
        changed: By class, when it changed last, in trials; behind them, the time.
        tried: By combination, when it last found no class to go to; -1 for never.
    """

    of: Any
    following: Any
    head: Any
    sums: Any
    boxes: Any
    costs: Any
    bits: Any
    drops: Any
    seen: Any
    changed: Any
    tried: Any
