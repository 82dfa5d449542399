"""The folder in which a process keeps what goes with it: rows that were read from elsewhere, parts of passes.

It lies in the folder for temporary files (`TMPDIR`), is of mode 0700, and goes with the process. A process that is
killed removes nothing; so each folder is locked as long as its process lives, whatever ends that, and whoever makes the
next folder removes those of the same user and machine that nobody holds. A folder in use is never touched, and where
the file system knows no locks, none is.
"""

import fcntl
import os
import platform
import shutil
import stat
import weakref
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from threading import Lock

from lockgate.tables.file_state import unwritable
from lockgate.terms.errors import LockgateError

_HELD = "held"
"""Name of the file that is locked."""

_HOST_DIGITS = 4
_TRIES = 16


class HeldFolder:
    """A folder of this process; what processes that are gone have left under the same prefix is removed.

    Args:
        prefix: How its name begins.
        parent: Where it lies.

    Raises:
        LockgateError: If it cannot be made.
    """

    def __init__(self, prefix: str, parent: Path) -> None:
        # a lock tells nothing of processes of another machine, where that shares the folder and not the locks
        prefix = f"{prefix}{sha256(platform.node().encode()).hexdigest()[:_HOST_DIGITS]}-"
        _sweep(prefix, parent)
        try:
            self.path, lock = _made(prefix, parent)
        except OSError as error:
            raise _unusable(parent, error) from error
        self.remove = weakref.finalize(self, _removed, self.path, lock, os.getpid())
        """Call it to have the folder go at once."""


def temporary_folder() -> Path:
    """Return the folder for temporary files: that of `TMPDIR` if it is set, and no other, else the system's."""
    named = os.environ.get("TMPDIR", "")
    try:
        return Path(named).absolute() if named else Path(gettempdir())
    except OSError as error:
        raise LockgateError("there is no folder for temporary files", "Name one in TMPDIR.") from error


def _unusable(parent: Path, error: OSError) -> LockgateError:
    found = unwritable(parent, error)
    return LockgateError(
        f"the folder for temporary files, `{parent}`: {os.strerror(error.errno or 0).lower()}",
        found.hint if "space" in found.hint else "Name a folder in TMPDIR that exists and may be written.",
    )


def _made(prefix: str, parent: Path) -> tuple[Path, int]:
    """Return a new folder and the open file that is locked in it."""
    for _ in range(_TRIES):
        folder = Path(mkdtemp(prefix=prefix, dir=parent))
        try:
            lock = os.open(folder / _HELD, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except FileNotFoundError:  # swept before it was locked
            continue
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if _is_taken(lock, folder / _HELD) is not False:
            return folder, lock
        os.close(lock)
    raise FileNotFoundError(f"{prefix}* goes as soon as it is made")


def _is_taken(lock: int, path: Path) -> bool | None:
    """Lock a file, and return whether it is still the one at its path; None where there are no locks."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    with suppress(OSError):
        return os.path.samestat(os.fstat(lock), path.stat())
    return False


def _sweep(prefix: str, parent: Path) -> None:
    """Remove the folders that nobody holds."""
    for folder in parent.glob(f"{prefix}*"):
        with suppress(OSError):
            found = folder.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid():
                _remove_left(folder)


def _remove_left(folder: Path) -> None:
    try:
        lock = os.open(folder / _HELD, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:  # just made, or left just then: who made it tries again
        folder.rmdir()
        return
    try:
        if _is_taken(lock, folder / _HELD):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _removed(folder: Path, lock: int, owner: int) -> None:
    if os.getpid() != owner:  # a copy of the process, as a worker is
        return
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        os.close(lock)


class _Own:
    """The folder of this process, once it is asked for."""

    folder: HeldFolder | None = None
    lock = Lock()


def scratch_folder() -> Path:
    """Return the folder of this process, made when it is first asked for.

    Raises:
        LockgateError: If it cannot be made.
    """
    with _Own.lock:
        parent = temporary_folder()
        own = _Own.folder
        if own is None or own.path.parent != parent or not own.path.is_dir():
            own = _Own.folder = HeldFolder("lockgate-", parent)
        return own.path


def leave_scratch() -> None:
    """Remove the folder of this process, if there is one; the next that is asked for is new."""
    own, _Own.folder = _Own.folder, None
    if own is not None:
        own.remove()
