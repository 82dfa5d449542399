"""The state of a file when it was opened, so that a change meanwhile is found; and what went wrong with a file."""

import errno
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from lockgate.tables.bytes_read import BytesRead, ToldFile
from lockgate.terms.errors import InputError, LockgateError

COUNTS_FROM = "In a flow file it counts from the folder of that file."
"""What a hint says of a path."""

_SHOWN = 120
"""Letters of a name that a message shows."""

_LOOKED_AT = 10_000
"""Files of a folder among which one of a like name is searched."""


@dataclass(frozen=True, slots=True)
class FileState:
    """What told one state of a file from another.

    Attributes:
        path: Where it lies.
        size: Bytes; 0 if there was no such file, which is as good as an empty one.
        changed_ns: Time of the last change, nanoseconds.
    """

    path: Path
    size: int
    changed_ns: int


def state_of(path: Path) -> FileState:
    """Return the state of a file as it is now; one that is empty or not there has the size and the time 0."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return FileState(path, 0, 0)
    except OSError as error:
        raise unreadable(path, error) from error
    return FileState(path, found.st_size, found.st_mtime_ns if found.st_size else 0)


def require_unchanged(states: Iterable[FileState]) -> None:
    """Hold files against their earlier states.

    Raises:
        InputError: If the size or the time of change of one of them differs.
    """
    for state in states:
        if state_of(state.path) != state:
            raise InputError(
                f"expected `{named(state.path)}` to stay as it was when it was opened, found that it changed meanwhile",
                "Wait until nobody writes to the file, or read a copy of it.",
            )


@contextmanager
def held(state: FileState) -> Iterator[None]:
    """Have a file read that is to stay as it was; one that changed may fail in any way, so that is told first.

    Raises:
        InputError: If its size or its time of change differs when reading it fails, or ends.
    """
    try:
        yield
    except Exception:
        require_unchanged([state])
        raise
    require_unchanged([state])


def open_bytes(path: Path) -> BinaryIO:
    """Return an open binary reader of a file.

    Raises:
        InputError: If the file is missing or may not be read.
    """
    try:
        return path.open("rb") if BytesRead.tell is None else io.BufferedReader(ToldFile(path, BytesRead.tell))
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> InputError:
    """Return the error of a file that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return missing(path)
    reason = os.strerror(error.errno).lower() if error.errno else "the system gave no reason"
    return InputError(f"cannot read `{shortened(path.name)}`: {reason}", "Check the path and who may read it.")


def missing(path: Path) -> InputError:
    """Return the error of a file that is not there, with what may have been meant."""
    if path.is_symlink():
        target = shortened(str(path.readlink()))
        return InputError(f"`{shortened(path.name)}` is a link to `{target}`, and nothing lies there", "Mend the link.")
    message = f"no file `{shortened(path.name)}` in `{shortened(str(path.parent))}`"
    near = _nearest(path)
    hint = f"Did you mean `{shortened(near)}`?" if near else "Check the path."
    return InputError(message, f"{hint} {COUNTS_FROM}")


def _nearest(path: Path) -> str:
    """Return the name beside a file that is most like its own; empty if none is."""
    try:
        names = {other.name.casefold(): other.name for other in islice(path.parent.iterdir(), _LOOKED_AT)}
    except (OSError, ValueError):  # no folder that may be listed
        return ""
    near = get_close_matches(path.name.casefold(), sorted(names), n=1)
    return names[near[0]] if near else ""


def named(path: Path) -> str:
    """Return the name of a file, with the folders named `key=value` that it lies in: each may have one of that name."""
    parts = [path.name]
    for parent in path.parents:
        if "=" not in parent.name:
            break
        parts.insert(0, parent.name)
    return shortened("/".join(parts))


def shortened(name: str) -> str:
    """Return a name as a message shows it: the middle of a long one left out."""
    return name if len(name) <= _SHOWN else f"{name[: _SHOWN // 2]}…{name[-_SHOWN // 4 :]}"


def unwritable(path: Path, error: OSError) -> LockgateError:
    """Return the error of a file that the system does not let us write."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LockgateError(
            f"no space left in `{path.parent}` to write `{path.name}`", "Free some space and run it again."
        )
    reason = os.strerror(error.errno).lower() if error.errno else "the system gave no reason"
    return LockgateError(
        f"cannot write `{path.name}` in `{path.parent}`: {reason}", "Name a folder that exists and may be written."
    )
