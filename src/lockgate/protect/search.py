"""Which search finds the classes of a recoding: one line each."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from lockgate.protect.lattice_peel import peel
from lockgate.protect.lattice_problem import search_lattice
from lockgate.protect.problem import Partition, Problem
from lockgate.protect.refinement import refine
from lockgate.protect.splitting import split


class Search(StrEnum):
    """How classes are searched for.

    `local`: each class by itself, greedily from the top. `strict`: each class at one level of every hierarchy.
    `global`: all classes at the same levels, the best there are.
    """

    LOCAL = "local"
    STRICT = "strict"
    GLOBAL = "global"


def find_partition(problem: Problem, search: Search) -> Partition:
    """Return the classes that a search finds, refined by as many moves as the problem allows unless it is global.

    Args:
        problem: What is to be put into classes; its persons are enough for one class.
        search: How they are searched for.
    """
    found = _SEARCHES[search](problem)
    is_final = search is Search.GLOBAL or bool((found.classes < 0).any())  # a refinement moves nobody in or out
    return found if is_final else refine(problem, found)


_SEARCHES: Mapping[Search, Callable[[Problem], Partition]] = MappingProxyType(
    {Search.LOCAL: split, Search.GLOBAL: search_lattice, Search.STRICT: peel}
)
