"""Memory that is no longer used, given back to the system: so the peak of a run is what it holds at once.

The allocator of glibc otherwise learns from the first large array that is freed to keep others like it, up to 32 MiB
each, and keeps an arena for every thread. On ten million rows that is a third of the peak of all processes together.
Other C libraries stay as they are. Processes that are copies of this one have its settings.
"""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Names of settings in `malloc.h` of glibc."""

_LARGE_BYTES = 15 << 18
"""More than what zstd takes for each page of Parquet, which the system would clear every time."""

_ARENAS = 2


def give_back_memory() -> None:
    """Have freed blocks of 3.75 MiB or more go back to the system at once; before threads are begun."""
    with suppress(AttributeError, OSError):
        set_option = ctypes.CDLL(None).mallopt
        for option, value in (
            (_MMAP_THRESHOLD, _LARGE_BYTES),
            (_TRIM_THRESHOLD, _LARGE_BYTES),
            (_ARENA_MAX, _ARENAS),
        ):
            set_option(option, value)
