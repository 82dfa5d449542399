"""Figures of an exported lockgate log, counted by nothing but Python: `python log_statistics.py DIR [--as-of DATE]`.

DIR is what `lockgate evidence export DIR --statements` wrote, or any copy of it. The script

1. reads every entry from tile/entries, in the order of the log;
2. computes the Merkle root (RFC 6962) and compares it with the one in DIR/checkpoint; if they differ it stops;
3. counts entries by kind;
4. opens the records in DIR/statements, each only if its SHA-256 is the one in its leaf, and counts what they say.

It prints one JSON document, the same as `lockgate evidence statistics --json`. What it does not do: check the
signatures on the checkpoint. Standard library only, Python 3.11 or newer; copy it, read it, change it.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

WIDTH = 256
LOSSES = ("delta_femto", "epsilon_micro", "rho_micro")


def tile_name(number, width):
    """The path of an entry bundle, as C2SP tlog-tiles names it."""
    name = f"{number % 1000:03d}"
    number //= 1000
    while number:
        name = f"x{number % 1000:03d}/{name}"
        number //= 1000
    return f"tile/entries/{name}" + ("" if width == WIDTH else f".p/{width}")


def read_entries(folder, size):
    """Every entry of the log, in order; each stands behind its length in two bytes."""
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        data, at = (folder / tile_name(number, width)).read_bytes(), 0
        for _ in range(width):
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            if end > len(data):
                sys.exit(f"{tile_name(number, width)} is cut short")
            yield data[at + 2 : end]
            at = end
        if at != len(data):
            sys.exit(f"{tile_name(number, width)} holds more than {width} entries")


class Tree:
    """A Merkle tree that remembers only the complete subtrees at its right edge."""

    def __init__(self):
        self.peaks = []

    def add(self, entry):
        height, hash_ = 0, hashlib.sha256(b"\x00" + entry).digest()
        while self.peaks and self.peaks[-1][0] == height:
            hash_ = hashlib.sha256(b"\x01" + self.peaks.pop()[1] + hash_).digest()
            height += 1
        self.peaks.append((height, hash_))

    def root(self):
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        *rest, (_, hash_) = self.peaks
        for _, left in reversed(rest):
            hash_ = hashlib.sha256(b"\x01" + left + hash_).digest()
        return hash_


def read_record(folder, hash_):
    """The record behind a leaf; None if it is not there, or is another than the one that was logged."""
    path = folder / "statements" / f"{hash_}.json"
    data = path.read_bytes() if path.is_file() else b""
    return json.loads(data) if hashlib.sha256(data).hexdigest() == hash_ else None


def articles(decision):
    """The articles that a refusal counts for: what forbids and is not lifted; else what asks for an unmet duty."""
    forbid = {
        f"{item['instrument']} {item['article']}"
        for item in decision["findings"]
        if item["effect"] == "forbids" and not item["lifted_by"]
    }
    unmet = {name for duty in decision["duties"] if duty["gates"] and duty["met"] == "no" for name in duty["because"]}
    return forbid or unmet or {"none"}


def parse(entry):
    """Kind and hash of an entry."""
    try:
        members = json.loads(entry)
        kind = str(members["kind"])
    except (ValueError, KeyError, TypeError):
        return "unknown", ""
    return kind, members.get("statement") or members.get("budget") or ""


def follow_sealed(records, entry):
    """What an entry says of a sealed record: who asked is on its cover line, all else follows by its commitment."""
    said = json.loads(entry)
    if said["kind"] == "sealed":
        new = {"authority": said["cover"]["authority"], "review": said["review"], "opened": 0, "deleted": 0}
        records[said["commitment"]] = {**new, "reviewed": 0}
        return
    record = records[said["record"]]
    record[said["kind"].removeprefix("sealed-")] += 1
    record["review"] = said.get("review", record["review"])


def count_sealed(records, as_of):
    """How many sealed records there are by class of authority, and how many nobody looked at in time."""
    counts = {}
    for record in records.values():
        found = counts.setdefault(
            record["authority"], {"sealed": 0, "opened": 0, "deleted": 0, "reviewed": 0, "overdue": 0}
        )
        is_settled = record["opened"] or record["deleted"]
        found["sealed"] += 1
        found["opened"] += bool(record["opened"])
        found["deleted"] += bool(record["deleted"])
        found["reviewed"] += record["reviewed"]
        found["overdue"] += not is_settled and record["review"] < as_of
    return counts


def count(folder, as_of):
    """The figures of an exported log."""
    lines = (folder / "checkpoint").read_text(encoding="utf-8").split("\n")
    if not lines[1:2] or not lines[1].isdecimal():
        sys.exit(f"{folder / 'checkpoint'} is no checkpoint")
    origin, size, root = lines[:3]
    tree, kinds, about, sealed = Tree(), Counter(), {}, {}
    for entry in read_entries(folder, int(size)):
        tree.add(entry)
        kind, hash_ = parse(entry)
        kinds[kind] += 1
        about.setdefault(kind, []).append(hash_)
        if kind.startswith("sealed"):
            follow_sealed(sealed, entry)
    if tree.root().hex() != base64.b64decode(root, validate=True).hex():
        sys.exit(f"the entries do not give the root of the checkpoint: {tree.root().hex()} instead")
    releases, refusals, budgets = (
        [record for record in ((hash_, read_record(folder, hash_)) for hash_ in about.get(kind, [])) if record[1]]
        for kind in ("release", "refusal", "budget-reserved")
    )
    out = set(about.get("released", [])) - set(about.get("revoked", [])) - set(about.get("abandoned", []))
    until = {hash_: (record.get("permit") or {}).get("until") for hash_, record in releases}
    spent = [record["loss"] for hash_, record in budgets if hash_ not in set(about.get("budget-returned", []))]
    return {
        "origin": origin,
        "size": int(size),
        "root": tree.root().hex(),
        "as_of": as_of,
        "kinds": dict(sorted(kinds.items())),
        "releases": {
            "recorded": kinds["release"],
            "went_out": kinds["released"],
            "abandoned": kinds["abandoned"],
            "revoked": kinds["revoked"],
            "expired": sum(1 for hash_ in out if until.get(hash_) and until[hash_] < as_of),
            "opened": len(until),
        },
        "refusals": {
            "total": kinds["refusal"],
            "opened": len(refusals),
            "outcomes": dict(sorted(Counter(record["refusal"]["outcome"] for _, record in refusals).items())),
            "articles": dict(
                sorted(Counter(name for _, record in refusals for name in articles(record["decision"])).items())
            ),
        },
        "budgets": {
            "reserved": kinds["budget-reserved"],
            "committed": kinds["budget-committed"],
            "returned": kinds["budget-returned"],
            "opened": len(budgets),
            "spent": {name: sum(loss[name] for loss in spent) for name in LOSSES},
        },
        "sealed": count_sealed(sealed, as_of),
    }


def main():
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--as-of", default=datetime.now(UTC).date().isoformat())  # noqa: TID251 - a door of its own
    asked = parser.parse_args()
    try:
        figures = count(asked.folder, asked.as_of)
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}: name the folder of an export")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"{asked.folder} is no export of a log, or was changed: {type(error).__name__}: {error}")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
