"""What is read of sources, told to who watches: bytes of files, rows of tables that are read whole or by ranges."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any


class BytesRead:
    """Who is told; set by the door for one command.

    Attributes:
        tell: Called with a number of bytes, in whatever thread they are read; None where nobody watches.
        tell_rows: Called with a number of rows of a table that is read whole to be opened, or that workers have read;
            likewise. Below 0 for rows that were lost with a worker.
        tell_range: Called with a number of rows of a range that whoever makes its part is done with; set by an engine
            while it is at work.
    """

    tell: Callable[[int], None] | None = None
    tell_rows: Callable[[int], None] | None = None
    tell_range: Callable[[int], None] | None = None


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
