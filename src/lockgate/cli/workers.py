"""The options that say what shares the passes over large sources."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from lockgate.flow.sharing import Sharing
from lockgate.tables.allocator import keep_blocks
from lockgate.tables.engine import open_engine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--workers", metavar="N", type=int, help="processes that share a large source, and cores used; default: all"
    )
    parser.add_argument(
        "--engine", metavar="ADDRESS", default="", help="what shares a large source; default: this machine"
    )


@contextmanager
def shared(arguments: argparse.Namespace) -> Iterator[Sharing]:
    """What passes are shared by while a command works; no worker is left afterwards.

    On this machine `--workers N` means N cores: with one, nothing is done beside anything else, in this process either.

    Raises:
        InputError: If there is no such engine, or no worker.
    """
    workers = arguments.workers
    if workers is None:
        workers = 0 if "://" in arguments.engine else _cores()  # a cluster knows its own
    engine = open_engine(arguments.engine, workers)
    if engine.workers == 1:  # which goes from batch to batch itself
        keep_blocks()
    before = pa.cpu_count()
    try:
        if arguments.workers is not None and "://" not in arguments.engine:
            pa.set_cpu_count(min(workers, _cores()))
        yield Sharing(engine, resumes=getattr(arguments, "resume", False))
    finally:
        pa.set_cpu_count(before)
        engine.close()


def _cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
