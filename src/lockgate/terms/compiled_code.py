"""Modules of compiled loops, loaded when there is enough to do and they are made.

Making them takes a minute or two once on a machine, loading them a third of a second. So the door may name a file
that is there once they are made; before, who asks gets None and does without, with the same answers.
"""

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType


class CodeFolder:
    """Where compiled code is kept; set once by the door, before anything runs.

    Attributes:
        path: The folder; None leaves it to `numba`.
        made: A file that is there once all code is made; None where nobody makes it beforehand.
    """

    path: Path | None = None
    made: Path | None = None


_LOADED: dict[str, ModuleType | None] = {}


def set_code_folder(folder: Path, made: Path | None) -> None:
    """Say where compiled code is kept.

    Args:
        folder: Exists, and only its owner may write to it: what is in it is run.
        made: A file that is there once all code is made; None makes what is needed while it is needed.
    """
    CodeFolder.path, CodeFolder.made = folder, made


def load_code(name: str, *, is_needed: bool = False) -> ModuleType | None:
    """Return a module of compiled loops; None where `numba` is absent, nothing can be kept, or it is not made yet.

    Args:
        name: The module's.
        is_needed: Whether to make it now where it is not made yet, which takes some seconds.
    """
    if name not in _LOADED:
        if not is_needed and CodeFolder.made is not None and not CodeFolder.made.exists():
            return None
        _LOADED[name] = _load(name)
    return _LOADED[name]


def load_compiler() -> None:
    """Load what all compiled loops need, where they are made: before this process is copied, so that copies have it."""
    if CodeFolder.made is None or CodeFolder.made.exists():
        with suppress(ImportError):
            import_module("numba")


def is_loaded(name: str) -> bool:
    """Whether a module of compiled loops has been loaded, so that using it costs nothing more."""
    return _LOADED.get(name) is not None


def _load(name: str) -> ModuleType | None:
    try:
        numba = import_module("numba")
    except ImportError:
        return None
    if CodeFolder.path is not None:
        numba.config.CACHE_DIR = str(CodeFolder.path)
    try:
        return import_module(name)
    except RuntimeError:  # nowhere to keep compiled code
        return None
