"""What glibc does with memory that was freed: give it back to the system at once, or keep it on purpose.

It otherwise learns from the first large array that is freed to keep others like it, up to 32 MiB each, and keeps an
arena for every thread. On ten million rows that is a third of the peak of all processes together. Other C libraries
stay as they are. Processes that are copies of this one have its settings.
"""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Names of settings in `malloc.h` of glibc."""

_LARGE_BYTES = 15 << 18
"""More than what zstd takes for each page of Parquet, 3.7 MiB, which the system would clear every time."""

_END_BYTES = 8 << 20
"""Bytes that may be free at the end of what is held, in a process that takes them again."""

_ARENAS = 2


def give_back_memory() -> None:
    """Have freed blocks of 3.75 MiB or more go back to the system at once; before threads are begun."""
    _set((_MMAP_THRESHOLD, _LARGE_BYTES), (_TRIM_THRESHOLD, _LARGE_BYTES), (_ARENA_MAX, _ARENAS))


def keep_blocks() -> None:
    """Keep freed blocks below 3.75 MiB for what is to come, in a process that goes from batch to batch.

    Each batch takes the same blocks again, and the system would clear every page of them again: a tenth of the
    processor time of a release. What is left is given back at the end of a fragment, see `freed_memory`.
    """
    _set((_MMAP_THRESHOLD, _LARGE_BYTES), (_TRIM_THRESHOLD, _END_BYTES))


def _set(*options: tuple[int, int]) -> None:
    with suppress(AttributeError, OSError):  # of other C libraries than glibc
        set_option = ctypes.CDLL(None).mallopt
        for option, value in options:
            set_option(option, value)
