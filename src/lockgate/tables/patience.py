"""Work of a library that waits for somebody else, and that nobody can interrupt: given up when no answer comes.

Some stores are asked for ever by their libraries, and none can be interrupted while it waits. So it is done in a thread
of its own, which is left behind; who asks waits in Python, where Ctrl-C is heard.
"""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

Found = TypeVar("Found")

_LEFT: list[Thread] = []
"""Threads that were given up."""


def answered(work: Callable[[], Found], patience_s: float) -> Found:
    """Return what comes of some work.

    Args:
        work: Waits for somebody else.
        patience_s: Seconds after which no answer is expected any more.

    Raises:
        TimeoutError: If there is no answer by then.
    """
    answers: SimpleQueue[tuple[Found, None] | tuple[None, BaseException]] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put((work(), None))
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            answers.put((None, error))

    thread = Thread(target=ask, name="asking", daemon=True)
    thread.start()
    try:
        found, error = answers.get(timeout=patience_s)
    except BaseException as given_up:
        _LEFT.append(thread)
        if isinstance(given_up, Empty):
            raise TimeoutError from None
        raise
    if error is not None:
        raise error
    return found  # type: ignore[return-value] # there is no error


def is_asked_still() -> bool:
    """Return whether a thread that was given up still waits; a library may wait for it at the end of the process."""
    return any(thread.is_alive() for thread in _LEFT)
