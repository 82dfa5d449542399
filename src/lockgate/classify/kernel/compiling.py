"""How the loops of the kernel are compiled: without the interpreter's lock, and kept on disk."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """Return a loop as compiled code, made at its first call and loaded from disk after that."""
    return cast("Loop", njit(nogil=True, cache=True, boundscheck=False, error_model="numpy")(loop))


def inlined(loop: Loop) -> Loop:
    """Return a part of a loop, compiled where it is called: passing an array on costs more than many a check."""
    return cast("Loop", njit(nogil=True, cache=True, boundscheck=False, error_model="numpy", inline="always")(loop))
