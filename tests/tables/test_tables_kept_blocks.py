"""Blocks that a worker keeps: taken again, they are not cleared by the system once more."""

import platform
import subprocess
import sys

import pytest

TAKEN = """
import resource, sys
import numpy as np
from lockgate.cli.allocation import give_back_memory
from lockgate.tables.freed_memory import keep_blocks
give_back_memory()
if sys.argv[1] == "kept":
    keep_blocks()
faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
blocks = [np.ones(3_800_000, np.uint8)]
before = faults()
for _ in range(20):
    blocks[0] = None
    blocks[0] = np.ones(3_800_000, np.uint8)
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the settings are those of glibc")
def test_a_block_that_is_kept_is_not_cleared_again() -> None:
    found = {
        name: int(
            subprocess.run([sys.executable, "-c", TAKEN, name], check=True, capture_output=True, text=True).stdout
        )
        for name in ("kept", "given-back")
    }
    assert found["given-back"] >= 20 * 3_800_000 // (1 << 16)  # pages of 64 KiB at most
    assert found["kept"] * 4 < found["given-back"]
