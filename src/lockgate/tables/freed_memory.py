"""Memory that was freed and that allocators keep for what is to come, given back to the system."""

import ctypes
from contextlib import suppress

import pyarrow as pa


def give_back() -> None:
    """Give back what no longer holds anything, as far as the allocators of this process can."""
    pa.default_memory_pool().release_unused()
    with suppress(AttributeError, OSError):  # of other C libraries than glibc
        ctypes.CDLL(None).malloc_trim(0)
