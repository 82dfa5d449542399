"""Libraries that come with an extra of the package: loaded where they are used, and named where they are missing."""

from importlib import import_module
from typing import Any

from lockgate.terms.errors import InputError


def load(library: str, extra: str, what: str) -> Any:
    """Return a library that need not be installed.

    Args:
        library: Name of the module.
        extra: Name of the extra that brings it.
        what: What it is needed for, for messages.

    Raises:
        InputError: If it is not installed.
    """
    try:
        return import_module(library)
    except ImportError:
        raise InputError(
            f"{what} needs `{library}`, which is not installed",
            f"Install the extra `{extra}`: pip install 'lockgate[{extra}]'.",
        ) from None
