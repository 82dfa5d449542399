"""A job: one task for every fragment of a source, kept in a folder that whoever starts it and its workers share.

The folder holds the pickled task and, for each fragment that is finished, one file. Engines carry the path of the
folder and numbers of fragments, nothing else; rows and partials go through the folder. A part appears whole or not at
all, so that a fragment may be run twice, and one that is finished is not run again. Who may write to the folder can
have any code run: it is of mode 0700, and a task that others may write to is not loaded.
"""

import os
import pickle
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from itertools import chain
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from typing import Any, Protocol

from lockgate.tables.file_state import unreadable, unwritable
from lockgate.terms.errors import LockgateError

_TASK = "task"
_FOR_OTHERS = 0o022
"""Bits of a mode that let a group or anybody write."""

_TOKEN_BYTES = 6


class Task(Protocol):
    """What is done to each fragment; picklable."""

    def __call__(self, number: int, part: Path) -> int:
        """Make the part of a fragment and return the rows that were read.

        Args:
            number: Of the fragment, from 0.
            part: Where to write; does not exist.
        """


def make_job(folder: Path, task: Task) -> None:
    """Put a task into a folder; parts that an earlier run left there stay, what it left unfinished goes.

    Args:
        folder: Made if it does not exist, for this user only.
        task: What is done to each fragment.

    Raises:
        LockgateError: If the folder cannot be written.
    """
    made = folder / f".{_TASK}.{token_hex(_TOKEN_BYTES)}.tmp"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for left in folder.glob(".*.tmp"):
            _remove(left)
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            pickle.dump(task, file, protocol=pickle.HIGHEST_PROTOCOL)
        made.replace(folder / _TASK)
    except OSError as error:
        raise unwritable(made, error) from error


def part_of(folder: Path, number: int) -> Path:
    """Return where the part of a fragment lies once it is finished."""
    return folder / f"{number:05d}.part"


def unfinished(folder: Path, numbers: Sequence[int]) -> list[int]:
    """Return those fragments that have no part yet."""
    return [number for number in numbers if not part_of(folder, number).exists()]


def parts_in_order(
    folder: Path,
    numbers: Sequence[int],
    run: Callable[[Path, Sequence[int]], Iterator[tuple[int, int]]],
    told: Callable[[int], None],
) -> Generator[Path]:
    """Yield the parts of a job in the order of its fragments, each as soon as those before are made too.

    Args:
        folder: Of the job; parts that are there are used.
        numbers: Of the fragments, in their order.
        run: Makes those that are missing, as `Engine.run`.
        told: Called with the rows of each.

    Raises:
        LockgateError: What the task raises.
    """
    missing = unfinished(folder, numbers)
    left, coming = set(missing), iter(numbers)
    number = next(coming, -1)
    with closing(run(folder, missing)) as running:  # type: ignore[type-var] # a generator of ours
        for finished, rows in chain(running, [(-1, 0)]):
            told(rows)
            left.discard(finished)
            while number >= 0 and number not in left:
                yield part_of(folder, number)
                number = next(coming, -1)


def write_found(found: object, path: Path) -> None:
    """Leave what a task has found for whoever started it, as a part or as a file of one."""
    with path.open("wb") as file:
        pickle.dump(found, file, protocol=pickle.HIGHEST_PROTOCOL)


def read_found(path: Path) -> Any:
    """Return what a task has left; the folder of a job is for one user only."""
    with path.open("rb") as file:
        return pickle.load(file)  # noqa: S301 - of a task of ours


def finish_fragment(folder: str, number: int) -> int:
    """Return the rows that were read to make the part of a fragment; 0 where it is there.

    What a worker calls, on any engine.

    Args:
        folder: Of the job.
        number: Of the fragment.

    Raises:
        LockgateError: What the task raises; or if the task may not be trusted, or the part cannot be written.
    """
    place = Path(folder)
    part = part_of(place, number)
    if part.exists():
        return 0
    task = _task_of(place)
    made = place / f".{part.stem}.{token_hex(_TOKEN_BYTES)}.tmp"
    try:
        rows = int(task(number, made))
        _publish(made, part)
    except OSError as error:
        raise unwritable(part, error) from error
    finally:
        _remove(made)
    return rows


def forget_tasks() -> None:
    """Hold no task any more that was loaded in this process; one that is asked for again is loaded again."""
    _loaded.cache_clear()


def _publish(made: Path, part: Path) -> None:
    """Give a part its name, unless the same fragment was finished elsewhere meanwhile."""
    try:
        made.rename(part)
    except OSError:
        if not part.exists():
            raise


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def _task_of(folder: Path) -> Task:
    path = folder / _TASK
    try:
        found = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    if (found.st_mode | folder.stat().st_mode) & _FOR_OTHERS:
        raise LockgateError(
            f"others may write to the task in `{folder}`", "start it again in a folder that only you may enter"
        )
    return _loaded(str(path), found.st_ino, found.st_mtime_ns)


@lru_cache(maxsize=1)
def _loaded(path: str, number: int, changed: int) -> Task:  # noqa: ARG001 - they tell one task from the next
    """Return a task, which a worker loads once for all its fragments."""
    task: Task = read_found(Path(path))
    return task
