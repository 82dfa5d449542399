"""One process of the local engine: takes numbers of fragments from a pipe, finishes them, tells the rows.

Rows are told as they are done with, each time as `(rows,)`, and all of a fragment as a number once it is finished.
"""

import os
import pickle
import signal
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pyarrow as pa

from lockgate.tables import job
from lockgate.tables.allocator import keep_blocks
from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.freed_memory import give_back
from lockgate.terms.compiled_code import set_code_folder

REST = -1
"""In place of the number of a fragment: there is nothing to do for now, so that nothing needs to be held."""


def serve(pipe: Connection, code: Path | None, made: Path | None) -> None:
    """Finish fragments until the pipe ends.

    Args:
        pipe: To who started this process.
        code: Folder of compiled code, as for `set_code_folder`.
        made: File that says that the code is made, likewise.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is told to all; who started this process ends it
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    if code is not None:
        set_code_folder(code, made)
    keep_blocks()
    pa.set_cpu_count(1)  # there are as many workers as cores are to be used
    BytesRead.tell_range = lambda rows: pipe.send((rows,))
    asked: SimpleQueue[tuple[str, int]] = SimpleQueue()
    Thread(target=_listen, args=(pipe, asked), daemon=True).start()
    while True:
        folder, number = asked.get()
        if number == REST:
            job.forget_tasks()
        else:
            pipe.send(finish(folder, number))
        give_back()


def _listen(pipe: Connection, asked: "SimpleQueue[tuple[str, int]]") -> None:
    """Pass on what is asked; end the process at once when nobody is there any more."""
    try:
        while True:
            asked.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)


def finish(folder: str, number: int) -> int | BaseException:
    """Return the rows of a finished fragment, or what went wrong as it can be sent.

    Args:
        folder: Of the job.
        number: Of the fragment.
    """
    try:
        return job.finish_fragment(folder, number)
    except Exception as error:  # noqa: BLE001 - raised where it is received
        error.add_note("".join(traceback.format_tb(error.__traceback__)))  # where, never with what values
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        except Exception:  # noqa: BLE001 - whatever stands against sending it
            return RuntimeError(f"a task failed with {type(error).__name__}")
        return error
