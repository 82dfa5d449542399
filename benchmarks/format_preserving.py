"""Format-preserving encryption beside fastfpe, ff3 and pyffx, in runs that take turns; prints times and ratios.

`python benchmarks/format_preserving.py --peer-python /path/to/peers/bin/python`, where that environment holds
`fastfpe`, `ff3` and `pyffx`. Values are numbers of 16 digits, all different, in a column for us and in a list for
them; the peers get one call a value, which is all that they offer. Times are of the processor, the least of several
runs. What fastfpe gives is compared value by value with ours under the same key and tweak.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa

from lockgate.protect.ff1 import permute
from lockgate.protect.format_preserving import CellForm, encrypt
from lockgate.protect.unfit import Unfit

KEY = bytes(range(32))
TWEAK = bytes(range(7))
RUNS = 5

PEER = """
import json, sys, time
name, values = sys.argv[1], json.load(sys.stdin)
key, tweak = bytes(range(32)), bytes(range(7))
if name == "fastfpe":
    from fastfpe import ff1
    def one(value): return ff1.encrypt(key.hex(), tweak.hex(), "0123456789", value)
elif name == "ff3":
    from ff3 import FF3Cipher
    cipher = FF3Cipher(key.hex(), tweak.hex())
    one = cipher.encrypt
else:
    import pyffx
    cipher = pyffx.String(key, alphabet="0123456789", length=16)
    one = cipher.encrypt
start = time.process_time()
made = [one(value) for value in values]
print(json.dumps([time.process_time() - start, made if name == "fastfpe" else []]))
"""


def values_of(count):
    """Return numbers of 16 digits, the same in every run."""
    stream = b"".join(hashlib.sha256(number.to_bytes(8, "big")).digest()[:16] for number in range(count))
    return np.frombuffer(stream, dtype=np.uint8).reshape(count, 16) % 10


def ours(digits):
    """Return seconds a value of a whole column, and of the permutation alone."""
    column = pa.array([(row + 48).tobytes().decode() for row in digits], type=pa.string())
    start = time.process_time()
    encrypt(column, CellForm(), "card", KEY, 1, Unfit.REFUSE)
    whole = time.process_time() - start
    start = time.process_time()
    permute(digits, 10, KEY, TWEAK, None)
    return whole / len(digits), (time.process_time() - start) / len(digits)


def peer(python, name, digits):
    """Return seconds a value of a peer, and what it gives."""
    given = json.dumps([(row + 48).tobytes().decode() for row in digits])
    done = subprocess.run([python, "-c", PEER, name], input=given, capture_output=True, text=True, check=True)
    seconds, made = json.loads(done.stdout)
    return seconds / len(digits), made


def main():
    """Run, compare, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--rows", type=int, default=1_000_000)
    given = parser.parse_args()
    digits = values_of(given.rows)
    rows = {"fastfpe": given.rows // 10, "ff3": given.rows // 100, "pyffx": given.rows // 100}
    times = {"column": [], "permutation": [], **{name: [] for name in rows}}
    for _ in range(RUNS):
        whole, bare = ours(digits)
        times["column"].append(whole)
        times["permutation"].append(bare)
        for name, count in rows.items():
            seconds, made = peer(given.peer_python, name, digits[:count])
            times[name].append(seconds)
            if made:
                expected = permute(digits[:count], 10, KEY, TWEAK, None)
                assert made == [(row + 48).tobytes().decode() for row in expected], "fastfpe and we differ"
    least = {name: min(seconds) for name, seconds in times.items()}
    for name, seconds in least.items():
        print(f"{name:12} {1 / seconds:12,.0f} values/s   {seconds / least['column']:8.1f} x a column of ours")


if __name__ == "__main__":
    main()
