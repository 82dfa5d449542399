"""Large arrays that are freed go back to the system, whatever was freed before them."""

import subprocess
import sys

import pytest

KEPT = """
import sys
import numpy as np
from lockgate.tables.allocator import give_back_memory

def held():
    with open("/proc/self/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Rss:"))

if sys.argv[1] == "give":
    give_back_memory()
np.ones(3_000_000)  # freed: from now on glibc takes blocks of this size from its heap
before = held()
large, small = [], []
for _ in range(20):
    large.append(np.ones(1_000_000))
    small.append(np.ones(10_000))
large.clear()
print(held() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_freed_arrays_go_back_to_the_system_though_small_ones_stay_between_them() -> None:
    kept, given = (
        int(subprocess.run([sys.executable, "-c", KEPT, word], check=True, capture_output=True, text=True).stdout)
        for word in ("keep", "give")
    )
    assert given < 16 << 10 < kept  # KiB; twenty arrays are 156 MiB
