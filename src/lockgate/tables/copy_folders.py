"""Where copies of rows lie that are read from elsewhere, while one command works."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class CopyFolders:
    """Where copies lie; set for one command by `copies_in`.

    Attributes:
        own: Those that go with the process; None for the system's folder for temporary files.
        kept: Those that a later process may use; None where none is kept.
    """

    own: Path | None = None
    kept: Path | None = None


@contextmanager
def copies_in(own: Path, kept: Path | None) -> Iterator[None]:
    """Have copies lie in folders of the caller, which removes them.

    Args:
        own: For those that go with the process; exists.
        kept: For those of files that stay; made when it is needed, for this user only. None keeps none.
    """
    before = CopyFolders.own, CopyFolders.kept
    CopyFolders.own, CopyFolders.kept = own, kept
    try:
        yield
    finally:
        CopyFolders.own, CopyFolders.kept = before
