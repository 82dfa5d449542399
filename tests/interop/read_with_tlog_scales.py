"""Read a log with PyPI's `tlog-scales`: `python read_with_tlog_scales.py LOG KEY... [-- PROOF...]`.

Runs in an environment of its own, where that package is installed and lockgate is not. Every KEY has to have signed the
checkpoint; every entry has to be in its tile, and the tiles have to give the signed root; the proofs that the package
makes of some leaves, and the ones that are given, have to hold.
"""

import sys
from pathlib import Path

from tlog_scales.backend import make_backend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint, InclusionProof
from tlog_scales.utils import b64dec


def check_proof(path: str, entries: list[bytes], keys: list[Vkey]) -> None:
    above, _, below = Path(path).read_text(encoding="utf-8").partition("\n\n")
    head, index, *hashes = above.split("\n")
    if head != "c2sp.org/tlog-proof@v1":
        raise ValueError(f"no proof: {head}")
    checkpoint = Checkpoint.from_text(below)
    for key in keys:
        checkpoint.verify(key)
    at = int(index.removeprefix("index "))
    proof = InclusionProof(at, checkpoint.size, [b64dec(item) for item in hashes])
    proof.check(leaf_hash(entries[at]), checkpoint.root_hash)


def read(log: str, keys: list[Vkey], proofs: list[str]) -> int:
    reader = TilesReader(make_backend(str(Path(log).absolute())))
    checkpoint = reader.get_checkpoint()
    for key in keys:
        checkpoint.verify(key)
    if reader.calculate_root_hash() != checkpoint.root_hash:
        raise ValueError("the tiles do not give the root")
    entries = [reader.get_entry(at) for at in range(checkpoint.size)]
    for at, entry in enumerate(entries):
        if reader.mth(at, at + 1) != leaf_hash(entry):
            raise ValueError(f"entry {at} is not in its tile")
    # Every tile below the right edge is read on the way of some leaf in it.
    for at in {*range(0, checkpoint.size, 256), checkpoint.size // 2, checkpoint.size - 1}:
        reader.get_inclusion_proof(at, checkpoint.size).check(leaf_hash(entries[at]), checkpoint.root_hash)
    for old in sorted({1, checkpoint.size // 2, checkpoint.size - 1} - {0}):
        proof = reader.get_consistency_proof(old, checkpoint.size)
        proof.check(reader.mth(0, old), checkpoint.root_hash)
    for path in proofs:
        check_proof(path, entries, keys)
    return int(checkpoint.size)


if __name__ == "__main__":
    log, *given = sys.argv[1:]
    split = given.index("--") if "--" in given else len(given)
    try:
        size = read(log, [Vkey.from_string(key) for key in given[:split]], given[split + 1 :])
    except Exception as error:  # noqa: BLE001 - whatever it stumbles over, it does not accept
        sys.exit(f"refused: {type(error).__name__} {error}")
    print(f"{size} leaves, {len(given[split + 1 :])} proofs")  # noqa: T201 - the test reads it
