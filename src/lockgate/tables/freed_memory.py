"""Memory that was freed and that allocators keep for what is to come: given back to the system, or kept on purpose."""

import ctypes
from contextlib import suppress

import pyarrow as pa

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of settings in `malloc.h` of glibc."""

_KEPT_BYTES = 15 << 18
"""Blocks below are kept: what zstd takes to compress a page of Parquet, 3.7 MiB, is one."""

_END_BYTES = 8 << 20
"""Bytes that may be free at the end of what is held."""


def give_back() -> None:
    """Give back what no longer holds anything, as far as the allocators of this process can."""
    pa.default_memory_pool().release_unused()
    with suppress(AttributeError, OSError):  # of other C libraries than glibc
        ctypes.CDLL(None).malloc_trim(0)


def keep_blocks() -> None:
    """Keep freed blocks below 3.75 MiB for what is to come, in a process that goes from batch to batch.

    Each batch takes the same blocks again, and the system would clear every page of them again: a tenth of the
    processor time of a release. What is left is given back at the end of a fragment, see `give_back`.
    """
    with suppress(AttributeError, OSError):  # of other C libraries than glibc
        set_option = ctypes.CDLL(None).mallopt
        set_option(_MMAP_THRESHOLD, _KEPT_BYTES)
        set_option(_TRIM_THRESHOLD, _END_BYTES)
