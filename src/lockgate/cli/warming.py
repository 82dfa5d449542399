"""Compiled code made ahead, in a process of its own: the first command on a machine does not wait for it.

1. The door names the folder of compiled code and, in it, the file that says that all is made (`begin`).
2. If that file is not there, a process makes the code: it scans a small made-up table (`compiling`).
3. Until then scans do without, with the same answers; from then on they load the code.

Code is made anew where Python, numba, the processor or one of our files is another.
"""

import os
import platform
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from stat import S_ISDIR, S_ISVTX, S_IWOTH

from lockgate import classify, protect, verify
from lockgate.terms.compiled_code import set_code_folder

_ROOMS = (classify, protect, verify)
"""Rooms with loops that are compiled."""

MADE, MAKING = "made", "making"
"""Files in the folder: that all code is made, and the process that makes it."""


def begin() -> None:
    """Name the folder of compiled code, and have the code made if it is not there; whatever fails costs only time."""
    folder = _folder()
    if folder is None:
        return
    set_code_folder(folder, folder / MADE)
    if not (folder / MADE).exists() and _claim(folder):
        command = [sys.executable, "-B", "-m", "lockgate.cli.compiling", str(folder)]
        with suppress(OSError):
            subprocess.Popen(  # noqa: S603 - our own module
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd=folder,
            )


def _folder() -> Path | None:
    """Return the folder for this Python, this numba and these files; None where nothing can be kept or compiled."""
    try:
        numba = version("numba")
    except PackageNotFoundError:
        return None
    place = os.environ.get("LOCKGATE_CACHE") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    digest = sha256(f"{sys.version} {numba} {platform.machine()} {platform.node()}".encode())
    for file in sorted(file for room in _ROOMS for file in Path(next(iter(room.__path__))).rglob("*.py")):
        digest.update(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}".encode())
    try:
        folder = Path(place).expanduser().resolve() / "lockgate" / digest.hexdigest()[:16]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _is_ours(folder) else None
    except (OSError, RuntimeError):  # no place to write to; a user without a home, as in many containers
        return None


def _is_ours(folder: Path) -> bool:
    """Whether only this user can put a file there, or another folder in its place: what is in it is run."""
    found = folder.lstat()
    above = (folder.parent.lstat(), folder.parent.parent.stat())
    return (
        found.st_uid == os.getuid()
        and S_ISDIR(found.st_mode)
        and not found.st_mode & 0o022
        and S_ISDIR(above[0].st_mode)
        and all(
            place.st_uid in {0, os.getuid()} and (place.st_mode & S_ISVTX or not place.st_mode & S_IWOTH)
            for place in above
        )
    )


def _claim(folder: Path) -> bool:
    """Whether this process is the one to have the code made: nobody else does, or who did is gone."""
    file = folder / MAKING
    try:
        with suppress(FileNotFoundError):
            if _is_alive(file.read_text(encoding="ascii")):
                return False
            file.unlink()
        with file.open("x", encoding="ascii") as written:
            written.write(str(os.getpid()))
    except OSError:
        return False
    return True


def _is_alive(number: str) -> bool:
    try:
        os.kill(int(number), 0)
    except (ValueError, OSError):
        return False
    return True
