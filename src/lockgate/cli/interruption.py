"""Ctrl-C, a terminal that is gone and a request to end, in a process of its own: one exit code, however late.

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

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Each ends a command alike: what it has begun is put away."""

_BY_SIGNAL = 128
"""Added to the number of a signal, it is the exit code of who was ended by it, as shells have it."""

INTERRUPTED = _BY_SIGNAL + signal.SIGINT

_HEARD: list[int] = []


def listen() -> None:
    """Remember an interruption, and raise it as Python does; who is told to ignore it goes on ignoring it."""
    for number in _SIGNALS:
        if signal.getsignal(number) in (signal.default_int_handler, signal.SIG_DFL):
            signal.signal(number, _raise)


def is_heard() -> bool:
    """Return whether an interruption has come, whatever became of it."""
    return bool(_HEARD)


def exit_code() -> int:
    """Return the exit code of a command that was interrupted: 130 after Ctrl-C, 143 or 129 where it was told to end."""
    return _BY_SIGNAL + _HEARD[0] if _HEARD else INTERRUPTED


def leave(code: int) -> int:
    """Return the exit code, with which the process may end; one that was interrupted, before or from now on, ends here.

    Args:
        code: Exit code of the command.
    """
    for number in _SIGNALS:
        if signal.getsignal(number) is _raise:
            signal.signal(number, _end)
    if is_heard() and code == exit_code():
        _end(_HEARD[0])
    return code


def _raise(number: int, _frame: FrameType | None) -> None:
    _HEARD.append(number)
    raise KeyboardInterrupt


def _end(number: int, _frame: FrameType | None = None) -> None:
    end(_BY_SIGNAL + number)


def end(code: int) -> None:
    """End at once: what had to be put away has been, on the way out of the command.

    Args:
        code: The exit code.
    """
    flushes: tuple[Callable[[], None], ...] = (sys.stdout.flush, sys.stderr.flush)
    for flush in flushes:
        with suppress(OSError, ValueError, RuntimeError):
            flush()
    os._exit(code)
