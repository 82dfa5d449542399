"""Figures of a log: what happened how often, from its leaves; why and until when, from records that fit their leaves.

The same figures come from `docs/log_statistics.py`, which knows nothing of lockgate and reads an exported log. A
record that is not at hand is not guessed: the figures say how many were opened.

How refusals are told by article: a refusal counts once for every article that forbids and is not lifted; where none
forbids, for every article behind a duty that gates and is not met; where there is none of either, as `none`.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.sealing import SEALED, SealedCount, count_sealed
from lockgate.flow.log_entries import read_entry

LOSSES = ("delta_femto", "epsilon_micro", "rho_micro")


def count_log(log: LogReader, read: Callable[[str], bytes | None], as_of: date) -> dict[str, Any]:
    """Return the figures of a log.

    Args:
        log: The log.
        read: From the hash in a leaf to the record, if it is at hand.
        as_of: The day by which permits have ended.

    Raises:
        EvidenceError: If a file of the log is missing or is not what was signed.
    """
    counted, kinds, sealed = _Counted(as_of), Counter[str](), list[bytes]()
    for _, entry in log.scan():
        kind, about, _ = read_entry(entry)
        if kind.startswith(SEALED):
            sealed.append(entry)
        kinds[kind] += 1
        counted.take(kind, about, read)
    return {
        "origin": log.origin,
        "size": log.size,
        "root": log.head.root.hex(),
        "as_of": as_of.isoformat(),
        "kinds": dict(sorted(kinds.items())),
        **counted.figures(kinds),
        "sealed": {item.authority: _sealed_figures(item) for item in count_sealed(sealed, as_of)},
    }


def _sealed_figures(count: SealedCount) -> dict[str, int]:
    return {name: getattr(count, name) for name in ("sealed", "opened", "deleted", "reviewed", "overdue")}


class _Counted:
    """What has been counted so far."""

    def __init__(self, as_of: date) -> None:
        self._as_of = as_of
        self._out: set[str] = set()
        self._fallen: set[str] = set()
        self._until: dict[str, str | None] = {}
        self._refusals = 0
        self._outcomes: Counter[str] = Counter()
        self._articles: Counter[str] = Counter()
        self._losses: dict[str, Mapping[str, int]] = {}
        self._returned: set[str] = set()

    def take(self, kind: str, about: str, read: Callable[[str], bytes | None]) -> None:
        """Count one leaf."""
        if kind in ("release", "refusal", "budget-reserved"):
            data = read(about)
            if data is not None:
                self._open(kind, about, json.loads(data))
        elif kind == "released":
            self._out.add(about)
        elif kind in ("revoked", "abandoned"):
            self._fallen.add(about)
        elif kind == "budget-returned":
            self._returned.add(about)

    def figures(self, kinds: Mapping[str, int]) -> dict[str, Any]:
        """Return the figures."""
        day = self._as_of.isoformat()
        expired = [about for about in self._out - self._fallen if (self._until.get(about) or day) < day]
        spent = [loss for about, loss in self._losses.items() if about not in self._returned]
        return {
            "releases": {
                "recorded": kinds.get("release", 0),
                "went_out": kinds.get("released", 0),
                "abandoned": kinds.get("abandoned", 0),
                "revoked": kinds.get("revoked", 0),
                "expired": len(expired),
                "opened": len(self._until),
            },
            "refusals": {
                "total": kinds.get("refusal", 0),
                "opened": self._refusals,
                "outcomes": dict(sorted(self._outcomes.items())),
                "articles": dict(sorted(self._articles.items())),
            },
            "budgets": {
                "reserved": kinds.get("budget-reserved", 0),
                "committed": kinds.get("budget-committed", 0),
                "returned": kinds.get("budget-returned", 0),
                "opened": len(self._losses),
                "spent": {name: sum(loss[name] for loss in spent) for name in LOSSES},
            },
        }

    def _open(self, kind: str, about: str, record: Mapping[str, Any]) -> None:
        if kind == "release":
            self._until[about] = (record.get("permit") or {}).get("until")
        elif kind == "refusal":
            self._refusals += 1
            self._outcomes[record["refusal"]["outcome"]] += 1
            self._articles.update(_articles(record["decision"]))
        else:
            self._losses[about] = record["loss"]


def _articles(decision: Mapping[str, Any]) -> set[str]:
    forbid = {
        f"{item['instrument']} {item['article']}"
        for item in decision["findings"]
        if item["effect"] == "forbids" and not item["lifted_by"]
    }
    unmet = {
        article for duty in decision["duties"] if duty["gates"] and duty["met"] == "no" for article in duty["because"]
    }
    return forbid or unmet or {"none"}
