"""How loops are compiled: without the interpreter's lock, kept on disk, and with the rounding that numpy has."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """Return a loop as compiled code, made at its first call and loaded from disk after that."""
    return cast("Loop", njit(nogil=True, cache=True, boundscheck=False, error_model="numpy")(loop))


def inlined(loop: Loop) -> Loop:
    """Return a part of a loop, compiled where it is called: passing many arrays on costs more than many a step."""
    return cast("Loop", njit(nogil=True, cache=True, boundscheck=False, error_model="numpy", inline="always")(loop))
