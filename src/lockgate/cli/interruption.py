"""Ctrl-C, in a process of its own: one exit code, however late it comes.

Python raises an interruption wherever the program is. Three places lose it: native code that turns it into an error of
its own; `exec` of a text, as dataclasses are made by, after which Python ends the process by the signal although the
interruption was handled; and the end of the interpreter, when nobody is left to handle it. So it is remembered here,
and the process is ended here.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

INTERRUPTED = 130

_HEARD: list[int] = []


def listen() -> None:
    """Remember an interruption, and raise it as Python does; who is told to ignore it goes on ignoring it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _raise)


def is_heard() -> bool:
    """Return whether an interruption has come, whatever became of it."""
    return bool(_HEARD)


def leave(exit_code: int) -> int:
    """Return the exit code, with which the process may end; one that was interrupted, before or from now on, ends here.

    Args:
        exit_code: Of the command.
    """
    if signal.getsignal(signal.SIGINT) is _raise:
        signal.signal(signal.SIGINT, _end)
    if exit_code == INTERRUPTED:
        _end()
    return exit_code


def _raise(number: int, _frame: FrameType | None) -> None:
    _HEARD.append(number)
    raise KeyboardInterrupt


def _end(_number: int = 0, _frame: FrameType | None = None) -> None:
    """End at once: what had to be put away has been, on the way out of the command."""
    flushes: tuple[Callable[[], None], ...] = (sys.stdout.flush, sys.stderr.flush)
    for flush in flushes:
        with suppress(OSError, ValueError, RuntimeError):
            flush()
    os._exit(INTERRUPTED)
