"""Files of a home that lockgate did not put there, and what is missing that something else is checked by: notes.

A file that nothing reads makes nothing wrong; but whoever looks through a home should know that it is not of it. Not
looked at: `work`, which every release sweeps, and the tiles of the log (`lockgate.evidence.log_check`).
"""

import re
from collections.abc import Iterator
from itertools import chain

from lockgate.store.home import Home

_HASH, _ID, _NAME = "[0-9a-f]{64}", "[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "[a-z][a-z0-9-]{0,40}"
_RECORD = f"{_ID}/(statement.json|proof|report.html)"
_KNOWN = {
    "budgets": rf"{_HASH}\.(json|drawn)",
    "cosigned": r"0|[1-9][0-9]{0,18}|policy|lock",
    "fingerprints": _NAME,
    "keys": rf"{_NAME}\.key",
    "log": r"checkpoint|lock|tile/.*",
    "partitions": rf"{_ID}(\.entries\.parquet|\.classes\.parquet|\.json)",
    "refusals": _RECORD,
    "releases": rf"{_ID}\.json",
    "reversals": _RECORD,
    "revocations": _RECORD,
    "sealed": rf"{_HASH}\.(box|keys)",
    "sealed-demands": rf"{_HASH}\.json",
    "vault": r"vault\.db(-wal|-shm|-journal)?",
    "witness": rf"{_HASH}\.(json|lock)",
}
"""The files of each folder of a home, by their paths below it."""

_BESIDE = frozenset({"high-water.json", "lock", "log.postgres", "work", *_KNOWN})
_BEING_WRITTEN = ".new"


def unknown_files(home: Home) -> Iterator[str]:
    """Yield a note for each file and folder of a home that is none of lockgate's."""
    beside = (path.name for path in home.path.iterdir() if path.name not in _BESIDE)
    for name in sorted(chain(beside, _inside(home))):
        if not name.endswith(_BEING_WRITTEN):
            yield f"{name}: it is none of the files of a home; nothing reads it"


def unremembered_keys(home: Home) -> Iterator[str]:
    """Yield a note for each key of which the home keeps no fingerprint."""
    for name in sorted(home.key_names() - home.fingerprints.names()):
        yield f"fingerprints/{name}: there is none yet; the next release makes it of the key as it is then"


def _inside(home: Home) -> Iterator[str]:
    for folder, form in _KNOWN.items():
        known = re.compile(form, re.ASCII)
        for path in (home.path / folder).rglob("*"):
            below = path.relative_to(home.path / folder).as_posix()
            if not path.is_dir() and not known.fullmatch(below):
                yield f"{folder}/{below}"
