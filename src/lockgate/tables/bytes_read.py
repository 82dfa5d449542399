"""What is read of sources before any pass over them begins, told to who watches: bytes of files, rows of tables."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any


class BytesRead:
    """Who is told; set by the door for one command.

    Attributes:
        tell: Called with a number of bytes, in whatever thread they are read; None where nobody watches.
        tell_rows: Called with a number of rows of a table that is read whole to be opened; likewise.
    """

    tell: Callable[[int], None] | None = None
    tell_rows: Callable[[int], None] | None = None


class ToldFile(io.FileIO):
    """A file of which every byte read is told.

    Args:
        path: Where it lies.
        tell: Who is told.
    """

    def __init__(self, path: Path, tell: Callable[[int], None]) -> None:
        super().__init__(path)
        self._tell = tell

    def readinto(self, buffer: Any, /) -> int:
        """Read into a buffer, as `io.RawIOBase`."""
        count = super().readinto(buffer) or 0
        self._tell(count)
        return count

    def readall(self) -> bytes:
        """Read all that is left, as `io.RawIOBase`."""
        found = super().readall() or b""
        self._tell(len(found))
        return found
