"""What a worker of a cluster runs: one fragment of a job.

It travels by value, so that it also runs where lockgate is missing or is another version, and says so. Therefore it
names only the standard library at the top, and loads lockgate by name.
"""

import os
import pickle
import platform
import socket
from importlib import import_module
from typing import NamedTuple

_OTHERS_MAY_WRITE = 0o022

_VERSIONED = ("lockgate", "numpy", "pyarrow")
"""Packages that the bytes of a result depend on."""


class Outcome(NamedTuple):
    """What a worker answers: numbers, never rows.

    Attributes:
        number: Of the fragment.
        rows: That were read for it.
        unfit: Why this worker may not do the work; empty if it may.
        error: The pickled error of the task; empty if there was none.
    """

    number: int
    rows: int
    unfit: str
    error: bytes


def list_versions() -> dict[str, str]:
    """Return the versions that the bytes of a result depend on; `none` for what is not installed."""
    found = {"Python": platform.python_version().rpartition(".")[0]}
    for name in _VERSIONED:
        try:
            found[name] = str(import_module(name).__version__)
        except ImportError:
            found[name] = "none"
    return found


def run_fragment(folder: str, number: int, code: str, versions: dict[str, str]) -> tuple[int, int, str, bytes]:
    """Return the members of an `Outcome`; nothing is raised, so that no engine logs what a task met.

    Args:
        folder: Of the job, on storage that driver and workers share.
        number: Of the fragment.
        code: Folder of compiled code on the driver's machine, used where this one has it too; empty for none.
        versions: What the driver runs, see `list_versions`.
    """
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    unfit = _find_difference(versions, list_versions())
    if not unfit and not os.path.exists(os.path.join(folder, "task")):  # noqa: PTH110, PTH118 - see the module
        unfit = f"does not see the folder `{folder}` of the job"
    if unfit:
        return number, 0, f"the worker on `{socket.gethostname()}` {unfit}", b""
    import_module("pyarrow").set_cpu_count(1)  # a fragment has one core
    if code and _is_ours(code):
        import_module("lockgate.terms.compiled_code").set_code_folder(import_module("pathlib").Path(code), None)
    found = import_module("lockgate.tables.worker").finish(folder, number)
    if isinstance(found, BaseException):
        return number, 0, "", pickle.dumps(found)
    return number, found, "", b""


def _find_difference(wanted: dict[str, str], found: dict[str, str]) -> str:
    for name, version in wanted.items():
        if found.get(name) != version:
            return f"has {name} {found.get(name)}, expected {version} as here"
    return ""


def _is_ours(folder: str) -> bool:
    """Whether a folder is there and only this user may write to it: what is in it is run."""
    try:
        found = os.stat(folder)  # noqa: PTH116 - see the module
    except OSError:
        return False
    return found.st_uid == os.getuid() and not found.st_mode & _OTHERS_MAY_WRITE
