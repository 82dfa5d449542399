"""Small flows for tests of the whole job: real passengers of the Titanic, and flow files near a permitted one.

`passengers.csv` are the first 160 rows of the Titanic passenger list (public domain, see THIRD_PARTY.md).
"""

import csv
import hashlib
import os
import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lockgate.flow.file import read_flow_file
from lockgate.flow.node import Node
from lockgate.flow.progress import Silent
from lockgate.flow.release import Released, release
from lockgate.laws.body import Laws
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home

PASSENGERS = Path(__file__).parent / "flow" / "data" / "passengers.csv"
COLUMNS = tuple(PASSENGERS.read_text().partition("\n")[0].split(","))
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
DAY = NOW.date()

LOCKGATE = (sys.executable, "-c", "import sys; from lockgate.cli.door import main; sys.exit(main())")
"""The command line as a process of its own."""

Document = dict[str, Any]

PERMITTED: Document = {
    "title": "Passenger list to a research group",
    "as_of": DAY,
    "data": {
        "source": "passengers.csv",
        "subjects_in": ["CN"],
        "important": "no",
        "core": "no",
        "provenance": "collected",
        "source_lawful": True,
        "refused": False,
        "employees": False,
        "columns": {name: {"necessary": True} for name in COLUMNS},
    },
    "holder": {
        "name": "White Star",
        "in": "CN",
        "roles": [],
        "persons_held": 100_000,
        "exported_this_year": {"ordinary": 0, "sensitive": 0},
    },
    "recipient": {
        "name": "Acme Korea",
        "in": "KR",
        "as": "independent-controller",
        "roles": [],
        "restricted": False,
    },
    "purpose": {"use": "research", "collected_for": "service-provision", "major_impact": False},
    "basis": {
        "ground": "consent",
        "consent": {
            "informed": True,
            "voluntary": True,
            "explicit": True,
            "separate": True,
            "written": True,
            "guardian": True,
            "withdrawn": False,
            "risk_explained": True,
        },
    },
    "means": {"by": "copy", "raw_leaves_holder": True},
    "safeguards": {
        "notice": date(2026, 10, 1),
        "sensitive-notice": date(2026, 10, 1),
        "impact-assessment": date(2026, 10, 5),
        "contract": date(2026, 9, 1),
        "supervision": date(2026, 9, 1),
        "standard-contract": {"signed": date(2026, 6, 3), "filed": date(2026, 6, 10)},
    },
    "protect": {
        "k": 3,
        "quasi_identifiers": ["Pclass", "Sex", "Age"],
        "suppression_limit": 0.1,
        "drop": ["Ticket", "Cabin"],
        "pseudonymise": ["PassengerId", "Name"],
    },
}
"""Everything that the law of the day asks for is done, and the copy is protected."""

COUNTS_ONLY: Document = {"protect": None, "basis.consent.separate": False, "safeguards.impact-assessment": False}
"""Lawful with papers, or as counts."""

UNDECIDED: Document = {"data.important": None}
CONDITIONAL: Document = {"safeguards.impact-assessment": False}
REFUSED: Document = {"data.columns.Cabin.necessary": False, "protect.drop": ["Ticket"]}
"""A column moves that the purpose does not need."""

ONE_COUNTRY: Document = {
    "holder.in": "KR",
    "data.subjects_in": ["KR"],
    "recipient.in": "KR",
    "safeguards": {"safeguards-of-pseudonymised-data": date(2026, 9, 1)},
    "protect.k": 2,
    "protect.suppression_limit": 0.9,
    "protect.quasi_identifiers": ["Pclass", "Sex"],
    "protect.drop": ["Ticket", "Cabin", "Name"],
    "protect.pseudonymise": ["PassengerId"],
}
"""A flow inside one country: decided by `one_law` alone and with `few_passengers`, its statement is short."""

FAILS_VERIFICATION: Document = {"protect.k": 1000, "protect.suppression_limit": 0.0}
"""No class of a thousand persons can be made of 160."""


def flow_text(changes: Mapping[str, Any] | None = None) -> str:
    """Return a flow file: the permitted one with some keys changed; None takes a key away."""
    document = deepcopy(PERMITTED)
    for path, value in (changes or {}).items():
        *tables, key = path.split(".")
        table = document
        for name in tables:
            table = table.setdefault(name, {})
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
    return "\n".join(_lines(document, ()))


def write_flow(folder: Path, changes: Mapping[str, Any] | None = None, name: str = "flow.toml") -> Path:
    """Return the path of a flow file, written with the passengers beside it."""
    if not (folder / PASSENGERS.name).exists():
        (folder / PASSENGERS.name).write_bytes(PASSENGERS.read_bytes())
    path = folder / name
    path.write_text(flow_text(changes), encoding="utf-8")
    return path


@cache
def one_law() -> Laws:
    """Return the laws with no instrument but the one that `ONE_COUNTRY` is under."""
    laws = load_laws()
    return replace(laws, instruments=tuple(item for item in laws.instruments if item.id == "kr/pipa"))


def few_passengers(folder: Path) -> Path:
    """Return a file of the first twelve passengers, where flow files look for all of them."""
    path = folder / PASSENGERS.name
    lines = PASSENGERS.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:13]), encoding="utf-8")
    return path


def write_adults(folder: Path) -> Path:
    """Return a file of the passengers that were 18 or older, none of whose data are a child's."""
    rows = list(csv.reader(PASSENGERS.read_text(encoding="utf-8").splitlines()))
    age = rows[0].index("Age")
    path = folder / "adults.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [rows[0], *(row for row in rows[1:] if row[age] and float(row[age]) >= 18)]
        )
    return path


def fixed_bytes(seed: str) -> Callable[[int], bytes]:
    """Return a source of bytes that gives the same ones each time it is made."""
    calls = iter(range(10_000))
    return lambda count: hashlib.shake_256(f"{seed} {next(calls)}".encode()).digest(count)


def fix_keys(
    home: Path,
    names: tuple[str, ...] = (
        "signing",
        "signing-ml-dsa",
        "pseudonym",
        "row-order",
        "persons",
        "example",
        "column-salts",
    ),
) -> Path:
    """Return a home whose keys are known."""
    keys = Home.open(home).keys
    for name in names:
        (keys / f"{name}.key").write_bytes(hashlib.sha256(name.encode()).digest())
        (keys / f"{name}.key").chmod(0o600)
    return home


def node_at(home: Path, seed: str = "1", now: datetime = NOW) -> Node:
    """Return a node with its state in a folder, at a fixed time."""
    return Node(Home.open(home), load_laws(), now, fixed_bytes(seed), Silent())


def release_at(folder: Path, changes: Mapping[str, Any] | None = None, **options: Any) -> Released:
    """Return a release of the passengers with home, flow file and `out` in one folder."""
    flow = write_flow(folder, changes, options.pop("flow", "flow.toml"))
    node = options.pop("node", None) or node_at(fix_keys(folder / ".lockgate"), options.pop("seed", "1"))
    return release(read_flow_file(flow), folder / options.pop("out", "out"), node, **options)


def _lines(table: Document, path: tuple[str, ...]) -> list[str]:
    lines = [f"[{'.'.join(path)}]"] if path else []
    lines += [f"{_key(key)} = {_value(value)}" for key, value in table.items() if not isinstance(value, dict)]
    for key, value in table.items():
        if isinstance(value, dict):
            lines += _lines(value, (*path, _key(key)))
    return lines


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else f'"{name}"'


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case dict():
            return "{" + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            return str(value)


def do_not_wait_for_the_disk(patch: pytest.MonkeyPatch) -> None:
    """Let every fsync return at once, for tests of many runs in which nobody pulls the plug."""
    patch.setattr(os, "fsync", lambda _: None)
