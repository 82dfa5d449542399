"""Threads beside the one that asks, where this process has a core for them (`pyarrow.cpu_count`)."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import pyarrow as pa

Given = ParamSpec("Given")
Found = TypeVar("Found")


def side_threads(count: int, name: str) -> Executor:
    """Return what does things beside who asks; where this process is to use one core, at once and in the same thread.

    Args:
        count: Threads at most.
        name: For people.
    """
    return ThreadPoolExecutor(count, name) if pa.cpu_count() > 1 else _AtOnce()


class _AtOnce(Executor):
    """Does things when they are handed in; what goes wrong is raised there."""

    def submit(self, fn: Callable[Given, Found], /, *args: Given.args, **kwargs: Given.kwargs) -> Future[Found]:
        """Return what is done already."""
        done: Future[Found] = Future()
        done.set_result(fn(*args, **kwargs))
        return done
