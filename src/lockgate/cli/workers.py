"""The options that say what shares the passes over large sources."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from lockgate.cli.option_values import whole_number
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.sharing import Sharing
from lockgate.tables.allocator import keep_blocks
from lockgate.tables.engine import open_engine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--workers",
        metavar="N",
        type=whole_number,
        help="processes that share a large source, and cores used; default, and most on this machine: all",
    )
    parser.add_argument(
        "--engine", metavar="ADDRESS", default="", help="what shares a large source; default: this machine"
    )


@contextmanager
def shared(arguments: argparse.Namespace, surroundings: Surroundings) -> Iterator[Sharing]:
    """What passes are shared by while a command works; no worker is left afterwards.

    On this machine `--workers N` means N cores: with one, nothing is done beside anything else, in this process either.
    More than there are would only take memory and time from each other, so they are not started, which is told once.

    Args:
        arguments: Of the command.
        surroundings: Where it is told.

    Raises:
        InputError: If there is no such engine, or no worker.
    """
    is_here, cores = "://" not in arguments.engine, _cores()
    if is_here and arguments.workers is not None and arguments.workers > cores:
        surroundings.side.print(f"note: {arguments.workers} workers were asked for; {cores} share the work, one a core")
        arguments.workers = cores
    workers = arguments.workers
    if workers is None:
        workers = cores if is_here else 0  # a cluster knows its own
    engine = open_engine(arguments.engine, workers)
    if engine.workers == 1:  # which goes from batch to batch itself
        keep_blocks()
    before = pa.cpu_count()
    try:
        if arguments.workers is not None and is_here:
            pa.set_cpu_count(workers)
        yield Sharing(engine, resumes=getattr(arguments, "resume", False))
    finally:
        pa.set_cpu_count(before)
        engine.close()


def _cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
