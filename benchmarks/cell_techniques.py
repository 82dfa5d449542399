"""Values a second of the techniques for cells, one core; `python benchmarks/cell_techniques.py`.

All values of a column differ, which is the worst case for techniques that look at each distinct value once. Times are
of the processor, the least of several runs. Beside the pseudonym stands `hmac.digest` with base 32 in a loop, which
is what one would write.
"""

import base64
import hmac
import os
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa

from lockgate.protect.bucketing import bucket, parse_edges
from lockgate.protect.date_shift import Shift, shift_days
from lockgate.protect.format_preserving import CellForm, encrypt
from lockgate.protect.masking import Covering, cover
from lockgate.protect.noise import Noise, add_noise
from lockgate.protect.person_draws import draw_by_person_and_value
from lockgate.protect.pseudonym import pseudonymise
from lockgate.protect.rounding import Precision, round_days, round_numbers
from lockgate.protect.token_vault import tokenise
from lockgate.protect.unfit import Unfit
from lockgate.store.home import Home
from lockgate.store.vault import Vault

KEY = bytes(range(32))
ROWS = 200_000
RUNS = 3
REFUSE = Unfit.REFUSE


def plain_loop(names):
    """Return pseudonyms as a loop makes them."""
    digests = (hmac.digest(KEY, value.encode(), "sha256") for value in names.to_pylist())
    return pa.array(["p1_" + base64.b32encode(digest).decode()[:26].lower() for digest in digests])


def vault_run(names):
    """Return tokens of a new vault."""
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault(Home.open(Path(folder) / "home"))
        return tokenise(names, "d", lambda domain, values: vault.assign(domain, values, os.urandom))


def main():
    """Run and print."""
    at = np.arange(ROWS)
    names = pa.array([f"person {number}" for number in at])
    cards = pa.array([f"{4_000_000_000_000_000 + 7_919 * number}" for number in at])
    amounts = pa.array([f"{number}.{number % 100:02d}" for number in at])
    days = pa.array(
        [
            f"{1900 + number % 130}-{number % 12 + 1:02d}-{number % 28 + 1:02d}T08:00:{number % 60:02d}.{number}"
            for number in at
        ]
    )
    persons = np.stack([at, at], axis=1).astype(np.uint64)
    edges, noise = parse_edges(["100", "1000", "10000"]), Noise(Decimal(1), Decimal(10))
    runs = {
        "pseudonym": lambda: pseudonymise(names, "d", KEY, 1),
        "hmac and base 32 in a loop": lambda: plain_loop(names),
        "token vault, all new": lambda: vault_run(names),
        "format-preserving": lambda: encrypt(cards, CellForm(), "d", KEY, 1, REFUSE),
        "covering": lambda: cover(cards, Covering(4, 4)),
        "rounding numbers": lambda: round_numbers(amounts, Decimal(10), REFUSE),
        "cutting days": lambda: round_days(days, Precision.MONTH, REFUSE),
        "buckets": lambda: bucket(amounts, edges, REFUSE),
        "noise": lambda: add_noise(amounts, noise, draw_by_person_and_value(persons, amounts, b"n", "d", KEY), REFUSE),
        "date shift": lambda: shift_days(days, Shift(365).offsets(persons, "d", KEY), REFUSE),
    }
    for name, run in runs.items():
        least = float("inf")
        for _ in range(RUNS):
            start = time.process_time()
            run()
            least = min(least, time.process_time() - start)
        print(f"{name:28} {ROWS / least / 1000:10,.0f} thousand values/s")


if __name__ == "__main__":
    main()
